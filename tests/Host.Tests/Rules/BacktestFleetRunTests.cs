using System.Globalization;
using System.Text;
using B2D.Core;
using B2D.Core.Backtests;
using B2D.Core.Devices;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using B2D.Host.Rules;
using B2D.Storage;
using B2D.Storage.Devices;
using B2D.Storage.Telemetry;
using B2D.TestKit;
using Xunit;

namespace B2D.Host.Tests.Rules;

/// <summary>Back-tests of a rule that compares a pump with its fleet, over six pumps that drift together for four hours of which one stands out for one.</summary>
public sealed class BacktestFleetRunTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly VirtualClock clock = new(new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly RuleSet rules = RuleSetReader.Read([new RuleFile("rules.yaml", "- fault: warm\n  raise: temp > fleet_median(temp) + 8\n  hold: 30m\n  case: {}\n")]).Set!;

    public BacktestFleetRunTests()
    {
        folder.Write("replay.yaml", """
            replay: <pumps>
            credentials: devices.csv
            sources:
              - file: telemetry.csv
                device: pump-{pump}
                time: { column: at, format: "yyyy-MM-dd HH:mm" }
                metrics: { temp: temp }
            """);
        folder.Write("devices.csv", "id,model\n" + string.Concat(Pumps.Select(p => $"pump-{p},P1\n")));
        // Pump by pump, as files often are: one file in order of time would hide what is not put in order.
        var rows = new StringBuilder("at,pump,temp\n");
        foreach (var pump in Pumps)
        {
            for (var minute = 0; minute < 240; minute += 5)
            {
                var warm = pump == 4 && minute is >= 120 and < 180;
                rows.Append(CultureInfo.InvariantCulture, $"2026-01-01 {minute / 60:00}:{minute % 60:00},{pump},{20 + (minute / 10.0) + pump + (warm ? 10 : 0)}\n");
            }
        }
        folder.Write("telemetry.csv", rows.ToString());
    }

    private static IEnumerable<int> Pumps => Enumerable.Range(1, 6);

    public void Dispose() => folder.Dispose();

    private BacktestInput Recording() => BacktestInput.OfRecording(System.IO.Path.Combine(folder.Path, "replay.yaml"), folder.Path, CancellationToken.None);

    private BacktestResult Run(BacktestInput input) => BacktestRun.Run(rules, input, null, new ScoreTerms(TimeSpan.FromHours(48), TimeSpan.FromHours(24)), _ => { }, clock, CancellationToken.None);

    private static IEnumerable<string> Seen(BacktestResult result) =>
        result.Record.Faults.Select(f => $"{f.Device} {f.RaisedAt.Utc:HH:mm} {f.ClearedAt?.Utc:HH:mm} {string.Join(' ', f.Evidence.Select(e => $"{e.Metric}={e.Value}"))}");

    [Fact]
    public void Run_Recording_TheOneThatStandsOutIsTheOnlyFault()
    {
        // The hold is over before the readings of 02:30: pump 4 had 20 + 14.5 + 4 + 10 then, and the median is of 02:20: 35, 36, 37, 39, 40 and 48.
        Assert.Equal(["pump-4 02:30 03:00 temp=48.5 fleet_median(temp)=38"], Seen(Run(Recording())));
    }

    [Fact]
    public void Run_StoredTelemetry_SameAsTheRecording()
    {
        var data = System.IO.Path.Combine(folder.Path, "data");
        Store(data, Recording());
        using var stored = StoredInput.Open(data, null, null, clock);

        Assert.Equal(Seen(Run(Recording())), Seen(Run(stored.Input)));
    }

    [Fact]
    public void InOrder_OfStoredTelemetry_HasAllInOrderOfTime()
    {
        var data = System.IO.Path.Combine(folder.Path, "data");
        Store(data, Recording());
        using var stored = StoredInput.Open(data, null, null, clock);

        var ordered = stored.Input.InOrder.ToList();

        Assert.Equal(stored.Input.Entries.OrderBy(e => e.At).ThenBy(e => e.Device).Select(e => (e.At, e.Device)), ordered.Select(e => (e.At, e.Device)));
        Assert.Equal(6 * 48, ordered.Count);
    }

    /// <summary>Puts a recording where the program keeps telemetry, as its worker does.</summary>
    private static void Store(string data, BacktestInput input)
    {
        using var stores = Stores.Open(new StorageOptions { DataFolder = data });
        foreach (var pump in Pumps)
            stores.State.Write(db => DeviceStore.Put(db, new Device(DeviceId.Parse($"pump-{pump}")) { Model = "P1" }, 0));
        var offset = 0L;
        foreach (var one in input.Entries)
        {
            var told = (Entry.Telemetry)one.Body;
            stores.Telemetry.Append(new LogEntry(Partitions.Of(one.Device), ++offset, one.At, told), told, told.At!.Value, new bool[told.Readings.Length]);
        }
        foreach (var partition in input.Entries.Select(e => Partitions.Of(e.Device)).Distinct())
            stores.Telemetry.Cut(new LaneMemory(partition, offset, ServerTime.Zero, 0, []));
        while (stores.Telemetry.PendingCuts > 0)
            stores.Telemetry.Arrange();
    }
}
