using System.Collections.Immutable;
using B2D.Core.Cases;
using B2D.Core.Devices;
using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.Core.Telemetry;

namespace B2D.Core.Backtests;

/// <summary>A fault as it would have been raised. Instants are those of the virtual clock, on which server and devices agree.</summary>
/// <param name="Device">Of which device.</param>
/// <param name="Rule">Under which rule.</param>
/// <param name="Episode">Its name.</param>
/// <param name="RaisedAt">When it was raised.</param>
/// <param name="OnsetAt">Since when it was true, by the device's clock.</param>
/// <param name="Reason">Why then.</param>
/// <param name="Late">It was raised by what came later than it happened.</param>
/// <param name="Evidence">The readings that it was raised with.</param>
public sealed record BacktestFault(
    DeviceId Device, FaultRule Rule, EpisodeId Episode, ServerTime RaisedAt, DeviceTime OnsetAt, FaultReason Reason, bool Late, ImmutableArray<EvidenceValue> Evidence)
{
    /// <summary>The most serious it was.</summary>
    public Severity Severity { get; internal set; }

    /// <summary>When it ended; null where it was still there at the end.</summary>
    public ServerTime? ClearedAt { get; internal set; }

    /// <summary>When it ended by the device's clock; null where it was still there at the end.</summary>
    internal DeviceTime? EndedAt { get; set; }

    /// <summary>Since when its condition is over, where it latches and nobody acknowledged it; null where not.</summary>
    public ServerTime? LatchedAt { get; internal set; }

    /// <summary>Why it ended; None where it did not.</summary>
    public FaultReason ClearedBy { get; internal set; }

    /// <summary>When a person was to be told of it first; null where nobody was.</summary>
    public ServerTime? EscalatedAt { get; internal set; }

    /// <summary>What it did to cases; null where its rule opens none or nobody was to be told.</summary>
    public CaseOpening? Opening { get; internal set; }

    /// <summary>The number of its case; 0 for none.</summary>
    public int Case { get; internal set; }
}

/// <summary>A case as it would have been opened, had nobody worked on it.</summary>
/// <param name="Number">1 for the first.</param>
/// <param name="Device">Of which device.</param>
/// <param name="Family">Of which problem family.</param>
/// <param name="Rule">Id of the rule whose fault opened it.</param>
/// <param name="OpenedAt">When.</param>
public sealed record BacktestCase(int Number, DeviceId Device, string Family, string Rule, ServerTime OpenedAt)
{
    /// <summary>Faults that joined it while it was open.</summary>
    public int Joined { get; internal set; }

    /// <summary>Faults that opened it again.</summary>
    public int Reopened { get; internal set; }

    /// <summary>When it resolved by itself for the last time; null where it was open at the end.</summary>
    public ServerTime? ResolvedAt { get; internal set; }
}

/// <summary>Everything that rules would have done.</summary>
public sealed record BacktestRecord
{
    /// <summary>In order of being raised.</summary>
    public required ImmutableArray<BacktestFault> Faults { get; init; }

    /// <summary>In order of being opened.</summary>
    public required ImmutableArray<BacktestCase> Cases { get; init; }

    /// <summary>First and last instant of each device of which there was any reading or event.</summary>
    public required ImmutableSortedDictionary<DeviceId, (ServerTime First, ServerTime Last)> Devices { get; init; }

    /// <summary>Readings, one for each metric of a message; the repeated ones included.</summary>
    public required long Readings { get; init; }

    /// <summary>Events, the repeated ones included.</summary>
    public required long Events { get; init; }

    /// <summary>Readings and events that were said before and changed nothing.</summary>
    public required long Repeated { get; init; }

    /// <summary>The first instant of all.</summary>
    public ServerTime From => Devices.Count == 0 ? ServerTime.Zero : Devices.Values.Min(d => d.First);

    /// <summary>The last instant of all.</summary>
    public ServerTime Until => Devices.Count == 0 ? ServerTime.Zero : Devices.Values.Max(d => d.Last);

    /// <summary>Faults that joined or reopened a case, instead of opening one more.</summary>
    public int DuplicatesAvoided => Faults.Count(f => f.Opening is CaseOpening.Join or CaseOpening.Reopen);
}
