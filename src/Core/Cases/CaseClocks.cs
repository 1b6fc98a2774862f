namespace B2D.Core.Cases;

/// <summary>Whom or what a case waits for.</summary>
public enum WaitKind : byte
{
    Customer = 1,
    Parts = 2,
    ThirdParty = 3,

    /// <summary>Nobody's wait: the work was taken for done, until it was reopened.</summary>
    Resolved = 4,
}

/// <summary>A time in which the clocks of a case stood still.</summary>
/// <param name="Until">Zero: it still does.</param>
public readonly record struct CaseWait(WaitKind Kind, ServerTime From, ServerTime Until);

/// <summary>What the clocks of a case are read from. Times are zero where not yet.</summary>
/// <param name="Onset">When its fault began; zero: not known.</param>
/// <param name="Opened">When a person could first know.</param>
/// <param name="Responded">When a person first did something.</param>
/// <param name="Resolved">When the work was done, or the case closed.</param>
/// <param name="Waits">In any order; they may lie over each other.</param>
public sealed record CaseClockFacts(ServerTime Onset, ServerTime Opened, ServerTime Responded, ServerTime Resolved, IReadOnlyList<CaseWait> Waits);

/// <summary>How a clock stands, and why; reaches records and screens.</summary>
public enum ClockReason : byte
{
    NothingPromised = 0,
    Running = 1,

    /// <summary>Most of the time is used.</summary>
    AtRisk = 2,
    Late = 3,
    WaitsForCustomer = 4,
    WaitsForParts = 5,
    WaitsForThirdParty = 6,
    DoneInTime = 7,
    DoneLate = 8,
}

/// <summary>How far a clock has run.</summary>
public enum ClockStage : byte { InTime = 0, AtRisk = 1, Late = 2 }

/// <summary>One clock as it stands.</summary>
/// <param name="DueAt">When its time is, or was, used up; zero: nothing promised, or not known while it stands still.</param>
/// <param name="AtRiskAt">When most of it is, or was, used up; zero as with <paramref name="DueAt"/>.</param>
/// <param name="Left">Working time left; negative: over it.</param>
public readonly record struct ClockReading(ClockReason Reason, ServerTime DueAt, ServerTime AtRiskAt, TimeSpan Left)
{
    public bool IsPaused => Reason is ClockReason.WaitsForCustomer or ClockReason.WaitsForParts or ClockReason.WaitsForThirdParty;

    /// <summary>How far it has run by now, also while it stands still.</summary>
    public ClockStage Stage(ServerTime now) => !IsOwed ? ClockStage.InTime
        : DueAt > ServerTime.Zero && DueAt <= now ? ClockStage.Late
        : AtRiskAt > ServerTime.Zero && AtRiskAt <= now ? ClockStage.AtRisk
        : ClockStage.InTime;

    /// <summary>When there is something to say of it by itself, which may be past; zero: not before something happens to the case.</summary>
    /// <param name="said">What was said of it already.</param>
    public ServerTime LookAt(ClockStage said) => !IsOwed ? ServerTime.Zero
        : said == ClockStage.InTime ? AtRiskAt
        : said == ClockStage.AtRisk || Reason != ClockReason.Late ? DueAt
        : ServerTime.Zero;

    /// <summary>It was promised, and is not done.</summary>
    public bool IsOwed => Reason is ClockReason.Running or ClockReason.AtRisk or ClockReason.Late || IsPaused;
}

/// <summary>Both clocks of a case.</summary>
public readonly record struct CaseClockReadings(ClockReading Response, ClockReading Repair)
{
    /// <summary>Something promised is owed and its time is used up.</summary>
    public bool IsLate => Response.Reason == ClockReason.Late || Repair.Reason == ClockReason.Late;

    /// <summary>What falls, or fell, due first of what is owed; zero: nothing has a time.</summary>
    public ServerTime NextDueAt
    {
        get
        {
            var response = Response.IsOwed ? Response.DueAt : ServerTime.Zero;
            var repair = Repair.IsOwed ? Repair.DueAt : ServerTime.Zero;
            return Earlier(response, repair);
        }
    }

    /// <summary>When there is something to say of either by itself; zero: not before something happens to the case.</summary>
    public ServerTime LookAt(ClockStage responseSaid, ClockStage repairSaid) => Earlier(Response.LookAt(responseSaid), Repair.LookAt(repairSaid));

    private static ServerTime Earlier(ServerTime a, ServerTime b) => a == ServerTime.Zero ? b : b == ServerTime.Zero ? a : ServerTime.Min(a, b);
}

