using B2D.Bus;
using B2D.Core.Telemetry;
using Xunit;
using static B2D.DeviceGateway.Tests.TestGateway;

namespace B2D.DeviceGateway.Tests.Ingest;

/// <summary>An acknowledgement means that it is on disk; what is not acknowledged comes again.</summary>
public sealed class AcknowledgeTests
{
    [Fact]
    public void Publish_BeforeTheLogHasIt_IsNotAcknowledged()
    {
        using var gateway = new TestGateway();
        var pump = new TestDevice(gateway, Pump);
        pump.Publish("telemetry", """{"ts":1000000000000,"a":1}""");
        var acknowledgedAtAppend = -1;
        gateway.Log.Appending = () => acknowledgedAtAppend = pump.Acknowledged;

        Assert.Equal(0, pump.Acknowledged);
        gateway.PumpAll();

        Assert.Equal(0, acknowledgedAtAppend);
        Assert.Equal(1, pump.Acknowledged);
        Assert.Equal("pump Online Session | pump@1000000000000 a=1", gateway.Entered());
        Assert.Equal(1, gateway.Gateway.Counters.Readings.Value);
        Assert.Equal(1, gateway.Gateway.Counters.Acknowledged.Value);
    }

    [Fact]
    public void Publish_ManyAtOnce_GoInOneAppendAndAreAcknowledgedInOrder()
    {
        using var gateway = new TestGateway();
        var link = gateway.Gateway.Connect(Pump);
        var order = new List<int>();
        for (var i = 0; i < 100; i++)
        {
            var n = i;
            link.Publish("devices/pump/telemetry", Bytes($$"""{"ts":{{n}},"a":1}"""), _ => order.Add(n));
        }
        var before = gateway.Log.Appends;

        gateway.PumpAll();

        Assert.Equal(1, gateway.Log.Appends - before);
        Assert.Equal(Enumerable.Range(0, 100), order);
    }

    [Fact]
    public void Publish_Unreadable_IsAcknowledgedWithItsDeadLetter()
    {
        using var gateway = new TestGateway();
        var pump = new TestDevice(gateway, Pump);
        pump.Publish("telemetry", "{oops");
        pump.Publish("unheard", "{}");
        pump.Publish("telemetry", """[{"ts":1,"a":1},7]""");

        gateway.PumpAll();

        Assert.Equal(3, pump.Acknowledged);
        Assert.Equal(
            "pump devices/pump/telemetry NotJson {oops | pump devices/pump/unheard UnknownTopic {} | pump devices/pump/telemetry WrongShape 7",
            gateway.DeadLetters());
        Assert.Equal("pump Online Session | pump@1 a=1", gateway.Entered());
        Assert.Equal(1, gateway.Gateway.Counters.Rejected(RejectReason.NotJson).Value);
        Assert.Equal(1, gateway.Gateway.Counters.Rejected(RejectReason.UnknownTopic).Value);
        Assert.Equal(1, gateway.Gateway.Counters.Rejected(RejectReason.WrongShape).Value);
    }

    [Fact]
    public void LogFails_ConnectionIsClosedAndNothingAcknowledged_ThenAllArrivesInOrder()
    {
        using var gateway = new TestGateway();
        var pump = new TestDevice(gateway, Pump);
        gateway.PumpAll();
        var hungUp = 0;
        pump.Link.HungUp = () => hungUp++;
        gateway.Log.Failure = "disk full";
        pump.Publish("telemetry", """{"ts":1,"a":1}""");
        pump.Publish("telemetry", """{"ts":2,"a":2}""");

        gateway.PumpAll();
        Assert.Equal((0, 1, false), (pump.Acknowledged, hungUp, pump.Link.IsOpen));
        Assert.Equal("ingest stopped: disk full", gateway.Gateway.Health.ToString());
        Assert.Equal(2, gateway.Gateway.Counters.Unacknowledged.Value);

        pump.Reconnect();
        gateway.Log.Failure = null;
        gateway.PumpAll();
        Assert.Equal(2, pump.Acknowledged);
        Assert.True(gateway.Gateway.Health.IsGood);
        Assert.Equal("pump Online Session | pump Online Session | pump@1 a=1 | pump@2 a=2", gateway.Entered());
    }

    [Fact]
    public void LogFailsForOneTurn_WhatTheBrokenConnectionSentLater_IsNotWrittenBeforeItsRepetition()
    {
        using var gateway = new TestGateway(new GatewayOptions { Ingest = new() { MaxBatch = 2 } });
        var pump = new TestDevice(gateway, Pump);
        gateway.PumpAll();
        for (var i = 1; i <= 4; i++)
            pump.Publish("telemetry", $$"""{"ts":{{i}},"a":{{i}}}""");
        var ingest = gateway.Gateway.Loops[0];

        gateway.Log.Failure = "busy";
        ingest.Pump(); // 1 and 2 fail, 3 and 4 are in the queue
        gateway.Log.Failure = null;
        gateway.PumpAll();
        Assert.Equal("pump Online Session", gateway.Entered());

        pump.Reconnect();
        gateway.PumpAll();
        Assert.Equal(4, pump.Acknowledged);
        Assert.Equal("pump Online Session | pump Online Session | pump@1 a=1 | pump@2 a=2 | pump@3 a=3 | pump@4 a=4", gateway.Entered());
    }

