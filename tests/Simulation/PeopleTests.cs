using System.Globalization;
using B2D.Simulation.People;
using Xunit.Abstractions;

namespace B2D.Simulation;

/// <summary>
/// Goal: whatever people do, customers hear what they are owed and nothing else, what was promised is kept, and nothing that anybody did is lost. Method: small towns for a day
/// and a night in virtual time, each from one seed, in which agents, customers and operators act on whatever there is through the real desks; then everything that they did and
/// everything that left is read once more, plainly. A failing seed prints its story; B2D_SEED=n (or a range, 40-59) runs that one alone.
/// </summary>
public sealed class PeopleTests(ITestOutputHelper output)
{
    private const int Block = 3;

    public static TheoryData<int> Blocks => [.. Enumerable.Range(0, 3)];

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Town_OfPeople_HearsWhatItIsOwed(int block)
    {
        var seeds = SeedTests.Chosen() is { } chosen ? (block == 0 ? chosen : []) : Enumerable.Range(block * Block, Block);
        var failed = new List<string>();
        foreach (var seed in seeds)
        {
            if (Broken(new PeopleSetting(seed), output.WriteLine) is { Count: > 0 } broken)
                failed.Add(Told(seed, broken));
        }
        Assert.True(failed.Count == 0, string.Join(Environment.NewLine, failed));
    }

    /// <summary>What does not hold at the end of a town's run; empty for nothing.</summary>
    internal static List<string> Broken(PeopleSetting setting, Action<string> tell)
    {
        using var town = new PeopleTown(setting);
        var used = Environment.CpuUsage.TotalTime;
        town.Run();
        var ran = Environment.CpuUsage.TotalTime;
        var broken = PeopleTruths.Broken(town);
        tell($"seed {setting.Seed}: ran {(ran - used).TotalSeconds:0.00} s, judged {(Environment.CpuUsage.TotalTime - ran).TotalSeconds:0.00} s, {town.Book.Deeds.Count} deeds, {town.Tries.Count} tries");
        foreach (var line in broken.Count > 0 || SeedTests.Chosen()?.Count() == 1 ? Story.Of(town) : [])
            tell(line);
        return broken;
    }

    /// <summary>How somebody runs a failed seed alone.</summary>
    internal static string Told(int seed, List<string> broken) => string.Create(CultureInfo.InvariantCulture,
        $"seed {seed}, alone: B2D_SEED={seed} dotnet test tests/Simulation -c Release --filter {nameof(Town_OfPeople_HearsWhatItIsOwed)}: {string.Join("; ", broken)}");
}
