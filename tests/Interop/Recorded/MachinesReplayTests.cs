using System.Diagnostics;
using System.Globalization;
using B2D.Interop.Programs;
using Xunit;
using Xunit.Abstractions;

namespace B2D.Interop.Recorded;

/// <summary>One replay of the machines that nobody disturbs; what came of it, for all tests that compare with it.</summary>
public sealed class UndisturbedMachines : IAsyncLifetime
{
    internal B2dProgram B2d { get; private set; } = null!;

    internal Ended Replay { get; private set; } = null!;

    internal TimeSpan Took { get; private set; }

    internal List<CaseKey> Cases { get; private set; } = [];

    public async Task InitializeAsync()
    {
        if (Places.SharedData is null)
            return;
        B2d = await Machines.InstallAsync();
        await B2d.StartAsync();
        var start = Stopwatch.GetTimestamp();
        await using var replay = Machines.Replay(B2d);
        Replay = await replay.EndAsync(TimeSpan.FromMinutes(3));
        await B2d.EvaluatedAsync();
        Took = Stopwatch.GetElapsedTime(start);
        Cases = await Machines.CasesAsync(B2d);
    }

    public async Task DisposeAsync()
    {
        if (B2d is not null)
            await B2d.DisposeAsync();
    }
}

/// <summary>Ninety days of ten real-world-like machines, sent over MQTT by firmware-sim to the built program: undisturbed, and killed ten times.</summary>
public sealed class MachinesReplayTests(UndisturbedMachines undisturbed, ITestOutputHelper output) : IClassFixture<UndisturbedMachines>
{
    private const int Rows = 21_600;
    private const int CodeRows = 100;
    private const int Kills = 10;

    [RecordedFact]
    public async Task Replay_Undisturbed_EverythingIsShownByTheApi()
    {
        var b2d = undisturbed.B2d;
        output.WriteLine($"{undisturbed.Replay.Output}\nsent and evaluated in {undisturbed.Took.TotalSeconds:0.0} s");
        Assert.Equal((0, ""), (undisturbed.Replay.Status, undisturbed.Replay.Error));
        Assert.Contains($"{Rows + CodeRows} acknowledged, 0 refused", undisturbed.Replay.Output, StringComparison.Ordinal);
        Assert.Equal(10, (await b2d.Api.ListAsync("/api/devices")).Count);
        await AssertStoredAsync(b2d);
        await AssertEvidenceIsRecordedAsync(b2d);
        Assert.DoesNotContain(" ERR ", b2d.Output, StringComparison.Ordinal);
    }

    [RecordedFact]
    public void Replay_Undisturbed_OneCaseForEachMachineAndPartOfWhichCodeAndSignalSpeak()
    {
        var opened = undisturbed.Cases.Select(c => (c.Device, c.Family)).ToList();
        output.WriteLine(string.Join('\n', undisturbed.Cases));
        Assert.Equal(opened.Count, opened.Distinct().Count());
        Assert.Equal(Machines.FailingParts().Order(), opened.Order());
    }

