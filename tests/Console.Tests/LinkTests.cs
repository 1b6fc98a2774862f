using System.Net;
using B2D.Console.Tests.Town;
using B2D.Core.Cases;
using B2D.Storage.Cases;
using B2D.Storage.Links;
using B2D.Storage.Notices;

namespace B2D.Console.Tests;

/// <summary>Customers' own pages: what they say, and each act once.</summary>
public sealed class LinkTests
{
    [Fact]
    public async Task Page_SaysWhatWasTold_InTheCustomersLanguage_AndIsKeptNowhere()
    {
        await using var town = await LinkTown.Open();
        var (path, _) = await town.LinkOf(1);
        using var browser = town.Host.Browser();
        var answer = await browser.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal((true, "no-referrer", "noindex, nofollow"),
            (answer.Headers.CacheControl!.NoStore, answer.Headers.GetValues("Referrer-Policy").Single(), answer.Headers.GetValues("X-Robots-Tag").Single()));
        var html = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        Assert.Contains("<html lang=\"pt\">", html, StringComparison.Ordinal);
        Assert.Contains("Pump blocked, HP-0010", html, StringComparison.Ordinal);
        Assert.Contains("O que lhe dissemos", html, StringComparison.Ordinal);
        Assert.Contains("Referência C-1", html, StringComparison.Ordinal);
        foreach (var wrong in new[] { "<script", "https://", "cab-7", "n12", "P-88", "href=\"/cases", "admin" })
            Assert.DoesNotContain(wrong, html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_ByProgramsThatFollowLinks_ChangesNothing()
    {
        await using var town = await LinkTown.Open();
        var (path, code) = await town.LinkOf(1);
        using var stranger = town.Host.Program("");
        var before = town.Trace;
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Head, HttpMethod.Options })
        {
            foreach (var address in new[] { path, path + "?act=broken", "/k/" + code, "/k" })
                await stranger.SendAsync(new HttpRequestMessage(method, address));
        }
        Assert.Equal(before, town.Trace);
    }

    [Fact]
    public async Task Form_WithoutItsToken_OrWithAnothersToken_DoesNothing()
    {
        await using var town = await LinkTown.Open();
        var (path, _) = await town.LinkOf(1);
        using var browser = town.Host.Browser();
        using var other = town.Host.Browser();
        var token = SignedIn.TokenOf(await other.GetStringAsync(path));
        var before = town.Trace;
        await browser.GetStringAsync(path);
        Assert.Contains("Nada foi feito", await browser.Follow(await browser.Send(path, ("act", "broken"))), StringComparison.Ordinal);
        Assert.Contains("Nada foi feito", await browser.Follow(await browser.Send(path, ("act", "broken"), ("__token", token))), StringComparison.Ordinal);
        Assert.Equal(before, town.Trace);
    }

    [Fact]
    public async Task StillBroken_OnAnOpenCase_KeepsItUntilSomebodyAsks_Once()
    {
        await using var town = await LinkTown.Open();
        var (path, _) = await town.LinkOf(1);
        town.Set(1, c => c with { ClearSinceAt = town.Now.EpochMs - 60_000 });
        using var browser = town.Host.Browser();
        Assert.Contains("Continuamos a tratar", await LinkTown.Act(browser, path, ("act", "broken"), ("words", "It <hums>")), StringComparison.Ordinal);
        var row = town.Case(1);
        Assert.Equal((true, town.Now.EpochMs, "New"), (row.AskFirst, row.ClearSinceAt, row.State));
        Assert.Contains("Isso já sabemos.", await LinkTown.Act(browser, path, ("act", "broken")), StringComparison.Ordinal);
        Assert.Equal(row, town.Case(1));
        Assert.Equal(["link.still-broken case:1"], town.Audit);
        using var agent = await SignedIn.AsAdministrator(town.Host);
        Assert.Contains("It &lt;hums&gt;", await agent.GetStringAsync("/cases/1"), StringComparison.Ordinal);
        // Quiet again for as long as its rule says: they are asked.
        town.Clock.Advance(TimeSpan.FromMinutes(31));
        town.Host.Worker.CaseClock.Pump(town.Now);
        Assert.True(town.Case(1).AskedAt > 0);
        Assert.Contains("Para si também?", SignedIn.Words(await browser.GetStringAsync(path)), StringComparison.Ordinal);
        Assert.Contains("Continuamos a tratar", await LinkTown.Act(browser, path, ("act", "broken")), StringComparison.Ordinal);
        Assert.Equal(0, town.Case(1).AskedAt);
    }

