using B2D.Core.Alarms;
using B2D.ProactiveWorker.Alarms;
using B2D.ProactiveWorker.Notices;
using B2D.Storage;
using B2D.Storage.Alarms;
using B2D.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace B2D.ProactiveWorker.Tests.Alarms;

public sealed class AlarmSenderTests : IDisposable
{
    private readonly VirtualClock clock = new(DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_000));
    private readonly Stores stores = Stores.InMemory();
    private readonly Receiver receiver = new();
    private readonly AlarmLoop loop;
    private readonly AlarmSender sender;
    private AlarmFacts facts = new();

    public AlarmSenderTests()
    {
        var options = new CareOptions { MailTo = "ana@example.com, rui@example.com", Repeat = TimeSpan.FromHours(2) };
        loop = new AlarmLoop(options, () => facts, clock, NullLogger<AlarmLoop>.Instance);
        sender = new AlarmSender(loop, options, [receiver], "plant-7", clock, NullLogger<AlarmSender>.Instance);
    }

    /// <summary>A mail server that takes what it is told to take.</summary>
    private sealed class Receiver : INoticeChannel
    {
        public List<Outgoing> Took { get; } = [];

        public Func<Outgoing, bool> Takes { get; set; } = _ => true;

        public bool Carries(string channel) => channel == "email";

        public Task<SendOutcome> SendAsync(Outgoing notice, CancellationToken cancellation)
        {
            if (!Takes(notice))
                return Task.FromResult(new SendOutcome(false, true, "busy"));
            Took.Add(notice);
            return Task.FromResult(SendOutcome.Ok);
        }
    }

    public void Dispose() => stores.Dispose();

    [Fact]
    public async Task Pump_WhileAnAlarmLasts_TellsEachReceiverOnceThenEveryFewHoursAndWhenOver()
    {
        facts = new AlarmFacts { IngestProblem = "full" };
        await GoAsync(60);
        Assert.Equal(["ana@example.com: Ingest stopped, critical", "rui@example.com: Ingest stopped, critical"], Said());
        var first = receiver.Took[0];
        Assert.Equal(("alarm.raised", "critical", "alarm:IngestStopped"), (first.Type, first.Status, first.About));
        Assert.Contains("What to do: Make room", first.Text, StringComparison.Ordinal);
        Assert.Contains("plant-7", first.Subject, StringComparison.Ordinal);
        await GoAsync(2 * 3600 + 30);
        Assert.Equal(2, Said("still there").Count);
        facts = new AlarmFacts();
        await GoAsync(60);
        Assert.Equal(2, Said("over").Count);
        Assert.Equal("alarm.cleared", receiver.Took[^1].Type);
        await GoAsync(3 * 3600);
        Assert.Equal(6, receiver.Took.Count);
        Assert.Equal(6, receiver.Took.Select(t => (t.Id, t.Address)).Distinct().Count());
    }

    [Fact]
    public async Task Pump_WhereOneReceiverDoesNotAnswer_TriesAgainAndTellsTheOther()
    {
        receiver.Takes = n => n.Address != "ana@example.com";
        facts = new AlarmFacts { IngestProblem = "full" };
        await GoAsync(30);
        Assert.Equal(["rui@example.com: Ingest stopped, critical"], Said());
        receiver.Takes = _ => true;
        await GoAsync(70);
        Assert.Equal(["rui@example.com: Ingest stopped, critical", "ana@example.com: Ingest stopped, critical"], Said());
        Assert.Equal((2, 1), (sender.Sent, sender.Failures));
    }

    [Fact]
    public async Task Pump_WhereNobodyHeardOfIt_SaysNoAllClear()
    {
        receiver.Takes = _ => false;
        facts = new AlarmFacts { IngestProblem = "full" };
        await GoAsync(30);
        facts = new AlarmFacts();
        receiver.Takes = _ => true;
        await GoAsync(200);
        Assert.Empty(receiver.Took);
    }

    [Fact]
    public async Task Pump_OfAnAlarmThatEvaluationRaised_TellsOfItToo()
    {
        var recorder = new AlarmRecorder(stores.State, loop, clock);
        stores.State.Write(db => OwnAlarmStore.Raise(db, "fleet-silent/1", "FleetSilent", 1, "80 of 90 devices fell silent at once"));
        recorder.Pump();
        await GoAsync(1);
        Assert.Equal(2, Said("silent").Count);
        stores.State.Write(db => OwnAlarmStore.Clear(db, "fleet-silent/1", 2));
        recorder.Pump();
        await GoAsync(1);
        Assert.Equal(2, Said("over").Count);
    }

    [Fact]
    public async Task Recorder_OfAlarms_KeepsThemAndTakesThemUpAgain()
    {
        var recorder = new AlarmRecorder(stores.State, loop, clock);
        facts = new AlarmFacts { IngestProblem = "full" };
        await GoAsync(5);
        recorder.Pump();
        var row = Assert.Single(stores.State.Read(OwnAlarmStore.Open));
        Assert.Equal(("IngestStopped", "What devices send is not acknowledged: full", 1_800_000_002_000), (row.Kind, row.Detail, row.SinceAt));

        var after = new AlarmLoop(new CareOptions(), () => new AlarmFacts(), clock, NullLogger<AlarmLoop>.Instance);
        var next = new AlarmRecorder(stores.State, after, clock);
        next.Start();
        Assert.Equal(row.Key, Assert.Single(after.Open).Key);
        for (var i = 0; i < 10; i++)
        {
            clock.AdvanceTo(clock.Now + TimeSpan.FromSeconds(1));
            after.Pump();
        }
        next.Pump();
        Assert.Empty(stores.State.Read(OwnAlarmStore.Open));
        Assert.Empty(after.Open);
    }

    private List<string> Said(string part = "") => [.. receiver.Took.Select(t => $"{t.Address}: {t.Subject["B2D on plant-7: ".Length..]}").Where(s => s.Contains(part, StringComparison.Ordinal))];

    private async Task GoAsync(int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            clock.AdvanceTo(clock.Now + TimeSpan.FromSeconds(1));
            loop.Pump();
            await sender.PumpAsync(default);
        }
    }
}
