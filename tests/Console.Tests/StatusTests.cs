using B2D.Console.Status;
using B2D.Console.Tests.Town;
using B2D.Storage;
using B2D.Storage.Notices;
using B2D.Storage.Outages;

namespace B2D.Console.Tests;

public sealed class StatusTests(SharedTown town) : IClassFixture<SharedTown>
{
    [Fact]
    public async Task Status_ToStrangers_NamesPlacesAndNeverNodes()
    {
        using var stranger = town.Host.Program("");
        var html = await stranger.GetStringAsync("/status");
        Assert.Contains("Internet does not work, Bonfim, Porto", html, StringComparison.Ordinal);
        Assert.Contains("Phone and mobile work", html, StringComparison.Ordinal);
        Assert.Contains("Service disrupted", html, StringComparison.Ordinal);
        foreach (var leak in new[] { "cab-7", "cab-8", "n12", "north", "south", "RT-00", "c10", "href=\"/cases", "href=\"/devices" })
            Assert.DoesNotContain(leak, html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_OfWhatIsHeldBack_SaysNothing()
    {
        using var stranger = town.Host.Program("");
        Assert.DoesNotContain("Faro", await stranger.GetStringAsync("/status"), StringComparison.Ordinal);
    }

    [Fact]
    public void History_LeavesOutWhatWentOnAsPartOfAnother_OurOwnTrouble_AndWhatAPersonStopped()
    {
        using var stores = Stores.InMemory();
        var shown = stores.State.Write(db =>
        {
            var over = new OutageRow { Rule = "r", Title = "Over", State = "Resolved", BeganAt = 1000, ToldAt = 1000, ResolvedAt = 2000 };
            long Add(OutageRow row, string episode) => OutageStore.TryOpen(db, row with { Episode = episode })!.Value;
            Add(over, "1");
            Add(over with { MergedInto = 1 }, "2");
            Add(over with { Guard = true }, "3");
            Add(over with { ToldAt = 0 }, "4");
            ApprovalStore.Put(db, new ApprovalRow { Subject = $"outage:{Add(over, "5")}", Status = "opened", Phase = "Stopped" });
            return StatusPages.Read(db, 3000, TimeZoneInfo.Utc);
        });
        Assert.Equal(1, Assert.Single(shown.Past).Id);
    }

    [Theory]
    [InlineData("Internet does not work", "Bonfim, Porto", "north/n12/cab-7", "Internet does not work", "Bonfim, Porto")]
    [InlineData("Outage at north/n12/cab-7", "cab-7", "north/n12/cab-7", "", "")]
    [InlineData("Outage at NORTH/N12", "North Porto", "north/n12", "", "North Porto")]
    [InlineData("Outage at other/n13", "Porto", "north/n12", "", "Porto")]
    [InlineData("No heating", "Rua de Cima 12/14", "heat/h7", "No heating", "Rua de Cima 12/14")]
    public void Public_OfAnOutage_LeavesNodeNamesOut(string title, string place, string segment, string expectedTitle, string expectedPlace)
    {
        var shown = StatusPages.Public(new OutageRow { Title = title, Place = place, Segment = segment });
        Assert.Equal((expectedTitle, expectedPlace), (shown.Title, shown.Place));
    }

    [Theory]
    [InlineData("pt-BR,pt;q=0.9,en;q=0.5", "lang=\"pt\"", "Serviço interrompido", "Uma coisa não funciona", "até 15:00 (Europe/Lisbon)")]
    [InlineData("de", "lang=\"de\"", "Eine Sache geht nicht", "Nächste Nachricht", "Zeiten in Europe/Lisbon")]
    [InlineData("fr", "lang=\"en\"", "One thing does not work")]
    public async Task Status_InTheLanguageOfTheBrowser(string accepted, params string[] expected)
    {
        using var stranger = town.Host.Program("");
        stranger.DefaultRequestHeaders.Add("Accept-Language", accepted);
        var html = System.Net.WebUtility.HtmlDecode(await stranger.GetStringAsync("/status"));
        Assert.All(expected, words => Assert.Contains(words, html, StringComparison.Ordinal));
        Assert.Contains(accepted == "de" ? "Behoben: Störung" : accepted == "fr" ? "Over: Service disrupted" : "Resolvido: Serviço interrompido", await stranger.GetStringAsync("/status/feed"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_OverDays_MarksThoseWithTrouble()
    {
        using var stranger = town.Host.Program("");
        Assert.Contains("2 days with trouble out of 30", await stranger.GetStringAsync("/status"), StringComparison.Ordinal);
    }
}
