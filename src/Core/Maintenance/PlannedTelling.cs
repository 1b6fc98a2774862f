using B2D.Core.Outages;

namespace B2D.Core.Maintenance;

/// <summary>When customers hear of planned work that they feel.</summary>
/// <param name="Ahead">So long before it begins they are told.</param>
/// <param name="Reminder">So long before it begins they are reminded; zero: they are not.</param>
/// <param name="Quiet">So long after its end it is looked at whether all answers again.</param>
/// <param name="News">When further words are promised.</param>
public sealed record PlannedCadence(TimeSpan Ahead, TimeSpan Reminder, TimeSpan Quiet, UpdateCadence News)
{
    /// <summary>How often it is looked at who came to it and who left it, between the first word and the beginning.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);

    /// <summary>Whoever does not answer so long after the end is waited for no longer.</summary>
    public static readonly TimeSpan GivesUpAfter = TimeSpan.FromDays(30);

    /// <summary>When customers are told of what begins then; by day, where that is before it begins.</summary>
    public ServerTime TellAt(ServerTime from) => ByDay(from - Ahead, from);

    /// <summary>When customers are reminded of what begins then; null where they are not.</summary>
    public ServerTime? RemindAt(ServerTime from) => Reminder == TimeSpan.Zero ? null : ByDay(from - Reminder, from);

    /// <summary>Whether somebody is reminded of what begins then who heard of it last at a time: not whoever heard of it just now.</summary>
    public bool IsReminded(ServerTime from, ServerTime heardAt) => heardAt <= from - (Reminder * 2);

    /// <summary>By then whoever is still without has heard that it takes longer.</summary>
    public ServerTime OverrunAt(ServerTime until) => until - News.Ahead;

    /// <summary>When a change is told that is made now: with what else is changed in the next minutes, but before the time that customers hold.</summary>
    /// <param name="holds">The beginning that they hold, or the end where it has begun.</param>
    public static ServerTime ChangeAt(ServerTime holds, ServerTime now) =>
        ServerTime.Max(now, ServerTime.Min(now + UpdateCadence.Gathers, holds - UpdateCadence.Gathers));

    /// <summary>When it is looked again after the end at whether those answer that did not; null: no more.</summary>
    public static ServerTime? LookAgain(ServerTime until, ServerTime now)
    {
        var since = now - until;
        return since >= GivesUpAfter ? null
            : now + (since < TimeSpan.FromHours(1) ? LookEvery : since < TimeSpan.FromDays(1) ? TimeSpan.FromMinutes(10) : TimeSpan.FromHours(6));
    }

    private ServerTime ByDay(ServerTime at, ServerTime before) => News.Morning(at) is var day && day < before ? day : at;
}

/// <summary>What is to be done now about telling customers of planned work.</summary>
public enum PlannedStep : byte
{
    /// <summary>Nothing before the next look.</summary>
    Wait = 1,

    /// <summary>Whoever it touches and has not heard is told; whoever it does not touch any more hears no more.</summary>
    Tell = 2,

    /// <summary>Those who were told are reminded.</summary>
    Remind = 3,

    /// <summary>Those who were told hear that its times are others, or that it does not take place.</summary>
    Change = 4,

    /// <summary>Those who were told and are still without hear, before the promised end, that it takes longer.</summary>
    Overrun = 5,

    /// <summary>Those who were told hear that it is over, as far as all of theirs answers.</summary>
    End = 6,

    /// <summary>Nobody is to hear anything any more.</summary>
    Over = 7,

    /// <summary>It runs: what waits to be told ahead of it leaves by what works meanwhile.</summary>
    Begin = 8,
}

/// <summary>Planned work as far as its telling goes. Times are zero where there is none.</summary>
/// <param name="From">Beginning of the first time.</param>
/// <param name="Until">End of the last.</param>
/// <param name="CalledOff">It never takes place.</param>
/// <param name="ChangeAt">When a change is to be told.</param>
/// <param name="ToldAt">When customers first were told.</param>
/// <param name="RemindedAt">When they were reminded.</param>
/// <param name="OverrunAt">When it was said that it takes longer.</param>
public sealed record PlannedFacts(ServerTime From, ServerTime Until, bool CalledOff, ServerTime ChangeAt, ServerTime ToldAt, ServerTime RemindedAt, ServerTime OverrunAt);

/// <summary>Decides about telling customers of planned work.</summary>
public static class PlannedTelling
{
    /// <summary>What to do now, and when to look again; <see cref="ServerTime.Zero"/>: never by itself.</summary>
    public static (PlannedStep Step, ServerTime LookAt) Decide(PlannedFacts facts, PlannedCadence cadence, ServerTime now)
    {
        if (facts.ChangeAt > ServerTime.Zero && facts.ChangeAt <= now)
            return (PlannedStep.Change, facts.CalledOff ? ServerTime.Zero : now);
        var (step, at) = Undisturbed(facts, cadence, now);
        return (step, facts.ChangeAt > ServerTime.Zero ? at == ServerTime.Zero ? facts.ChangeAt : ServerTime.Min(at, facts.ChangeAt) : at);
    }

    private static (PlannedStep Step, ServerTime LookAt) Undisturbed(PlannedFacts facts, PlannedCadence cadence, ServerTime now)
    {
        if (facts.CalledOff)
            return facts.ChangeAt > ServerTime.Zero ? (PlannedStep.Wait, facts.ChangeAt) : (PlannedStep.Over, ServerTime.Zero);
        if (now >= facts.Until)
        {
            var end = facts.Until + cadence.Quiet;
            return now < end ? (PlannedStep.Wait, end) : (PlannedStep.End, PlannedCadence.LookAgain(facts.Until, now) ?? ServerTime.Zero);
        }
        var tellAt = cadence.TellAt(facts.From);
        if (now < facts.From)
        {
            return now < tellAt ? (PlannedStep.Wait, tellAt)
                : facts.ToldAt > ServerTime.Zero && facts.RemindedAt == ServerTime.Zero && cadence.RemindAt(facts.From) is { } remindAt && remindAt <= now ? (PlannedStep.Remind, now)
                : (PlannedStep.Tell, ServerTime.Min(facts.From, now + PlannedCadence.LookEvery));
        }
        // Planned so late that it has begun: whoever it touches is told once.
        if (facts.ToldAt == ServerTime.Zero)
            return (PlannedStep.Tell, now);
        var overrunAt = cadence.OverrunAt(facts.Until);
        return facts.OverrunAt > ServerTime.Zero ? (PlannedStep.Wait, facts.Until)
            : now >= overrunAt ? (PlannedStep.Overrun, facts.Until)
            : (PlannedStep.Begin, overrunAt);
    }
}
