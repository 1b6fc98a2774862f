using Xunit;
using static B2D.DeviceGateway.Tests.TestGateway;

namespace B2D.DeviceGateway.Tests.Ingest;

/// <summary>The log is written by threads of connections as well as by the ingest loop's, one at a time.</summary>
public sealed class IngestTurnsTests
{
    private const int Limit = 30_000;

    [Fact]
    public async Task Run_OnAConnectionsThread_WritesWhatItBroughtAndWakesNobody()
    {
        using var gateway = new TestGateway();
        var pump = new TestDevice(gateway, Pump);
        gateway.PumpAll();

        await OnAThreadAsync(() =>
        {
            Assert.False(gateway.Gateway.AfterEvents.Run());
            gateway.ForgetWork();
            pump.Publish("telemetry", """{"ts":1,"a":1}""");
            Assert.False(gateway.Gateway.AfterEvents.Run());
        });

        Assert.Equal(1, pump.Acknowledged);
        Assert.False(gateway.Work.IsCompleted);
        Assert.Equal("pump Online Session | pump@1 a=1", gateway.Entered());
    }

    [Fact]
    public void Publish_OnAThreadThatTakesNoTurns_WakesTheIngestLoop()
    {
        using var gateway = new TestGateway();
        var pump = new TestDevice(gateway, Pump);
        gateway.PumpAll();
        gateway.ForgetWork();

        pump.Publish("telemetry", """{"ts":1,"a":1}""");

        Assert.True(gateway.Work.IsCompleted);
    }

    [Fact(Timeout = Limit)]
    public async Task Run_WhileAnotherThreadWrites_GoesOnAndThatOneWritesForBoth()
    {
        using var gateway = new TestGateway();
        var (pump, other) = (new TestDevice(gateway, Pump), new TestDevice(gateway, Other));
        gateway.PumpAll();
        var appends = 0;
        gateway.Log.Appending = () =>
        {
            if (appends++ > 0)
                return;
            // In the middle of the first one's turn a second one comes, and must not wait for it.
            OnAThreadAsync(() =>
            {
                other.Publish("telemetry", """{"ts":2,"a":2}""");
                Assert.False(gateway.Gateway.AfterEvents.Run());
            }).GetAwaiter().GetResult();
            Assert.Equal(0, other.Acknowledged);
        };

        await OnAThreadAsync(() =>
        {
            pump.Publish("telemetry", """{"ts":1,"a":1}""");
            while (gateway.Gateway.AfterEvents.Run())
            {
                // Each turn is bounded.
            }
        });

        Assert.Equal((1, 1), (pump.Acknowledged, other.Acknowledged));
        Assert.EndsWith("pump@1 a=1 | other@2 a=2", gateway.Entered(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_TurnsAreSlow_TheIngestLoopTakesThemUntilTheyAreFastAgain()
    {
        using var gateway = new TestGateway();
        var pump = new TestDevice(gateway, Pump);
        gateway.PumpAll();
        gateway.Log.Appending = () => gateway.Clock.Advance(TimeSpan.FromMilliseconds(25));

        await OnAThreadAsync(() =>
        {
            gateway.Gateway.AfterEvents.Run();
            Say(1);
            gateway.ForgetWork();
            Say(2);
            Assert.Equal(1, pump.Acknowledged);
            Assert.True(gateway.Work.IsCompleted, "the loop was not woken");

            gateway.PumpAll();
            Assert.Equal(2, pump.Acknowledged);
            Say(3);
            Assert.Equal(2, pump.Acknowledged);

            gateway.Log.Appending = null;
            gateway.PumpAll();
            Say(4);
        });

        Assert.Equal(4, pump.Acknowledged);

        void Say(int n)
        {
            pump.Publish("telemetry", $$"""{"ts":{{n}},"a":{{n}}}""");
            gateway.Gateway.AfterEvents.Run();
        }
    }

    [Fact]
    public async Task Run_AfterTheLastTurn_WritesNothing()
    {
        using var gateway = new TestGateway();
        var pump = new TestDevice(gateway, Pump);
        gateway.Gateway.Stop();
        var appends = gateway.Log.Appends;

        await OnAThreadAsync(() =>
        {
            pump.Publish("telemetry", """{"ts":1,"a":1}""");
            Assert.False(gateway.Gateway.AfterEvents.Run());
        });

        Assert.Equal((0, appends), (pump.Acknowledged, gateway.Log.Appends));
    }

    /// <summary>A thread of its own, since a thread that has taken a turn is known to take more.</summary>
    private static async Task OnAThreadAsync(Action work)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                work();
                done.SetResult();
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        }) { IsBackground = true }.Start();
        await done.Task;
    }
}
