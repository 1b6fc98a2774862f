using System.Text.RegularExpressions;
using B2D.DeviceGateway;
using B2D.Host.Options;
using Xunit;
using Xunit.Abstractions;

namespace B2D.Host.Tests.Metrics;

/// <summary>/metrics of the whole program against the table in docs/operations.md: the same names, kinds and words.</summary>
public sealed partial class MetricTableTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Metrics_ServedAndDocumented_AreTheSame()
    {
        using var folder = new TemporaryFolder();
        var options = new InstallationOptions
        {
            Data = Path.Combine(folder.Path, "data"), Url = "http://127.0.0.1:0", LogLevel = "Error", Gateway = new GatewayOptions { Port = 0 },
            Secrets = new SecretOptions { KeyFile = Path.Combine(folder.Path, "b2d.key") },
        };
        await using var host = await Hosting.StartAsync(options, TimeProvider.System, null, 0, null, default);
        using var http = new HttpClient { BaseAddress = new Uri(host.ConsoleUrl!) };
        var text = await http.GetStringAsync(new Uri("/metrics", UriKind.Relative));

        var help = HelpLine().Matches(text).ToDictionary(m => m.Groups["name"].Value, m => m.Groups["help"].Value);
        var served = TypeLine().Matches(text).Select(m => $"| `{m.Groups["name"].Value}` | {m.Groups["kind"].Value} | {help[m.Groups["name"].Value]} |").ToList();
        var documented = File.ReadLines(Path.Combine(Root(), "docs", "operations.md")).Where(l => l.StartsWith("| `b2d_", StringComparison.Ordinal)).ToList();
        foreach (var line in served.Except(documented))
            output.WriteLine(line);
        Assert.Empty(served.Except(documented));
        Assert.Empty(documented.Except(served));
        Assert.Equal(documented.Count, documented.Distinct().Count());
        Assert.All(served, l => Assert.Matches(@"^\| `b2d_[a-z0-9_]+` \| (counter|gauge) \| [A-Z1].+\. \|$|^\| `b2d_[a-z0-9_]+` \| (counter|gauge) \| 1.+ \|$", l));
        Assert.All(TypeLine().Matches(text), m => Assert.Equal(m.Groups["kind"].Value == "counter", m.Groups["name"].Value.EndsWith("_total", StringComparison.Ordinal)));
        // Every family has a number, also before anything has happened.
        Assert.All(help.Keys, name => Assert.Matches($@"(?m)^{name}(\{{[^}}]*\}})? \S+$", text));
    }

    private static string Root()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "B2D.sln")))
            root = root.Parent ?? throw new InvalidOperationException($"no B2D.sln above {AppContext.BaseDirectory}");
        return root.FullName;
    }

    [GeneratedRegex(@"(?m)^# HELP (?<name>\S+) (?<help>.+)$")]
    private static partial Regex HelpLine();

    [GeneratedRegex(@"(?m)^# TYPE (?<name>\S+) (?<kind>counter|gauge)$")]
    private static partial Regex TypeLine();
}
