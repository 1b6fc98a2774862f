using System.Diagnostics;
using System.Globalization;
using B2D.Simulation.World;
using Xunit.Abstractions;

namespace B2D.Simulation;

/// <summary>
/// Goal: what holds for the fixed seeds holds for any. Method: the towns of the seed tests (in a long run those of the crash tests too), from seeds that nobody has run before, taken from the clock, for B2D_SIM_SECONDS
/// of real time (default 60; 0 for none). B2D_SIM_SEEDS=n with B2D_SIM_FROM=n runs that many from there instead, until all are done or B2D_SIM_SECONDS, where it is given,
/// is over. Prints how many, and the slowest. A failure names its seed.
/// </summary>
public sealed class FreshSeedTests(ITestOutputHelper output, Announcements announcements) : IClassFixture<Announcements>
{
    /// <summary>After so many failures there is no news in more.</summary>
    private const int MostFailures = 5;

    /// <summary>Seeds between two words on how far a long run has come.</summary>
    private const int ToldEvery = 250;

    /// <summary>Clocks of towns begin later with each seed; up to here they stay within this century.</summary>
    private const int LastSeed = 3_000_000;

    [Fact]
    public void Town_FreshSeeds_NothingMissedNothingInvented()
    {
        if (SeedTests.Chosen() is not null)
            return;
        var count = Setting("B2D_SIM_SEEDS");
        var seconds = Setting("B2D_SIM_SECONDS") ?? (count is null ? 60 : int.MaxValue);
        var first = Setting("B2D_SIM_FROM") ?? 100_000 + (int)(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() % (LastSeed - 200_000));
        var (began, done, slowest) = (Stopwatch.StartNew(), 0, (Seed: first, Took: TimeSpan.Zero));
        var (failed, tally) = (new List<string>(), new Tally());
        var (towns, cost) = (new int[2], new TimeSpan[2]);
        while (done < (count ?? int.MaxValue) && began.Elapsed.TotalSeconds < seconds && failed.Count < MostFailures)
        {
            var (seed, from) = (first + done, began.Elapsed);
            var (kind, used) = (SeedTests.OverMqtt(seed) ? 1 : 0, Environment.CpuUsage.TotalTime);
            if (Failure(seed, kills: count is not null, tally) is { } failure)
            {
                failed.Add(failure);
                announcements.Tell(failure);
            }
            towns[kind]++;
            cost[kind] += Environment.CpuUsage.TotalTime - used;
            if (began.Elapsed - from is var took && took > slowest.Took)
                slowest = (seed, took);
            if (++done % ToldEvery == 0)
                announcements.Tell(Summary());
        }
        var summary = Summary();
        announcements.Tell(summary);
        announcements.Tell(tally.ToString());
        announcements.Tell(NetworkTally.OfAll.ToString());
        Assert.True(failed.Count == 0, summary + Environment.NewLine + string.Join(Environment.NewLine, failed));

        string Summary() => string.Create(CultureInfo.InvariantCulture,
            $"{done} seeds from {first} in {began.Elapsed.TotalSeconds:0} s, {failed.Count} failed; slowest {slowest.Seed} with {slowest.Took.TotalSeconds:0.00} s; processor time of the whole program a seed {cost[0].TotalSeconds / Math.Max(1, towns[0]):0.00} s, over MQTT {cost[1].TotalSeconds / Math.Max(1, towns[1]):0.00} s");
    }

    /// <summary>In two of five people work. In a long run every fifth is killed again and again. Not in a short one: where a town is killed a dozen times within a minute, no
    /// router has been silent for long enough in between to be called so, and whether somebody had to be told is then for a person to judge.</summary>
    private string? Failure(int seed, bool kills, Tally tally)
    {
        if (kills && seed % 5 == 4)
            return CrashTests.BrokenAfterKills(seed, output.WriteLine, tally: tally).Broken is { Count: > 0 } cut ? CrashTests.Told(seed, cut) : null;
        var isWorkedOn = seed % 5 is 1 or 2;
        var broken = SeedTests.Broken(isWorkedOn ? SeedTests.WithWork(seed) : SeedTests.SettingOf(seed), output.WriteLine, tally: tally);
        return broken.Count == 0 ? null : SeedTests.Told(seed, broken, isWorkedOn ? nameof(WorkSeeds.Town_WorkedOn_NothingElseMissed) : "Town_AnySeed");
    }

    private static int? Setting(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
