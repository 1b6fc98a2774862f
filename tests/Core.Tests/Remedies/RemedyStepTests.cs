using B2D.Core.Remedies;
using B2D.Core.Telemetry;
using Xunit;
using static B2D.Core.Tests.Faults.TestRules;

namespace B2D.Core.Tests.Remedies;

/// <summary>Every pair of phase and event of a remedy.</summary>
public sealed class RemedyStepTests
{
    // The command is r-0-1, its deadline second 60; Verified is watched until second 60 for the fault to go.
    private const string Table = """
        None        Delivered      None        NotRunning
        Queued      Delivered      Delivered   Progress
        Delivered   Delivered      Delivered   NotRunning
        Answered    Delivered      Answered    NotRunning
        Verified    Delivered      Verified    NotRunning
        NotVerified Delivered      NotVerified NotRunning
        Failed      Delivered      Failed      NotRunning
        Expired     Delivered      Expired     NotRunning
        None        AnsweredOk     None        NotRunning
        Queued      AnsweredOk     Answered    Progress
        Delivered   AnsweredOk     Answered    Progress
        Answered    AnsweredOk     Answered    NotRunning
        Verified    AnsweredOk     Verified    NotRunning
        NotVerified AnsweredOk     NotVerified NotRunning
        Failed      AnsweredOk     Failed      NotRunning
        Expired     AnsweredOk     Expired     NotRunning
        None        AnsweredFailed None        NotRunning
        Queued      AnsweredFailed Failed      DeviceRefused
        Delivered   AnsweredFailed Failed      DeviceRefused
        Answered    AnsweredFailed Failed      DeviceRefused
        Verified    AnsweredFailed Verified    NotRunning
        NotVerified AnsweredFailed NotVerified NotRunning
        Failed      AnsweredFailed Failed      NotRunning
        Expired     AnsweredFailed Expired     NotRunning
        None        Proven         None        NotRunning
        Queued      Proven         Queued      NotRunning
        Delivered   Proven         Verified    VerifiedByTelemetry
        Answered    Proven         Verified    VerifiedByTelemetry
        Verified    Proven         Verified    NotRunning
        NotVerified Proven         NotVerified NotRunning
        Failed      Proven         Failed      NotRunning
        Expired     Proven         Expired     NotRunning
        None        Cleared        None        NotRunning
        Queued      Cleared        Expired     ClearedByItself
        Delivered   Cleared        Verified    FaultCleared
        Answered    Cleared        Verified    FaultCleared
        Verified    Cleared        Verified    NotRunning
        NotVerified Cleared        NotVerified NotRunning
        Failed      Cleared        Failed      NotRunning
        Expired     Cleared        Expired     NotRunning
        None        ClearedUnseen  None        NotRunning
        Queued      ClearedUnseen  Expired     ClearedByItself
        Delivered   ClearedUnseen  NotVerified ClearedByItself
        Answered    ClearedUnseen  NotVerified ClearedByItself
        Verified    ClearedUnseen  Verified    NotRunning
        NotVerified ClearedUnseen  NotVerified NotRunning
        Failed      ClearedUnseen  Failed      NotRunning
        Expired     ClearedUnseen  Expired     NotRunning
        None        TickEarly      None        NotRunning
        Queued      TickEarly      Queued      NotRunning
        Delivered   TickEarly      Delivered   NotRunning
        Answered    TickEarly      Answered    NotRunning
        Verified    TickEarly      Verified    NotRunning
        NotVerified TickEarly      NotVerified NotRunning
        Failed      TickEarly      Failed      NotRunning
        Expired     TickEarly      Expired     NotRunning
        None        Tick           None        NotRunning
        Queued      Tick           Expired     NeverDelivered
        Delivered   Tick           NotVerified TimeOver
        Answered    Tick           NotVerified TimeOver
        Verified    Tick           NotVerified TimeOver
        NotVerified Tick           NotVerified NotRunning
        Failed      Tick           Failed      NotRunning
        Expired     Tick           Expired     NotRunning
        """;

