using System.CommandLine;
using B2D.Host.Options;

namespace B2D.Host.Verbs;

/// <summary><c>b2d run</c>.</summary>
internal static class RunVerb
{
    public static void AddTo(RootCommand root)
    {
        var data = Settings.Data();
        var rules = new Option<string>("--rules") { Description = "Folder of rule files; read again when a file changes (default: rules, where it exists)" };
        var url = new Option<string>("--url") { Description = "Where the console listens (default: http://127.0.0.1:5080)" };
        var port = new Option<string>("--mqtt-port") { Description = "Where devices connect without TLS, on this machine only (default: 1883)", HelpName = "port" };
        var roles = new Option<string>("--roles") { Description = "gateway, worker, console; comma-separated (default: all)" };
        var set = Settings.Set();
        var verb = new Command("run", "Runs B2D until it is told to stop (Ctrl-C).") { data, rules, url, port, roles, set };
        verb.SetAction((parsed, cancellation) => Settings.Guard(() =>
        {
            var options = Settings.Read(parsed, Directory.GetCurrentDirectory());
            if (options.Rules.Length == 0 && Directory.Exists("rules"))
                options = options with { Rules = "rules" };
            return RunAsync(options, cancellation);
        }));
        root.Add(verb);
    }

    private static async Task<int> RunAsync(InstallationOptions options, CancellationToken cancellation)
    {
        await using var host = await Hosting.StartAsync(options, TimeProvider.System, null, 0, null, cancellation);
        foreach (var (listener, at) in host.Installation.Gateway.Places)
            Terminal.WriteLine($"Devices:  {listener.UrlAt(at)}");
        if (host.ConsoleUrl is { } console)
        {
            Terminal.WriteLine($"Console:  {console}");
            if (ConsoleRole.FirstPassword(host.Installation) is { } password)
                Terminal.WriteLine($"          sign in as admin with the password {password} (shown this once)");
            Terminal.WriteLine($"Status:   {console}/status");
        }
        if (options.Rules.Length == 0)
            Terminal.WriteLine("Rules:    none. Put rule files into a folder and name it with --rules.");
        using var local = LocalDoor.Open(host, options);
        await host.EndingAsync(cancellation);
        return 0;
    }
}
