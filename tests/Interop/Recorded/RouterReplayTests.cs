using B2D.Interop.Programs;
using Xunit;
using Xunit.Abstractions;

namespace B2D.Interop.Recorded;

/// <summary>Three hours of a real router: exactly the shutdowns that were made on purpose are found.</summary>
public sealed class RouterReplayTests(ITestOutputHelper output)
{
    /// <summary>When HundredGigE0/0/0/10 was shut, and enabled again, in epoch seconds; the recording ends before the third is over.</summary>
    private static readonly (long Shut, long? Enabled)[] Truth = [(1_558_250_581, 1_558_252_981), (1_558_255_381, 1_558_257_781), (1_558_260_181, null)];

    [RecordedFact]
    public async Task Replay_Router_ThreeShutdownsAndNothingElse()
    {
        await using var b2d = new B2dProgram { Rules = Path.Combine(Places.Examples, "router", "rules") };
        await b2d.MustAsync("customers", "import", Path.Combine(Places.Examples, "router", "customers.csv"));
        await b2d.MustAsync("devices", "import", Path.Combine(Places.Examples, "router", "devices.csv"));
        await b2d.MakeKeyAsync();
        await b2d.StartAsync();

        var replay = await ChildProgram.RunAsync(
            Places.FirmwareSim,
            [
                "replay", Path.Combine(Places.Examples, "router", "replay.yaml"), "--data", Path.Combine(Places.SharedData!, "router"), "--speed", "max",
                "--port", $"{b2d.MqttPort}",
            ],
            b2d.Work, TimeSpan.FromMinutes(3));
        output.WriteLine(replay.Output);
        Assert.Equal((0, ""), (replay.Status, replay.Error));
        await b2d.EvaluatedAsync();

        await AssertFoundAsync(b2d);

        // A start over all of it finds the same.
        await b2d.KillAsync();
        var restart = await b2d.StartAsync();
        output.WriteLine($"ready again after {restart.TotalMilliseconds:0} ms, {b2d.ProcessorTime.TotalMilliseconds:0} ms of the processors\n{b2d.Output}");
        await b2d.EvaluatedAsync();
        await AssertFoundAsync(b2d);
        Assert.DoesNotContain(" ERR ", b2d.Output, StringComparison.Ordinal);
    }

    private async Task AssertFoundAsync(B2dProgram b2d)
    {
        var faults = (await b2d.Api.ListAsync("/api/faults")).OrderBy(f => f.Long("onsetAtMs")).ToList();
        foreach (var fault in faults)
            output.WriteLine($"{fault.Text("device")} {fault.Text("rule")} {fault.Text("onsetAt")} {fault.Text("phase")} {fault.Text("clearReason")}");
        Assert.Equal(Truth.Length, faults.Count);
        foreach (var (fault, truth) in faults.Zip(Truth))
        {
            Assert.Equal("leaf7-HundredGigE0-0-0-10", fault.Text("device"));
            Assert.Equal("interface-stalled", fault.Text("rule"));
            // The counters are read every ten seconds: the first sample that stands still is at most two samples after the command.
            Assert.InRange(fault.Long("onsetAtMs"), truth.Shut * 1000, (truth.Shut + 20) * 1000);
            Assert.Equal(truth.Enabled is null, fault.GetProperty("open").GetBoolean());
        }
        var opened = Assert.Single(await b2d.Api.ListAsync("/api/cases"));
        Assert.Equal("link", opened.Text("family"));
        Assert.Empty(await b2d.Api.ListAsync("/api/outages"));
        Assert.Empty(await b2d.Api.ListAsync("/api/dues"));
    }
}
