using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using B2D.Console.Tests.Town;
using B2D.Storage.Cases;

namespace B2D.Console.Tests;

/// <summary>Cases that belong together, and those that should not have reached somebody.</summary>
public sealed class CaseLinksTests
{
    [Fact]
    public async Task Merged_TheOtherShowsWhatBelongedToIt()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        var other = Other(host);
        Assert.Contains("case #3 is of another device and another customer", await Post(host, browser, 1, ("act", "merge"), ("subject", "case"), ("number", "3")), StringComparison.Ordinal);
        Assert.Contains("Subject is missing or no case", await Post(host, browser, 1, ("act", "merge"), ("subject", "case"), ("number", "x")), StringComparison.Ordinal);
        var said = await Post(host, browser, 1, ("act", "merge"), ("subject", "case"), ("number", Text(other)));
        Assert.Contains($"Merged: everything is read at case #{other} now.", said, StringComparison.Ordinal);
        Assert.Contains($"This case was merged: what is known and done stands at case #{other}", said, StringComparison.Ordinal);
        Assert.Contains("Closed 14:20: Merged into another case.", said, StringComparison.Ordinal);
        var page = SignedIn.Words(await browser.GetStringAsync($"/cases/{other}"));
        foreach (var words in new[] { "with case #1 merged into it", "Neighbour says it hums loudly.", "so a technician is needed. We will call you", "Case #1 (Pump blocked on HP-0010) was merged into this one" })
            Assert.Contains(words, page, StringComparison.Ordinal);
        Assert.Contains("#1 Pump blocked", SignedIn.Words(await browser.GetStringAsync("/cases?q=is:merged")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Linked_BothPagesShowIt_UntilItIsTakenBack()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        Assert.Contains("Linked; both sides show it.", await Post(host, browser, 1, ("act", "link"), ("subject", "defect"), ("number", "1")), StringComparison.Ordinal);
        Assert.Contains("href=\"/defects/1\"", await browser.GetStringAsync("/cases/1"), StringComparison.Ordinal);
        Assert.Contains("Case #1 (Pump blocked on HP-0010) was linked to this", SignedIn.Words(await browser.GetStringAsync("/defects/1")), StringComparison.Ordinal);
        await Post(host, browser, 1, ("act", "link"), ("subject", "case"), ("number", "#2"));
        Assert.Contains("case #1 linked to this by admin", SignedIn.Words(await browser.GetStringAsync("/cases/2")), StringComparison.Ordinal);
        await Post(host, browser, 1, ("act", "unlink"), ("subject", "case:2"));
        Assert.DoesNotContain("linked to this by admin", SignedIn.Words(await browser.GetStringAsync("/cases/2")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CasesOfAnOutage_StandApart_ButNotThoseAboutSafety()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        await Post(host, browser, 1, ("act", "link"), ("subject", "outage"), ("number", "1"));
        await Post(host, browser, 2, ("act", "link"), ("subject", "outage"), ("number", "1"));
        var list = SignedIn.Words(await browser.GetStringAsync("/cases"));
        Assert.Contains("1 open case is part of outages that go on, and worked on there. Show it", list, StringComparison.Ordinal);
        Assert.DoesNotContain("#1 Pump", list, StringComparison.Ordinal);
        Assert.Contains("#2 Gas", list, StringComparison.Ordinal);
        Assert.Contains("#1 Pump", SignedIn.Words(await browser.GetStringAsync("/cases?q=state:open+is:in-outage")), StringComparison.Ordinal);
        Assert.DoesNotContain("#1 Pump", SignedIn.Words(await browser.GetStringAsync("/")), StringComparison.Ordinal);
        host.Stores.State.Write(db => db.Execute("UPDATE outages SET state = 'Resolved' WHERE id = 1"));
        Assert.Contains("#1 Pump", SignedIn.Words(await browser.GetStringAsync("/cases")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("care = TRUE")]
    [InlineData("complaint_due_at = 1")]
    [InlineData("reopened = 1")]
    [InlineData("word_at = 1")]
    [InlineData("late = TRUE")]
    public async Task CasesOfAnOutage_ThatComeFirst_StayInTheList(string because)
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        await Post(host, browser, 1, ("act", "link"), ("subject", "outage"), ("number", "1"));
        Assert.DoesNotContain("#1 Pump", SignedIn.Words(await browser.GetStringAsync("/cases")), StringComparison.Ordinal);
        host.Stores.State.Write(db => db.Execute($"UPDATE cases SET {because} WHERE id = 1"));
        Assert.Contains("#1 Pump", SignedIn.Words(await browser.GetStringAsync("/cases")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Objection_CountsForTheRule_AndComesBackWithWhatCameOfIt()
    {
        await using var host = await TownHost.Open();
        host.AddUser("ana", "anasana", "agent");
        host.AddUser("lea", "leasleas", "lead");
        using var ana = await SignedIn.As(host, "ana", "anasana");
        using var lea = await SignedIn.As(host, "lea", "leasleas");
        Assert.Contains("Nothing was done: the reason is one of", await Post(host, ana, 2, ("act", "objection"), ("reason", "dunno")), StringComparison.Ordinal);
        Assert.Contains("Noted in the rule’s record.", await Post(host, ana, 1, ("act", "objection"), ("reason", "too-early"), ("text", "a minute is nothing")), StringComparison.Ordinal);
        Assert.Equal(0, host.Stores.State.Read(db => CaseStore.Find(db, 1))!.RespondedAt);
        Assert.Equal("New", host.Stores.State.Read(db => CaseStore.Find(db, 1))!.State);
        var rule = SignedIn.Words(await lea.GetStringAsync("/rules/pump-blocked"));
        Assert.Contains("1 time “should not have reached me”", rule, StringComparison.Ordinal);
        Assert.Contains("It came too early : a minute is nothing case #1 · ana", rule, StringComparison.Ordinal);
        Assert.DoesNotContain("You said that", SignedIn.Words(await ana.GetStringAsync("/cases")), StringComparison.Ordinal);
        host.Rules.Current = host.Rules.Current with { Faults = [.. host.Rules.Current.Faults.Select(f => f.Id == "pump-blocked" ? f with { Version = "b2b2b2b2b2b2" } : f)] };
        Assert.Contains("You said that case #1 should not have reached you. The rule was changed since.", SignedIn.Words(await ana.GetStringAsync("/cases")), StringComparison.Ordinal);
        Assert.DoesNotContain("You said that", SignedIn.Words(await lea.GetStringAsync("/cases")), StringComparison.Ordinal);
        await Post(host, ana, 1, ("act", "seen-outcome"));
        Assert.DoesNotContain("You said that", SignedIn.Words(await ana.GetStringAsync("/cases")), StringComparison.Ordinal);
        Assert.Contains("You said that this should not have reached you: it came too early (“a minute is nothing”). The rule was changed since.", SignedIn.Words(await ana.GetStringAsync("/cases/1")), StringComparison.Ordinal);
        using var key = host.Program(host.Key("lead"));
        await key.PostAsJsonAsync("/api/objections/1/answer", new { text = "two minutes from now on" });
        Assert.Contains("key:of lead answered: two minutes from now on", SignedIn.Words(await ana.GetStringAsync("/cases")), StringComparison.Ordinal);
        var api = (await key.GetFromJsonAsync<JsonElement>("/api/rules/pump-blocked/objections")).GetProperty("items")[0];
        Assert.Equal(("answered", "too-early"), (api.GetProperty("outcome").GetString(), api.GetProperty("reason").GetString()));
    }

    /// <summary>Another open case of the owner of case 1.</summary>
    private static long Other(TownHost host) => host.Stores.State.Write(db =>
        CaseStore.TryOpen(db, CaseStore.Find(db, 1)! with { Device = "CM-0010", Family = "filter", Title = "Filter clogged", Episode = "77-1", Rule = "filter" }))!.Value;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static async Task<string> Post(TownHost host, HttpClient browser, long id, params (string, string)[] fields)
    {
        var version = Text(host.Stores.State.Read(db => CaseStore.Find(db, id))!.Version);
        return await browser.Follow(await browser.Post($"/cases/{id}", $"/cases/{id}/act", [.. fields, ("version", version)]));
    }
}
