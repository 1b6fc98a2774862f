namespace B2D.Core.Notices;

/// <summary>What came of a call.</summary>
public abstract record PhoneTaskAct
{
    private PhoneTaskAct() { }

    /// <summary>The customer was told.</summary>
    public sealed record Reached : PhoneTaskAct;

    /// <summary>Nobody answered.</summary>
    /// <param name="TryAt">When to try again.</param>
    public sealed record NotReached(ServerTime TryAt) : PhoneTaskAct;

    /// <summary>The number is somebody else's.</summary>
    public sealed record WrongNumber : PhoneTaskAct;
}

/// <summary>Where calls are written down that people made.</summary>
public interface IPhoneTaskDesk
{
    /// <summary>Writes down what came of it, as <paramref name="who"/>; refused where the task is at another version by now.</summary>
    ActOutcome Act(long taskId, int version, PhoneTaskAct act, string who);
}

/// <summary>Where a call stands.</summary>
public enum PhoneTaskPhase : byte { Open = 1, Done = 2, Closed = 3 }

/// <summary>The machine of calls.</summary>
public static class PhoneTaskStep
{
    /// <summary>Longest time until the next try.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    /// <summary>One step; refused with a sentence, or where the task and its notice stand afterwards.</summary>
    public static (PhoneTaskPhase Phase, NoticePhase? Notice, string Outcome, string Problem) Step(PhoneTaskPhase phase, PhoneTaskAct act, ServerTime now) => (phase, act) switch
    {
        (not PhoneTaskPhase.Open, _) => (phase, null, "", "this call is done already"),
        (_, PhoneTaskAct.Reached) => (PhoneTaskPhase.Done, NoticePhase.Sent, "reached", ""),
        (_, PhoneTaskAct.WrongNumber) => (PhoneTaskPhase.Done, NoticePhase.Failed, "wrong number", ""),
        (_, PhoneTaskAct.NotReached again) when again.TryAt <= now || again.TryAt > now + Longest => (phase, null, "", "say when to try again, within a week from now"),
        (_, PhoneTaskAct.NotReached) => (PhoneTaskPhase.Open, null, "not reached", ""),
        _ => (phase, null, "", "nothing that can be done to a call"),
    };
}
