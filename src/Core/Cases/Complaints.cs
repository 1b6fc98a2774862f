namespace B2D.Core.Cases;

/// <summary>Where a complaint stands. It ends only with a final answer.</summary>
public enum ComplaintPhase : byte { None = 0, Open = 1, Acknowledged = 2, Answered = 3 }

/// <summary>What happens to a complaint.</summary>
public enum ComplaintAct : byte { Raise = 1, Acknowledge = 2, Answer = 3 }

/// <summary>What came of it; reaches screens.</summary>
public enum ComplaintReason : byte { Done = 0, OneIsOpen = 1, NoneIsOpen = 2, AcknowledgedAlready = 3 }

/// <summary>The machine of complaints: an acknowledgement that we have it, then the final answer, each by its time.</summary>
public static class Complaints
{
    public static (ComplaintPhase Phase, ComplaintReason Reason) Step(ComplaintPhase phase, ComplaintAct act) => (phase, act) switch
    {
        (ComplaintPhase.None or ComplaintPhase.Answered, ComplaintAct.Raise) => (ComplaintPhase.Open, ComplaintReason.Done),
        (_, ComplaintAct.Raise) => (phase, ComplaintReason.OneIsOpen),
        (ComplaintPhase.Open, ComplaintAct.Acknowledge) => (ComplaintPhase.Acknowledged, ComplaintReason.Done),
        (ComplaintPhase.Acknowledged, ComplaintAct.Acknowledge) => (phase, ComplaintReason.AcknowledgedAlready),
        (ComplaintPhase.Open or ComplaintPhase.Acknowledged, ComplaintAct.Answer) => (ComplaintPhase.Answered, ComplaintReason.Done),
        _ => (phase, ComplaintReason.NoneIsOpen),
    };

    /// <summary>What is owed next and by when; zero: nothing.</summary>
    public static ServerTime DueAt(ComplaintPhase phase, ServerTime acknowledgeBy, ServerTime answerBy) => phase switch
    {
        ComplaintPhase.Open => ServerTime.Min(acknowledgeBy, answerBy),
        ComplaintPhase.Acknowledged => answerBy,
        _ => ServerTime.Zero,
    };
}
