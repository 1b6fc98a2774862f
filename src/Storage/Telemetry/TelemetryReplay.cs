using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.Storage.Telemetry.Blocks;

namespace B2D.Storage.Telemetry;

/// <summary>What is stored on disk, whole, for those who evaluate it again. What is only in memory (of a running program) is not seen.</summary>
public sealed partial class TelemetryStore
{
    /// <summary>The first and the last device time of a device's readings on disk; null where there are none.</summary>
    public (DeviceTime First, DeviceTime Last)? StoredSpan(DeviceId device) => Database.Read(db => db.First<SpanRow>(
        $"SELECT min(first_at) AS first_at, max(last_at) AS last_at FROM blocks WHERE device_key = {KeyOfDevice}", new { device = device.Value }))
        is { FirstAt: { } first, LastAt: { } last } ? (new DeviceTime(first), new DeviceTime(last)) : null;

    /// <summary>Every point of a metric from <paramref name="from"/> (inclusive) until <paramref name="until"/> (exclusive), none left out; of one time in order of arrival.</summary>
    /// <exception cref="StorageException">A block is damaged.</exception>
    public IReadOnlyList<SeriesPoint> StoredPoints(DeviceId device, string metric, DeviceTime from, DeviceTime until)
    {
        if (!metrics.TryFind(metric, out var number))
            return [];
        var points = new EveryPoint(from, until);
        Database.Read(db =>
        {
            using var command = db.Command(
                $"SELECT body FROM blocks WHERE device_key = {KeyOfDevice} AND last_at >= @from AND first_at < @until ORDER BY first_offset",
                ("@device", device.Value), ("@from", from.EpochMs), ("@until", until.EpochMs));
            using var reader = command.ExecuteReader();
            while (reader.Read())
                BlockCodec.DecodeOne(reader.GetFieldValue<byte[]>(0), number, points);
        });
        return [.. points.Found.OrderBy(p => p.At)];
    }

    private sealed class EveryPoint(DeviceTime from, DeviceTime until) : ISeriesSink
    {
        public List<SeriesPoint> Found { get; } = [];

        public void Add(long at, int row, MetricValue value)
        {
            if (at >= from.EpochMs && at < until.EpochMs)
                Found.Add(new SeriesPoint(new DeviceTime(at), value));
        }

        public void AddNumbers(ReadOnlySpan<long> times, ReadOnlySpan<long> numbers)
        {
            for (var row = 0; row < times.Length; row++)
                Add(times[row], row, MetricValue.Of(BitConverter.Int64BitsToDouble(numbers[row])));
        }
    }
}
