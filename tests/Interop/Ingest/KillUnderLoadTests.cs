using System.Globalization;
using System.Net;
using B2D.Interop.Programs;
using Xunit;
using Xunit.Abstractions;

namespace B2D.Interop.Ingest;

/// <summary>
/// <c>kill -9</c>, and the power cut, at random moments under full load: nothing acknowledged is missing, nothing is stored twice, and the same faults and cases
/// come of it as of a run that nobody disturbed. B2D_KILLS says how many (3), B2D_KILL_MESSAGES how many messages of each of 100 devices lie between two (200, a
/// multiple of 50), B2D_SEED when they come.
/// </summary>
[Collection(Alone.Name), Trait(Alone.Machine, Alone.Name)]
public sealed class KillUnderLoadTests(ITestOutputHelper output)
{
    private static readonly int Kills = Setting("B2D_KILLS", 3);
    private static readonly int Messages = Setting("B2D_KILL_MESSAGES", 200);
    private static readonly int Seed = Setting("B2D_SEED", Environment.ProcessId);

    [Fact]
    public async Task Kill_AtRandomMomentsUnderLoad_NothingLostNothingTwiceSameCases()
    {
        var expected = await Undisturbed.Value;
        await using var b2d = new B2dProgram { AsShipped = true };
        var (findings, starts) = await RunAsync(b2d, () => Task.CompletedTask);

        Assert.Equal(expected, findings);
        Assert.All(starts, s => Assert.InRange(s, TimeSpan.Zero, TimeSpan.FromSeconds(20)));
    }

    [FuseFact]
    public async Task PowerCut_AtRandomMomentsUnderLoad_NothingLostNothingTwiceSameCases()
    {
        var expected = await Undisturbed.Value;
        await using var b2d = new B2dProgram { AsShipped = true };
        await using var disk = await LossyDisk.MountAsync(b2d.Data);
        try
        {
            var (findings, _) = await RunAsync(b2d, disk.CutPowerAsync);

            Assert.Equal(expected, findings);
        }
        finally
        {
            await b2d.KillAsync();
        }
    }

    private static int Setting(string name, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var set) ? set : usual;

    /// <summary>The same for all tests.</summary>
    private static readonly Lazy<Task<IReadOnlyList<string>>> Undisturbed = new(UndisturbedAsync);

    private static async Task<IReadOnlyList<string>> UndisturbedAsync()
    {
        await using var b2d = new B2dProgram { AsShipped = true };
        await Disturbed.InstallAsync(b2d);
        await b2d.StartAsync();
        var run = new Disturbed(Kills, Messages, Seed);
        await run.RunAsync(b2d, null);
        var findings = run.Findings(b2d);
        Assert.Equal(run.Faults, findings.Count(f => f.StartsWith("fault ", StringComparison.Ordinal)));
        return findings;
    }

    /// <summary>Starts it again; how long it took until devices could connect. Evaluation may be behind then.</summary>
    private static async Task<TimeSpan> ServesAsync(B2dProgram b2d)
    {
        b2d.Launch();
        return await Wait.UntilAsync(
            async () =>
            {
                try
                {
                    return (await b2d.Open.TryGetAsync("/healthz")).Status == HttpStatusCode.OK;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            TimeSpan.FromSeconds(60), "it serves again", TimeSpan.FromMilliseconds(10));
    }

    private async Task<(IReadOnlyList<string> Findings, List<TimeSpan> Starts)> RunAsync(B2dProgram b2d, Func<Task> whileDead)
    {
        output.WriteLine($"B2D_KILLS={Kills} B2D_KILL_MESSAGES={Messages} B2D_SEED={Seed}");
        await Disturbed.InstallAsync(b2d);
        await b2d.StartAsync();
        var starts = new List<TimeSpan>();
        var run = new Disturbed(Kills, Messages, Seed);
        await run.RunAsync(b2d, async () =>
        {
            await b2d.KillAsync();
            await whileDead();
            starts.Add(await ServesAsync(b2d));
        });
        output.WriteLine($"{Kills} kills, {run.Hits} with messages in flight, {run.Resent} messages sent again; started again in {starts.Min().TotalSeconds:0.0} to {starts.Max().TotalSeconds:0.0} s");
        Assert.InRange(run.Hits, Math.Max(1, Kills / 2), Kills);
        await run.AssertStoredAsync(b2d);
        return (run.Findings(b2d), starts);
    }
}
