using System.Runtime.InteropServices;
using B2D.Core.Devices;

namespace B2D.Core.Telemetry;

/// <summary>
/// Entries of readings that nobody keeps: whoever reads a log a turn at a time decodes each turn into those of the turn before. Not safe for two threads.
/// </summary>
public sealed class ReusedTelemetry
{
    /// <summary>Messages with more readings than this are rare, and get entries of their own.</summary>
    private const int MostReadings = 64;

    private readonly List<Entry.Telemetry>[] made = [.. Enumerable.Range(0, MostReadings + 1).Select(_ => new List<Entry.Telemetry>())];
    private readonly int[] taken = new int[MostReadings + 1];

    /// <summary>Begins a turn: the entries of the one before are not looked at any more.</summary>
    public void Reuse() => Array.Clear(taken);

    /// <summary>An entry with so many readings, which are to be filled in wholly.</summary>
    internal Entry.Telemetry Take(DeviceId device, DeviceTime? at, Delivery delivery, int readings)
    {
        if (readings > MostReadings)
            return New(device, at, delivery, readings);
        var entries = made[readings];
        if (taken[readings] == entries.Count)
            entries.Add(New(device, at, delivery, readings));
        var entry = entries[taken[readings]++];
        entry.Become(device, at, delivery);
        return entry;
    }

    /// <summary>An entry that stays, with so many readings, which are to be filled in wholly.</summary>
    internal static Entry.Telemetry New(DeviceId device, DeviceTime? at, Delivery delivery, int readings) =>
        new(device, at, ImmutableCollectionsMarshal.AsImmutableArray(new Reading[readings]), delivery);
}
