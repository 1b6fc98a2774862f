using System.CommandLine;
using B2D.FirmwareSim.Faults;
using B2D.FirmwareSim.Fleets;
using B2D.Host.Demo;
using B2D.Host.Options;

namespace B2D.Host.Verbs;

/// <summary><c>b2d demo</c>.</summary>
internal static class DemoVerb
{
    public static void AddTo(RootCommand root)
    {
        var seed = new Option<int>("--seed") { Description = "The same number gives the same town and the same troubles", DefaultValueFactory = _ => 1 };
        var devices = new Option<int>("--devices") { Description = "How many devices the town has, 40 to 5,000; of a storm 1,000 to 20,000", DefaultValueFactory = _ => 120 };
        var inject = new Option<string>("--inject") { Description = $"What the network does to messages, comma-separated: {string.Join(", ", DisturbanceNames.All)}, all" };
        var headless = new Option<bool>("--headless") { Description = "No console: runs for a while, compares what B2D did with what really happened, and ends" };
        var storm = new Option<bool>("--storm") { Description = "With --headless: many devices go down at once in three places, beside single faults elsewhere; takes about three minutes" };
        var grows = new Option<bool>("--grow") { Description = "With --storm: a small outage that becomes a larger one, in place of three" };
        var lasts = new Option<string>("--for") { Description = "How long a headless run lasts: 90s, 5m (at least 60s)", DefaultValueFactory = _ => "90s" };
        var report = new Option<string>("--report") { Description = "Where a headless run writes its figures", DefaultValueFactory = _ => "report.json" };
        var console = new Option<string>("--console") { Description = "Where the console listens (default: http://127.0.0.1:5080)" };
        var port = new Option<string>("--mqtt-port") { Description = "Where devices connect (default: 1883)", HelpName = "port" };
        var noSignIn = new Option<bool>("--no-auto-sign-in") { Description = "Ask for name and password, as outside of a demo" };
        var set = Settings.Set();
        var verb = new Command("demo", "A simulated town with its troubles, in a temporary folder that is removed at the end.") { seed, devices, inject, headless, storm, grows, lasts, report, console, port, noSignIn, set };
        verb.SetAction((parsed, cancellation) => Settings.Guard(() =>
        {
            var problems = new List<string>();
            if (parsed.GetValue(storm))
            {
                var (town, size) = (parsed.GetValue(seed), StormDevices(parsed.GetValue(devices), parsed.GetValue(headless), problems));
                var own = Settings.Read(parsed, AppContext.BaseDirectory, problems);
                return StormDemo.RunAsync(town, size, parsed.GetValue(grows), parsed.GetValue(report)!, own, TimeProvider.System, cancellation);
            }
            if (parsed.GetValue(grows))
                problems.Add("--grow is of a storm; give --storm too");
            var (setting, duration) = Checked(parsed.GetValue(seed), parsed.GetValue(devices), parsed.GetValue(inject), parsed.GetValue(lasts)!, problems);
            var given = Settings.Read(parsed, AppContext.BaseDirectory, problems);
            return parsed.GetValue(headless)
                ? HeadlessDemo.RunAsync(setting, duration, parsed.GetValue(report)!, given, TimeProvider.System, cancellation)
                : GuidedDemo.RunAsync(setting, given, !parsed.GetValue(noSignIn), TimeProvider.System, cancellation);
        }));
        root.Add(verb);
    }

    private static int StormDevices(int devices, bool headless, List<string> problems)
    {
        if (!headless)
            problems.Add("--storm runs without people; give --headless too");
        if (devices is < 1000 or > 20_000)
            problems.Add($"--devices is {devices}, allowed in a storm are 1,000 to 20,000");
        return devices;
    }

    private static (DemoSetting Setting, TimeSpan Duration) Checked(int seed, int devices, string? inject, string lasts, List<string> problems)
    {
        if (devices is < 40 or > 5000)
            problems.Add($"--devices is {devices}, allowed are 40 to 5,000");
        if (!DisturbanceNames.TryParse(inject, out var disturbances, out var error))
            problems.Add($"--inject: {error}");
        if (!Core.Rules.DurationText.TryParse(lasts, out var duration) || duration < TimeSpan.FromSeconds(60) || duration > TimeSpan.FromHours(1))
            problems.Add($"--for is '{lasts}', allowed are times from 60s to 1h");
        return (new DemoSetting(seed, devices, disturbances), duration);
    }
}
