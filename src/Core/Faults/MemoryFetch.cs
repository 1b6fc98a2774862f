using B2D.Core.Telemetry;

namespace B2D.Core.Faults;

/// <summary>
/// Looks at what the next entries will look at. The memory of one device lies in a dozen places far apart, and each names the next: entry by entry the processor would
/// wait for each place. Looked at place by place over many devices, the waits run at the same time. Nothing is changed. Not safe for two threads.
/// </summary>
public sealed class MemoryFetch
{
    /// <summary>Entries at once: what they need stays in the nearest cache until they are applied.</summary>
    public const int AtOnce = 16;

    private readonly DeviceMemory?[] memories = new DeviceMemory?[AtOnce];
    private readonly DeviceLane?[] states = new DeviceLane?[AtOnce];

    /// <summary>Nothing of worth; without it nothing would have to be looked at.</summary>
    private long seen;

    /// <param name="lanes">All lanes, by partition.</param>
    /// <param name="entries">The next ones, <see cref="AtOnce"/> at most.</param>
    public void Fetch(Lane[] lanes, ReadOnlySpan<LogEntry> entries)
    {
        var count = 0;
        foreach (ref readonly var entry in entries)
        {
            if (entry.Body is Entry.Telemetry told && lanes[entry.Partition].Find(told.Device) is { } memory)
                memories[count++] = memory;
        }
        for (var i = 0; i < count; i++)
        {
            states[i] = memories[i]!.State;
            seen ^= memories[i]!.Arrival?.Fetch() ?? 0;
        }
        for (var i = 0; i < count; i++)
            seen ^= states[i]?.FetchHeads() ?? 0;
        for (var i = 0; i < count; i++)
            seen ^= states[i]?.FetchParts() ?? 0;
        Array.Clear(memories, 0, count);
        Array.Clear(states, 0, count);
    }
}
