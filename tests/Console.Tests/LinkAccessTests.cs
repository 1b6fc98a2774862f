using System.Net;
using B2D.Console.Tests.Town;
using B2D.Core.Cases;
using B2D.Core.Customers;
using B2D.Core.Devices;
using B2D.ProactiveWorker.Notices;
using B2D.Storage.Customers;
using B2D.Storage.Devices;

namespace B2D.Console.Tests;

/// <summary>Whom a link opens something for: guessing, other customers, time, sale, erasure.</summary>
public sealed class LinkAccessTests
{
    [Fact]
    public async Task SwitchedOff_NothingIsCarried_AndNothingOpens()
    {
        await using var town = await LinkTown.Open(LinkTown.Options with { Links = LinkTown.Options.Links with { Pages = false } });
        Assert.Equal(("", ""), await town.LinkOf(1));
        Assert.DoesNotContain("http", town.Phone.Sent[^1].Text, StringComparison.Ordinal);
        using var stranger = town.Host.Program("");
        Assert.Equal(HttpStatusCode.NotFound, await LinkTown.Status(stranger, "/l/1.AAAAAAAAAAAAAAAAAAAAAA"));
    }

    [Fact]
    public async Task Link_IsTheSameInEveryNoticeOfASubject_AndAnotherForAnother()
    {
        await using var town = await LinkTown.Open();
        var first = await town.LinkOf(1);
        Assert.Equal(first, await town.LinkOf(1));
        var other = await town.LinkOf(3);
        Assert.NotEqual(first.Path, other.Path);
        Assert.NotEqual(first.Code, other.Code);
    }

    [Fact]
    public async Task Guesses_FindNothing_AndWhoMakesManyWaits()
    {
        await using var town = await LinkTown.Open();
        var (path, _) = await town.LinkOf(1);
        var (other, _) = await town.LinkOf(3);
        using var guesser = town.Host.Program("");
        // The number of one with the signature of another, a letter more, less and changed.
        string[] guesses = [path.Split('.')[0] + "." + other.Split('.')[1], path + "A", path[..^1], path[..^1] + (path[^1] == 'A' ? 'B' : 'A'), "/l/999.x", "/l/x"];
        foreach (var guess in guesses.Concat(["/l/1.", "/l/2.x", "/l/3.x", "/l/4.x"]))
            Assert.Equal(HttpStatusCode.NotFound, await LinkTown.Status(guesser, guess));
        var refused = await guesser.GetAsync(new Uri(path[..^1], UriKind.Relative));
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal(TimeSpan.FromMinutes(5), refused.Headers.RetryAfter!.Delta);
        // A customer of the same network does not wait for the guesser, and nobody anywhere else.
        Assert.Equal(HttpStatusCode.OK, await LinkTown.Status(guesser, path));
        using var elsewhere = town.Host.Program("");
        elsewhere.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7");
        Assert.Equal(HttpStatusCode.NotFound, await LinkTown.Status(elsewhere, path[..^1]));
        town.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(HttpStatusCode.NotFound, await LinkTown.Status(guesser, path[..^1]));
    }

    [Fact]
    public async Task LinksThatAreOver_OpenedByManyFromOneNetwork_ArePolitelyMissing_AndNobodyWaits()
    {
        await using var town = await LinkTown.Open();
        var (old, _) = await town.LinkOf(1);
        Sell(town, "c12");
        using var network = town.Host.Browser();
        for (var i = 0; i < 20; i++)
            Assert.Equal(HttpStatusCode.NotFound, await LinkTown.Status(network, old));
        Assert.Equal(HttpStatusCode.NotFound, await LinkTown.Status(network, "/l/1.x"));
        Assert.Equal(HttpStatusCode.OK, await LinkTown.Status(network, (await town.LinkOf(3)).Path));
    }