    public static TheoryData<RemedyPhase, string, RemedyPhase, RemedyReason> Rows()
    {
        var rows = new TheoryData<RemedyPhase, string, RemedyPhase, RemedyReason>();
        foreach (var line in Table.Split('\n'))
        {
            var cells = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            rows.Add(Enum.Parse<RemedyPhase>(cells[0]), cells[1], Enum.Parse<RemedyPhase>(cells[2]), Enum.Parse<RemedyReason>(cells[3]));
        }
        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Step_PhaseAndEvent_GivesPhaseAndReason(RemedyPhase from, string happened, RemedyPhase to, RemedyReason reason)
    {
        var waits = from is RemedyPhase.Queued or RemedyPhase.Delivered or RemedyPhase.Answered or RemedyPhase.Verified;
        var state = new RemedyState
        {
            Phase = from,
            CommandId = "r-0-1",
            Deadline = waits ? Server(60) : ServerTime.Zero,
            Heals = from == RemedyPhase.Verified ? [Server(5)] : [],
        };
        var (next, why) = happened switch
        {
            "Delivered" => RemedyStep.Delivered(state, "r-0-1"),
            "AnsweredOk" => RemedyStep.Answered(state, "r-0-1", ReplyStatus.Ok),
            "AnsweredFailed" => RemedyStep.Answered(state, "r-0-1", ReplyStatus.Failed),
            "Proven" => RemedyStep.Proven(state, Server(30)),
            "Cleared" => RemedyStep.FaultCleared(state, Server(30)),
            "ClearedUnseen" => RemedyStep.FaultCleared(state, Server(30), shown: false),
            "TickEarly" => RemedyStep.Tick(state, new ServerTime(Server(60).EpochMs - 1)),
            "Tick" => RemedyStep.Tick(state, Server(60)),
            _ => throw new ArgumentException($"no event is called {happened}"),
        };
        Assert.Equal((to, reason), (next.Phase, why));
        Assert.True(next.Runs || next.Deadline == ServerTime.Zero || happened is not ("Cleared" or "ClearedUnseen" or "Tick"), "a verdict leaves a deadline");
    }

    [Fact]
    public void Delivered_OtherCommand_IsNotThisOne()
    {
        var state = new RemedyState { Phase = RemedyPhase.Queued, CommandId = "r-0-1", Deadline = Server(60) };
        Assert.Equal(RemedyReason.NotRunning, RemedyStep.Delivered(state, "r-0-2").Reason);
        Assert.Equal(RemedyReason.NotRunning, RemedyStep.Answered(state, "r-0-2", ReplyStatus.Ok).Reason);
    }

    [Fact]
    public void Start_RuleWithoutRemedy_SaysSo() =>
        Assert.Equal(RemedyReason.NoRemedy, RemedyStep.Start(new RemedyState(), Hot(), new EpisodeId(0, 1), Server(0)).Reason);

    [Fact]
    public void Start_CapPerPeriod_CountsTriesThatAreStillInIt()
    {
        var rule = Hot() with { Remedy = Remedy(within: 60, atMost: 2, per: 3600) };
        var (first, _) = RemedyStep.Start(new RemedyState(), rule, new EpisodeId(0, 1), Server(0));
        Assert.Equal((RemedyPhase.Queued, "hot-0-1", Server(60)), (first.Phase, first.CommandId, first.Deadline));
        var (second, _) = RemedyStep.Start(first, rule, new EpisodeId(0, 2), Server(100));
        Assert.Equal(RemedyReason.CapReached, RemedyStep.Start(second, rule, new EpisodeId(0, 3), new ServerTime(Server(3600).EpochMs - 1)).Reason);
        var (third, reason) = RemedyStep.Start(second, rule, new EpisodeId(0, 3), Server(3600));
        Assert.Equal(RemedyReason.Started, reason);
        Assert.Equal([Server(100), Server(3600)], third.Tries.AsEnumerable());
    }

    [Fact]
    public void IsChronic_ThirdHealWithinFourteenDays_Is()
    {
        var day = 86_400.0;
        var state = new RemedyState { Heals = [Server(0), Server(7 * day)] };
        Assert.False(RemedyStep.IsChronic(state, Server(7 * day)));
        Assert.True(RemedyStep.IsChronic(Healed(state, (14 * day) - 1), Server((14 * day) - 1)));
        Assert.False(RemedyStep.IsChronic(Healed(state, 14 * day), Server(14 * day)));

        static RemedyState Healed(RemedyState s, double at) => RemedyStep.Proven(s with { Phase = RemedyPhase.Delivered }, Server(at)).State;
    }

    [Fact]
    public void Tick_FaultOutlivesItsHeal_TakesTheHealBack()
    {
        var state = new RemedyState { Phase = RemedyPhase.Verified, Deadline = Server(60), Heals = [Server(0), Server(30)] };
        Assert.Equal([Server(0)], RemedyStep.Tick(state, Server(60)).State.Heals.AsEnumerable());
    }
}
