using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.DeviceGateway;
using B2D.Host.Options;
using B2D.ProactiveWorker.Notices;
using B2D.Storage.Cases;
using B2D.Storage.Dues;
using B2D.Storage.Faults;
using B2D.Storage.Notices;
using B2D.Storage.Outages;
using Microsoft.Data.Sqlite;
using Xunit;

namespace B2D.Host.Tests.Released;

/// <summary>
/// The present program on data that a released one wrote, kept beside this file as SQL text (gzip): a town of nine devices with a case that somebody took, an
/// outage, an overheated compressor whose remedy was sent, a due, notices, a dead letter and an MQTT session. A release that changes what is stored adds a
/// folder here; the old ones stay.
/// </summary>
public sealed class UpgradeTests : IDisposable
{
    /// <summary>The key that was made with <c>b2d keys create "service desk" --scope write</c>.</summary>
    private const string Key = "b2d_oIbauJhxMvgGXe9awd1DaqGEE7V7nlwT7VjRmPkH3S4";

    /// <summary>An hour after the released program was stopped.</summary>
    private static readonly DateTimeOffset Later = DateTimeOffset.FromUnixTimeMilliseconds(1795314415253) + TimeSpan.FromHours(1);

    private readonly TemporaryFolder folder = new();

    private string Data => Path.Combine(folder.Path, "data");

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("first", "")]
    // Killed before it took its last snapshot: more of the log is replayed.
    [InlineData("first", "DELETE FROM snapshots WHERE position = 1023")]
    [InlineData("first", "DELETE FROM snapshots")]
    public async Task Start_OnDataOfAReleasedProgram_FindsEverythingAndGoesOn(string release, string before)
    {
        Load(release);
        Run("state", before);
        for (var start = 1; start <= 2; start++)
        {
            await using var host = await Hosting.StartAsync(Options(), new ClockFrom(Later + TimeSpan.FromMinutes(start)), null, 0, null, default);
            AssertEverythingIsThere(host.Installation);
            await AssertApiAsync(host);
        }
        await using var last = await Hosting.StartAsync(Options(), new ClockFrom(Later + TimeSpan.FromMinutes(5)), null, 0, null, default);
        await GoesOnAsync(last.Installation);
    }

    private static void AssertEverythingIsThere(Installation b2d)
    {
        b2d.Stores.State.Read(db =>
        {
            var taken = CaseStore.Find(db, 1)!;
            Assert.Equal(("HP-01", "Working", "key:service desk", "84-588", 2L), (taken.Device, taken.State, taken.Assignee, taken.Episode, taken.Version));
            var outage = OutageStore.Find(db, 1)!;
            Assert.Equal(("north/n1/cab-1", 4L, "169-606"), (outage.Segment, outage.Devices, outage.Episode));
            Assert.Equal(["RT-01", "RT-02", "RT-03", "RT-04"], OutageStore.Devices(db, 1).Select(d => d.Device));
            Assert.Equal("pump-blocked", FaultStore.Find(db, "HP-01", "pump-blocked", "84-588")!.Rule);
            Assert.Equal(1795314391022, FaultStore.Find(db, "HP-02", "compressor-overheat", "195-639")!.RaisedAt);
            Assert.Equal(("Told", 1080.0), (DueStore.Find(db, "CM-01", "water-filter", 0)!.State, DueStore.Find(db, "CM-01", "water-filter", 0)!.Used));
            Assert.Equal(1795314381932, NoticeStore.Find(db, "cad9dd097a8ac60ebafae5bab2d39f52")!.SentAt);
            Assert.Equal(3, db.Scalar<long>("SELECT count(*) FROM notices WHERE status = 'opened' AND state = 'Sent'"));
            Assert.Equal((3L, 9L), (db.Scalar<long>("SELECT count(*) FROM customers"), db.Scalar<long>("SELECT count(*) FROM devices")));
        });
        Assert.Equal((624, 1), (b2d.Stores.Telemetry.CountReadings(), b2d.Stores.Telemetry.CountEvents()));
        Assert.Equal(0, b2d.Stores.Telemetry.CountDuplicateReadings());
        var latest = b2d.Stores.Telemetry.Latest(DeviceId.Parse("HP-02")).ToDictionary(l => l.Metric, l => (l.At.EpochMs, l.Value.ToString()));
        Assert.Equal(4, latest.Count);
        Assert.All(latest.Values, v => Assert.Equal(1795314412072, v.EpochMs));
        var series = b2d.Stores.Telemetry.Series(DeviceId.Parse("EV-01"), "plug_temp_c", new DeviceTime(0), new DeviceTime(Later.ToUnixTimeMilliseconds()), 1000);
        Assert.Equal(Enumerable.Range(0, 40).Select(n => 40 + (n / 4.0)), series.Select(p => p.Value.Number));
        Assert.Equal("NotJson", Assert.Single(b2d.Stores.Log.DeadLetters()).Reason);
        Assert.Equal(1, b2d.Gateway.MqttHolds.Sessions);
        Assert.Equal((7, 1, 1), (b2d.Worker.Rules.Current.Set.Faults.Length, b2d.Worker.Rules.Current.Set.Dues.Length, b2d.Worker.Rules.Current.Set.Outages.Length));
    }

    private static async Task AssertApiAsync(Hosting host)
    {
        using var http = new HttpClient { BaseAddress = new Uri(host.ConsoleUrl!) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        var found = JsonElement.Parse(await http.GetStringAsync(new Uri("/api/cases/1", UriKind.Relative)));
        Assert.Contains("Pump blocked", found.GetRawText(), StringComparison.Ordinal);
        Assert.Contains("Internet", await http.GetStringAsync(new Uri("/status", UriKind.Relative)), StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The pump's fault, of which only the old log tells, clears; what was sent before does not count again.</summary>
    private static async Task GoesOnAsync(Installation b2d)
    {
        var written = new TaskCompletionSource<bool>();
        var pump = b2d.Gateway.Connect(DeviceId.Parse("HP-01"));
        pump.Publish("devices/HP-01/events", """{"code":"E42","state":"clear"}"""u8.ToArray(), _ => { });
        var compressor = b2d.Gateway.Connect(DeviceId.Parse("HP-02"));
        compressor.Publish("devices/HP-02/telemetry", """{"ts":1795314412072,"temp_c":110.375}"""u8.ToArray(), done => written.TrySetResult(done));
        Assert.True(await written.Task.WaitAsync(TimeSpan.FromSeconds(30)));

        var evaluated = new TaskCompletionSource();
        b2d.Worker.Lanes.Committed = () =>
        {
            if (b2d.Stores.Telemetry.CountDuplicateReadings() == 1)
                evaluated.TrySetResult();
        };
        b2d.Gateway.LogGrew?.Invoke();
        if (b2d.Stores.Telemetry.CountDuplicateReadings() == 0)
            await evaluated.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await b2d.StopAsync();
        Assert.Equal((624, 1), (b2d.Stores.Telemetry.CountReadings(), b2d.Stores.Telemetry.CountDuplicateReadings()));
        Assert.True(b2d.Stores.State.Read(db => FaultStore.Find(db, "HP-01", "pump-blocked", "84-588")!.ClearedAt) > 0);
    }

    private InstallationOptions Options() => new()
    {
        Data = Data,
        Url = "http://127.0.0.1:0",
        LogLevel = "Warning",
        Secrets = new SecretOptions { KeyFile = Path.Combine(folder.Path, "b2d.key") },
        Gateway = new GatewayOptions { Port = 0 },
        // Nobody takes notices here; those that are due wait.
        Notices = new NoticeOptions(),
    };

    /// <summary>Makes the databases from their text, as a restored copy would be.</summary>
    private void Load(string release)
    {
        Directory.CreateDirectory(Data);
        foreach (var name in new[] { "log", "state", "telemetry", "sessions" })
        {
            using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Released", release, $"{name}.sql.gz"));
            using var text = new StreamReader(new GZipStream(file, CompressionMode.Decompress), Encoding.UTF8);
            Run(name, text.ReadToEnd());
        }
    }

    private void Run(string name, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(Data, $"{name}.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // this test's own text
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
