using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using B2D.Console.Tests.Town;
using B2D.Core.Cases;
using B2D.Storage.Access;
using B2D.Storage.Cases;
using B2D.Storage.Contacts;
using B2D.Storage.Devices;

namespace B2D.Console.Tests;

/// <summary>Cases that people open, contracts of devices, and the small things beside them.</summary>
public sealed class HandCaseTests
{
    private static CaseRow Row(TownHost host, long id) => host.Stores.State.Read(db => CaseStore.Find(db, id))!;

    [Fact]
    public async Task Case_OpenedFromACall_HasTheContactAndIsAnswered()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        var contact = host.Stores.State.Write(db => ContactStore.Add(db, new ContactRow { Customer = "c20", Channel = "phone", About = "it hums", Inbound = true, At = 1 }));
        Assert.Contains($"/cases/new?contact={contact}", await browser.GetStringAsync("/customers/c20"), StringComparison.Ordinal);
        Assert.Contains("From the contact: it hums.", SignedIn.Words(await browser.GetStringAsync($"/cases/new?contact={contact}")), StringComparison.Ordinal);
        var page = await browser.Follow(await browser.Post($"/cases/new?contact={contact}", "/cases", ("device", "HP-0020"), ("title", "It hums loudly"), ("about", "at night"), ("queue", "heating"),
            ("priority", "2"), ("family", "reported"), ("contact", $"{contact}")));
        Assert.Contains("The case is open. Nobody is on it yet.", page, StringComparison.Ordinal);
        Assert.Contains("The customer reported it at", page, StringComparison.Ordinal);
        Assert.Contains("A person opened it", page, StringComparison.Ordinal);
        var row = host.Stores.State.Read(db => CaseStore.FindOpen(db, "HP-0020", "reported"))!;
        Assert.Equal(("heating", 2L, "c20", "admin", true), (row.Queue, row.Priority, row.Customer, row.RespondedBy, row.AskFirst));
        Assert.Equal(row.Id, host.Stores.State.Read(db => ContactStore.Find(db, contact))!.CaseId);
        Assert.Contains(host.Acts, a => a.StartsWith($"admin case.Report case:{row.Id} ", StringComparison.Ordinal) && !a.Contains("hums", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Case_OfADeviceAndKindThatIsOpen_TakesIt_AndOneResolvedAShortWhileAgoIsOpenAgain()
    {
        await using var host = await TownHost.Open();
        using var key = host.Program(host.Key("agent"));
        var joined = await key.PostAsJsonAsync("/api/cases", new { device = "HP-0010", family = "pump", title = "No heat", priority = 1 });
        Assert.Equal((HttpStatusCode.OK, """{"id":1,"how":"joined"}"""), (joined.StatusCode, await joined.Content.ReadAsStringAsync()));
        Assert.Equal((1L, true), (Row(host, 1).Priority, Row(host, 1).AskFirst));
        Assert.Contains(host.Stores.State.Read(db => TimelineStore.List(db, "case:1")), l => l.Text == "The customer reports: No heat");
        var opened = await key.PostAsJsonAsync("/api/cases", new { device = "HP-0010", title = "It smells" });
        Assert.Equal(HttpStatusCode.Created, opened.StatusCode);
        var id = await Id(opened);
        host.Worker.CaseDesk.Act(id, (int)Row(host, id).Version, new CaseAct.Resolve(), "marta");
        Assert.Equal(id, await Id(await key.PostAsJsonAsync("/api/cases", new { device = "HP-0010", title = "It smells again" })));
        Assert.Equal(("New", 1L), (Row(host, id).State, Row(host, id).Reopened));
        host.Worker.CaseDesk.Act(id, (int)Row(host, id).Version, new CaseAct.Close("expected"), "marta");
        var next = await Id(await key.PostAsJsonAsync("/api/cases", new { device = "HP-0010", title = "It smells once more" }));
        Assert.Equal((true, id), (next > id, Row(host, next).LinkedCase));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await key.PostAsJsonAsync("/api/cases", new { device = "HP-0010", title = "" })).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await key.PostAsJsonAsync("/api/cases", new { device = "nothing", title = "x" })).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await key.PostAsJsonAsync("/api/cases", new { device = "HP-0010", title = "x", contact = 99 })).StatusCode);
    }

    [Fact]
    public async Task Chronic_Cases_AreFiltered()
    {
        await using var host = await TownHost.Open();
        host.Stores.State.Write(db => CaseStore.Update(db, CaseStore.Find(db, 3)! with { Chronic = true }));
        using var key = host.Program(host.ReadKey);
        Assert.Equal([3L], (await key.GetFromJsonAsync<JsonElement>("/api/cases?q=is:chronic")).GetProperty("items").EnumerateArray().Select(c => c.GetProperty("id").GetInt64()));
    }

    [Fact]
    public async Task Metrics_CountComplaintsAndGrants()
    {
        await using var host = await TownHost.Open();
        host.Worker.CaseDesk.Act(1, 1, new CaseAct.Complain("too slow", ""), "marta");
        host.Worker.CaseDesk.Act(3, 1, new CaseAct.Grant(GrantKind.Money, 5, "waited", "agent"), "marta");
        using var key = host.Program(host.ReadKey);
        var metrics = await key.GetStringAsync("/metrics");
        foreach (var line in new[] { "b2d_complaints_open 1\n", "b2d_complaints_late 0\n", "b2d_grants{state=\"Granted\"} 1\n", "b2d_grants{state=\"Asked\"} 0\n" })
            Assert.Contains(line, metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Audit_OfActsOnCases_SaysWhatWithoutTheWords()
    {
        await using var host = await TownHost.Open();
        var version = 1;
        foreach (var act in new CaseAct[] { new CaseAct.Assign("rui"), new CaseAct.Note("secret words"), new CaseAct.CompleteStep(2), new CaseAct.Wait(WaitKind.Parts, "Ana's pump", new Core.ServerTime(host.Clock.GetUtcNow().AddDays(1).ToUnixTimeMilliseconds())),
            new CaseAct.Resume(), new CaseAct.HandOff("marta", "a", "b", "c"), new CaseAct.Write("Dear Ana", Core.ServerTime.Zero, ""), new CaseAct.Grant(GrantKind.Money, 5, "Ana waited", "agent"), new CaseAct.Link("outage:2"), new CaseAct.Close("true-fault") })
            Assert.IsType<Core.ActOutcome.Done>(host.Worker.CaseDesk.Act(1, version++, act, "lea"));
        Assert.Equal(
            ["Assign {\"to\":\"rui\"}", "Note {\"characters\":12}", "SetStep {\"step\":2}", "Wait {\"kind\":\"parts\",\"until\":1795616400000}", "Resume {}", "HandOff {\"to\":\"marta\"}", "Write {\"characters\":8,\"next\":0}",
                "Grant {\"kind\":\"Money\",\"amount\":5}", "Link {\"subject\":\"outage:2\"}", "Close {\"disposition\":\"true-fault\"}"],
            host.Acts.Where(a => a.StartsWith("lea case.", StringComparison.Ordinal)).Select(a => a[9..].Replace(" case:1", "", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Contract_OfADevice_IsSetShownAndInTheAudit()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        Assert.Contains("Noted; open cases are counted anew.",
            await browser.Follow(await browser.Post("/devices/HP-0010", "/devices/HP-0010/contract", ("contract", "gold"), ("from", "2026-01-01"), ("until", "2026-12-31"))), StringComparison.Ordinal);
        Assert.Contains("contract gold from 2026-01-01 until 2026-12-31", SignedIn.Words(await browser.GetStringAsync("/devices/HP-0010")), StringComparison.Ordinal);
        Assert.Contains("Nothing was done: it ends before it begins.",
            await browser.Follow(await browser.Post("/devices/HP-0010", "/devices/HP-0010/contract", ("contract", "gold"), ("from", "2026-12-31"), ("until", "2026-01-01"))), StringComparison.Ordinal);
        host.Stores.State.Write(db => db.Execute("UPDATE devices SET warranty_until = '' WHERE id = 'HP-0010'"));
        Assert.Contains("It began under the contract gold of the device", SignedIn.Words(await browser.GetStringAsync("/cases/1")), StringComparison.Ordinal);
        using var key = host.Program(host.WriteKey);
        var device = await key.GetFromJsonAsync<JsonElement>("/api/devices/HP-0010");
        Assert.Equal(("gold", "2026-12-31"), (device.GetProperty("contract").GetString(), device.GetProperty("contractUntil").GetString()));
        Assert.Equal(HttpStatusCode.OK, (await key.PutAsJsonAsync("/api/devices/HP-0010/contract", new { contract = "" })).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await key.PutAsJsonAsync("/api/devices/nothing/contract", new { contract = "gold" })).StatusCode);
        Assert.Equal(DeviceStoreContract(host), ("", "", ""));
        Assert.Equal(2, host.Stores.State.Read(db => AuditStore.List(db)).Count(a => a is { Action: "device.contract", Subject: "device:HP-0010" }));
    }

    private static (string, string, string) DeviceStoreContract(TownHost host) =>
        host.Stores.State.Read(db => DeviceStore.Find(db, "HP-0010")) is { } row ? (row.Contract, row.ContractFrom, row.ContractUntil) : default;

    private static async Task<long> Id(HttpResponseMessage answer) => (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetInt64();
}
