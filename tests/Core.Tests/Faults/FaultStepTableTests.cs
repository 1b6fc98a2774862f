using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using Xunit;
using static B2D.Core.Tests.Faults.TestRules;

namespace B2D.Core.Tests.Faults;

/// <summary>Every pair of phase and event, once: what becomes of it, what the outside sees, and why.</summary>
public sealed class FaultStepTableTests
{
    // Hold and release 60 s; the phase began at second 0, the event comes at second 30 (a name with 60 in it: at second 60). A word behind the event: the rule
    // latches (Seen: and the fault was acknowledged; Unlatched: it does no longer), chatters for 90 s of quiet (Third: by this raise), or is outside its hours
    // (Held: and within them again).
    private const string Table = """
        Normal   SampleTrue     Pending  None       HoldStarted
        Pending  SampleTrue     Pending  None       StillTrue
        Active   SampleTrue     Active   None       StillTrue
        Clearing SampleTrue     Active   None       ReleaseBroken
        Normal   SampleFalse    Normal   None       StillFalse
        Pending  SampleFalse    Normal   None       HoldBroken
        Active   SampleFalse    Clearing None       ReleaseStarted
        Clearing SampleFalse    Clearing None       StillFalse
        Normal   SampleBetween  Normal   None       StillFalse
        Pending  SampleBetween  Normal   None       HoldBroken
        Active   SampleBetween  Active   None       StillTrue
        Clearing SampleBetween  Active   None       ReleaseBroken
        Normal   SampleUnknown  Normal   None       Unknown
        Pending  SampleUnknown  Pending  None       Unknown
        Active   SampleUnknown  Active   None       Unknown
        Clearing SampleUnknown  Clearing None       Unknown
        Normal   SampleTrue60   Pending  None       HoldStarted
        Pending  SampleTrue60   Active   Raised     HoldCompleted
        Active   SampleTrue60   Active   None       StillTrue
        Clearing SampleTrue60   Active   None       ReleaseBroken
        Normal   SampleFalse60  Normal   None       StillFalse
        Pending  SampleFalse60  Normal   None       HoldBroken
        Active   SampleFalse60  Clearing None       ReleaseStarted
        Clearing SampleFalse60  Normal   Cleared    ReleaseCompleted
        Normal   SampleWorse    Pending  None       HoldStarted
        Pending  SampleWorse    Pending  None       StillTrue
        Active   SampleWorse    Active   SeverityChanged SeverityRose
        Clearing SampleWorse    Active   SeverityChanged SeverityRose
        Normal   SampleMilder   Pending  None       HoldStarted
        Pending  SampleMilder   Pending  None       StillTrue
        Active   SampleMilder   Active   SeverityChanged SeverityFell
        Clearing SampleMilder   Active   SeverityChanged SeverityFell
        Normal   CodeSet        Pending  None       HoldStarted
        Pending  CodeSet        Pending  None       StillTrue
        Active   CodeSet        Active   None       StillTrue
        Clearing CodeSet        Active   None       ReleaseBroken
        Normal   CodeClear      Normal   None       StillFalse
        Pending  CodeClear      Normal   None       HoldBroken
        Active   CodeClear      Clearing None       ReleaseStarted
        Clearing CodeClear      Clearing None       StillFalse
        Normal   CodeOld        Normal   None       OutOfOrder
        Pending  CodeOld        Pending  None       OutOfOrder
        Active   CodeOld        Active   None       OutOfOrder
        Clearing CodeOld        Clearing None       OutOfOrder
        Normal   Elapsed        Normal   None       None
        Pending  Elapsed        Pending  None       None
        Active   Elapsed        Active   None       None
        Clearing Elapsed        Clearing None       None
        Normal   Elapsed60      Normal   None       None
        Pending  Elapsed60      Active   Raised     HoldCompleted
        Active   Elapsed60      Active   None       None
        Clearing Elapsed60      Normal   Cleared    ReleaseCompleted
        Normal   Silent         Pending  None       HoldStarted
        Pending  Silent         Pending  None       NotInThisPhase
        Active   Silent         Active   None       NotInThisPhase
        Clearing Silent         Active   None       ReleaseBroken
        Normal   Heard          Normal   None       None
        Pending  Heard          Normal   None       HoldBroken
        Active   Heard          Clearing None       ReleaseStarted
        Clearing Heard          Clearing None       None
        Normal   Tick           Normal   None       NotInThisPhase
        Pending  Tick           Pending  None       NotInThisPhase
        Active   Tick           Active   None       NotInThisPhase
        Clearing Tick           Clearing None       NotInThisPhase
        Normal   Tick60         Normal   None       NotInThisPhase
        Pending  Tick60         Active   Raised     HoldCompletedInSilence
        Active   Tick60         Active   None       NotInThisPhase
        Clearing Tick60         Normal   Cleared    ReleaseCompletedInSilence
        Normal   Acknowledge    Normal   None       NotInThisPhase
        Pending  Acknowledge    Pending  None       NotInThisPhase
        Active   Acknowledge    Active   None       Acknowledged
        Clearing Acknowledge    Clearing None       Acknowledged
        Normal   Shelve         Normal   None       Shelved
        Pending  Shelve         Pending  None       Shelved
        Active   Shelve         Active   None       Shelved
        Clearing Shelve         Clearing None       Shelved
        Normal   Unshelve       Normal   None       NotInThisPhase
        Pending  Unshelve       Pending  None       NotInThisPhase
        Active   Unshelve       Active   None       NotInThisPhase
        Clearing Unshelve       Clearing None       NotInThisPhase
        Normal   UnshelveShelved   Normal   None       ShelfEnded
        Pending  UnshelveShelved   Pending  None       ShelfEnded
        Active   UnshelveShelved   Active   ShelfEnded ShelfEnded
        Clearing UnshelveShelved   Clearing ShelfEnded ShelfEnded
        Normal   TickAtShelfEnd    Normal   None       ShelfEnded
        Pending  TickAtShelfEnd    Pending  None       ShelfEnded
        Active   TickAtShelfEnd    Active   ShelfEnded ShelfEnded
        Clearing TickAtShelfEnd    Clearing ShelfEnded ShelfEnded
        Normal   GatewayBack    Normal   None       GatewayWasDown
        Pending  GatewayBack    Pending  None       GatewayWasDown
        Active   GatewayBack    Active   None       GatewayWasDown
        Clearing GatewayBack    Clearing None       GatewayWasDown
        Normal   ClockBack      Normal   None       ClockSetBack
        Pending  ClockBack      Pending  None       ClockSetBack
        Active   ClockBack      Active   None       ClockSetBack
        Clearing ClockBack      Clearing None       ClockSetBack
        Normal   ClockBackUnheard  Normal   None       NotInThisPhase
        Pending  ClockBackUnheard  Pending  None       NotInThisPhase
        Active   ClockBackUnheard  Active   None       NotInThisPhase
        Clearing ClockBackUnheard  Clearing None       NotInThisPhase
        Normal   Reconnected    Normal   None       None
        Pending  Reconnected    Pending  None       None
        Active   Reconnected    Active   None       None
        Clearing Reconnected    Clearing None       None
        Normal   End            Normal   None       RuleRemoved
        Pending  End            Normal   None       RuleRemoved
        Active   End            Normal   Cleared    RuleRemoved
        Clearing End            Normal   Cleared    RuleRemoved
        Latched  SampleTrue     Active   Relapsed   ConditionTrue
        Latched  SampleFalse    Latched  None       StillFalse
        Latched  SampleBetween  Latched  None       StillFalse
        Latched  SampleUnknown  Latched  None       Unknown
        Latched  SampleTrue60   Active   Relapsed   ConditionTrue
        Latched  SampleFalse60  Latched  None       StillFalse
        Latched  SampleWorse    Active   Relapsed   ConditionTrue
        Latched  SampleMilder   Active   Relapsed   ConditionTrue
        Latched  CodeSet        Active   Relapsed   CodeSet
        Latched  CodeClear      Latched  None       StillFalse
        Latched  CodeOld        Latched  None       OutOfOrder
        Latched  Elapsed        Latched  None       None
        Latched  Elapsed60      Latched  None       None
        Latched  Silent         Active   Relapsed   WentSilent
        Latched  Heard          Latched  None       None
        Latched  Tick           Latched  None       NotInThisPhase
        Latched  Tick60         Latched  None       NotInThisPhase
        Latched  Acknowledge    Normal   Cleared    Acknowledged
        Latched  Shelve         Latched  None       Shelved
        Latched  Unshelve       Latched  None       NotInThisPhase
        Latched  UnshelveShelved   Latched  ShelfEnded ShelfEnded
        Latched  TickAtShelfEnd    Latched  ShelfEnded ShelfEnded
        Latched  GatewayBack    Latched  None       GatewayWasDown
        Latched  ClockBack      Latched  None       ClockSetBack
        Latched  ClockBackUnheard  Latched  None       NotInThisPhase
        Latched  Reconnected    Latched  None       None
        Latched  End            Normal   Cleared    RuleRemoved
        Active   SampleFalse Latch      Clearing None       ReleaseStarted
        Clearing SampleFalse60 Latch    Latched  Latched    ReleaseCompleted
        Clearing Elapsed60 Latch        Latched  Latched    ReleaseCompleted
        Clearing Tick60 Latch           Latched  Latched    ReleaseCompletedInSilence
        Clearing SampleFalse60 Seen     Normal   Cleared    ReleaseCompleted
        Clearing Elapsed60 Seen         Normal   Cleared    ReleaseCompleted
        Latched  Tick Unlatched         Normal   Cleared    ConditionFalse
        Clearing SampleFalse60 Chatter  Clearing None       StillFalse
        Clearing Tick60 Chatter         Clearing None       NotInThisPhase
        Clearing Elapsed60 Chatter      Clearing None       None
        Pending  SampleTrue60 Third     Active   Raised     HoldCompleted
        Pending  SampleTrue60 Closed    Active   Raised     HoldCompleted
        Active   TickAtShelfEnd Closed  Active   HeldOutsideHours OutsideHours
        Active   UnshelveShelved Closed Active   HeldOutsideHours OutsideHours
        Latched  TickAtShelfEnd Closed  Latched  HeldOutsideHours OutsideHours
        Normal   TickAtShelfEnd Closed  Normal   None       ShelfEnded
        Active   UnshelveShelved Held   Active   ShelfEnded ShelfEnded
        Active   TickAtShelfEnd Held    Active   ShelfEnded HoursBegan
        """;

