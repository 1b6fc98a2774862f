using B2D.Simulation.World;
using Xunit.Abstractions;

namespace B2D.Simulation;

/// <summary>
/// Goal: the checkers see what is wrong with acknowledgements and sessions. Method: defects put between the gateway and its log or its store of sessions, in towns over MQTT
/// whose program is killed again and again, one seed after the other until the very thing is found: within a hundred. The same town without the defect is in order.
/// </summary>
public sealed class SessionDefectTests(ITestOutputHelper output, Announcements announcements) : IClassFixture<Announcements>
{
    private const int FirstSeed = 4000;
    private const int MostSeeds = 100;

    [Fact]
    public void Checkers_AcknowledgedBeforeCommit_CaughtWithinHundredSeeds() =>
        Caught(_ => new Wiring { Log = log => new LateLog(log) }, "were acknowledged");

    [Fact]
    public void Checkers_AcceptedIdsForgotten_CaughtWithinHundredSeeds() =>
        Caught(_ => new Wiring { Sessions = store => new ForgettingSessions(store) }, "now the gateway knows nothing of it");

    [Fact]
    public void Checkers_SessionForgotten_CaughtWithinHundredSeeds() =>
        Caught(seed => new Wiring { Sessions = store => new LosingSessions(store, 1 + new Random(seed).Next(100)) }, "has forgotten the session");

    /// <param name="words">In what is found to be broken.</param>
    private void Caught(Func<int, Wiring> defect, string words)
    {
        for (var seed = FirstSeed; seed < FirstSeed + MostSeeds; seed++)
        {
            var wiring = defect(seed);
            var broken = CrashTests.BrokenAfterKills(seed, _ => { }, s => Rough(s) with { Wiring = wiring }).Broken;
            if (!broken.Exists(b => b.Contains(words, StringComparison.Ordinal)))
                continue;
            announcements.Tell($"caught by seed {seed}, number {seed - FirstSeed + 1}: {string.Join("; ", broken.Take(5))}");
            Assert.Empty(CrashTests.BrokenAfterKills(seed, output.WriteLine, Rough).Broken);
            return;
        }
        Assert.Fail($"{MostSeeds} seeds, and nothing of it was found");
    }

    private static TownSetting Rough(TownSetting setting) => setting with { Mqtt = true, Rough = true };
}