    [RecordedFact]
    public async Task Replay_KilledTenTimes_SameReadingsEventsAndCases()
    {
        const int seed = 20260215;
        var random = new Random(seed);
        output.WriteLine($"seed {seed}");
        await using var b2d = await Machines.InstallAsync();
        await b2d.StartAsync();
        var progress = Path.Combine(b2d.Folder, "progress");
        var replay = Machines.Replay(b2d, "--resume", progress);
        try
        {
            var moments = Enumerable.Range(0, Kills).Select(_ => random.Next(Rows + CodeRows)).Order().ToArray();
            for (var i = 0; i < Kills; i++)
            {
                var (done, restart) = await KillOnceAsync(b2d, progress, moments[i], random);
                var took = b2d.ProcessorTime;
                output.WriteLine(
                    $"kill {i + 1} at message {moments[i]}: {done} acknowledged; ready again after {restart.TotalMilliseconds:0} ms, "
                    + $"{took.TotalMilliseconds:0} ms of the processors");
                // Once the sender dies too: it goes on from what it knows to be acknowledged.
                if (i == Kills / 2)
                {
                    await replay.DisposeAsync();
                    replay = Machines.Replay(b2d, "--resume", progress);
                }
            }
            var ended = await replay.EndAsync(TimeSpan.FromMinutes(3));
            output.WriteLine(ended.Output);
            Assert.Equal((0, ""), (ended.Status, ended.Error));
        }
        finally
        {
            await replay.DisposeAsync();
        }
        await b2d.EvaluatedAsync();
        await AssertStoredAsync(b2d);
        await AssertEvidenceIsRecordedAsync(b2d);
        Assert.Equal(undisturbed.Cases, await Machines.CasesAsync(b2d));
        Assert.True((await b2d.Api.GetAsync("/api/audit/chain")).GetProperty("whole").GetBoolean());
    }

    /// <summary>Waits for a message's turn and a little longer, kills, and starts again; one start in three is killed too, somewhere on its way.</summary>
    private static async Task<(long Done, TimeSpan Restart)> KillOnceAsync(B2dProgram b2d, string progress, int moment, Random random)
    {
        await Wait.UntilAsync(() => DoneIn(progress) >= moment, TimeSpan.FromMinutes(2), $"message {moment} is acknowledged", TimeSpan.FromMilliseconds(2));
        await Wait.ForAsync(TimeSpan.FromMilliseconds(random.Next(40)));
        await b2d.KillAsync();
        var done = DoneIn(progress);
        if (random.Next(3) == 0)
        {
            b2d.Launch();
            await Wait.ForAsync(TimeSpan.FromMilliseconds(random.Next(2500)));
            await b2d.KillAsync();
        }
        return (done, await b2d.StartAsync());
    }

    /// <summary>The second line of the progress file: every message before this number is acknowledged.</summary>
    private static long DoneIn(string progress)
    {
        if (!File.Exists(progress))
            return -1;
        using var file = new StreamReader(new FileStream(progress, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        file.ReadLine();
        return long.TryParse(file.ReadLine(), NumberStyles.None, CultureInfo.InvariantCulture, out var done) ? done : -1;
    }

    private static async Task AssertStoredAsync(B2dProgram b2d)
    {
        var expected = Machines.Readings();
        Assert.Equal(Rows * Machines.Metrics.Length, expected.Count);
        var stored = await Machines.StoredReadingsAsync(b2d);
        Assert.Equal(expected.Count, stored.Count);
        Assert.Empty(expected.Except(stored));

        var codes = Machines.Codes();
        Assert.Equal((CodeRows, 91), (codes.Count, codes.Select(c => (c.Device, c.AtMs)).Distinct().Count()));
        var told = await Machines.StoredCodesAsync(b2d);
        Assert.Equal(CodeRows, told.Count);
        Assert.Empty(codes.Except(told));
    }

    private static async Task AssertEvidenceIsRecordedAsync(B2dProgram b2d)
    {
        var recorded = Machines.Readings();
        var cases = await b2d.Api.ListAsync("/api/cases");
        Assert.NotEmpty(cases);
        foreach (var item in cases)
        {
            var detail = await b2d.Api.GetAsync($"/api/cases/{item.Long("id")}");
            var device = detail.Text("device");
            var evidence = detail.Items("evidence").ToList();
            Assert.NotEmpty(evidence);
            // The part's codes stand among it as code("error1").
            Assert.Contains(evidence, e => e.Text("metric").StartsWith("code(", StringComparison.Ordinal));
            Assert.All(evidence.Where(e => !e.Text("metric").StartsWith("code(", StringComparison.Ordinal)), e => Assert.Contains(new Recorded(device, e.Text("metric"), e.Long("atMs"), e.Double("value")), recorded));
        }
    }
}
