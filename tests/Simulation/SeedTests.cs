using System.Globalization;
using B2D.FirmwareSim.Fleets;
using B2D.Simulation.World;
using Xunit.Abstractions;

namespace B2D.Simulation;

/// <summary>
/// Goal: whatever goes wrong in a town, B2D sees it, mends what it can, opens one case where a person is needed, tells exactly those who are touched, and takes nothing else
/// for a fault. Method: whole towns in virtual time, each from one seed; what B2D did is compared with what the simulator put in, and with what a naive reading of the log
/// makes of the readings that arrived. A failing seed prints itself; B2D_SEED=n (or a range, 40-59) runs that one alone.
/// </summary>
public abstract class SeedTests(ITestOutputHelper output)
{
    /// <summary>Seeds run in blocks, so that a runner can show progress.</summary>
    private const int Block = 10;

    /// <summary>Half of the seeds with all disturbances, the others with one of them or with none; most towns small, some of the demo's size; the channel fails in a third,
    /// two fifths have a rough network.</summary>
    internal static TownSetting SettingOf(int seed)
    {
        Disturbances[] single = [Disturbances.None, Disturbances.DuplicateReading, Disturbances.Late, Disturbances.ClockSkew, Disturbances.Flap, Disturbances.Offline];
        return new TownSetting(seed, seed % 20 == 7 ? 200 : 60, seed % 2 == 0 ? Disturbances.All : single[seed / 2 % single.Length])
        {
            WorkerEvery = 1 + seed / 3 % 4,
            Rough = seed % 5 is 1 or 3,
            Mqtt = OverMqtt(seed),
            Mood = seed % 3 == 2 ? Failing : _ => ChannelMood.Delivers,
            DeadPhones = seed % 3 == 2 ? 0.02 : 0,
        };
    }

    /// <summary>The same towns with people who work on them.</summary>
    internal static TownSetting WithWork(int seed) => SettingOf(seed) with { Maintenance = true };

    /// <summary>In half of the towns, whatever else is drawn for them.</summary>
    internal static bool OverMqtt(int seed) => seed / 4 % 2 == 0;

    /// <summary>What does not hold at the end of a town's run; empty for nothing.</summary>
    internal static List<string> Broken(TownSetting setting, Action<string> tell, Action<VirtualTown>? afterStep = null, Tally? tally = null)
    {
        using var town = new VirtualTown(setting) { AfterStep = afterStep };
        town.Prepare();
        var rested = town.Run();
        town.LookBack();
        List<string> broken = Truths.Broken(town, tally);
        if (!rested)
            broken.Add($"it never came to rest; {town.Installation.Unrest()}");
        foreach (var line in broken.Count > 0 ? Story.Of(town) : [])
            tell(line);
        return broken;
    }

    /// <summary>How somebody runs a failed seed alone.</summary>
    internal static string Told(int seed, List<string> broken, string test = "Town_AnySeed") =>
        $"seed {seed} ({SettingOf(seed).Disturbances}), alone: B2D_SEED={seed} dotnet test tests/Simulation -c Release --filter {test}: {string.Join("; ", broken)}";

    /// <summary>The seeds that B2D_SEED names, one or a range; null where it names none.</summary>
    internal static IEnumerable<int>? Chosen()
    {
        if (Environment.GetEnvironmentVariable("B2D_SEED") is not { Length: > 0 } wanted)
            return null;
        var ends = wanted.Split('-').Select(w => int.Parse(w, CultureInfo.InvariantCulture)).ToArray();
        return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1);
    }

    protected void NothingMissedNothingInvented(int block, Func<int, TownSetting> settingOf, string test)
    {
        var seeds = Chosen() is { } chosen ? (block == 0 ? chosen : []) : Enumerable.Range(block * Block, Block);
        var failed = new List<string>();
        foreach (var seed in seeds)
        {
            var broken = Broken(settingOf(seed), output.WriteLine);
            if (broken.Count > 0)
                failed.Add(Told(seed, broken, test));
        }
        Assert.True(failed.Count == 0, string.Join(Environment.NewLine, failed));
    }

    private static ChannelMood Failing(Random dice) => dice.Next(100) switch
    {
        < 33 => ChannelMood.Refuses,
        < 38 => ChannelMood.DeliversUnheard,
        _ => ChannelMood.Delivers,
    };
}

/// <summary>A part of the fixed seeds, so that two processors share them: 120 in all, in which every combination of what a seed sets comes once.</summary>
public sealed class FirstSeeds(ITestOutputHelper output) : SeedTests(output)
{
    public static TheoryData<int> Blocks => [.. Enumerable.Range(0, 5)];

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Town_AnySeed_NothingMissedNothingInvented(int block) => NothingMissedNothingInvented(block, SettingOf, nameof(Town_AnySeed_NothingMissedNothingInvented));
}

/// <summary>The other fixed seeds.</summary>
public sealed class LastSeeds(ITestOutputHelper output) : SeedTests(output)
{
    public static TheoryData<int> Blocks => [.. Enumerable.Range(5, 7)];

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Town_AnySeed_NothingMissedNothingInvented(int block) => NothingMissedNothingInvented(block, SettingOf, nameof(Town_AnySeed_NothingMissedNothingInvented));
}

/// <summary>Towns in which people plan work, begin, move and end it: nothing is raised meanwhile, at its end what is still there, and nothing else is missed.</summary>
public sealed class WorkSeeds(ITestOutputHelper output) : SeedTests(output)
{
    public static TheoryData<int> Blocks => [.. Enumerable.Range(0, 4)];

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Town_WorkedOn_NothingElseMissed(int block) => NothingMissedNothingInvented(block, WithWork, nameof(Town_WorkedOn_NothingElseMissed));
}
