using B2D.FirmwareSim.Fleets;
using B2D.Simulation.World;
using B2D.Storage;
using B2D.Storage.Notices;
using B2D.Storage.Outages;
using Xunit;
using Xunit.Abstractions;

namespace B2D.Simulation;

/// <summary>
/// Goal: while a region, a node and a cabinet go down within seconds, beside single faults everywhere, there are three outages on the right segments, a case for each single
/// fault, and everybody whom an outage touches hears of it once and of its end once; one that grows stays one. Method: a storm over fifty houses in virtual time, calm, and
/// killed at commits while a third of what is sent is refused.
/// </summary>
public sealed class StormTests(ITestOutputHelper output)
{
    private const int Devices = 1000;

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    public void Storm_InAnyPlace_IsAsManyOutagesAsThereAre(int seed, bool grows)
    {
        using var town = new VirtualTown(SettingOf(seed, grows));
        town.Prepare();
        Assert.True(town.Run(), town.Installation.Unrest());
        AssertAllAsItShouldBe(town);
    }

    [Theory]
    [InlineData(5, false)]
    [InlineData(6, false)]
    [InlineData(7, true)]
    public void Storm_KilledAndRefused_TellsEverybodyOnce(int seed, bool grows)
    {
        using var town = new VirtualTown(SettingOf(seed, grows) with
        {
            Killed = true,
            BackOffMost = TimeSpan.FromSeconds(1),
            Mood = dice => dice.Next(3) == 0 ? ChannelMood.Refuses : ChannelMood.Delivers,
        });
        var (kills, rested) = CrashTests.Killed(town, Victim.Process);
        output.WriteLine($"killed {kills} times");
        Assert.True(rested, town.Installation.Unrest());
        Assert.True(kills >= 3, $"it was killed only {kills} times");
        AssertAllAsItShouldBe(town);
    }

    private static TownSetting SettingOf(int seed, bool grows) =>
        new(seed, Devices, Disturbances.None) { StormGrows = grows, Duration = TimeSpan.FromSeconds(100), Drain = TimeSpan.FromMinutes(10), Step = TimeSpan.FromMilliseconds(100) };

    private static void AssertAllAsItShouldBe(VirtualTown town)
    {
        var report = town.Report();
        Assert.Empty(report.Broken());
        Assert.Equal(town.Plan.Injections.Count(i => i.Device is not null), report.Cases.Opened);
        var outages = town.Installation.Stores.State.Read(db => OutageStore.List(db, [], Page.MaxRows, null));
        foreach (var cut in town.Fleet.Truth.WholeOutages)
        {
            var told = Assert.Single(outages, o => o.Segment == cut.Segment && o.ToldAt > 0);
            // Killed every few seconds, the program gives every router time to be heard again: some are back before it can say that they were silent.
            var touched = town.Setting.Killed ? [.. town.Installation.Stores.State.Read(db => OutageStore.Customers(db, told.Id)).Where(c => c.Length > 0)] : cut.Customers;
            Assert.Empty(touched.Except(cut.Customers));
            Assert.InRange(touched.Count, cut.Customers.Count / 2, cut.Customers.Count);
            // Refused again and again, some go to the next channel or to a person who is to call, and are over, or theirs works again, before they were told: that is in the
            // ledger, and they get no all-clear.
            var rows = Rows(town, told).ToLookup(n => n.Customer);
            var without = touched.Where(c => !rows.Contains(c)).ToList();
            Assert.True(without.Count == 0, $"outage {told.Id} on {told.Segment}: nothing in the ledger for {string.Join(" ", without)}");
            var late = rows.Where(g => !g.Any(n => n.WasTold)).ToList();
            Assert.True(late.Count == 0 || town.Setting.Killed);
            Assert.All(late, g => Assert.Contains(g, n => n.State == "Suppressed" && (n.Reason.Contains("over before it", StringComparison.Ordinal) || n.Reason.StartsWith(NoticeRow.WorkedAgain, StringComparison.Ordinal))));
            Assert.Equal(touched.Except(late.Select(g => g.Key)).Order(StringComparer.Ordinal), ToldOf(town, told, "opened"));
            Assert.Equal(ToldOf(town, told, "opened"), ToldOf(town, told, "all-clear"));
        }
        Assert.Equal(town.Fleet.Truth.WholeOutages.Count, outages.Count(o => o.ToldAt > 0 && o.MergedInto == 0));
    }

    private static IReadOnlyList<NoticeRow> Rows(VirtualTown town, OutageRow outage) =>
        town.Installation.Stores.State.Read(db => NoticeStore.List(db, new NoticeFilter { Subject = $"outage:{outage.Id}", Status = "opened", Limit = Page.MaxRows }));

    /// <summary>Who got it, once for each different message.</summary>
    private static IEnumerable<string> ToldOf(VirtualTown town, OutageRow outage, string status) =>
        town.Phones.Received.Where(p => p.About == $"outage:{outage.Id}" && p.Status == status).DistinctBy(p => p.Id).Select(p => p.Customer).Order(StringComparer.Ordinal);
}
