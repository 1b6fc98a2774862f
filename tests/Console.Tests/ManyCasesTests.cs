using System.Net.Http.Json;
using System.Text.Json;
using B2D.Console.Tests.Town;
using B2D.Core.Cases;
using B2D.Storage.Access;
using B2D.Storage.Cases;

namespace B2D.Console.Tests;

/// <summary>Queues, the same act on several cases, and views that people save.</summary>
public sealed class ManyCasesTests
{
    [Fact]
    public async Task Case_MovedToAQueue_IsThereWithNobodyOnIt()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        var page = await browser.Follow(await browser.Post("/cases/3", "/cases/3/act", ("act", "move-queue"), ("to", "coffee"), ("version", "1")));
        Assert.Contains("It is in the queue coffee now.", page, StringComparison.Ordinal);
        Assert.Contains("Moved to the queue coffee", page, StringComparison.Ordinal);
        Assert.Equal(("coffee", "New", "", 0L), Row(host, 3) is var row ? (row.Queue, row.State, row.Assignee, row.RespondedAt) : default);
        Assert.Contains("admin case.MoveQueue case:3 {\"queue\":\"coffee\"}", host.Acts);
        Assert.Contains("Nothing was done: it is in that queue already.",
            await browser.Follow(await browser.Post("/cases/3", "/cases/3/act", ("act", "move-queue"), ("to", "coffee"), ("version", "2"))), StringComparison.Ordinal);
        Assert.Contains("A queue is called by", await browser.Follow(await browser.Post("/cases/3", "/cases/3/act", ("act", "move-queue"), ("to", "No Queue"), ("version", "2"))),
            StringComparison.Ordinal);
        // What waits goes on waiting.
        await browser.Post("/cases/4", "/cases/4/act", ("act", "move-queue"), ("to", "heating"), ("version", "1"));
        Assert.Equal(("heating", "Waiting", "rui"), Row(host, 4) is var waiting ? (waiting.Queue, waiting.State, waiting.Assignee) : default);
    }

    [Fact]
    public async Task Queues_HaveTheirCounts()
    {
        await using var host = await TownHost.Open();
        using var program = host.Program(host.ReadKey);
        var queues = (await program.GetFromJsonAsync<JsonElement>("/api/queues")).EnumerateArray()
            .Select(q => $"{q.GetProperty("queue").GetString()} {q.GetProperty("open").GetInt64()} {q.GetProperty("unassigned").GetInt64()} {q.GetProperty("waiting").GetInt64()}");
        Assert.Equal(["heating 3 2 0", "coffee 1 0 1"], queues);
        using var browser = await SignedIn.AsAdministrator(host);
        Assert.Contains("href=\"/cases?q=state%3Aopen%20queue%3Aheating%20assignee%3Anobody\"", await browser.GetStringAsync("/queues"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_WithTheVersionsThatWereShown_LeavesAloneWhatChangedMeanwhile()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        var list = await browser.GetStringAsync("/cases");
        Assert.Contains("form=\"many\" name=\"tick\" value=\"1.1\"", list, StringComparison.Ordinal);
        host.Worker.CaseDesk.Act(1, 1, new CaseAct.Note("seen"), "marta");
        var page = await browser.Follow(await browser.Post("/cases", "/cases/many", ("act", "take"), ("back", "/cases?q=state:open"), ("tick", "1.1"), ("tick", "2.1"), ("tick", "3.1"),
            ("tick", "3.1"), ("tick", "x"), ("tick", "99.1")));
        Assert.Contains("2 cases taken. Left alone: #1 (changed meanwhile by somebody else); #99 (no longer there).", page, StringComparison.Ordinal);
        Assert.Equal(("", "admin", "admin"), (Row(host, 1).Assignee, Row(host, 2).Assignee, Row(host, 3).Assignee));
    }

    [Fact]
    public async Task Many_MovedAssignedMadeToWaitAndClosed()
    {
        await using var host = await TownHost.Open();
        host.AddUser("rui", "ruisruis", "agent");
        using var browser = await SignedIn.AsAdministrator(host);
        Assert.Contains("2 cases moved to the queue gas.", await Do(("act", "move-queue"), ("queue", "gas"), ("tick", "1.1"), ("tick", "2.1")), StringComparison.Ordinal);
        Assert.Contains("1 case assigned to rui.", await Do(("act", "assign"), ("to", "rui"), ("tick", "1.2")), StringComparison.Ordinal);
        Assert.Contains("1 case waiting for the part.", await Do(("act", "wait"), ("kind", "parts"), ("for", "the part"), ("until", "2026-11-25T09:30"), ("tick", "1.3")), StringComparison.Ordinal);
        Assert.Contains("1 case closed for good. Left alone: #5", await Do(("act", "close"), ("disposition", "test"), ("tick", "2.2"), ("tick", "5.9")), StringComparison.Ordinal);
        Assert.Equal(("Closed", "test"), Row(host, 2) is var row ? (row.State, row.Disposition) : default);
        Assert.Contains("Nothing was done: tick the cases first.", await Do(("act", "take")), StringComparison.Ordinal);
        Assert.Contains("Nothing was done: choose what is to be done", await Do(("act", ""), ("tick", "1.4")), StringComparison.Ordinal);
        Assert.Contains("Nothing was done. Left alone: #1 (say why the case is closed)", await Do(("act", "close"), ("tick", "1.4")), StringComparison.Ordinal);

        async Task<string> Do(params (string, string)[] fields) => await browser.Follow(await browser.Post("/cases", "/cases/many", [.. fields, ("back", "/cases")]));
    }

    [Fact]
    public async Task Many_AsAnAgentAndAViewer_IsWhatTheirRoleAllows()
    {
        await using var host = await TownHost.Open();
        host.AddUser("ana", "anasana", "agent");
        host.AddUser("vera", "verasvera", "viewer");
        using var agent = await SignedIn.As(host, "ana", "anasana");
        using var viewer = await SignedIn.As(host, "vera", "verasvera");
        Assert.DoesNotContain("many-assign", await agent.GetStringAsync("/cases"), StringComparison.Ordinal);
        Assert.Contains("This takes the role lead", await agent.Follow(await agent.Post("/cases", "/cases/many", ("act", "assign"), ("to", "rui"), ("tick", "1.1"))), StringComparison.Ordinal);
        Assert.DoesNotContain("name=\"tick\"", await viewer.GetStringAsync("/cases"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task View_Saved_StandsBesideTheList_AndIsRenamedAndDeleted()
    {
        await using var host = await TownHost.Open();
        host.AddUser("ana", "anasana", "agent");
        host.AddUser("lia", "liaslia", "lead");
        using var agent = await SignedIn.As(host, "ana", "anasana");
        using var lead = await SignedIn.As(host, "lia", "liaslia");
        Assert.Contains("Saved as “Hot”.", await agent.Follow(await Save(agent, "Hot", "me")), StringComparison.Ordinal);
        Assert.Contains("This takes the role lead", await agent.Follow(await Save(agent, "For all", "all")), StringComparison.Ordinal);
        Assert.Contains("Saved as “Pumps” for everybody.", await lead.Follow(await Save(lead, "Pumps", "all")), StringComparison.Ordinal);
        var hers = SignedIn.Words(await agent.GetStringAsync("/cases"));
        Assert.Contains("Hot", hers, StringComparison.Ordinal);
        Assert.Contains("Pumps", hers, StringComparison.Ordinal);
        Assert.DoesNotContain("Hot ", SignedIn.Words(await lead.GetStringAsync("/cases")), StringComparison.Ordinal);
        Assert.DoesNotContain("Pumps", SignedIn.Words(await lead.GetStringAsync("/devices")), StringComparison.Ordinal);

        Assert.Contains("It is called “Warm” now.", await agent.Follow(await agent.Post("/views", "/views/1", ("act", "rename"), ("name", "Warm"))), StringComparison.Ordinal);
        Assert.Contains("This takes the role lead", await agent.Follow(await agent.Post("/views", "/views/2", ("act", "delete"))), StringComparison.Ordinal);
        Assert.Contains("there is no such view", await lead.Follow(await lead.Post("/views", "/views/1", ("act", "delete"))), StringComparison.Ordinal);
        Assert.Contains("“Warm” is deleted.", await agent.Follow(await agent.Post("/views", "/views/1", ("act", "delete"))), StringComparison.Ordinal);
        var audit = host.Stores.State.Read(db => AuditStore.List(db)).Where(a => a.Action.StartsWith("view.", StringComparison.Ordinal)).ToArray();
        Assert.Contains("view.delete", audit.Select(a => a.Action));
        // Neither names nor filters: somebody's name may stand there.
        Assert.Contains(audit, a => a is { Action: "view.save", Detail: "{\"view\":1,\"characters\":13,\"shared\":false}" });
        Assert.DoesNotContain(audit, a => a.Detail.Contains("heating", StringComparison.Ordinal) || a.Detail.Contains("Warm", StringComparison.Ordinal));

        static Task<HttpResponseMessage> Save(HttpClient browser, string name, string whom) =>
            browser.Post("/cases?q=queue:heating", "/views", ("list", "/cases"), ("filter", "queue:heating"), ("name", name), ("for", whom));
    }

    [Theory]
    [InlineData("tres+vezes", 0)]
    [InlineData("hums", 1)]
    [InlineData("neighbour+hum", 1)]
    [InlineData("%22kit+P-88%22+call", 1)]
    [InlineData("lopes+gas", 1)]
    public async Task Cases_ByAnyWordWrittenOnThem_AreFound(string text, int cases)
    {
        await using var host = await TownHost.Open();
        using var program = host.Program(host.ReadKey);
        Assert.Equal(cases, (await program.GetFromJsonAsync<JsonElement>($"/api/cases?q={text}&state=open")).GetProperty("items").GetArrayLength());
    }

    private static CaseRow Row(TownHost host, long id) => host.Stores.State.Read(db => CaseStore.Find(db, id))!;
}
