using B2D.FirmwareSim.Fleets;
using B2D.Simulation.World;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Faults;
using Xunit.Abstractions;

namespace B2D.Simulation;

/// <summary>
/// Goal: killed anywhere, B2D goes on as if nothing had been: nothing acknowledged is lost, nothing is opened twice, nobody hears anything twice under another id, whoever
/// was told gets the all-clear. Method: the towns of the seed tests, killed at commits drawn by chance, before or after the commit, and started again over the same
/// databases; the same checks. A killed worker leaves the same cases as an undisturbed run. B2D_SEED=n (or a range) runs those alone.
/// </summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    public static TheoryData<int> WorkerSeeds => Seeds(1000, 12);

    public static TheoryData<int> ProcessSeeds => Seeds(2000, 20);

    [Theory]
    [MemberData(nameof(WorkerSeeds))]
    public void Worker_KilledAtCommits_SameCasesAsUndisturbed(int seed)
    {
        var setting = SettingOf(seed);
        using var calm = new VirtualTown(setting);
        calm.Prepare();
        Assert.True(calm.Run(), "the undisturbed run never came to rest");
        using var town = new VirtualTown(setting);
        var (kills, rested) = Killed(town, Victim.Worker);
        // One may have come to rest before the other; what ends by itself has as long in both.
        calm.RunUntil(town.Clock.Now);
        town.RunUntil(calm.Clock.Now);
        var (expected, actual) = (Outcome(calm), Outcome(town));
        Assert.True(kills >= 3, $"it was killed only {kills} times");
        var broken = Broken(town, kills, rested, output.WriteLine);
        broken.AddRange([.. expected.Except(actual).Select(o => $"without {o}"), .. actual.Except(expected).Select(o => $"instead {o}")]);
        Assert.True(broken.Count == 0, $"seed {seed}: {string.Join("; ", broken)}");
    }

    [Theory]
    [MemberData(nameof(ProcessSeeds))]
    public void Process_KilledAtCommits_NothingLostNothingTwice(int seed)
    {
        var (broken, kills) = BrokenAfterKills(seed, output.WriteLine);
        Assert.True(broken.Count == 0, Told(seed, broken));
        Assert.True(kills >= 3, $"it was killed only {kills} times");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Process_KilledTwiceTheSame_SameRun(bool mqtt)
    {
        using var one = new VirtualTown(SettingOf(3000) with { Rough = true, Mqtt = mqtt });
        using var other = new VirtualTown(SettingOf(3000) with { Rough = true, Mqtt = mqtt });
        Assert.Equal(Killed(one, Victim.Process), Killed(other, Victim.Process));
        Assert.Equal(Trace(one), Trace(other));

        static string[] Trace(VirtualTown town) =>
            [.. town.Installation.Stores.Log.Read(0, 100_000).Select(e => $"{e.Offset} {e.At} {e.Body.GetType().Name}"), .. town.Phones.Received.Select(p => $"{p.Id} {p.AtMs}"), $"bytes {town.Installation.Network.Mqtt?.Tally.Fingerprint}"];
    }

    private static TheoryData<int> Seeds(int first, int count) => [.. SeedTests.Chosen() ?? Enumerable.Range(first, count)];

    /// <summary>What does not hold at the end of a town whose program was killed again and again; empty for nothing.</summary>
    internal static (List<string> Broken, int Kills) BrokenAfterKills(int seed, Action<string> tell, Func<TownSetting, TownSetting>? change = null, Tally? tally = null)
    {
        // What a network does depends on what is said: only here, where no undisturbed run is compared.
        var setting = SettingOf(seed) with { Rough = seed % 4 == 3, Maintenance = seed % 4 == 1, Killed = true };
        using var town = new VirtualTown(change?.Invoke(setting) ?? setting);
        var (kills, rested) = Killed(town, Victim.Process);
        return (Broken(town, kills, rested, tell, tally), kills);
    }

    /// <summary>How somebody runs a failed seed alone.</summary>
    internal static string Told(int seed, List<string> broken) =>
        $"seed {seed}, alone: B2D_SEED={seed} dotnet test tests/Simulation -c Release --filter Process_KilledAtCommits: {string.Join("; ", broken)}";

    private static TownSetting SettingOf(int seed) => new(seed, 60, seed % 2 == 0 ? Disturbances.All : Disturbances.None)
    {
        Drain = TimeSpan.FromMinutes(3),
        Mqtt = SeedTests.OverMqtt(seed),
        // The town's rules count seconds: a device that waits ten of them while the program comes and goes is silent indeed.
        BackOffMost = TimeSpan.FromSeconds(1),
        BatchEntries = seed % 3 == 0 ? 7 : 2000,
        SnapshotEvery = seed % 4 == 1 ? 200_000 : 500,
        WorkerEvery = 1 + seed % 3,
        Mood = seed % 3 == 1 ? dice => dice.Next(3) == 0 ? ChannelMood.Refuses : ChannelMood.Delivers : _ => ChannelMood.Delivers,
    };

    internal static (int Kills, bool Rested) Killed(VirtualTown town, Victim victim)
    {
        town.Installation.Start();
        // Imports are the program's, not the worker's.
        if (victim == Victim.Worker)
            town.Register();
        var executioner = new Executioner(town, victim, town.Setting.Seed);
        if (victim == Victim.Process)
            executioner.Do(town.Register);
        executioner.Do(town.OfferRules);
        town.RunUntil(town.Town.Start + town.Setting.Duration);
        executioner.Rest();
        return (executioner.Kills, town.Run());
    }

    private static List<string> Broken(VirtualTown town, int kills, bool rested, Action<string> tell, Tally? tally = null)
    {
        town.LookBack();
        List<string> broken = Truths.Broken(town, tally);
        if (!rested)
            broken.Add($"it never came to rest; {town.Installation.Unrest()}");
        if (broken.Count > 0)
            tell($"killed {kills} times");
        foreach (var line in broken.Count > 0 ? Story.Of(town) : [])
            tell(line);
        return broken;
    }

    /// <summary>Cases with how often their faults came, and faults with how often they came.</summary>
    private static string[] Outcome(VirtualTown town) => town.Installation.Stores.State.Read(db =>
    {
        // When people see a fault, and when medians are taken, depends on when the worker ran.
        var apart = town.Extra.Latching.Append("memory-beside-fleet").ToHashSet(StringComparer.Ordinal);
        var faults = FaultStore.List(db, new FaultFilter { Limit = Page.MaxRows }).Where(f => !apart.Contains(f.Rule)).ToList();
        return CaseStore.List(db, new CaseFilter { Limit = Page.MaxRows }).Where(c => !apart.Contains(c.Rule))
            .Select(c => $"case {c.Device} {c.Family} {c.Rule} {c.State} {c.Recurrences} {c.Reopened}")
            .Concat(faults.GroupBy(f => (f.Device, f.Rule)).Select(g => $"fault {g.Key.Device} {g.Key.Rule} {g.Count()} {g.Count(f => f.ClearedAt > 0)}"))
            .Order(StringComparer.Ordinal).ToArray();
    });
}