    [Fact]
    public void DiesBetweenAppendAndAcknowledgement_Redelivered_IsInTheLogTwiceWithTheSameMark()
    {
        using var stores = NewStores();
        var clock = new TestClock();
        using var first = new TestGateway(stores: stores, clock: clock);
        var pump = new TestDevice(first, Pump);
        first.PumpAll();
        pump.Publish("telemetry", """{"a":1}""");
        first.Log.DiesAfterWriting = true;
        first.PumpAll();
        Assert.Equal(0, pump.Acknowledged);

        clock.Advance(TimeSpan.FromSeconds(30));
        using var second = new TestGateway(stores: stores, clock: clock);
        pump.Reconnect(second);
        second.PumpAll();

        Assert.Equal(1, pump.Acknowledged);
        var written = stores.Log.Read(0, 10_000).Select(e => e.Body).OfType<Entry.Telemetry>().ToList();
        Assert.Equal(2, written.Count);
        Assert.Equal(written[0].Delivery.Fingerprint, written[1].Delivery.Fingerprint);
    }

    [Fact]
    public void LogFails_OwnEntries_AreKeptAndWrittenFirst()
    {
        using var gateway = new TestGateway();
        gateway.Log.Failure = "gone";
        var pump = new TestDevice(gateway, Pump);
        gateway.PumpAll();
        pump.Link.Disconnect();
        gateway.PumpAll();
        Assert.Equal("", gateway.Entered());

        gateway.Log.Failure = null;
        new TestDevice(gateway, Other).Publish("telemetry", """{"ts":5,"b":1}""");
        gateway.PumpAll();

        Assert.Equal("pump Online Session | pump Offline Session | other Online Session | other@5 b=1", gateway.Entered());
    }

    [Fact]
    public void LogFails_MoreOwnEntriesThanKept_ForgetsTheOldest()
    {
        using var gateway = new TestGateway(new GatewayOptions { Ingest = new() { MaxKept = 2 } });
        gateway.PumpAll();
        gateway.Log.Failure = "gone";
        foreach (var id in new[] { Pump, Other, Hub })
        {
            gateway.Gateway.Connect(id);
            gateway.PumpAll();
        }

        gateway.Log.Failure = null;
        gateway.PumpAll();

        Assert.Equal("other Online Session | hub Online Session", gateway.Entered());
        Assert.Equal(1, gateway.Gateway.Counters.Forgotten.Value);
    }

    [Fact]
    public void SubmitterThrows_OthersAreStillAcknowledged()
    {
        using var gateway = new TestGateway();
        var acknowledged = 0;
        gateway.Entries.TrySubmit(Submission.Of(new Entry.Removed(Other), _ => throw new InvalidOperationException("mine")));
        gateway.Entries.TrySubmit(Submission.Of(new Entry.Removed(Pump), _ => acknowledged++));

        gateway.PumpAll();

        Assert.Equal(1, acknowledged);
        Assert.True(gateway.Gateway.Health.IsGood);
    }

    [Fact]
    public void MoreThanABatch_GoesInSeveralAppendsInOrder()
    {
        using var gateway = new TestGateway(new GatewayOptions { Ingest = new() { MaxBatch = 3 } });
        var pump = new TestDevice(gateway, Pump);
        for (var i = 1; i <= 10; i++)
            pump.Publish("telemetry", $$"""{"ts":{{i}},"a":{{i}}}""");
        Assert.Equal(11, gateway.Gateway.Counters.QueueDepth());
        var before = gateway.Log.Appends;

        gateway.PumpAll();

        Assert.Equal(4, gateway.Log.Appends - before);
        Assert.Equal(10, pump.Acknowledged);
        Assert.Equal("pump Online Session | " + string.Join(" | ", Enumerable.Range(1, 10).Select(i => $"pump@{i} a={i}")), gateway.Entered());
        Assert.Equal(0, gateway.Gateway.Counters.QueueDepth());
    }

    [Fact]
    public void EvaluationIsFarBehind_DevicesAreSlowedButNeverStopped()
    {
        using var gateway = new TestGateway();
        var pump = new TestDevice(gateway, Pump);
        gateway.PumpAll();
        var behind = 1_000_000L;
        gateway.Gateway.Unevaluated = () => behind;
        gateway.Clock.Advance(TimeSpan.FromMilliseconds(100));
        pump.Publish("telemetry", """{"ts":1,"a":1}""");
        gateway.PumpAll();
        Assert.Equal(1, pump.Acknowledged);

        pump.Publish("telemetry", """{"ts":2,"a":2}""");
        gateway.PumpAll();
        Assert.Equal(1, pump.Acknowledged);
        gateway.Clock.Advance(TimeSpan.FromMilliseconds(100));
        gateway.PumpAll();
        Assert.Equal(2, pump.Acknowledged);

        pump.Publish("telemetry", """{"ts":3,"a":3}""");
        behind = 0;
        gateway.PumpAll();
        Assert.Equal(3, pump.Acknowledged);
    }
}