/// <summary>
/// The clocks of a case, always counted anew from what happened: a wait, a calendar or a contract that is corrected later is right from then on. A clock is late from the
/// instant at which its time is used up, also outside the hours in which it was used up and while the case waits.
/// </summary>
public static class CaseClocks
{
    /// <param name="calendar">Whose time counts.</param>
    /// <param name="riskShare">Share of the time from which it is at risk, 0 to 1.</param>
    public static CaseClockReadings Read(CaseClockFacts facts, CasePromise promise, BusinessCalendar calendar, double riskShare, ServerTime now)
    {
        var begin = promise.FromOpening || facts.Onset == ServerTime.Zero ? facts.Opened : ServerTime.Min(facts.Onset, facts.Opened);
        // What was mended without a word needed none.
        var responded = facts.Responded == ServerTime.Zero ? facts.Resolved : facts.Responded;
        return new(
            Read(facts.Opened, responded, promise.Respond, facts.Waits, calendar, riskShare, now),
            Read(begin, facts.Resolved, promise.Repair, facts.Waits, calendar, riskShare, now));
    }

    private static ClockReading Read(ServerTime begin, ServerTime done, TimeSpan promised, IReadOnlyList<CaseWait> all, BusinessCalendar calendar, double riskShare, ServerTime now)
    {
        if (promised <= TimeSpan.Zero)
            return default;
        // What came after the end changes nothing about it.
        var waits = all.Where(w => done == ServerTime.Zero || w.From < done).OrderBy(w => w.From).ToList();
        var due = UsedUpAt(begin, promised, waits, calendar);
        var risk = UsedUpAt(begin, promised * riskShare, waits, calendar);
        var end = done == ServerTime.Zero ? now : done;
        var left = promised - Used(begin, end, waits, calendar);
        var late = due is { } at && at <= end;
        var reason = done != ServerTime.Zero ? late ? ClockReason.DoneLate : ClockReason.DoneInTime
            : late ? ClockReason.Late
            : Running(waits, now) is { } wait ? Waiting(wait.Kind)
            : risk is { } near && near <= now ? ClockReason.AtRisk
            : ClockReason.Running;
        return new ClockReading(reason, due ?? ServerTime.Zero, risk ?? ServerTime.Zero, left);
    }

    private static TimeSpan Used(ServerTime begin, ServerTime end, List<CaseWait> waits, BusinessCalendar calendar)
    {
        var (used, at) = (TimeSpan.Zero, begin);
        foreach (var wait in waits)
        {
            used += calendar.Elapsed(at, ServerTime.Min(wait.From, end));
            at = ServerTime.Max(at, wait.Until == ServerTime.Zero ? end : wait.Until);
        }
        return used + calendar.Elapsed(at, end);
    }

    /// <summary>Null: not known while it waits, or never.</summary>
    private static ServerTime? UsedUpAt(ServerTime begin, TimeSpan time, List<CaseWait> waits, BusinessCalendar calendar)
    {
        var (left, at) = (time, begin);
        foreach (var wait in waits)
        {
            var before = calendar.Elapsed(at, wait.From);
            if (before >= left)
                break;
            left -= before;
            if (wait.Until == ServerTime.Zero)
                return null;
            at = ServerTime.Max(at, wait.Until);
        }
        return calendar.DueAt(at, left);
    }

    private static CaseWait? Running(List<CaseWait> waits, ServerTime now)
    {
        foreach (var wait in waits)
        {
            if (wait.Kind != WaitKind.Resolved && wait.From <= now && (wait.Until == ServerTime.Zero || now < wait.Until))
                return wait;
        }
        return null;
    }

    private static ClockReason Waiting(WaitKind kind) => kind switch
    {
        WaitKind.Customer => ClockReason.WaitsForCustomer,
        WaitKind.Parts => ClockReason.WaitsForParts,
        _ => ClockReason.WaitsForThirdParty,
    };
}
