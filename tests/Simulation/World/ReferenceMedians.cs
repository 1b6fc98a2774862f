using B2D.Core;
using B2D.Core.Telemetry;

namespace B2D.Simulation.World;

/// <summary>
/// The medians that the log tells, taken again from the readings before them in the log. They are taken of what was evaluated up to then, which can be some
/// messages less than what the log has: those of one such place have to be told, all of them, and as often as they are to be.
/// </summary>
internal sealed class ReferenceMedians(VirtualTown town)
{
    private const string Metric = "mem_pct";
    private const int Fewest = 5;

    /// <summary>So much later than they are to be told, at the most, medians are.</summary>
    private const long LatestMs = 5_000;

    private readonly Dictionary<string, (string Model, List<(long Offset, long At, double Value)> Readings)> devices = new(StringComparer.Ordinal);
    private readonly List<(long Offset, long At)> arrived = [];
    private readonly Dictionary<string, ClockEstimate> clocks = new(StringComparer.Ordinal);

    /// <summary>So long before, at the most, the readings had been evaluated: a look, and the seconds for which a killed program is away.</summary>
    private long LongestBehindMs => town.Setting.Killed ? 10_000 : 1_000;

    public IEnumerable<string> Broken()
    {
        var log = town.Installation.Stores.Log;
        var toldAt = new List<long> { town.Extra.From.ToUnixTimeMilliseconds() };
        for (var position = 0L; log.Read(position, 10_000) is { Count: > 0 } entries; position = entries[^1].Offset)
        {
            foreach (var entry in entries)
            {
                if (entry is { Partition: 0, Body: Entry.FleetMedians told })
                {
                    toldAt.Add(entry.At.EpochMs);
                    if (!IsOfSomePlace(told, entry.At.EpochMs))
                        yield return $"the medians at {entry.Offset} are those of no readings: {string.Join(", ", told.Medians)}; now {string.Join(", ", At(long.MaxValue))}";
                }
                Take(entry);
            }
        }
        toldAt.Add(log.SealedUntil.EpochMs);
        foreach (var (from, until) in toldAt.Zip(toldAt.Skip(1)))
        {
            if (!town.Setting.Killed && until - from > VirtualTown.MediansEvery.TotalMilliseconds + LatestMs)
                yield return $"no medians were told from {from} to {until}";
        }
    }

    private void Take(in LogEntry entry)
    {
        switch (entry.Body)
        {
            case Entry.Registered registered:
                devices.TryAdd(registered.Device.Id.Value, (registered.Device.Model, []));
                break;
            case Entry.PresenceChange { State: Presence.Online, Source: PresenceSource.Session } online:
                clocks[online.Device.Value] = Arrival.OnConnected(clocks.GetValueOrDefault(online.Device.Value));
                break;
            case Entry.Event happened:
                Judge(happened.Device.Value, happened.At, entry.At);
                break;
            case Entry.Telemetry sent:
                var at = Judge(sent.Device.Value, sent.At, entry.At);
                foreach (var reading in sent.Readings.Where(r => r.Metric == Metric && devices.ContainsKey(sent.Device.Value)))
                {
                    devices[sent.Device.Value].Readings.Add((entry.Offset, at, reading.Value.Number));
                    arrived.Add((entry.Offset, entry.At.EpochMs));
                }
                break;
        }
    }

    private long Judge(string device, DeviceTime? sent, ServerTime now)
    {
        var judged = Arrival.Judge(sent, now, clocks.GetValueOrDefault(device), ArrivalOptions.Default);
        clocks[device] = judged.Clock;
        return judged.At.EpochMs;
    }

    private bool IsOfSomePlace(Entry.FleetMedians told, long at)
    {
        var found = told.Medians.Where(m => m.Metric == Metric).Select(m => (m.Model, m.Value, m.Devices)).ToList();
        if (At(long.MaxValue).SequenceEqual(found))
            return true;
        for (var i = arrived.Count - 1; i >= 0 && at - arrived[i].At <= LongestBehindMs; i--)
        {
            if (At(arrived[i].Offset - 1).SequenceEqual(found))
                return true;
        }
        return false;
    }

    /// <summary>The middle of the latest values of each model's devices, of two in the middle their mean, as they stood at a place in the log; by model.</summary>
    private IEnumerable<(string Model, double Value, int Devices)> At(long offset) => devices.Values
        .Select(d => (d.Model, Latest: d.Readings.Where(r => r.Offset <= offset).OrderBy(r => r.At).ThenBy(r => r.Offset).Select(r => (double?)r.Value).LastOrDefault()))
        .Where(d => d.Latest is not null).GroupBy(d => d.Model).Where(m => m.Count() >= Fewest).OrderBy(m => m.Key, StringComparer.Ordinal)
        .Select(m => (m.Key, Middle([.. m.Select(d => d.Latest!.Value).Order()]), m.Count()));

    private static double Middle(double[] sorted) => (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
}
