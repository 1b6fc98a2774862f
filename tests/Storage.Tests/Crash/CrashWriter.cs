using System.Globalization;
using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.Storage.Access;
using B2D.Storage.Faults;
using B2D.Storage.Telemetry;

namespace B2D.Storage.Tests.Crash;

/// <summary>
/// The process that crash tests kill. Each round appends ten entries, writes two rows of state in one transaction and arranges the readings, then says its
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
        for (var round = Round(stores) + 1; ; round++)
        {
            Run(stores, round);
            Console.Out.WriteLine(round.ToString(CultureInfo.InvariantCulture));
            Console.Out.Flush();
        }
    }

    public static long Round(Stores stores) => stores.State.Read(db => SettingStore.Find(db, RoundKey))?.ChangedAt ?? 0;

    private static void Run(Stores stores, long round)
    {
        if (stores.Log.LastOffset < round * EntriesPerRound)
            stores.Log.Append(new ServerTime(round), [.. Enumerable.Range(0, EntriesPerRound).Select(i => Sent(round, i))], []);
        stores.State.Write(db =>
        {
            TransitionStore.Append(db, new TransitionRow { EffectId = "round-" + round.ToString(CultureInfo.InvariantCulture) });
            SettingStore.Set(db, RoundKey, "", round, "");
        });
        var readings = stores.Log.Read(stores.Telemetry.LastOffset, 1000)
            .Select(e => (e.Offset, e.At, Body: (Entry.Telemetry)e.Body))
            .Select(e => new ArrangedReading(e.Body.Device, "m", e.Body.At!.Value, e.Body.Readings[0].Value, e.Offset, e.At))
            .ToArray();
        stores.Telemetry.Arrange(readings, new bool[readings.Length], [], []);
    }

    private static Entry.Telemetry Sent(long round, int i) =>
        new(DeviceId.Parse("d" + i.ToString(CultureInfo.InvariantCulture)), new DeviceTime(round), [new Reading("m", MetricValue.Of((double)i))]);
}
