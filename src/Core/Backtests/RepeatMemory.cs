using System.Collections.Immutable;
using B2D.Core.Telemetry;

namespace B2D.Core.Backtests;

/// <summary>
/// What one device said before, so that the same said again is known: readings of the newest device time (older ones change nothing, whether they are new or
/// not) and all events. Stands for the telemetry store, which knows everything.
/// </summary>
internal sealed class RepeatMemory
{
    private readonly HashSet<(string Code, CodeState State, DeviceTime At)> events = [];
    private ImmutableArray<Reading> firstAtNewest;
    private List<ImmutableArray<Reading>>? moreAtNewest;
    private DeviceTime newest;

    /// <summary>Marks the readings that were there before; true where any was.</summary>
    public bool Marks(ImmutableArray<Reading> readings, DeviceTime at, Span<bool> repeated)
    {
        if (firstAtNewest.IsDefault || at > newest)
        {
            (newest, firstAtNewest) = (at, readings);
            moreAtNewest?.Clear();
            return false;
        }
        if (at < newest)
            return false;
        var any = false;
        for (var i = 0; i < readings.Length; i++)
        {
            repeated[i] = IsAtNewest(readings[i]);
            any |= repeated[i];
        }
        (moreAtNewest ??= []).Add(readings);
        return any;
    }

    /// <summary>True where the event was there before.</summary>
    public bool Has(Entry.Event happened, DeviceTime at) => !events.Add((happened.Code, happened.State, at));

    private bool IsAtNewest(Reading reading)
    {
        return firstAtNewest.Contains(reading) || (moreAtNewest is not null && moreAtNewest.Exists(readings => readings.Contains(reading)));
    }
}
