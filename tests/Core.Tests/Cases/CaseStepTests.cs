using B2D.Core.Cases;
using B2D.Core.Rules;
using Xunit;
using static B2D.Core.Tests.Faults.TestRules;

namespace B2D.Core.Tests.Cases;

public sealed class CaseStepTests
{
    // New: nobody; Working: anna; Waiting: anna, since second 0; Resolved: anna, at second 0. The event comes at second 60.
    private const string Table = """
        New      Take       Working  Done
        Working  Take       Working  AlreadyThere
        Waiting  Take       Waiting  AlreadyThere
        Resolved Take       Resolved NotOpen
        Closed   Take       Closed   ClosedIsFinal
        New      TakeNobody New      NobodyNamed
        Working  TakeNobody Working  NobodyNamed
        Waiting  TakeNobody Waiting  NobodyNamed
        Resolved TakeNobody Resolved NobodyNamed
        Closed   TakeNobody Closed   ClosedIsFinal
        New      Assign     Working  Done
        Working  Assign     Working  Done
        Waiting  Assign     Waiting  Done
        Resolved Assign     Resolved NotOpen
        Closed   Assign     Closed   ClosedIsFinal
        New      AssignBack New      AlreadyThere
        Working  AssignBack New      Done
        Waiting  AssignBack Waiting  Done
        Resolved AssignBack Resolved NotOpen
        Closed   AssignBack Closed   ClosedIsFinal
        New      HandOff    Working  Done
        Working  HandOff    Working  Done
        Waiting  HandOff    Waiting  Done
        Resolved HandOff    Resolved NotOpen
        Closed   HandOff    Closed   ClosedIsFinal
        New      Wait       Waiting  Done
        Working  Wait       Waiting  Done
        Waiting  Wait       Waiting  AlreadyThere
        Resolved Wait       Resolved NotOpen
        Closed   Wait       Closed   ClosedIsFinal
        New      Resume     New      NotWaiting
        Working  Resume     Working  NotWaiting
        Waiting  Resume     Working  Done
        Resolved Resume     Resolved NotWaiting
        Closed   Resume     Closed   ClosedIsFinal
        New      Recur      New      Done
        Working  Recur      Working  Done
        Waiting  Recur      Waiting  Done
        Resolved Recur      Working  Done
        Closed   Recur      Closed   ClosedIsFinal
        New      Resolve    Resolved Done
        Working  Resolve    Resolved Done
        Waiting  Resolve    Resolved Done
        Resolved Resolve    Resolved NotOpen
        Closed   Resolve    Closed   ClosedIsFinal
        New      StayedClear Resolved Done
        Working  StayedClear Resolved Done
        Waiting  StayedClear Working  AskCustomer
        Resolved StayedClear Resolved NotOpen
        Closed   StayedClear Closed   ClosedIsFinal
        New      StayedClearAsk New      AskCustomer
        Working  StayedClearAsk Working  AskCustomer
        Waiting  StayedClearAsk Working  AskCustomer
        Resolved StayedClearAsk Resolved NotOpen
        Closed   StayedClearAsk Closed   ClosedIsFinal
        New      StayedClearLook New      LookFirst
        Working  StayedClearLook Working  LookFirst
        Waiting  StayedClearLook Working  AskCustomer
        Resolved StayedClearLook Resolved NotOpen
        Closed   StayedClearLook Closed   ClosedIsFinal
        New      Reopen     New      NotResolved
        Working  Reopen     Working  NotResolved
        Waiting  Reopen     Waiting  NotResolved
        Resolved Reopen     Working  Done
        Closed   Reopen     Closed   ClosedIsFinal
        New      Close      Closed   Done
        Working  Close      Closed   Done
        Waiting  Close      Closed   Done
        Resolved Close      Closed   Done
        Closed   Close      Closed   ClosedIsFinal
        New      CloseMute  New      DispositionMissing
        Working  CloseMute  Working  DispositionMissing
        Waiting  CloseMute  Waiting  DispositionMissing
        Resolved CloseMute  Resolved DispositionMissing
        Closed   CloseMute  Closed   ClosedIsFinal
        New      CloseMuteByItself New      DispositionMissing
        Resolved CloseMuteByItself Closed   Done
        Closed   CloseMuteByItself Closed   ClosedIsFinal
        """;

