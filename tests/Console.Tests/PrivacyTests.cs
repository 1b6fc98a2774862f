using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using B2D.Console.Tests.Town;
using B2D.Core;
using B2D.Core.Cases;
using B2D.Core.Customers;
using B2D.Storage.Access;
using B2D.Storage.Cases;
using B2D.Storage.Contacts;
using B2D.Storage.Customers;
using B2D.Storage.Devices;
using B2D.Storage.Notices;

namespace B2D.Console.Tests;

/// <summary>What is kept of a customer: handed out, erased, and not shown to whoever has the device after them.</summary>
public sealed class PrivacyTests
{
    [Fact]
    public async Task Export_HasAllThatIsKept_ForPeopleAndForMachines()
    {
        await using var host = await TownHost.Open();
        host.Stores.State.Write(db => ContactStore.Add(db, new ContactRow { Customer = "c10", About = "It hums <loudly>", Channel = "phone", At = 5 }));
        host.Stores.State.Write(db => InboundStore.Put(db, new InboundRow { Id = "m1", Customer = "c10", Channel = "sms", Text = "thank you" }));
        using var admin = await SignedIn.AsAdministrator(host);
        var answer = await admin.Post("/customers/c10/privacy", "/customers/c10/export");
        Assert.Equal("application/zip", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("customer-c10.zip", answer.Content.Headers.ContentDisposition!.FileName);
        using var zip = new ZipArchive(new MemoryStream(await answer.Content.ReadAsByteArrayAsync()));
        var json = JsonDocument.Parse(Text(zip, "data.json")).RootElement;
        var data = json.GetProperty("data");
        Assert.Equal("+351 912 000 010", data.GetProperty("customers")[0].GetProperty("phone").GetString());
        Assert.Equal(["CM-0010", "HP-0010", "RT-0010"], data.GetProperty("devices").EnumerateArray().Select(d => d.GetProperty("id").GetString()).Order());
        Assert.Contains("a technician is needed", data.GetProperty("notices").EnumerateArray().Single(n => n.GetProperty("id").GetString() == "n-pump").GetProperty("words").GetString(), StringComparison.Ordinal);
        Assert.Contains(data.GetProperty("timelines of cases").EnumerateArray(), l => l.GetProperty("text").GetString() == "Neighbour says it hums loudly.");
        Assert.Equal("thank you", data.GetProperty("inbound messages")[0].GetProperty("text").GetString());
        Assert.Contains(data.GetProperty("readings").EnumerateArray(), r => r.GetProperty("metric").GetString() == "flow_lpm");
        Assert.False(data.GetProperty("devices")[0].TryGetProperty("secret", out _));
        var page = Text(zip, "data.html");
        Assert.Contains("It hums &lt;loudly&gt;", page, StringComparison.Ordinal);
        Assert.Contains("<h1>What Acme keeps about you</h1>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("c11", page, StringComparison.Ordinal);
        Assert.Contains(host.Stores.State.Read(db => AuditStore.List(db)), a => a is { Action: "customer.Export", Subject: "customer:c10", Who: "admin" });
        using var key = host.Program(host.AdministratorKey);
        Assert.Equal(HttpStatusCode.NotFound, (await key.PostAsync(new Uri("/api/customers/nobody/export", UriKind.Relative), null)).StatusCode);
    }

    [Fact]
    public async Task Erase_TellsWhatWillHappen_IsConfirmedByTyping_AndLeavesWhatPeopleWroteToBeRead()
    {
        await using var host = await TownHost.Open();
        using var admin = await SignedIn.AsAdministrator(host);
        var plan = SignedIn.Words(await admin.GetStringAsync("/customers/c14/privacy"));
        Assert.Contains("Name, addresses, numbers, contract and what they depend on 1 goes", plan, StringComparison.Ordinal);
        Assert.Contains("Devices of theirs 2 ends They are nobody’s from then on", plan, StringComparison.Ordinal);
        Assert.Contains("type the customer’s id", await admin.Follow(await admin.Post("/customers/c14/privacy", "/customers/c14/erase", ("reason", "asked"), ("typed", "c15"))), StringComparison.Ordinal);
        host.Worker.CaseDesk.Act(3, 1, new CaseAct.Note("Nuno's wife is at home"), "marta");
        var erased = await admin.Follow(await admin.Post("/customers/c14/privacy", "/customers/c14/erase", ("reason", "they asked"), ("typed", "c14")));
        Assert.Contains("c14 was erased", erased, StringComparison.Ordinal);
        Assert.Contains("Nuno's wife is at home", erased, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.GetAsync(new Uri("/customers/c14", UriKind.Relative))).StatusCode);
        Assert.Null(host.Stores.State.Read(db => CustomerStore.Find(db, "c14")));
        Assert.Equal("", host.Stores.State.Read(db => DeviceStore.Find(db, "HP-0014"))!.Customer);
        Assert.Contains("to be read, on", SignedIn.Words(await admin.GetStringAsync("/erasures")), StringComparison.Ordinal);
        var key = host.Stores.State.Read(db => ErasureStore.Written(db, 3)).Single(t => t.Text.StartsWith("Nuno", StringComparison.Ordinal)).Key;
        Assert.Contains("Blanked.", await admin.Follow(await admin.Post("/erasures/1", "/erasures/1/act", ("act", "blank"), ("key", key))), StringComparison.Ordinal);
        Assert.DoesNotContain("Nuno", await admin.GetStringAsync("/cases/3"), StringComparison.Ordinal);
        Assert.Contains("Noted: what is left stays.", await admin.Follow(await admin.Post("/erasures/1", "/erasures/1/act", ("act", "reviewed"))), StringComparison.Ordinal);
        var audit = host.Stores.State.Read(db => AuditStore.List(db)).Where(a => a.Subject == "customer:c14").Select(a => a.Action).Reverse();
        Assert.Equal(["customer.Erase", "customer.BlankText", "customer.Reviewed"], audit);
        Assert.DoesNotContain(host.Stores.State.Read(db => AuditStore.List(db)), a => a.Detail.Contains("Nuno", StringComparison.Ordinal));
        using var program = host.Program(host.AdministratorKey);
        var listed = (await program.GetFromJsonAsync<JsonElement>("/api/erasures")).GetProperty("items")[0];
        Assert.Equal(("c14", "admin"), (listed.GetProperty("customer").GetString(), listed.GetProperty("reviewedBy").GetString()));
        Assert.Contains("b2d_erasures_to_review 0", await program.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Erase_WhileSomethingIsOwed_IsRefusedWithWhy()
    {
        await using var host = await TownHost.Open();
        using var program = host.Program(host.AdministratorKey);
        // Case 2 is about gas.
        Assert.Contains("a case about safety is open", (await program.GetFromJsonAsync<JsonElement>("/api/customers/c12/erasure")).GetProperty("refusal").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await program.PostAsJsonAsync("/api/customers/c12/erase", new { reason = "asked" })).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await program.PostAsJsonAsync("/api/customers/c20/erase", new { reason = "" })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await program.PostAsJsonAsync("/api/customers/c20/erase", new { reason = "asked" })).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await program.PostAsJsonAsync("/api/customers/c20/erase", new { reason = "asked" })).StatusCode);
        using var admin = await SignedIn.AsAdministrator(host);
        Assert.Contains("▲ Not yet: a case about safety is open", SignedIn.Words(await admin.GetStringAsync("/customers/c12/privacy")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Device_Sold_ShowsItsNewOwnerNothingFromBefore()
    {
        await using var host = await TownHost.Open();
        using var admin = await SignedIn.AsAdministrator(host);
        host.Worker.CaseDesk.Act(1, 1, new CaseAct.HandOff("rui", "", "", "we call Ana at home"), "marta");
        host.Worker.CaseDesk.Act(1, 2, new CaseAct.Complain("my husband waits for heat", ""), "marta");
        host.Worker.CaseDesk.Act(1, 3, new CaseAct.Wait(WaitKind.Customer, "the key at her husband’s", new ServerTime(TownHost.Start.AddDays(1).ToUnixTimeMilliseconds())), "marta");
        host.Stores.State.Write(db => ContactStore.Add(db, new ContactRow { Customer = "c10", About = "my husband is ill", CaseId = 1, Channel = "phone" }));
        Assert.Contains("flow_lpm", await admin.GetStringAsync("/devices/HP-0010"), StringComparison.Ordinal);
        var now = host.Clock.GetUtcNow().ToUnixTimeMilliseconds() + 1000;
        host.Stores.State.Write(db => DeviceStore.Put(db, DeviceStore.Find(db, "HP-0010")!.ToDevice() with { Customer = "c11" }, now));
        while (host.Worker.Owners.Pump(new ServerTime(now)))
        {
        }
        var device = SignedIn.Words(await admin.GetStringAsync("/devices/HP-0010"));
        Assert.Contains("how it was used before, and by whom, is not shown", device, StringComparison.Ordinal);
        Assert.DoesNotContain("flow_lpm", device, StringComparison.Ordinal);
        Assert.Contains("of earlier owners", device, StringComparison.Ordinal);
        var page = SignedIn.Words(await admin.GetStringAsync("/cases/1"));
        Assert.Contains("What people wrote, told and promised before that was another’s and is not shown here (1 notice).", page, StringComparison.Ordinal);
        foreach (var before in new[] { "Neighbour", "a technician is needed", "at home", "husband", "c10" })
            Assert.DoesNotContain(before, page, StringComparison.Ordinal);
        Assert.Contains("The device has another owner from now on", page, StringComparison.Ordinal);
        foreach (var address in new[] { "/customers/c11", "/api/cases/1" })
            Assert.DoesNotContain("at home", await admin.GetStringAsync(address), StringComparison.Ordinal);
        // What was closed before stays the old owner's, and says so.
        var old = host.Stores.State.Read(db => CaseStore.List(db, new CaseFilter { Device = "HP-0010", Limit = 10 })).First(c => c.Customer == "c10").Id;
        Assert.Contains("This is of the time of an earlier owner", SignedIn.Words(await admin.GetStringAsync($"/cases/{old}")), StringComparison.Ordinal);
        Assert.DoesNotContain("HP-0010", SignedIn.Words(await admin.GetStringAsync("/customers/c10")).Split("Devices", 2)[1].Split("Dues")[0], StringComparison.Ordinal);
        // What each of them is given of the case.
        host.Worker.CaseDesk.Act(1, (int)host.Stores.State.Read(db => CaseStore.Find(db, 1))!.Version, new CaseAct.Note("Nobody was in"), "rui");
        var next = await Given(admin, "c11");
        foreach (var before in new[] { "Neighbour", "at home", "husband", "c10" })
            Assert.DoesNotContain(before, next.GetRawText(), StringComparison.Ordinal);
        var lines = next.GetProperty("timelines of cases").EnumerateArray().Where(l => l.GetProperty("case_id").GetInt64() == 1).Select(l => l.GetProperty("kind").GetString()!).ToArray();
        Assert.Contains("opened", lines);
        Assert.Equal(["owner", "note"], lines[^2..]);
        var seller = await Given(admin, "c10");
        Assert.Equal("my husband waits for heat", seller.GetProperty("complaints")[0].GetProperty("text").GetString());
        Assert.Equal("we call Ana at home", seller.GetProperty("case handoffs")[0].GetProperty("promised").GetString());
        Assert.Contains("Neighbour says it hums loudly.", seller.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("Nobody was in", seller.GetRawText(), StringComparison.Ordinal);
    }

    private static async Task<JsonElement> Given(HttpClient admin, string customer)
    {
        var answer = await admin.Post($"/customers/{customer}/privacy", $"/customers/{customer}/export");
        using var zip = new ZipArchive(new MemoryStream(await answer.Content.ReadAsByteArrayAsync()));
        return JsonDocument.Parse(Text(zip, "data.json")).RootElement.GetProperty("data");
    }

    private static string Text(ZipArchive zip, string name)
    {
        using var reader = new StreamReader(zip.GetEntry(name)!.Open());
        return reader.ReadToEnd();
    }
}
