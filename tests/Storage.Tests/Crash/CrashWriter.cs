using System.Globalization;
using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.Storage.Access;
using B2D.Storage.Faults;
using B2D.Storage.Telemetry;

namespace B2D.Storage.Tests.Crash;

/// <summary>
/// The process that crash tests kill. Each round appends ten entries, writes two rows of state in one transaction and brings the readings to disk, then says its
/// number.
/// After a crash it goes on as the worker would: what the log has and the others have not is done again.
/// </summary>
internal static class CrashWriter
{
    public const int EntriesPerRound = 10;
    public const string RoundKey = "round";

    public static int Main(string[] args)
    {
        var options = args switch
        {
            ["files", var folder] => new StorageOptions { DataFolder = folder },
            ["postgres", var connection] => new StorageOptions { PostgresConnection = connection },
            _ => null,
        };
        if (options is null)
            return 2;
        using var stores = Stores.Open(options);
        var positions = Positions(stores);
        for (var round = Round(stores) + 1; ; round++)
        {
            Run(stores, round, positions);
            Console.Out.WriteLine(round.ToString(CultureInfo.InvariantCulture));
            Console.Out.Flush();
        }
    }

    public static long Round(Stores stores) => stores.State.Read(db => SettingStore.Find(db, RoundKey))?.ChangedAt ?? 0;

    /// <summary>How far each partition's telemetry is stored.</summary>
    public static long[] Positions(Stores stores)
    {
        var positions = new long[Partitions.Count];
        foreach (var lane in stores.Telemetry.Load())
            positions[lane.Partition] = lane.Position;
        return positions;
    }

    private static void Run(Stores stores, long round, long[] positions)
    {
        if (stores.Log.LastOffset < round * EntriesPerRound)
            stores.Log.Append(new ServerTime(round), [.. Enumerable.Range(0, EntriesPerRound).Select(i => Sent(round, i))], []);
        stores.State.Write(db =>
        {
            TransitionStore.Append(db, new TransitionRow { EffectId = "round-" + round.ToString(CultureInfo.InvariantCulture) });
            SettingStore.Set(db, RoundKey, "", round, "");
        });
        foreach (var entry in stores.Log.Read(positions.Min(), 10_000).Where(e => e.Offset > positions[e.Partition]))
        {
            var sent = (Entry.Telemetry)entry.Body;
            stores.Telemetry.Append(entry, sent, sent.At!.Value, new bool[1]);
            positions[entry.Partition] = entry.Offset;
        }
        for (var partition = 0; partition < positions.Length; partition++)
        {
            positions[partition] = stores.Log.LastOffset;
            stores.Telemetry.Cut(new LaneMemory(partition, stores.Log.LastOffset, new ServerTime(round), 1, []));
        }
        while (stores.Telemetry.Arrange())
        {
        }
    }

    private static Entry.Telemetry Sent(long round, int i) =>
        new(DeviceId.Parse("d" + i.ToString(CultureInfo.InvariantCulture)), new DeviceTime(round), [new Reading("m", MetricValue.Of((double)i))]);
}