    public static TheoryData<FaultPhase, string, FaultPhase, FaultChange, FaultReason> Rows()
    {
        var rows = new TheoryData<FaultPhase, string, FaultPhase, FaultChange, FaultReason>();
        foreach (var line in Table.Split('\n'))
        {
            var cells = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            rows.Add(Enum.Parse<FaultPhase>(cells[0]), cells.Length == 6 ? $"{cells[1]} {cells[2]}" : cells[1], Enum.Parse<FaultPhase>(cells[^3]),
                Enum.Parse<FaultChange>(cells[^2]), Enum.Parse<FaultReason>(cells[^1]));
        }
        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Step_PhaseAndEvent_GivesPhaseChangeAndReason(FaultPhase from, string name, FaultPhase to, FaultChange change, FaultReason reason)
    {
        var (happened, plain, now) = EventOf(name.Split(' ')[0]);
        var how = name.Split(' ')[^1];
        var rule = plain with
        {
            Latch = how is "Latch" or "Seen" || (from == FaultPhase.Latched && how != "Unlatched"),
            Chatter = how is "Chatter" or "Third" ? Chatter(3, 100, 90) : null,
            During = how == "Closed" ? Night : how == "Held" ? Day : null,
        };
        var state = StateOf(from, name.Split(' ')[0], rule) with
        {
            Acknowledged = how == "Seen",
            Chatters = how == "Chatter",
            RaiseTimes = how == "Third" ? [Server(-40), Server(-20)] : default,
            OutsideHours = how == "Held",
        };
        var result = FaultStep.Step(FaultStep.Rewake(state, rule, Server(0)), happened, rule, now);
        Assert.Equal(how == "Third" || how == "Chatter", result.State.Chatters);
        Assert.Equal(how == "Closed" && result.State.Exists, result.State.OutsideHours);
        Assert.Equal((to, change, reason), (result.State.Phase, result.Change, result.Reason));
    }

    [Fact]
    public void Table_EveryEventTypeAndPhase_IsListed()
    {
        var listed = Rows().Select(r => ((FaultPhase)r[0], EventOf(((string)r[1]).Split(' ')[0]).Happened.GetType())).ToHashSet();
        var types = typeof(FaultEvent).GetNestedTypes().Where(t => t.IsSubclassOf(typeof(FaultEvent))).ToArray();
        Assert.NotEmpty(types);
        foreach (var type in types)
        {
            foreach (var phase in Enum.GetValues<FaultPhase>())
                Assert.True(listed.Contains((phase, type)), $"the table has no row for {phase} and {type.Name}");
        }
    }

    private static Hours Day { get; } = new([new WeekHours([true, true, true, true, true, true, true], 0, WeekHours.MinutesOfDay, NodaTime.DateTimeZone.Utc)]);

    private static FaultState StateOf(FaultPhase phase, string name, FaultRule rule)
    {
        var state = new FaultState
        {
            Phase = phase,
            Episode = new EpisodeId(0, 1),
            Since = Device(0),
            OnsetAt = Device(0),
            LastAt = Device(0),
            LastHeard = name is "ClockBackUnheard" ? ServerTime.Zero : Server(0),
            LastWasLive = true,
            Severity = Severity.High,
            CodesSet = phase is FaultPhase.Pending or FaultPhase.Active ? 1u : 0u,
            CodeTimes = rule.Kind == FaultKind.Codes ? [Device(0)] : default,
            CodeAt = Device(0),
            ShelvedUntil = name is "UnshelveShelved" ? Server(1000) : name is "TickAtShelfEnd" ? Server(30) : ServerTime.Zero,
        };
        return FaultStep.Rewake(state, rule, Server(0));
    }

    private static (FaultEvent Happened, FaultRule Rule, ServerTime Now) EventOf(string name)
    {
        var at = name.EndsWith("60", StringComparison.Ordinal) ? 60 : 30;
        var (condition, codes, silence) = (
            Hot(hold: 60, release: 60), Codes("pump", "E1") with { Hold = Sec(60), Release = Sec(60) }, Silent(hold: 60, release: 60));
        var entry = new EpisodeId(0, 2);
        FaultEvent Sample(Truth raise, Truth clear, Severity severity = Severity.High) =>
            new FaultEvent.Sample(raise, clear, severity, Device(at), true, entry);
        FaultEvent Code(CodeState state, double second) => new FaultEvent.Code(0, state, Device(second), true, entry);
        (FaultEvent, FaultRule) found = name switch
        {
            "SampleTrue" or "SampleTrue60" => (Sample(Truth.True, Truth.False), condition),
            "SampleFalse" or "SampleFalse60" => (Sample(Truth.False, Truth.True), condition),
            "SampleBetween" => (Sample(Truth.False, Truth.False), condition),
            "SampleUnknown" => (Sample(Truth.Unknown, Truth.Unknown), condition),
            "SampleWorse" => (Sample(Truth.True, Truth.False, Severity.Critical), condition),
            "SampleMilder" => (Sample(Truth.True, Truth.False, Severity.Low), condition),
            "CodeSet" => (Code(CodeState.Set, at), codes),
            "CodeClear" => (Code(CodeState.Clear, at), codes),
            "CodeOld" => (Code(CodeState.Set, -1), codes),
            "Elapsed" or "Elapsed60" => (new FaultEvent.Elapsed(Device(at)), codes),
            "Silent" => (new FaultEvent.Silent(Server(0), false, entry), silence),
            "Heard" => (new FaultEvent.Heard(), silence),
            "Tick" or "Tick60" or "TickAtShelfEnd" => (new FaultEvent.Tick(), condition),
            "Acknowledge" => (new FaultEvent.Acknowledge(), condition),
            "Shelve" => (new FaultEvent.Shelve(Server(1000)), condition),
            "Unshelve" or "UnshelveShelved" => (new FaultEvent.Unshelve(), condition),
            "GatewayBack" => (new FaultEvent.GatewayBack(Server(10)), condition),
            "Reconnected" => (new FaultEvent.Reconnected(Device(-300)), condition),
            "ClockBack" or "ClockBackUnheard" => (new FaultEvent.ClockBack(Device(-3600)), condition),
            "End" => (new FaultEvent.End(FaultReason.RuleRemoved), condition),
            _ => throw new ArgumentException($"no event is called {name}"),
        };
        return (found.Item1, found.Item2, Server(at));
    }
}
