using B2D.Interop.Programs;
using Microsoft.Data.Sqlite;
using Xunit;

namespace B2D.Interop.Ingest;

/// <summary>
/// A load in segments, each disturbed once at a random moment: 10 gateways with 100 devices as fast as they are acknowledged, every fiftieth message of a device a
/// fault and the next its end.
/// </summary>
/// <param name="segments">1 or more.</param>
/// <param name="perDevice">Messages of each device in a segment, a multiple of 50.</param>
internal sealed class Disturbed(int segments, int perDevice, int seed)
{
    private const int Gateways = 10, Devices = 100, StepMs = 50;
    private const string Payload = """{"ts":{at},"n":{seq},"temp":{num:20.0:99.9},"rpm":{num:1000:1999},"fault":{every:50:0:1}}""";

    private readonly Random dice = new(seed);

    /// <summary>Where it began, epoch ms.</summary>
    private long start;

    /// <summary>What was acknowledged, <c>device,seq</c>.</summary>
    private readonly List<string> acked = [];

    /// <summary>Messages that were sent again after a disturbance.</summary>
    public long Resent { get; private set; }

    /// <summary>Disturbances that came while messages were in flight.</summary>
    public int Hits { get; private set; }

    /// <summary>Runs it on an installation that is started, and waits until all is evaluated.</summary>
    /// <param name="disturb">Comes at a random moment of each segment; null for an undisturbed run.</param>
    public async Task RunAsync(B2dProgram b2d, Func<Task>? disturb)
    {
        start = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        for (var segment = 0; segment < segments; segment++)
        {
            var log = Path.Combine(b2d.Folder, $"acked-{segment}");
            await using var load = Load.Start(b2d,
                "--connections", $"{Gateways}", "--devices", $"{Devices}", "--in-flight", "20", "--total", $"{Devices * perDevice}", "--payload", Payload,
                "--at", DateTimeOffset.FromUnixTimeMilliseconds(start + ((long)segment * perDevice * StepMs)).ToString("O"), "--at-step", $"{StepMs}ms",
                "--first-seq", $"{1_000_000_000 + (segment * perDevice)}", "--acked-log", log, "--reconnect");
            if (disturb is not null)
            {
                var before = await b2d.MetricAsync("b2d_messages_acknowledged_total");
                var moment = dice.Next(1, Devices * perDevice / 2);
                await Wait.UntilAsync(
                    async () => !load.Runs || await b2d.MetricAsync("b2d_messages_acknowledged_total") - before >= moment, TimeSpan.FromMinutes(1), $"{moment} are acknowledged", TimeSpan.FromMilliseconds(1));
                await disturb();
            }
            var resent = (await load.ResultAsync(TimeSpan.FromMinutes(3))).Long("resent");
            Resent += resent;
            Hits += resent > 0 ? 1 : 0;
            acked.AddRange(await File.ReadAllLinesAsync(log));
        }
        Assert.Equal(segments * perDevice * Devices, acked.Count);
        await b2d.EvaluatedAsync(TimeSpan.FromMinutes(3));
    }

    /// <summary>Nothing acknowledged is missing, nothing is stored twice.</summary>
    public Task AssertStoredAsync(B2dProgram b2d) => Load.AssertStoredOnceAsync(b2d, acked, start, start + ((long)segments * perDevice * StepMs));

    /// <summary>Cases and faults, with times that count from the beginning, so that two runs can be compared.</summary>
    public IReadOnlyList<string> Findings(B2dProgram b2d)
    {
        using var db = new SqliteConnection($"Data Source={Path.Combine(b2d.Data, "state.db")};Mode=ReadOnly;Pooling=False");
        db.Open();
        return
        [
            .. Rows(db, "SELECT 'case ' || device || ' ' || family || ' ' || rule || ' recurred ' || recurrences || ' begun ' || (onset_at - @start) FROM cases"),
            .. Rows(db, "SELECT 'fault ' || device || ' ' || rule || ' begun ' || (onset_at - @start) || ' over ' || (cleared_at > 0) FROM faults"),
        ];
    }

    /// <summary>What must come of it, whatever happens meanwhile.</summary>
    public int Faults => Devices * segments * perDevice / 50;

    private List<string> Rows(SqliteConnection db, string sql)
    {
        using var command = db.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("@start", start);
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
            rows.Add(reader.GetString(0));
        rows.Sort(StringComparer.Ordinal);
        return rows;
    }

    /// <summary>An installation for it, not started.</summary>
    public static Task InstallAsync(B2dProgram b2d) => Load.InstallAsync(b2d, Gateways, Devices);
}
