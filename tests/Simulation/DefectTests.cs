using B2D.Core.Telemetry;
using B2D.Simulation.World;
using Xunit.Abstractions;

namespace B2D.Simulation;

/// <summary>
/// Goal: the checkers of this simulation see what they are there for. Method: defects put between the parts of the installation on purpose, each in towns of the seed
/// tests, one seed after the other until something is found to be broken: within a hundred. The same town without the defect is in order.
/// </summary>
public sealed class DefectTests(ITestOutputHelper output, Announcements announcements) : IClassFixture<Announcements>
{
    private const int MostSeeds = 100;

    /// <summary>About ten seconds of a small town's messages.</summary>
    private const int RepeatedEntries = 400;

    [Fact]
    public void Checkers_AcknowledgedReadingDropped_CaughtWithinHundredSeeds() =>
        Caught(seed => new Wiring { Log = log => AlteringLog.Without<Entry.Telemetry>(log, 1 + new Random(seed).Next(2000)) });

    [Fact]
    public void Checkers_StretchEvaluatedTwiceAfterRestart_CaughtWithinHundredSeeds() =>
        Caught(_ => new Wiring { WorkerStarted = (worker, stores) => Repetition.Of(worker, stores, RepeatedEntries, _ => true) }, restarts: true);

    /// <summary>The same where it is hardest to see: samples counted twice, of devices whose silence nobody minds.</summary>
    [Fact]
    public void Checkers_SamplesCountedTwiceAfterRestart_CaughtWithinHundredSeeds() =>
        Caught(_ => new Wiring { WorkerStarted = (worker, stores) => Repetition.Of(worker, stores, RepeatedEntries, IsSample) }, restarts: true);

    [Fact]
    public void Checkers_AllClearSkipped_CaughtWithinHundredSeeds() =>
        Caught(seed => new Wiring { Channel = channel => new SkippingChannel(channel, 1 + new Random(seed).Next(10)) });

    [Fact]
    public void Checkers_AcknowledgementForgottenAfterRestart_CaughtWithinHundredSeeds() =>
        Caught(_ => new Wiring { WorkerStarted = (worker, _) => Forgetting.Acknowledgements(worker) }, restarts: true);

    [Fact]
    public void Checkers_RaisesForgottenAfterRestart_CaughtWithinHundredSeeds() =>
        Caught(_ => new Wiring { WorkerStarted = (worker, _) => Forgetting.Raises(worker) }, restarts: true);

    [Fact]
    public void Checkers_HeldByWorkForgottenAfterRestart_CaughtWithinHundredSeeds() =>
        Caught(_ => new Wiring { WorkerStarted = (worker, _) => Forgetting.Held(worker) }, restarts: true, SeedTests.WithWork);

    [Fact]
    public void Checkers_WorkForgotten_CaughtWithinHundredSeeds() =>
        Caught(SeedTests.WithWork, "DELETE FROM maintenance WHERE id = 1", "worked on at");

    [Fact]
    public void Checkers_HoursForgottenAfterRestart_CaughtWithinHundredSeeds() =>
        Caught(_ => new Wiring { WorkerStarted = (worker, _) => Forgetting.Hours(worker) }, restarts: true, words: "told of");

    [Fact]
    public void Checkers_MediansTooHigh_CaughtWithinHundredSeeds() => Caught(_ => new Wiring { Log = log => new AlteringLog(log, TooHigh) });

    [Fact]
    public void Checkers_MediansNotTold_CaughtWithinHundredSeeds() =>
        Caught(_ => new Wiring { Log = log => AlteringLog.Without<Entry.FleetMedians>(log, 2) }, words: "no medians were told");

    [Fact]
    public void Checkers_LateMessagesForgotten_CaughtWithinHundredSeeds() => Caught(SeedTests.SettingOf, "DELETE FROM late_messages", "nobody found it");

    [Fact]
    public void Checkers_FoundLateOverTooLate_CaughtWithinHundredSeeds() =>
        Caught(SeedTests.SettingOf, "UPDATE faults SET ended_at = cleared_at WHERE back_dated = TRUE AND ended_at > onset_at", "says that it ended then");

    private static Entry TooHigh(Entry entry) => entry is Entry.FleetMedians told ? told with { Medians = [.. told.Medians.Select(m => m with { Value = m.Value + 0.05 })] } : entry;

    private static bool IsSample(Entry entry) => entry is Entry.Telemetry sent && !sent.Device.Value.StartsWith("RT-", StringComparison.Ordinal);

    /// <param name="settingOf">Of which towns.</param>
    /// <param name="statement">What happens to the state database again and again.</param>
    /// <param name="words">In what is found to be broken.</param>
    private void Caught(Func<int, TownSetting> settingOf, string statement, string words) =>
        Caught(_ => new Wiring(), settingOf: settingOf, spoils: town => town.Installation.Stores.State.Write(db => db.Execute(statement)), words: words);

    private void Caught(Func<int, Wiring> defect, bool restarts = false, Func<int, TownSetting>? settingOf = null, Action<VirtualTown>? spoils = null, string words = "")
    {
        for (var seed = 0; seed < MostSeeds; seed++)
        {
            var setting = (settingOf ?? SeedTests.SettingOf)(seed);
            var broken = SeedTests.Broken(setting with { Wiring = defect(seed) }, _ => { }, restarts ? Restart(setting) : spoils);
            if (!broken.Exists(b => b.Contains(words, StringComparison.Ordinal)))
                continue;
            announcements.Tell($"caught by seed {seed}, number {seed + 1}: {string.Join("; ", broken.Take(5))}");
            Assert.Empty(SeedTests.Broken(setting, output.WriteLine, restarts ? Restart(setting) : null));
            return;
        }
        Assert.Fail($"{MostSeeds} seeds, and nothing was found to be broken");
    }

    /// <summary>Kills the worker once while troubles last, and starts another at once.</summary>
    private static Action<VirtualTown> Restart(TownSetting setting)
    {
        var after = setting.Duration * (0.2 + (0.6 * new Random(setting.Seed).NextDouble()));
        var done = false;
        return town =>
        {
            if (done || town.Clock.Now < town.Town.Start + after)
                return;
            done = true;
            town.Installation.KillWorker();
            town.Installation.StartWorker();
        };
    }
}
