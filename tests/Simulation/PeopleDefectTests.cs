using B2D.ProactiveWorker.Notices;
using B2D.Simulation.People;
using B2D.Simulation.World;
using B2D.Storage.Access;
using Xunit.Abstractions;

namespace B2D.Simulation;

/// <summary>
/// Goal: the checkers of people's towns see what they are there for. Method: defects put into towns of few hours on purpose, each in one seed after the other until it is found,
/// within thirty. They begin at a seed that is known to show it, so that a run is short.
/// </summary>
public sealed class PeopleDefectTests(Announcements announcements) : IClassFixture<Announcements>
{
    private const int MostSeeds = 30;

    /// <summary>What is forgotten or changed in the database in every step, and what the checkers say of it.</summary>
    [Theory]
    [InlineData("DELETE FROM consents", "do not want it", 0)]
    [InlineData("DELETE FROM owner_changes", "the ledger has nothing of it", 0)]
    [InlineData("DELETE FROM phone_tasks WHERE state = 'Open'", "no call is open", 0)]
    [InlineData("CREATE TRIGGER IF NOT EXISTS never AFTER UPDATE OF late ON phone_tasks WHEN NEW.late BEGIN UPDATE phone_tasks SET late = FALSE WHERE id = NEW.id; END", "nobody says that it is late", 8)]
    [InlineData("UPDATE cases SET word_at = 0", "nothing was said", 0)]
    [InlineData("UPDATE cases SET ask_first = FALSE", "resolved by itself", 0)]
    [InlineData("UPDATE cases SET complaint_due_at = 0", "with an open complaint", 33)]
    [InlineData("UPDATE cases SET version = 1", "somebody had changed it", 0)]
    [InlineData("UPDATE outages SET next_update_at = 0 WHERE told_at > 0", "nothing came", 1)]
    [InlineData("UPDATE slots SET capacity = 5", "more had one", 0)]
    [InlineData("UPDATE notices SET state = 'Due' WHERE state = 'Held'", "while it was offered", 0)]
    [InlineData("UPDATE notices SET state = 'Suppressed' WHERE state = 'Due' AND status = 'all-clear'", "not of its end", 13)]
    [InlineData("DELETE FROM timeline WHERE kind = 'note'", "its timeline has nothing", 0)]
    public void Checkers_Forgotten_IsCaught(string statement, string words, int first) =>
        Caught(seed => Hours(seed) with { Spoils = town => town.State.Write(db => db.Execute(statement)) }, words, first);

    [Fact]
    public void Checkers_NightsForgotten_IsCaught() => Caught(seed => Hours(seed) with { Tampers = notices => notices with { QuietHours = "none" } }, "quiet hours", 1);

    [Fact]
    public void Checkers_CapsForgotten_IsCaught() => Caught(seed => Hours(seed) with { Tampers = notices => notices with { Caps = new CapOptions() } }, "a day are the most", 2);

    [Fact]
    public void Checkers_LinksWithoutEnd_AreCaught() =>
        Caught(seed => new PeopleSetting(seed) { Tampers = notices => notices with { Links = notices.Links with { Lasts = TimeSpan.FromDays(14) } } }, "its time", 1);

    [Fact]
    public void Checkers_AllClearSkipped_IsCaught() => Caught(seed => Hours(seed) with { Wiring = new Wiring { Channel = channel => new SkippingChannel(channel, 1) } }, "not that it is over", 0);

    [Fact]
    public void Checkers_ActTwiceInTheAudit_IsCaught()
    {
        var left = 100;
        Caught(seed => Hours(seed) with { Spoils = town => town.State.Write(db => --left == 0 ? AuditStore.Append(db, town.Now, "ana", "case.Note", "case:1") : 0) }, "the audit has", 0);
    }

    /// <summary>A town of few hours in which much is done.</summary>
    private static PeopleSetting Hours(int seed) => new(seed) { Life = TimeSpan.FromHours(7), Rest = TimeSpan.FromHours(3), ActsAnHour = 40 };

    private void Caught(Func<int, PeopleSetting> defect, string words, int first)
    {
        for (var seed = first; seed < first + MostSeeds; seed++)
        {
            var broken = PeopleTests.Broken(defect(seed), _ => { });
            if (!broken.Exists(b => b.Contains(words, StringComparison.Ordinal)))
                continue;
            announcements.Tell($"'{words}' by seed {seed}: {broken.First(b => b.Contains(words, StringComparison.Ordinal))}");
            return;
        }
        Assert.Fail($"{MostSeeds} seeds, and nobody says '{words}'");
    }
}
