using B2D.FirmwareSim.Faults;
using B2D.FirmwareSim.Fleets;
using B2D.Host.Options;

namespace B2D.Host.Demo;

/// <summary>The demo for people: a town whose troubles come by themselves and by buttons, with the console open beside it.</summary>
internal static class GuidedDemo
{
    public static async Task<int> RunAsync(DemoSetting setting, InstallationOptions given, bool autoSignIn, TimeProvider time, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("b2d-demo-").FullName;
        try
        {
            var secret = DemoRun.NewSecret();
            var phonePort = DemoRun.FreePort();
            var options = DemoRun.OptionsOf(given, folder, phonePort, secret);
            options = options with { Console = options.Console with { AutoSignIn = autoSignIn, Organisation = "Acme" } };
            var feed = new DemoFeed(time);
            await using var host = await Hosting.StartAsync(options, time, new Phones(secret, time), phonePort, feed, cancellation);
            var town = Town.Create(setting.Seed, setting.Devices, time.GetUtcNow());
            await using var run = new DemoRun(setting, host.Installation, host.Phones!, InjectionPlan.Guided(town), town);
            run.Prepare();
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var fleet = run.StartFleet(ending.Token);
            feed.Bind(run);
            Say(host, town, autoSignIn);
            await Task.WhenAny(host.EndingAsync(cancellation), fleet);
            // Before the fleet goes: a fleet that goes away is an outage, and nobody is to be told of one here.
            await host.Installation.StopAsync();
            await ending.CancelAsync();
            await fleet;
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Say(Hosting host, Town town, bool autoSignIn)
    {
        Terminal.WriteLine();
        Terminal.WriteLine($"  A town of {town.Devices.Count} devices and {town.Customers.Count} customers is running.");
        Terminal.WriteLine();
        Terminal.WriteLine($"  Watch:    {host.ConsoleUrl}/demo     what the device sent, what was decided, the case, the customer's phone");
        Terminal.WriteLine($"  Console:  {host.ConsoleUrl}/");
        Terminal.WriteLine($"  Status:   {host.ConsoleUrl}/status   what customers see, without sign-in");
        Terminal.WriteLine($"  Devices:  mqtt://{host.Installation.Gateway.PlainEndPoint}");
        if (!autoSignIn && ConsoleRole.FirstPassword(host.Installation) is { } password)
            Terminal.WriteLine($"  Sign in as admin with the password {password}");
        Terminal.WriteLine();
        Terminal.WriteLine("  Within a minute: a router hangs and mends itself, a filter falls due, a pump blocks, a cabinet goes down.");
        Terminal.WriteLine("  Ctrl-C ends the demo and removes its data.");
        Terminal.WriteLine();
    }
}