    private static readonly CasePolicy Policy = new("compressor", "heating", 2, TimeSpan.FromHours(24), TimeSpan.FromMinutes(30));

    public static TheoryData<CasePhase, string, CasePhase, CaseReason> Rows()
    {
        var rows = new TheoryData<CasePhase, string, CasePhase, CaseReason>();
        foreach (var line in Table.Split('\n'))
        {
            var cells = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            rows.Add(Enum.Parse<CasePhase>(cells[0]), cells[1], Enum.Parse<CasePhase>(cells[2]), Enum.Parse<CaseReason>(cells[3]));
        }
        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Step_PhaseAndEvent_GivesPhaseAndReason(CasePhase from, string happened, CasePhase to, CaseReason reason)
    {
        var facts = Facts(from) with { AskFirst = happened.EndsWith("Ask", StringComparison.Ordinal), EndedByItself = happened.EndsWith("ByItself", StringComparison.Ordinal), EndsByPerson = happened.EndsWith("Look", StringComparison.Ordinal) };
        var result = CaseStep.Step(facts, EventOf(happened), Server(60));
        Assert.Equal((to, reason, reason is CaseReason.Done or CaseReason.AskCustomer or CaseReason.LookFirst), (result.Facts.Phase, result.Reason, result.Accepted));
        if (!result.Accepted)
            Assert.Equal(facts, result.Facts);
        // The clock stands exactly while it waits, and what is resolved or closed says since when.
        Assert.Equal(to == CasePhase.Waiting, result.Facts.WaitingSince != ServerTime.Zero);
        Assert.Equal(to is CasePhase.Resolved or CasePhase.Closed, result.Facts.ResolvedAt != ServerTime.Zero);
        Assert.Equal(to is CasePhase.New or CasePhase.Working or CasePhase.Waiting, result.Facts.IsOpen);
    }

    [Fact]
    public void Table_EveryEventTypeAndPhase_IsListed()
    {
        var listed = Rows().Select(r => ((CasePhase)r[0], EventOf((string)r[1]).GetType())).ToHashSet();
        var types = typeof(CaseEvent).GetNestedTypes().Where(t => t.IsSubclassOf(typeof(CaseEvent))).ToArray();
        Assert.NotEmpty(types);
        Assert.Equal([], types.SelectMany(t => Enum.GetValues<CasePhase>().Select(p => (p, t))).Where(p => !listed.Contains(p)));
    }

    [Theory]
    [InlineData("Take", "bert")]
    [InlineData("Assign", "bert")]
    [InlineData("HandOff", "bert")]
    [InlineData("AssignBack", "")]
    public void Step_GivenWhileItWaits_GoesOnWaiting(string happened, string who)
    {
        var facts = Facts(CasePhase.Waiting) with { Assignee = "carl" };
        Assert.Equal(facts with { Assignee = who }, CaseStep.Step(facts, happened == "Take" ? new CaseEvent.Take("bert") : EventOf(happened), Server(60)).Facts);
    }

    [Theory]
    [InlineData("Take", "bert")]
    [InlineData("Assign", "bert")]
    [InlineData("HandOff", "bert")]
    [InlineData("AssignBack", "")]
    public void Step_Given_IsTheirs(string happened, string who)
    {
        var facts = Facts(CasePhase.Working) with { Assignee = "carl" };
        Assert.Equal(who, CaseStep.Step(facts, happened == "Take" ? new CaseEvent.Take("bert") : EventOf(happened), Server(60)).Facts.Assignee);
    }

    [Fact]
    public void Step_ReopenedWithoutAssignee_IsNew() =>
        Assert.Equal(CasePhase.New, CaseStep.Step(Facts(CasePhase.Resolved) with { Assignee = "" }, new CaseEvent.Reopen(), Server(60)).Facts.Phase);

    [Fact]
    public void Step_CloseAfterResolve_KeepsWhenTheWorkWasDone()
    {
        Assert.Equal(Server(1), CaseStep.Step(Facts(CasePhase.Resolved), new CaseEvent.Close(Disposition.TrueFault), Server(60)).Facts.ResolvedAt);
        Assert.Equal(Server(60), CaseStep.Step(Facts(CasePhase.Working), new CaseEvent.Close(Disposition.TrueFault), Server(60)).Facts.ResolvedAt);
    }

    [Theory]
    [InlineData(true, CasePhase.Working, 10, CaseOpening.Join)]
    [InlineData(true, null, 0, CaseOpening.Join)]
    [InlineData(false, null, 0, CaseOpening.Open)]
    [InlineData(false, CasePhase.Resolved, 86_400_000 - 1, CaseOpening.Reopen)]
    [InlineData(false, CasePhase.Resolved, 86_400_000, CaseOpening.OpenLinked)]
    [InlineData(false, CasePhase.Closed, 10, CaseOpening.OpenLinked)]
    [InlineData(false, CasePhase.Closed, 86_400_000, CaseOpening.OpenLinked)]
    public void Decide_OpenCaseAndLatest_GivesHowTheFaultFindsItsCase(bool open, CasePhase? last, long resolvedMsAgo, CaseOpening expected)
    {
        var facts = last is { } phase ? Facts(phase) with { ResolvedAt = Server(0) } : default(CaseFacts?);
        Assert.Equal(expected, CaseOpeningDecision.Decide(open, facts, sameOwner: true, Policy, new ServerTime(Server(0).EpochMs + resolvedMsAgo)));
    }

    [Theory]
    [InlineData(CaseFor.All, false, false, false, true)]
    [InlineData(CaseFor.DependedOn, false, true, false, true)]
    [InlineData(CaseFor.DependedOn, false, false, true, false)]
    [InlineData(CaseFor.Contract, false, false, true, true)]
    [InlineData(CaseFor.Contract, false, true, false, false)]
    [InlineData(CaseFor.Contract, true, false, false, true)]
    [InlineData(CaseFor.DependedOn | CaseFor.Contract, false, true, false, true)]
    [InlineData(CaseFor.DependedOn | CaseFor.Contract, false, false, true, true)]
    [InlineData(CaseFor.DependedOn | CaseFor.Contract, false, false, false, false)]
    public void IsFor_OneOfThoseNamedIsEnough(CaseFor whose, bool open, bool dependedOn, bool contract, bool expected) =>
        Assert.Equal(expected, CaseOpeningDecision.IsFor(whose, open, dependedOn, contract));

    [Fact]
    public void Decide_ResolvedCaseOfAnotherOwner_IsNamed_AndNotOpenedAgain()
    {
        Assert.Equal(CaseOpening.OpenLinked, CaseOpeningDecision.Decide(false, Facts(CasePhase.Resolved), sameOwner: false, Policy, Server(2)));
        // The open one goes over to the new owner.
        Assert.Equal(CaseOpening.Join, CaseOpeningDecision.Decide(true, Facts(CasePhase.Working), sameOwner: false, Policy, Server(2)));
    }

    private static CaseFacts Facts(CasePhase phase) => new(
        phase,
        phase == CasePhase.New ? "" : "anna",
        phase == CasePhase.Waiting ? Server(0) : ServerTime.Zero,
        false,
        phase is CasePhase.Resolved or CasePhase.Closed ? Server(1) : ServerTime.Zero);

    private static CaseEvent EventOf(string name) => name switch
    {
        "Take" => new CaseEvent.Take("anna"),
        "TakeNobody" => new CaseEvent.Take(""),
        "Assign" => new CaseEvent.Assign("bert"),
        "AssignBack" => new CaseEvent.Assign(""),
        "HandOff" => new CaseEvent.HandOff("bert"),
        "Wait" => new CaseEvent.Wait("parts"),
        "Resume" => new CaseEvent.Resume(),
        "Recur" => new CaseEvent.Recur(),
        "Resolve" => new CaseEvent.Resolve(),
        "StayedClear" or "StayedClearAsk" or "StayedClearLook" => new CaseEvent.StayedClear(),
        "Reopen" => new CaseEvent.Reopen(),
        "Close" => new CaseEvent.Close(Disposition.TrueFault),
        "CloseMute" or "CloseMuteByItself" => new CaseEvent.Close(Disposition.None),
        _ => throw new ArgumentException($"no event is called {name}"),
    };
}
