using B2D.FirmwareSim.Faults;
using B2D.FirmwareSim.Fleets;
using B2D.Host.Options;
using Spectre.Console;

namespace B2D.Host.Demo;

/// <summary>The demo without people: a random plan from a seed, and a report at the end.</summary>
internal static class HeadlessDemo
{
    /// <summary>Longest drain after the run.</summary>
    private static readonly TimeSpan Drain = TimeSpan.FromMinutes(1);

    /// <summary>Runs and reports; 0 where every figure that has to be 0 is 0, else 1.</summary>
    public static async Task<int> RunAsync(DemoSetting setting, TimeSpan duration, string reportFile, InstallationOptions given, TimeProvider time, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("b2d-demo-").FullName;
        try
        {
            var secret = DemoRun.NewSecret();
            var phonePort = DemoRun.FreePort();
            var options = DemoRun.OptionsOf(given, folder, phonePort, secret) with { Roles = "gateway,worker", LogLevel = "Warning" };
            options = options with { Gateway = options.Gateway with { Port = 0 } };
            await using var host = await Hosting.StartAsync(options, time, new Phones(secret, time), phonePort, demo: null, cancellation);
            var town = Town.Create(setting.Seed, setting.Devices, time.GetUtcNow());
            var plan = InjectionPlan.Random(town, FleetOptions.Demo with { Disturbances = setting.Disturbances }, setting.Seed, duration);
            await using var run = new DemoRun(setting, host.Installation, host.Phones!, plan, town);
            run.Prepare();
            var end = await LiveAsync(run, duration, Drain, time, cancellation);
            var report = run.Report(end);
            // Before the fleet goes: a fleet that goes away is an outage, and nobody is to be told of one here.
            await host.Installation.StopAsync();
            await File.WriteAllTextAsync(reportFile, report.ToJson() + Environment.NewLine, cancellation);
            return Conclude(report, reportFile);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Lets the town live; returns when its fleet was let go.</summary>
    /// <param name="drain">How long everything may take to come to its end after <paramref name="duration"/>.</param>
    internal static async Task<DateTimeOffset> LiveAsync(DemoRun run, TimeSpan duration, TimeSpan drain, TimeProvider time, CancellationToken cancellation)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var fleet = run.StartFleet(ending.Token);
        var plain = Terminal.IsOutputRedirected;
        var display = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = plain ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
        });
        await display.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new RemainingTimeColumn()).StartAsync(async progress =>
        {
            var living = progress.AddTask($"{run.Town.Devices.Count} devices, seed {run.Setting.Seed}", maxValue: duration.TotalSeconds);
            await UntilAsync(duration, () => false, living);
            var draining = progress.AddTask("everything comes to its end", maxValue: drain.TotalSeconds);
            await UntilAsync(drain, run.IsQuiet, draining);
            draining.Value = draining.MaxValue;
        });
        var end = time.GetUtcNow();
        await ending.CancelAsync();
        await fleet;
        await UntilAsync(TimeSpan.FromSeconds(10), () => run.Installation.Stores.Log.LastOffset == run.Installation.Worker.Lanes.Position, null);
        return end;

        async Task UntilAsync(TimeSpan most, Func<bool> done, ProgressTask? shown)
        {
            var start = time.GetTimestamp();
            while (time.GetElapsedTime(start) < most && !done() && !cancellation.IsCancellationRequested && !fleet.IsFaulted)
            {
                await Task.WhenAny(Task.Delay(TimeSpan.FromMilliseconds(250), time, cancellation), fleet);
                if (shown is not null)
                    shown.Value = Math.Min(shown.MaxValue, time.GetElapsedTime(start).TotalSeconds);
            }
        }
    }

    internal static int Conclude(DemoReport report, string file)
    {
        var broken = report.Broken();
        Terminal.WriteLine($"{report.Readings.Acknowledged:N0} readings, {report.Faults.Detected} of {report.Faults.Injected} faults seen, {report.Cases.Opened} cases, {report.Outages.Resolved} of {report.Outages.Injected} outages over, {report.Notices.Sent} notices. Report: {file}");
        foreach (var line in broken)
            Terminal.Error.WriteLine($"not as it should be: {line}");
        return broken.Count == 0 ? 0 : 1;
    }
}
