using System.Text;
using B2D.FirmwareSim.Fleets;
using B2D.FirmwareSim.Running;
using Xunit;

namespace B2D.FirmwareSim.Tests;

/// <summary>One connection against a server in the same process; all of it on the test's thread and clock.</summary>
public sealed class DeviceConnectionTests : IDisposable
{
    private readonly ManualTime _time = new(FleetRun.Start);
    private readonly LoopNetwork _network = new();
    private readonly LinkCounters _counters = new();
    private readonly List<Exception> _failures = [];
    private readonly List<string> _answers = [];
    private readonly DeviceConnection _connection;

    public DeviceConnectionTests()
    {
        var session = new DeviceSession("RT-1", "secret", "devices/RT-1/status", "offline"u8.ToArray(), []);
        var options = new LinkOptions { MaxInFlight = 3, MaxQueued = 5 };
        _connection = new DeviceConnection(session, _network, options, _time, new Dice(1, "test"), _counters, (_, _) => { }, _failures.Add);
    }

    public void Dispose()
    {
        Assert.Empty(_failures);
        _connection.Dispose();
    }

    [Fact]
    public void Offer_Connected_SendsInOrder()
    {
        Connect();
        Send("a", "b", "c", "d");
        Assert.Equal(["a", "b", "c", "d"], Arrived);
        Assert.Equal(["a Acknowledged", "b Acknowledged", "c Acknowledged", "d Acknowledged"], _answers);
        Assert.True(_connection.IdleAsync().IsCompleted);
    }

    [Fact]
    public void Offer_SlowServer_NeverMoreInFlightThanAllowed()
    {
        _network.Acknowledges = false;
        Connect();
        Send("a", "b", "c", "d", "e");
        Assert.Equal(["a", "b", "c"], Arrived);
        _network.Acknowledge();
        Assert.Equal(["a", "b", "c", "d"], Arrived);
        var idle = _connection.IdleAsync();
        for (var i = 0; i < 4; i++)
        {
            Assert.False(idle.IsCompleted);
            _network.Acknowledge();
        }

        Assert.True(idle.IsCompleted);
    }

    [Fact]
    public void ServerDies_ThenReturns_UnacknowledgedSentAgainFirst()
    {
        _network.Acknowledges = false;
        Connect();
        Send("a", "b", "c", "d");
        _network.Acknowledge();
        _network.Die();
        Send("e");
        Assert.Equal(["a", "b", "c", "d"], Arrived);
        _network.Received.Clear();

        _network.IsUp = _network.Acknowledges = true;
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(["b", "c", "d", "e"], Arrived);
        Assert.Equal(3, _counters.Resent);
        Assert.Equal(5, _counters.Acknowledged);
        Assert.Equal(1, _counters.Connected);
    }

    [Fact]
    public void ServerAway_Longer_TriesAgainEverMoreSlowly()
    {
        _network.IsUp = false;
        Connect();
        Assert.Equal(1, _network.Attempts);
        _time.Advance(TimeSpan.FromSeconds(5));
        var early = _network.Attempts;
        _time.Advance(TimeSpan.FromMinutes(10));
        var late = _network.Attempts - early;

        // Pauses of 0.2 to 10 s, halved at most: 5 to 9 attempts in the first 5 s, then 60 to 120 in ten minutes.
        Assert.InRange(early, 4, 9);
        Assert.InRange(late, 58, 122);
        Assert.Equal("nobody listens", _counters.LastTrouble);
    }

    [Fact]
    public void ConnectionLost_WhileIdle_ConnectsAgain()
    {
        Connect();
        _network.Die();
        Assert.Empty(_network.Connected);
        _network.IsUp = true;
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(["RT-1"], _network.Connected);
    }

    [Fact]
    public void Disconnect_Clean_WaitsForAcknowledgements()
    {
        _network.Acknowledges = false;
        Connect();
        Send("a");
        _connection.Offer(new Wish.Disconnect(Clean: true));
        Assert.Empty(_network.Ends);
        _network.Acknowledge();
        Assert.Equal([("RT-1", true)], _network.Ends);
        Assert.Equal(0, _counters.Connected);
    }

    [Fact]
    public void Disconnect_Drop_AtOnceAndSendsAgainAfterReturn()
    {
        _network.Acknowledges = false;
        Connect();
        Send("a");
        _connection.Offer(new Wish.Disconnect(Clean: false));
        Assert.Equal([("RT-1", false)], _network.Ends);
        var waiting = _network.Waiting.Dequeue();
        using (new Inline()) waiting.SetException(new LinkLostException("dropped"));
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(1, _network.Attempts);

        _network.Acknowledges = true;
        Connect();
        Assert.Equal(["a", "a"], Arrived);
        Assert.Equal(0, _counters.Lost);
    }

    [Fact]
    public void Disconnect_WhileServerAway_GivesUpTrying()
    {
        _network.IsUp = false;
        Connect();
        _connection.Offer(new Wish.Disconnect(Clean: false));
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(1, _network.Attempts);
        Assert.Equal(0, _time.PendingTimers);
    }

    [Fact]
    public void Offer_QueueFull_DropsTheOldest()
    {
        _network.IsUp = false;
        Connect();
        Send("a", "b", "c", "d", "e", "f", "g");
        _network.IsUp = true;
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["c", "d", "e", "f", "g"], Arrived);
        Assert.Equal(2, _counters.Dropped);
    }

    [Fact]
    public void Offer_RefusedMessage_IsNotSentAgain()
    {
        _network.Outcome = PublishOutcome.Refused;
        Connect();
        Send("a");
        _network.Die();
        _network.IsUp = true;
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(["a"], Arrived);
        Assert.Equal(["a Refused"], _answers);
        Assert.Equal((1, 0), (_counters.Refused, _counters.Acknowledged));
    }

    [Fact]
    public async Task StopAsync_Clean_EndsTheLinkAndTakesNothingMore()
    {
        Connect();
        await _connection.StopAsync(clean: true);
        Send("a");
        Assert.Equal([("RT-1", true)], _network.Ends);
        Assert.Empty(Arrived);
    }

    private IEnumerable<string> Arrived => _network.Received.Select(r => Encoding.UTF8.GetString(r.Payload));

    private void Connect() => _connection.Offer(new Wish.Connect());

    private void Send(params string[] texts)
    {
        foreach (var text in texts) _connection.Offer(new Wish.Send(new Letter(text, _answers)));
    }

    private sealed class Letter(string text, List<string> answers) : Outbound("devices/RT-1/telemetry", Encoding.UTF8.GetBytes(text), false)
    {
        public override void Answered(PublishOutcome outcome, long nowMs) => answers.Add($"{text} {outcome}");
    }
}
