using B2D.FirmwareSim.Faults;
using B2D.FirmwareSim.Fleets;
using B2D.Host.Options;

namespace B2D.Host.Demo;

/// <summary>A storm without people but one: many devices go down at once in several places, and an operator lets go what is offered for approval.</summary>
internal static class StormDemo
{
    /// <summary>From the start to the first of the plan's seconds: registering everybody takes about as long.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(8);

    /// <summary>The plan, from its first second to the last repair.</summary>
    private static readonly TimeSpan Plan = TimeSpan.FromSeconds(100);

    /// <summary>How long everything may take to come to its end.</summary>
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(90);

    /// <summary>Runs and reports; 0 where every figure that has to be 0 is 0, else 1.</summary>
    /// <param name="grows">A small outage that becomes a larger one, in place of three at once.</param>
    public static async Task<int> RunAsync(int seed, int devices, bool grows, string reportFile, InstallationOptions given, TimeProvider time, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        var folder = Directory.CreateTempSubdirectory("b2d-storm-").FullName;
        try
        {
            var setting = new DemoSetting(seed, devices, Disturbances.None)
            {
                // A report each four seconds of twenty thousand devices is 5,000 messages a second.
                Fleet = FleetOptions.Demo with { TelemetryInterval = TimeSpan.FromSeconds(4), ConnectOver = TimeSpan.FromSeconds(8), KeepReadings = false },
                Rules = "storm.yaml",
            };
            var secret = DemoRun.NewSecret();
            var phonePort = DemoRun.FreePort();
            var options = DemoRun.OptionsOf(given, folder, phonePort, secret) with { LogLevel = "Warning" };
            options = options with { Gateway = options.Gateway with { Port = 0 }, Console = options.Console with { AutoSignIn = true, Organisation = "Acme" }, Url = "http://127.0.0.1:0" };
            await using var host = await Hosting.StartAsync(options, time, new Phones(secret, time), phonePort, new DemoFeed(time), cancellation);
            var town = Town.Houses(seed, devices, time.GetUtcNow() + Settle);
            await using var run = new DemoRun(setting, host.Installation, host.Phones!, InjectionPlan.Storm(town, grows), town);
            run.Prepare();
            using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            using var http = new HttpClient();
            var visitor = new ConsoleVisitor(http, host.ConsoleUrl!, time);
            var visits = visitor.RunAsync(watching.Token);
            var approver = new Approver(host.Installation, time);
            var approving = approver.RunAsync(watching.Token);
            var end = await HeadlessDemo.LiveAsync(run, Settle + Plan, Drain, time, cancellation);
            await watching.CancelAsync();
            await Task.WhenAll(visits, approving);
            var report = run.Report(end) with { Storm = StormReport.Of(run, approver.LetGo, visitor.Figures(), time.GetElapsedTime(began)) };
            await host.Installation.StopAsync();
            await File.WriteAllTextAsync(reportFile, report.ToJson() + Environment.NewLine, cancellation);
            Say(report.Storm);
            return HeadlessDemo.Conclude(report, reportFile);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Say(StormFigures storm)
    {
        foreach (var o in storm.Outages)
            Terminal.WriteLine($"outage on {o.Segment}: {o.Devices} devices, {o.Customers} customers, told {o.FirstNoticeMs / 1000.0:0.0} to {o.LastNoticeMs / 1000.0:0.0} s after the first fault");
        Terminal.WriteLine($"first fault to first notice {storm.FirstNoticeMs / 1000.0:0.0} s, to last {storm.LastNoticeMs / 1000.0:0.0} s, to last all-clear {storm.LastAllClearMs / 1000.0:0.0} s; console p50 {storm.Console.P50Ms} ms p95 {storm.Console.P95Ms} ms max {storm.Console.MaxMs} ms ({storm.Console.Slowest}); {storm.WallSeconds} s in all");
    }
}
