using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using B2D.ProactiveWorker.Cases;
using B2D.ProactiveWorker.Dues;
using B2D.ProactiveWorker.Faults;
using B2D.ProactiveWorker.Notices;
using B2D.ProactiveWorker.Remedies;
using B2D.ProactiveWorker.Rules;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Devices;
using B2D.Storage.Faults;
using B2D.Storage.Outbox;
using Xunit;

namespace B2D.ProactiveWorker.Tests.Faults;

/// <summary>What is written of faults that latch, chatter or wait for their hours; the lane and the database are real, times in minutes from 2026-01-01 20:00 UTC.</summary>
public sealed class FaultEndsTests : IDisposable
{
    private static readonly DeviceId Pump = DeviceId.Parse("hp-1");
    private static readonly ServerTime Start = ServerTime.From(new DateTimeOffset(2026, 1, 1, 20, 0, 0, TimeSpan.Zero));

    private readonly Stores stores = Stores.InMemory();
    private readonly EffectRecorder recorder;
    private readonly Lane lane = new(Partitions.Of(Pump), ArrivalOptions.Default);
    private readonly List<LaneEffect> effects = [];
    private ActiveRules rules = ActiveRules.Empty;
    private long offset;

    public FaultEndsTests()
    {
        var (book, options) = (new RuleBook(stores.State), new WorkerOptions());
        var planner = new NoticePlanner(new Ledger(new NoticeOptions()), book, options);
        recorder = new EffectRecorder(new CaseOpener(planner, new CaseTiming(book, options)), new RemedyRecorder(), new DueRecorder(planner), new WorkerOptions());
    }

    public void Dispose() => stores.Dispose();

    [Fact]
    public void Latch_ConditionOver_WaitsThenEndsWithThePersonAndTheirAct()
    {
        Rule("- fault: hot\n  raise: temp > 90\n  latch: true\n  severity: [ { critical: temp > 120 }, { low: true } ]\n  case: {}\n");
        Temp(0, 95);
        Temp(5, 20);
        Assert.Equal(("Latched", 0L, Severity.Low), (Fault.Phase, Fault.ClearedAt, Fault.Severity));
        Temp(10, 130);
        Assert.Equal(("Active", Severity.Critical), (Fault.Phase, Fault.Severity));
        Temp(15, 20);
        Act(60, FaultAction.Acknowledge);

        Assert.Equal(("Normal", At(60).EpochMs, "Acknowledged", "anna", At(60).EpochMs), (Fault.Phase, Fault.ClearedAt, Fault.ClearReason, Fault.AcknowledgedBy, Fault.AcknowledgedAt));
        Assert.Equal(["Raised ConditionTrue", "Escalated NoRemedy", "Latched ConditionFalse", "Relapsed ConditionTrue", "Latched ConditionFalse", "Cleared Acknowledged"], Transitions());
        Assert.Single(Cases());
    }

    [Fact]
    public void Chatter_SecondRaise_IsMarkedUntilItIsQuiet()
    {
        Rule("- fault: hot\n  raise: temp > 90\n  chatter: { raises: 2, within: 1h, quiet: 30m }\n  case: {}\n");
        Temp(0, 95);
        Temp(1, 20);
        Temp(2, 95);
        Temp(3, 20);
        Assert.Equal((FaultRow.Chattering, 0L), (Fault.Phase, Fault.ClearedAt));
        Temp(4, 95);
        Temp(10, 20);
        Until(40);

        Assert.Equal(("Normal", At(40).EpochMs), (Fault.Phase, Fault.ClearedAt));
        Assert.Equal(
            ["Raised ConditionTrue", "Escalated NoRemedy", "Cleared ConditionFalse", "Raised ConditionTrue", "Escalated NoRemedy", "Chatters Chatters", "Cleared ReleaseCompletedInSilence"],
            Transitions());
        Assert.Single(Cases());
    }

    [Fact]
    public void ChatterAndLatch_Relapsed_IsStillMarked()
    {
        Rule("- fault: hot\n  raise: temp > 90\n  latch: true\n  chatter: { raises: 2, within: 1h, quiet: 30m }\n  case: {}\n");
        Temp(0, 95);
        Act(0, FaultAction.Acknowledge);
        Temp(1, 20);
        Temp(2, 95);
        Temp(3, 20);
        Until(40);
        Assert.Equal("Latched", Fault.Phase);
        Temp(50, 95);
        Assert.Equal(FaultRow.Chattering, Fault.Phase);
    }

    [Fact]
    public void During_Outside_IsShelvedByNobodyAndOpensWithItsNoticeWhenTheHoursBegin()
    {
        Rule("- fault: hot\n  raise: temp > 90\n  during: { from: 22:00, to: 23:00, zone: Etc/UTC }\n  case: {}\n  notice: { template: device-fault }\n");
        Temp(0, 95);
        Assert.Equal(("", FaultRow.OutsideHours, At(120).EpochMs, "Active"), (Fault.ShelvedBy, Fault.ShelveReason, Fault.ShelvedUntil, Fault.Phase));
        Assert.Empty(Cases());
        Until(119.9);
        Assert.Empty(Intents());
        Until(120);

        Assert.Equal(At(120).EpochMs, Assert.Single(Cases()).OpenedAt);
        Assert.Equal(At(120).EpochMs, Assert.Single(Intents()).DueAt);
        Assert.Equal(["Raised ConditionTrue", "Escalated HoursBegan"], Transitions());
    }

