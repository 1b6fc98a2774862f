using B2D.Console;
using B2D.DeviceGateway;
using B2D.ProactiveWorker;
using B2D.ProactiveWorker.Alarms;
using B2D.ProactiveWorker.Notices;

namespace B2D.Host.Options;

/// <summary>Everything that can be set: appsettings.json, environment (<c>B2D__Gateway__Port</c>) and command line, in rising precedence.</summary>
public sealed record InstallationOptions
{
    /// <summary>Folder of the databases; made where it is missing. Default <c>data</c>.</summary>
    public string Data { get; init; } = "data";

    /// <summary>Folder of the rule files (<c>*.yaml</c>, also below); empty: no rules are read. Default <c>rules</c>, where it exists.</summary>
    public string Rules { get; init; } = "";

    /// <summary>Roles of this process, out of <c>gateway</c>, <c>worker</c>, <c>console</c>; default all.</summary>
    public string Roles { get; init; } = "gateway,worker,console";

    /// <summary>Where the console listens: an http address, plain only on loopback. Port 0 takes a free one. Default http://127.0.0.1:5080.</summary>
    public string Url { get; init; } = "http://127.0.0.1:5080";

    /// <summary>What is logged: Debug, Information, Warning or Error; default Information.</summary>
    public string LogLevel { get; init; } = "Information";

    public SecretOptions Secrets { get; init; } = new();

    public GatewayOptions Gateway { get; init; } = new();

    public WorkerOptions Worker { get; init; } = new();

    public NoticeOptions Notices { get; init; } = new();

    /// <summary>B2D's own alarms.</summary>
    public CareOptions Care { get; init; } = new();

    public ConsoleOptions Console { get; init; } = new();

    /// <summary>True where this process has the role.</summary>
    public bool Has(string role) => RoleNames().Contains(role, StringComparer.Ordinal);

    /// <summary>Everything that is wrong, one line each.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        if (string.IsNullOrWhiteSpace(Data))
            problems.Add("Data is empty; it must name a folder");
        if (Rules.Length > 0 && !Directory.Exists(Rules))
            problems.Add($"Rules is '{Rules}'; there is no such folder");
        foreach (var role in RoleNames().Where(r => r is not ("gateway" or "worker" or "console")))
            problems.Add($"Roles has '{role}'; known are gateway, worker and console");
        if (!Uri.TryCreate(Url, UriKind.Absolute, out var url) || url.Scheme != "http")
            problems.Add($"Url is '{Url}'; it must be an http address such as http://127.0.0.1:5080");
        else if (!url.IsLoopback)
            problems.Add($"Url is '{Url}'; the console speaks plain http on this machine only: put a TLS proxy before it");
        if (LogLevel is not ("Debug" or "Information" or "Warning" or "Error"))
            problems.Add($"LogLevel is '{LogLevel}'; allowed are Debug, Information, Warning and Error");
        problems.AddRange(Secrets.Validate(Data));
        problems.AddRange(Gateway.Validate());
        problems.AddRange(Worker.Validate());
        problems.AddRange(Notices.Validate());
        problems.AddRange(Care.Validate(Notices.Email));
        problems.AddRange(Console.Problems());
        return problems;
    }

    private string[] RoleNames() => Roles.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
