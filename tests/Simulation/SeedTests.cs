using B2D.FirmwareSim.Fleets;
using B2D.Simulation.World;
using Xunit.Abstractions;

namespace B2D.Simulation;

/// <summary>
/// Goal: whatever goes wrong in a town, B2D sees it, mends what it can, opens one case where a person is needed, tells exactly those who are touched, and takes nothing else
/// for a fault. Method: whole towns in virtual time, each from one seed; what B2D did is compared with what the simulator put in. A failing seed prints itself;
/// B2D_SEED=n (or a range, 40-59) runs that one alone.
/// </summary>
public abstract class SeedTests(ITestOutputHelper output)
{
    /// <summary>Seeds run in blocks, so that a runner can show progress.</summary>
    private const int Block = 10;

    protected void NothingMissedNothingInvented(int block)
    {
        var failed = new List<string>();
        foreach (var seed in Seeds(block))
        {
            var broken = Broken(SettingOf(seed));
            if (broken.Count > 0)
                failed.Add($"seed {seed} ({SettingOf(seed).Disturbances}): {string.Join("; ", broken)}");
        }
        Assert.True(failed.Count == 0, string.Join(Environment.NewLine, failed));
    }

    private static IEnumerable<int> Seeds(int block)
    {
        if (Environment.GetEnvironmentVariable("B2D_SEED") is { Length: > 0 } wanted)
        {
            var ends = wanted.Split('-').Select(w => int.Parse(w, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
            return block == 0 ? Enumerable.Range(ends[0], ends[^1] - ends[0] + 1) : [];
        }
        return Enumerable.Range(block * Block, Block);
    }

    /// <summary>Half of the seeds with all disturbances, the others with one of them or with none; most towns small, some of the demo's size; the channel fails in a third.</summary>
    private static TownSetting SettingOf(int seed)
    {
        Disturbances[] single = [Disturbances.None, Disturbances.DuplicateReading, Disturbances.Late, Disturbances.ClockSkew, Disturbances.Flap, Disturbances.Offline];
        return new TownSetting(seed, seed % 20 == 7 ? 200 : 60, seed % 2 == 0 ? Disturbances.All : single[seed / 2 % single.Length])
        {
            WorkerEvery = 1 + seed / 3 % 4,
            Mood = seed % 3 == 2 ? Failing : _ => ChannelMood.Delivers,
            DeadPhones = seed % 3 == 2 ? 0.02 : 0,
        };
    }

    private static ChannelMood Failing(Random dice) => dice.Next(100) switch
    {
        < 33 => ChannelMood.Refuses,
        < 38 => ChannelMood.DeliversUnheard,
        _ => ChannelMood.Delivers,
    };

    private List<string> Broken(TownSetting setting)
    {
        using var town = new VirtualTown(setting);
        town.Prepare();
        var rested = town.Run();
        List<string> broken = [.. town.Report().Broken(), .. Truths.Broken(town)];
        if (!rested)
            broken.Add("it never came to rest");
        foreach (var line in broken.Count > 0 ? Story.Of(town) : [])
            output.WriteLine(line);
        return broken;
    }
}

/// <summary>Half of the seeds, so that two processors share them.</summary>
public sealed class FirstSeeds(ITestOutputHelper output) : SeedTests(output)
{
    public static TheoryData<int> Blocks => [.. Enumerable.Range(0, 8)];

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Town_AnySeed_NothingMissedNothingInvented(int block) => NothingMissedNothingInvented(block);
}

/// <summary>The other seeds.</summary>
public sealed class LastSeeds(ITestOutputHelper output) : SeedTests(output)
{
    public static TheoryData<int> Blocks => [.. Enumerable.Range(8, 12)];

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Town_AnySeed_NothingMissedNothingInvented(int block) => NothingMissedNothingInvented(block);
}