    [Fact]
    public void During_HoldBackOverTheEnd_IsToldWhenTheHoursBeginAgain()
    {
        Rule("- fault: hot\n  raise: temp > 90\n  during: { from: 20:00, to: 21:00, zone: Etc/UTC }\n  case: {}\n  notice: { template: device-fault, hold_back: 30m }\n");
        Temp(50, 95);
        Assert.Equal(At(50).EpochMs, Assert.Single(Cases()).OpenedAt);
        Assert.Equal(At(24 * 60).EpochMs, Assert.Single(Intents()).DueAt);
    }

    [Fact]
    public void During_PersonTakesTheirShelfBack_IsShelvedByNobodyAgain()
    {
        Rule("- fault: hot\n  raise: temp > 90\n  during: { from: 22:00, to: 23:00, zone: Etc/UTC }\n  case: {}\n");
        Temp(0, 95);
        Act(1, FaultAction.Shelve, 600);
        Assert.Equal(("anna", "because", At(600).EpochMs), (Fault.ShelvedBy, Fault.ShelveReason, Fault.ShelvedUntil));
        Act(2, FaultAction.Unshelve);
        Assert.Equal(("", FaultRow.OutsideHours, At(120).EpochMs), (Fault.ShelvedBy, Fault.ShelveReason, Fault.ShelvedUntil));
        Act(3, FaultAction.Unshelve);
        Assert.Equal((0L, At(3).EpochMs), (Fault.ShelvedUntil, Assert.Single(Cases()).OpenedAt));
    }

    [Fact]
    public void During_OutageExplainsItWhenTheHoursBegin_OpensNothing()
    {
        Rule("- fault: hot\n  raise: temp > 90\n  during: { from: 22:00, to: 23:00, zone: Etc/UTC }\n  case: {}\n  explained_by: outage\n"
            + "- outage: all\n  of: hot\n  when: { devices: 2, share: 1 %, within: 1m }\n");
        Temp(0, 95);
        var episode = Fault.Episode;
        stores.State.Write(db => FaultStore.SetOutage(db, Pump.Value, "hot", episode, 7));
        Until(120);
        Assert.Equal(["Raised ConditionTrue", "Escalated HoursBegan"], Transitions());
        Assert.Empty(Cases());
    }

    [Fact]
    public void SilenceOf_LatchedFault_IsNoSilence()
    {
        Rule("- fault: quiet\n  silent: 10m\n  latch: true\n  case: {}\n");
        Temp(0, 1);
        Until(10);
        Assert.True(stores.State.Read(db => FaultStore.SilenceOf(db, Pump.Value)).Open);
        Temp(15, 1);
        Assert.Equal((false, 0L), stores.State.Read(db => FaultStore.SilenceOf(db, Pump.Value)));
    }

    private static ServerTime At(double minute) => Start + TimeSpan.FromMinutes(minute);

    private FaultRow Fault => stores.State.Read(db => FaultStore.List(db, new FaultFilter { Device = Pump.Value }))[0];

    private IReadOnlyList<CaseRow> Cases() => stores.State.Read(db => db.Query<CaseRow>("SELECT * FROM cases", new { }));

    private IReadOnlyList<OutboxRow> Intents() => stores.State.Read(db => db.Query<OutboxRow>("SELECT * FROM outbox WHERE kind = 'notice.fault'", new { }));

    private string[] Transitions() => [.. stores.State.Read(db => TransitionStore.ReadAfter(db, 0, 100)).Select(t => $"{t.Kind} {t.Reason}")];

    private void Rule(string yaml)
    {
        var check = RuleSetReader.Read([new RuleFile("rules.yaml", yaml)]);
        rules = new ActiveRules(check.Set ?? throw new ArgumentException(RuleReport.Text(check)));
        var device = new Device(Pump) { Customer = "c1" };
        stores.State.Write(db => DeviceStore.Put(db, device, Start.EpochMs));
        Take(0, new Entry.RulesActivated(rules.Set.Hash));
        Take(0, new Entry.Registered(device));
    }

    private void Temp(double minute, double value) =>
        Take(minute, new Entry.Telemetry(Pump, new DeviceTime(At(minute).EpochMs), [new Reading("temp", MetricValue.Of(value))]));

    private void Act(double minute, FaultAction kind, double? until = null) =>
        Take(minute, new Entry.Action(Pump, rules.Set.Faults[0].Id, kind, "anna", until is { } end ? At(end) : null, until is null ? "" : "because"));

    private void Take(double minute, Entry body)
    {
        Until(minute);
        var entry = new LogEntry(lane.Partition, ++offset, At(minute), body);
        lane.Apply(entry, lane.Judge(entry), new bool[1], _ => rules, effects);
        Record();
    }

    private void Until(double minute)
    {
        lane.AdvanceTo(At(minute), effects);
        Record();
    }

    private void Record()
    {
        stores.State.Write(db => recorder.Record(db, effects));
        effects.Clear();
    }
}