    [Fact]
    public async Task Acts_WithOneLink_AreThirtyAnHour_AndReadingIsFree()
    {
        await using var town = await LinkTown.Open();
        var (path, _) = await town.LinkOf(1);
        var (other, _) = await town.LinkOf(3);
        using var browser = town.Host.Browser();
        var token = SignedIn.TokenOf(await browser.GetStringAsync(path));
        for (var i = 0; i < 15; i++)
        {
            await browser.Send(path, ("act", "call"), ("by", $"{At(18)}"), ("__token", token));
            await browser.Send(path, ("act", "no-call"), ("__token", token));
        }
        var before = town.Trace;
        Assert.Equal(HttpStatusCode.TooManyRequests, (await browser.Send(path, ("act", "call"), ("by", $"{At(20)}"), ("__token", token))).StatusCode);
        Assert.Equal(before, town.Trace);
        Assert.Equal(HttpStatusCode.OK, await LinkTown.Status(browser, path));
        Assert.Contains("Continuamos a tratar", await LinkTown.Act(browser, other, ("act", "broken")), StringComparison.Ordinal);
        town.Clock.Advance(TimeSpan.FromMinutes(61));
        Assert.Contains("Vamos telefonar-lhe.", await LinkTown.Act(browser, path, ("act", "call"), ("by", $"{At(20)}")), StringComparison.Ordinal);

        static long At(int hour) => new DateTimeOffset(2026, 11, 24, hour, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
    }

    [Fact]
    public async Task Code_AsPeopleTypeIt_LeadsToThePage_AndWrongOnesFromAnywhereStopAllCodes()
    {
        await using var town = await LinkTown.Open();
        var (path, code) = await town.LinkOf(1);
        using var browser = town.Host.Browser();
        Assert.Equal(path, (await browser.GetAsync(new Uri("/k/" + code, UriKind.Relative))).Headers.Location!.OriginalString);
        var typed = code[..4].ToUpperInvariant() + "-" + code[4..];
        Assert.Equal(path, (await browser.Post("/k", "/k", ("code", typed))).Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.OK, (await browser.Send("/k", ("code", typed))).StatusCode);
        for (var i = 0; i < 300; i++)
        {
            using var guesser = town.Host.Program("");
            guesser.DefaultRequestHeaders.Add("X-Forwarded-For", $"198.51.{i / 200}.{i % 200}");
            guesser.DefaultRequestHeaders.AcceptLanguage.ParseAdd("de");
            Assert.Equal(HttpStatusCode.NotFound, await LinkTown.Status(guesser, $"/k/{code[..6]}{(code.EndsWith("zz", StringComparison.Ordinal) ? "yy" : "zz")}"));
        }
        var refused = await browser.GetAsync(new Uri("/k/" + code, UriKind.Relative));
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        // Links still open.
        Assert.Equal(HttpStatusCode.OK, await LinkTown.Status(browser, path));
        town.Clock.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal(HttpStatusCode.Redirect, await LinkTown.Status(browser, "/k/" + code));
    }

    [Fact]
    public async Task Link_EndsAfterItsTime_WhichCountsFromTheLastNotice()
    {
        await using var town = await LinkTown.Open();
        var (path, code) = await town.LinkOf(1);
        using var browser = town.Host.Browser();
        town.Clock.Advance(TimeSpan.FromDays(13));
        await town.LinkOf(1);
        town.Clock.Advance(TimeSpan.FromDays(13));
        var token = SignedIn.TokenOf(await browser.GetStringAsync(path));
        town.Clock.Advance(TimeSpan.FromDays(1));
        var before = town.Trace;
        Assert.Equal(HttpStatusCode.NotFound, await LinkTown.Status(browser, path));
        Assert.Equal(HttpStatusCode.NotFound, await LinkTown.Status(browser, "/k/" + code));
        Assert.Equal(HttpStatusCode.NotFound, (await browser.Send(path, ("act", "broken"), ("__token", token))).StatusCode);
        Assert.Equal(before, town.Trace);
    }

    [Fact]
    public async Task Sold_TheOldOwnersLinkEndsAtOnce_AndTheNewOneSeesNothingFromBefore()
    {
        await using var town = await LinkTown.Open();
        var (old, _) = await town.LinkOf(1);
        using var browser = town.Host.Browser();
        using var agent = await SignedIn.AsAdministrator(town.Host);
        await agent.Post("/slots", "/slots", ("start", "2026-11-27T09:00"), ("end", "2026-11-27T11:00"), ("capacity", "1"));
        await LinkTown.Act(browser, old, ("act", "slot"), ("slot", "1"));
        await LinkTown.Act(browser, old, ("act", "call"), ("by", $"{new DateTimeOffset(2026, 11, 24, 18, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds()}"));
        town.Clock.Advance(TimeSpan.FromMinutes(30));
        Sell(town, "c12");
        // Before anything else has run.
        Assert.Equal(HttpStatusCode.NotFound, await LinkTown.Status(browser, old));
        await town.Send();
        var (mine, _) = await town.LinkOf(1);
        using var buyer = town.Host.Browser();
        var html = WebUtility.HtmlDecode(await buyer.GetStringAsync(mine));
        Assert.Contains("<html lang=\"en\">", html, StringComparison.Ordinal);
        Assert.Contains("Since Tue 24 Nov 14:50 WET.", html, StringComparison.Ordinal);
        Assert.DoesNotContain("We come", html.Replace("We come soon.", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Single(System.Text.RegularExpressions.Regex.Matches(html, "class=\"told\""));
        Assert.DoesNotContain("We call you by", html, StringComparison.Ordinal);
        Assert.Contains("value=\"1\"", html, StringComparison.Ordinal);
        // Bought back: what was theirs before stays ended, and they see nothing of it.
        town.Clock.Advance(TimeSpan.FromMinutes(30));
        Sell(town, "c10");
        Assert.Equal(HttpStatusCode.NotFound, await LinkTown.Status(browser, old));
        Assert.Equal(HttpStatusCode.NotFound, await LinkTown.Status(buyer, mine));
        await town.Send();
        var (again, _) = await town.LinkOf(1);
        Assert.NotEqual(old, again);
        Assert.Single(System.Text.RegularExpressions.Regex.Matches(await browser.GetStringAsync(again), "class=\"told\""));
    }

    [Fact]
    public async Task Sold_TheNewOwnerIsNotShownHowHardItWasForTheOldOne()
    {
        await using var town = await LinkTown.Open();
        var (old, _) = await town.LinkOf(1);
        town.Do(1, new CaseAct.Resolve());
        using var browser = town.Host.Browser();
        Assert.Contains("Disse 6 de 7.", await LinkTown.Act(browser, old, ("act", "survey"), ("score", "6")), StringComparison.Ordinal);
        await LinkTown.Act(browser, old, ("act", "broken"));
        Sell(town, "c12");
        await town.Send();
        var (mine, _) = await town.LinkOf(1);
        town.Do(1, new CaseAct.Resolve());
        var page = SignedIn.Words(await browser.GetStringAsync(mine));
        Assert.DoesNotContain("6 of 7", page, StringComparison.Ordinal);
        Assert.DoesNotContain("How hard was this", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Erased_TheLinkEndsAtOnce()
    {
        await using var town = await LinkTown.Open();
        var (path, code) = await town.LinkOf(1);
        using var browser = town.Host.Browser();
        Assert.Equal(HttpStatusCode.OK, await LinkTown.Status(browser, path));
        town.Host.Stores.State.Write(db => CustomerStore.Erase(db, "c10"));
        Assert.Equal(HttpStatusCode.NotFound, await LinkTown.Status(browser, path));
        Assert.Equal(HttpStatusCode.NotFound, await LinkTown.Status(browser, "/k/" + code));
        town.Host.Stores.State.Write(db => CustomerStore.Put(db, new Customer("c10") { Name = "Somebody else" }, 1));
        Assert.Equal(HttpStatusCode.NotFound, await LinkTown.Status(browser, path));
    }

    [Fact]
    public void Options_ThatCannotBe_AreSaid()
    {
        Assert.Equal(["Notices:Links:Pages is on, but Notices:Links:Url is empty"], new LinkOptions { Pages = true }.Validate());
        Assert.Empty(LinkTown.Options.Links.Validate());
        Assert.Contains("Notices:Links:Lasts is 00:00:01, allowed is 1 h to 90 days", (LinkTown.Options.Links with { Lasts = TimeSpan.FromSeconds(1) }).Validate());
        Assert.Single((LinkTown.Options.Links with { Typed = "https://b2d.example/k" }).Validate());
    }

    private static void Sell(LinkTown town, string to) => town.Host.Stores.State.Write(db =>
        DeviceStore.Put(db, DeviceStore.Find(db, "HP-0010")!.ToDevice() with { Customer = to }, town.Now.EpochMs));
}