    [Fact]
    public async Task StillBroken_AfterItWasResolved_OpensItAgain_Once()
    {
        await using var town = await LinkTown.Open();
        var (path, _) = await town.LinkOf(1);
        town.Do(1, new CaseAct.Resolve());
        using var browser = town.Host.Browser();
        Assert.Contains("Já funciona desde", SignedIn.Words(await browser.GetStringAsync(path)), StringComparison.Ordinal);
        Assert.Contains("Voltámos a tratar disto", await LinkTown.Act(browser, path, ("act", "broken")), StringComparison.Ordinal);
        Assert.Contains("Isso já sabemos.", await LinkTown.Act(browser, path, ("act", "broken")), StringComparison.Ordinal);
        var row = town.Case(1);
        Assert.Equal((1, true, ""), ((int)row.Reopened, row.AskFirst, row.ResolvedBy));
        Assert.Contains(row.State, CaseStore.OpenStates);
    }

    [Fact]
    public async Task StillBroken_AfterItWasClosed_OpensANewCaseThatNamesIt_Once()
    {
        await using var town = await LinkTown.Open();
        var (path, _) = await town.LinkOf(1);
        town.Do(1, new CaseAct.Close("true-fault"));
        using var browser = town.Host.Browser();
        Assert.Contains("Alguém vai tratar disto agora", await LinkTown.Act(browser, path, ("act", "broken")), StringComparison.Ordinal);
        Assert.Contains("Isso já sabemos.", await LinkTown.Act(browser, path, ("act", "broken")), StringComparison.Ordinal);
        var opened = town.Host.Stores.State.Read(db => CaseStore.FindOpen(db, "HP-0010", "pump"))!;
        Assert.Equal((1L, "c10", true, "New"), (opened.LinkedCase, opened.Customer, opened.AskFirst, opened.State));
        Assert.Equal("Closed", town.Case(1).State);
        Assert.Contains($"C-{opened.Id}", await browser.GetStringAsync(path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WorksAgain_ResolvesWhatIsClear_AndIsNotedOfTheRest()
    {
        await using var town = await LinkTown.Open();
        var (path, _) = await town.LinkOf(1);
        using var browser = town.Host.Browser();
        Assert.Contains("ficou registado", await LinkTown.Act(browser, path, ("act", "works")), StringComparison.Ordinal);
        Assert.Contains("Isso já sabemos.", await LinkTown.Act(browser, path, ("act", "works")), StringComparison.Ordinal);
        Assert.Contains(town.Case(1).State, CaseStore.OpenStates);
        Assert.Contains("Continuamos a tratar", await LinkTown.Act(browser, path, ("act", "broken")), StringComparison.Ordinal);
        town.Set(1, c => c with { ClearSinceAt = town.Now.EpochMs });
        Assert.Contains("Damos isto por resolvido", await LinkTown.Act(browser, path, ("act", "works")), StringComparison.Ordinal);
        Assert.Equal(("Resolved", "customer"), (town.Case(1).State, town.Case(1).ResolvedBy));
        var version = town.Case(1).Version;
        Assert.Contains("Isso já sabemos.", await LinkTown.Act(browser, path, ("act", "works")), StringComparison.Ordinal);
        Assert.Equal(version, town.Case(1).Version);
    }

    [Fact]
    public async Task WorksAgain_OfWhatMayHurtSomebody_OrIsPromised_IsLeftToPeople()
    {
        await using var town = await LinkTown.Open();
        var (gas, _) = await town.LinkOf(2);
        var (pump, _) = await town.LinkOf(3);
        town.Set(2, c => c with { ClearSinceAt = 1 });
        town.Do(3, new CaseAct.PromiseWord(town.Now + TimeSpan.FromHours(2), "the kit"));
        town.Set(3, c => c with { ClearSinceAt = 1 });
        using var browser = town.Host.Browser();
        await LinkTown.Act(browser, gas, ("act", "works"));
        await LinkTown.Act(browser, pump, ("act", "works"));
        Assert.All(new[] { 2, 3 }, id => Assert.Contains(town.Case(id).State, CaseStore.OpenStates));
        Assert.True(town.Case(3).AskFirst);
    }

    [Fact]
    public async Task Slot_IsBookedChangedAndGivenBack_AndTheLastPlaceIsOnes()
    {
        await using var town = await LinkTown.Open();
        var (one, two) = ((await town.LinkOf(1)).Path, (await town.LinkOf(3)).Path);
        using var agent = await SignedIn.AsAdministrator(town.Host);
        async Task Add(string start, string end, string place, string capacity, string segment = "") =>
            await agent.Post("/slots", "/slots", ("start", start), ("end", end), ("place", place), ("segment", segment), ("capacity", capacity));
        await Add("2026-11-26T09:00", "2026-11-26T11:00", "Porto", "1");
        await Add("2026-11-27T14:00", "2026-11-27T16:00", "Bonfim", "2");
        await Add("2026-11-27T14:00", "2026-11-27T16:00", "Faro", "5");
        await Add("2026-11-29T14:00", "2026-11-29T16:00", " Porto ", "5", "/north/n12/");
        Assert.Equal(("Porto", "north/n12"), town.Host.Stores.State.Read(db => SlotStore.Find(db, 4))! is var written ? (written.Place, written.Segment) : default);
        using var ana = town.Host.Browser();
        using var rui = town.Host.Browser();
        var page = await ana.GetStringAsync(one);
        Assert.Contains("09:00–11:00", WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        Assert.DoesNotContain("value=\"3\"", page[page.IndexOf("id=\"visit\"", StringComparison.Ordinal)..page.IndexOf("id=\"call\"", StringComparison.Ordinal)], StringComparison.Ordinal);
        Assert.Contains("A visita está marcada.", await LinkTown.Act(ana, one, ("act", "slot"), ("slot", "1")), StringComparison.Ordinal);
        Assert.Contains("Esta visita já está marcada.", await LinkTown.Act(ana, one, ("act", "slot"), ("slot", "1")), StringComparison.Ordinal);
        Assert.Contains("Alguém foi mais rápido", await LinkTown.Act(rui, two, ("act", "slot"), ("slot", "1")), StringComparison.Ordinal);
        // Nothing of another place, and nothing that is not there.
        foreach (var wrong in new[] { "3", "99", "x" })
            Assert.Contains("não é possível", await LinkTown.Act(rui, two, ("act", "slot"), ("slot", wrong)), StringComparison.Ordinal);
        Assert.True(town.Case(1).AskFirst);
        var casePage = SignedIn.Words(await agent.GetStringAsync("/cases/1"));
        Assert.Contains("A visit is booked: Thursday 09:00", casePage, StringComparison.Ordinal);
        Assert.Contains("Visit booked", casePage, StringComparison.Ordinal);
        Assert.Contains("1 of 1", SignedIn.Words(await agent.GetStringAsync("/slots")), StringComparison.Ordinal);
        // Moved, so that the first place is free again.
        await LinkTown.Act(ana, one, ("act", "slot"), ("slot", "2"));
        Assert.Contains("A visita está marcada.", await LinkTown.Act(rui, two, ("act", "slot"), ("slot", "1")), StringComparison.Ordinal);
        Assert.Contains("A visita foi desmarcada.", await LinkTown.Act(ana, one, ("act", "give-back")), StringComparison.Ordinal);
        Assert.Contains("Não há nenhuma visita marcada.", await LinkTown.Act(ana, one, ("act", "give-back")), StringComparison.Ordinal);
        // Less than twelve hours before it can no longer be changed here.
        town.Clock.Advance(TimeSpan.FromHours(34));
        Assert.Contains("já não pode ser mudada aqui", await LinkTown.Act(rui, two, ("act", "give-back")), StringComparison.Ordinal);
        Assert.Contains("já não pode ser mudada aqui", await LinkTown.Act(rui, two, ("act", "slot"), ("slot", "2")), StringComparison.Ordinal);
        Assert.Equal([1L, 0L, 0L], town.Host.Stores.State.Read(db => new[] { 1, 2, 3 }.Select(id => SlotStore.Find(db, id)!.Taken).ToArray()));
        Assert.Equal(["link.pick-slot case:1", "link.pick-slot case:1", "link.pick-slot case:3", "link.give-back case:1"], town.Audit);
    }

    [Fact]
    public async Task Slot_OfAVisitThatIsCalledOff_IsSomebodyElses_AndOneThatIsOverIsNoLongerBooked()
    {
        await using var town = await LinkTown.Open();
        var (path, _) = await town.LinkOf(1);
        using var program = town.Host.Program(town.Host.Key("operator"));
        Assert.Equal(HttpStatusCode.Created, (await program.PostAsync(new Uri("/api/slots", UriKind.Relative), Json("""{"start":"2026-11-27T09:00:00Z","end":"2026-11-27T11:00:00Z","capacity":1}"""))).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await program.PostAsync(new Uri("/api/slots", UriKind.Relative), Json("""{"start":"2026-11-27T09:00:00Z","end":"2026-11-27T11:00:00Z","capacity":0}"""))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await program.PostAsync(new Uri("/api/slots", UriKind.Relative), Json("""{"start":"soon"}"""))).StatusCode);
        using var browser = town.Host.Browser();
        await LinkTown.Act(browser, path, ("act", "slot"), ("slot", "1"));
        Assert.Contains("\"taken\":1", await program.GetStringAsync("/api/slots"), StringComparison.Ordinal);
        Assert.Contains("\"caseId\":1,\"customer\":\"c10\"", await program.GetStringAsync("/api/slots"), StringComparison.Ordinal);
        using var agent = await SignedIn.AsAdministrator(town.Host);
        var version = $"{town.Case(1).Version}";
        Assert.Contains("call it off first", await agent.Follow(await agent.Post("/cases/1", "/cases/1/act", ("act", "resolve"), ("version", version))), StringComparison.Ordinal);
        Assert.Contains("what you wrote is on its way", await agent.Follow(await agent.Post("/cases/1", "/cases/1/act", ("act", "call-off-visit"), ("text", "Nobody comes."), ("version", version))), StringComparison.Ordinal);
        town.Do(1, new CaseAct.Resolve());
        Assert.Contains("\"taken\":0", await program.GetStringAsync("/api/slots"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await program.PostAsync(new Uri("/api/slots/1/close", UriKind.Relative), null)).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await program.PostAsync(new Uri("/api/slots/1/close", UriKind.Relative), null)).StatusCode);
        await program.PostAsync(new Uri("/api/slots", UriKind.Relative), Json("""{"start":"2026-11-27T09:00:00Z","end":"2026-11-27T11:00:00Z","capacity":1}"""));
        var (other, _) = await town.LinkOf(3);
        await LinkTown.Act(browser, other, ("act", "slot"), ("slot", "2"));
        Assert.Contains("A visit is booked", SignedIn.Words(await agent.GetStringAsync("/cases/3")), StringComparison.Ordinal);
        // The agent moves it for whoever calls, in the form that offers what is free.
        await program.PostAsync(new Uri("/api/slots", UriKind.Relative), Json("""{"start":"2026-11-27T13:00:00Z","end":"2026-11-27T15:00:00Z","capacity":1}"""));
        Assert.Contains("Move the visit", SignedIn.Words(await agent.GetStringAsync("/cases/3")), StringComparison.Ordinal);
        Assert.Contains("slot is missing", await agent.Follow(await agent.Post("/cases/3", "/cases/3/act", ("act", "book-visit"), ("version", $"{town.Case(3).Version}"))), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("The visit is booked; what you wrote", await agent.Follow(await agent.Post("/cases/3", "/cases/3/act", ("act", "book-visit"), ("slot", "3"), ("text", "At one instead."), ("version", $"{town.Case(3).Version}"))), StringComparison.Ordinal);
        Assert.Equal([0L, 1L], town.Host.Stores.State.Read(db => new[] { 2, 3 }.Select(id => SlotStore.Find(db, id)!.Taken).ToArray()));
        town.Clock.Advance(TimeSpan.FromDays(4));
        using var later = await SignedIn.AsAdministrator(town.Host);
        var page = SignedIn.Words(await later.GetStringAsync("/cases/3"));
        Assert.DoesNotContain("Slot #2", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_ByATime_IsATaskWithThatTime_MovedAndTakenBack()
    {
        await using var town = await LinkTown.Open();
        var (path, _) = await town.LinkOf(1);
        using var browser = town.Host.Browser();
        var at = TownHost.Start.AddHours(1.0 / 3 * 5).ToUnixTimeMilliseconds();
        Assert.Contains("não é possível", await LinkTown.Act(browser, path, ("act", "call"), ("by", $"{at + 60_000}")), StringComparison.Ordinal);
        var (first, second) = ($"{At(18)}", $"{At(20)}");
        Assert.Contains("Vamos telefonar-lhe.", await LinkTown.Act(browser, path, ("act", "call"), ("by", first)), StringComparison.Ordinal);
        Assert.Contains("já está prometida", await LinkTown.Act(browser, path, ("act", "call"), ("by", first)), StringComparison.Ordinal);
        await LinkTown.Act(browser, path, ("act", "call"), ("by", second));
        var task = Assert.Single(town.Host.Stores.State.Read(db => PhoneTaskStore.Open(db)));
        Assert.Equal((At(20), "the customer asked to be called", "case:1"), (task.DueAt, task.Reason, task.Subject));
        Assert.True(town.Case(1).AskFirst);
        using var agent = await SignedIn.AsAdministrator(town.Host);
        Assert.Contains("The customer asked to be called by 20:00", SignedIn.Words(await agent.GetStringAsync("/cases/1")), StringComparison.Ordinal);
        Assert.Contains("The customer asked to be called", SignedIn.Words(await agent.GetStringAsync("/tasks")), StringComparison.Ordinal);
        Assert.Contains("Não telefonamos.", await LinkTown.Act(browser, path, ("act", "no-call")), StringComparison.Ordinal);
        Assert.Contains("Isso já sabemos.", await LinkTown.Act(browser, path, ("act", "no-call")), StringComparison.Ordinal);
        Assert.Empty(town.Host.Stores.State.Read(db => PhoneTaskStore.Open(db)));
        // Once more, and an agent makes it.
        await LinkTown.Act(browser, path, ("act", "call"), ("by", first));
        task = Assert.Single(town.Host.Stores.State.Read(db => PhoneTaskStore.Open(db)));
        await agent.Post("/tasks", $"/tasks/{task.Id}/act", ("act", "reached"), ("version", "1"));
        Assert.DoesNotContain("Telefonamos até", SignedIn.Words(await browser.GetStringAsync(path)), StringComparison.Ordinal);

        static long At(int hour) => new DateTimeOffset(2026, 11, 24, hour, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
    }

    [Fact]
    public async Task Survey_AskedWhenItIsOver_IsAnsweredOnce_CountedAndShown()
    {
        await using var town = await LinkTown.Open();
        var (path, _) = await town.LinkOf(1);
        using var browser = town.Host.Browser();
        Assert.Contains("não é possível", await LinkTown.Act(browser, path, ("act", "survey"), ("score", "2")), StringComparison.Ordinal);
        town.Do(1, new CaseAct.Resolve());
        Assert.Contains("Quão difícil foi isto para si?", await browser.GetStringAsync(path).ContinueWith(t => WebUtility.HtmlDecode(t.Result), TaskScheduler.Default), StringComparison.Ordinal);
        foreach (var wrong in new[] { "0", "8", "easy" })
            Assert.Contains("não é possível", await LinkTown.Act(browser, path, ("act", "survey"), ("score", wrong)), StringComparison.Ordinal);
        Assert.Contains("Obrigado pela resposta.", await LinkTown.Act(browser, path, ("act", "survey"), ("score", "6"), ("words", "=cmd()|<b>cold</b>")), StringComparison.Ordinal);
        var page = await LinkTown.Act(browser, path, ("act", "survey"), ("score", "1"), ("words", "no"));
        Assert.Contains("vale a primeira resposta", page, StringComparison.Ordinal);
        Assert.Contains("Disse 6 de 7.", page, StringComparison.Ordinal);
        using var agent = await SignedIn.AsAdministrator(town.Host);
        Assert.Contains("6 of 7", SignedIn.Words(await agent.GetStringAsync("/cases/1")), StringComparison.Ordinal);
        var surveys = await agent.GetStringAsync("/surveys");
        Assert.Contains("6.0 of 7 in the last 90 days, n = 1", SignedIn.Words(surveys), StringComparison.Ordinal);
        Assert.Contains("&lt;b&gt;cold&lt;/b&gt;", surveys, StringComparison.Ordinal);
        using var program = town.Host.Program(town.Host.Key("viewer"));
        Assert.Contains("\"caseId\":1,\"customer\":\"c10\",\"score\":6", await program.GetStringAsync("/api/surveys?score=6"), StringComparison.Ordinal);
    }

    private static StringContent Json(string text) => new(text, System.Text.Encoding.UTF8, "application/json");
}
