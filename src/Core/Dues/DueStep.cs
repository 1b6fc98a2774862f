using B2D.Core.Rules;

namespace B2D.Core.Dues;

/// <summary>How near a due is.</summary>
public enum DuePhase : byte
{
    Forecast = 0,

    /// <summary>The owner was told.</summary>
    Told = 1,

    /// <summary>All of the use is over.</summary>
    Overdue = 2,
}

/// <summary>Why a due changed or did not.</summary>
public enum DueReason : byte
{
    None = 0,
    FirstValue = 1,
    Counted = 2,
    CounterReset = 3,
    ReachedTellAt = 4,
    UsedUp = 5,
    DoneByReset = 6,
    DoneByOwner = 7,
    NotANumber = 8,
}

/// <summary>What changed for the outside.</summary>
public enum DueChange : byte { None = 0, Told = 1, Overdue = 2, Done = 3 }

/// <summary>The use of one device under one due rule since it was last done.</summary>
/// <param name="Cycle">Counts from 0; rises when done, and never falls for one device and rule.</param>
/// <param name="Phase">How near it is.</param>
/// <param name="Used">In the rule's unit, since the last time done.</param>
/// <param name="LastCounter">Last value of the counter; NaN before the first.</param>
/// <param name="LastMarker">Last value of the metric whose fall marks it done; NaN before the first.</param>
public readonly record struct DueState(int Cycle, DuePhase Phase, double Used, double LastCounter, double LastMarker)
{
    public static readonly DueState Start = new(0, DuePhase.Forecast, 0, double.NaN, double.NaN);
}

/// <summary>The due machine: counts use over resets of the counter, tells once, and starts again when it is done.</summary>
public static class DueStep
{
    /// <summary>A marker or counter that fell to under half was reset…</summary>
    private const double ResetShare = 0.5;

    /// <summary>…one that fell by no more than this share only trembles; one between the two goes on from another value (a used part).</summary>
    private const double NoiseShare = 0.01;

    /// <summary>A new value of the counter, of the marker, or both; NaN where a message did not carry it.</summary>
    public static (DueState State, DueChange Change, DueReason Reason) Count(DueState state, double counter, double marker, DueRule rule)
    {
        counter = double.IsFinite(counter) ? counter : double.NaN;
        marker = double.IsFinite(marker) ? marker : double.NaN;
        if (double.IsNaN(counter) && double.IsNaN(marker))
            return (state, DueChange.None, DueReason.NotANumber);
        var done = !double.IsNaN(marker) && !double.IsNaN(state.LastMarker) && state.LastMarker > 0 && marker < state.LastMarker * ResetShare;
        var first = double.IsNaN(state.LastCounter) && !double.IsNaN(counter);
        var reset = !first && counter < state.LastCounter * ResetShare;
        var (step, last) = double.IsNaN(counter) ? (0, state.LastCounter) : first ? (0, counter) : Advance(state.LastCounter, counter, reset);
        var seen = state with
        {
            Used = state.Used + step,
            LastCounter = last,
            LastMarker = double.IsNaN(marker) ? state.LastMarker : marker,
        };
        if (done)
            return (Next(seen, Math.Max(0, marker)), DueChange.Done, DueReason.DoneByReset);
        // A device that comes to us in mid-life: its own marker says how much of this cycle is used already.
        if (double.IsNaN(state.LastMarker) && !double.IsNaN(marker) && marker > seen.Used)
            seen = seen with { Used = marker };
        return Reached(seen, rule, first ? DueReason.FirstValue : reset ? DueReason.CounterReset : DueReason.Counted);
    }

    /// <summary>The owner or a technician says that it is done.</summary>
    public static (DueState State, DueChange Change, DueReason Reason) Done(DueState state) =>
        (Next(state, 0), DueChange.Done, DueReason.DoneByOwner);

    /// <summary>How much use lies between two values of the counter, and which value the next one is compared with.</summary>
    private static (double Step, double Last) Advance(double before, double counter, bool reset)
    {
        if (counter >= before)
            return (counter - before, counter);
        if (reset)
            return (Math.Max(0, counter), counter);
        // Following a trembling counter down would count its way up again each time.
        return before - counter <= before * NoiseShare ? (0, before) : (0, counter);
    }

    private static DueState Next(DueState state, double used) =>
        state with { Cycle = state.Cycle + 1, Phase = DuePhase.Forecast, Used = used };

    private static (DueState State, DueChange Change, DueReason Reason) Reached(DueState s, DueRule rule, DueReason otherwise) => s.Phase switch
    {
        DuePhase.Forecast when s.Used >= rule.Every * rule.TellAt => (s with { Phase = DuePhase.Told }, DueChange.Told, DueReason.ReachedTellAt),
        DuePhase.Told when s.Used > rule.Every => (s with { Phase = DuePhase.Overdue }, DueChange.Overdue, DueReason.UsedUp),
        _ => (s, DueChange.None, otherwise),
    };
}
