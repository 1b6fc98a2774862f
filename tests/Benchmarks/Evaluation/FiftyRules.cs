using System.Globalization;
using System.Text;
using B2D.Benchmarks.Lanes;
using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Telemetry;

namespace B2D.Benchmarks.Evaluation;

/// <summary>Fifty rules of which ten read every message of <see cref="BenchFleet"/>'s devices, four of them through windows, and a recording that has something for
/// each of the ten.</summary>
internal static class FiftyRules
{
    /// <summary>Rules in all.</summary>
    public const int Count = 50;

    /// <summary>Rules that every message is evaluated by.</summary>
    public const int Reading = 10;

    private const string Ten = """
        - fault: hot
          raise: temp_c > params.limit
          clear: temp_c < params.limit - 10.0
          params: { limit: 95.0 }
          hold: 2m
          release: 5m
          max_gap: 10m
          severity: [ { critical: temp_c > 110.0 }, { high: true } ]
          case: {}
        - fault: warm
          raise: temp_c > 85.0
          samples: { raise: 3 of 5, clear: 3 }
          max_gap: 10m
        - fault: dry
          raise: pressure_bar < 0.8 && flow_lpm > 1.0
          samples: { raise: 2 of 3, clear: 2 }
          max_gap: 5m
          case: {}
        - fault: overcurrent
          raise: current_a > 16.0
          hold: 1m
          max_gap: 3m
          case: {}
        - fault: overpressure
          raise: pressure_bar > 8.0
          max_gap: 10m
          case: {}
        - fault: stalled
          raise: rpm < 300.0 && current_a > 8.0
          hold: 3m
          release: 3m
          max_gap: 10m
          case: {}
        - fault: shaking
          raise: avg(vibration, duration("5m")) > 46.0
          release: 2m
          max_gap: 10m
          case: {}
        - fault: surge
          raise: max(current_a, duration("10m")) > 18.0
          clear: max(current_a, duration("10m")) < 15.0
          max_gap: 10m
          case: {}
        - fault: unsteady
          raise: stddev(pressure_bar, duration("15m")) > 1.2
          clear: stddev(pressure_bar, duration("15m")) < 0.8
          hold: 1m
          max_gap: 10m
        - fault: chatty
          raise: count(rpm, duration("10m")) > 15
          max_gap: 10m

        """;

    private static readonly int[] SilentMinutes = [10, 30, 120, 1440];

    /// <summary>The rules as a file: ten that read each message, 28 over metrics that this fleet does not send, eight of codes, four of silence.</summary>
    public static string Text { get; } = Write();

    /// <summary>How long each of the rules of silence waits.</summary>
    public static ReadOnlySpan<int> Silences => SilentMinutes;

    /// <summary>What devices say over some hours: a message a minute, with episodes, quiet times of up to an hour, and bursts of a message each 15 s.</summary>
    /// <param name="devices">Who.</param>
    /// <param name="messages">Of each.</param>
    /// <param name="seed">The same gives the same.</param>
    /// <param name="inTime">In order of time, as files are read; else device by device, as stored telemetry is.</param>
    public static (ServerTime At, Entry.Telemetry Said)[] Record(ReadOnlySpan<Device> devices, int messages, int seed, bool inTime)
    {
        var all = new List<(long At, Device Device, Reading[] Readings)>(devices.Length * messages);
        for (var i = 0; i < devices.Length; i++)
        {
            var random = new Random(seed + i);
            var machine = new Machine(random);
            var (now, burst) = (BenchFleet.Epoch + (i * 60_000L / devices.Length), 0);
            for (var m = 0; m < messages; m++)
            {
                burst = burst > 0 ? burst - 1 : random.NextDouble() < 0.002 ? 30 : 0;
                now += burst > 0 ? 15_000 : random.NextDouble() < 0.003 ? random.Next(120_000, 3_600_000) : 59_000 + random.Next(2000);
                all.Add((now, devices[i], machine.Next()));
            }
        }
        // Entries are made in this order, as they are when a recording is read: so they lie in memory.
        return [.. (inTime ? all.OrderBy(m => m.At).ToList() : all).Select(m => (new ServerTime(m.At), new Entry.Telemetry(m.Device.Id, new DeviceTime(m.At - 40), [.. m.Readings])))];
    }

    private static string Write()
    {
        var text = new StringBuilder(Ten);
        for (var i = 0; i < 28; i++)
            text.Append(CultureInfo.InvariantCulture, $"- fault: other-{i}\n  raise: extra_{i} > 50.0\n  hold: 5m\n  case: {{}}\n");
        for (var i = 0; i < 8; i++)
            text.Append(CultureInfo.InvariantCulture, $"- fault: code-{i}\n  codes: [ E{i} ]\n  auto_clear: 24h\n  case: {{}}\n");
        foreach (var minutes in SilentMinutes)
            text.Append(CultureInfo.InvariantCulture, $"- fault: silent-{minutes}\n  silent: {minutes}m\n");
        return text.ToString();
    }

    /// <summary>A device's quantities: each is usual, and now and then is not for a while. Not rounded: no mean is a limit to the last bit, where the order in which
    /// numbers were added would tell.</summary>
    private sealed class Machine(Random random)
    {
        private readonly int[] left = new int[BenchFleet.Metrics.Length];
        private readonly bool[] high = new bool[BenchFleet.Metrics.Length];

        public Reading[] Next() =>
        [
            Read(0, 60, 70, 82, 118, 82, 118), Read(1, 20, 30, 48, 70, 48, 70), Read(2, 2, 3, 0.3, 1, 7.5, 9.5), Read(3, 6, 12, 0.5, 2.5, 0.5, 2.5),
            Read(4, 3, 7, 7, 20, 7, 20), Read(5, 1000, 3000, 100, 400, 100, 400),
        ];

        private Reading Read(int i, double from, double to, double lowFrom, double lowTo, double highFrom, double highTo)
        {
            if (left[i] > 0)
                left[i]--;
            else if (random.NextDouble() < 0.004)
                (left[i], high[i]) = (random.Next(1, 20), random.Next(2) == 0);
            var (least, most) = left[i] == 0 ? (from, to) : high[i] ? (highFrom, highTo) : (lowFrom, lowTo);
            return new Reading(BenchFleet.Metrics[i], MetricValue.Of(least + (random.NextDouble() * (most - least))));
        }
    }
}
