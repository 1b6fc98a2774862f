using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using B2D.Console.Tests.Town;
using B2D.Core;
using B2D.Storage.Access;
using B2D.Storage.Maintenance;
using B2D.Storage.Notices;

namespace B2D.Console.Tests;

/// <summary>Planned work that customers feel, as people plan it, see who will be told, and change it.</summary>
public sealed class PlannedTests
{
    private static readonly long Now = TownHost.Start.ToUnixTimeMilliseconds();

    [Fact]
    public async Task Planned_ShowsWhoWillBeToldAndWhatTheyRead_BeforeAnybodyIs()
    {
        await using var host = await TownHost.Open(options: o => o with { TimeZone = "Europe/Lisbon" });
        using var browser = await SignedIn.AsAdministrator(host);
        var words = await browser.Follow(await browser.Post("/maintenance", "/maintenance", ("title", "New switch"), ("scope", "segment"), ("target", "north/n12/cab-8"), ("from", "2026-12-08T22:00"), ("until", "2026-12-09T02:00"),
            ("felt", "yes"), ("words", "<b>The internet</b> does not work."), ("cause", "We replace a switch"), ("still-works", "Phone works"), ("takes-down", "email"), ("takes-down", "app")));
        Assert.Contains("Planned; it concerns 17 devices.", words, StringComparison.Ordinal);
        Assert.Contains("10 customers feel it: <b>The internet</b> does not work", words, StringComparison.Ordinal);
        Assert.Contains("Who will be told 10 customers", words, StringComparison.Ordinal);
        Assert.Contains("Meanwhile: <b>The internet</b> does not work. Phone works. The reason: We replace a switch.", words, StringComparison.Ordinal);
        Assert.Contains("Trabalhos programados", words, StringComparison.Ordinal);
        var row = Find(host);
        Assert.Equal((true, 10L, Now), (row.Felt, row.TakesDown, row.LookAt));
        Assert.Contains("not yet", words, StringComparison.Ordinal);

        host.Worker.Planned.Pump(new ServerTime(row.FromAt - 86_400_000));
        words = SignedIn.Words(await browser.GetStringAsync("/maintenance/1"));
        Assert.Contains("Who is told 10 customers", words, StringComparison.Ordinal);
        Assert.Contains("as M-1", words, StringComparison.Ordinal);
        Assert.Contains("10 customers are told of it", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Preview_IsWhatIsLive_AndByTheChannelThatHasItsOwn()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        var id = host.Stores.State.Write(db =>
        {
            foreach (var (channel, text) in new[] { ("", "Our own words: {{title}}."), ("sms", "Short words: {{title}}.") })
            {
                var version = TemplateStore.Add(db, new TemplateRow { Name = "planned", Language = "en", Channel = channel, Subject = "Our subject", Text = text });
                TemplateStore.SetLive(db, new TemplateLiveRow { Name = "planned", Language = "en", Channel = channel, Version = version });
            }
            return MaintenanceStore.TryAdd(db, new MaintenanceRow { Title = "t", Scope = "Model", Target = "HP-2", FromAt = Now + 1000, UntilAt = Now + 2000, Felt = true, Words = "No heating" });
        });
        var words = SignedIn.Words(await browser.GetStringAsync($"/maintenance/{id}"));
        Assert.Contains("English by email Our subject Our own words: No heating.", words, StringComparison.Ordinal);
        Assert.Contains("English by sms Our subject Short words: No heating.", words, StringComparison.Ordinal);
        Assert.DoesNotContain("Planned work,", words, StringComparison.Ordinal);
        Assert.DoesNotContain("German by", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ChangedAfterCustomersWereTold_TakesAReasonAndTheVersionThatWasSeen()
    {
        await using var host = await TownHost.Open(options: o => o with { TimeZone = "Europe/Lisbon" });
        using var browser = await SignedIn.AsAdministrator(host);
        using var writer = host.Program(host.WriteKey);
        using var reader = host.Program(host.ReadKey);
        var (from, until) = (Text(Now + (8 * 3_600_000)), Text(Now + (9 * 3_600_000)));
        var planned = await writer.PostAsJsonAsync("/api/maintenance", new { title = "t", scope = "segment", target = "north/n12/cab-8", from, until, felt = true, words = "The internet does not work", takesDown = new[] { "email" } });
        Assert.Equal(HttpStatusCode.Created, planned.StatusCode);
        host.Worker.Planned.Pump(new ServerTime(Now));
        Assert.True(Find(host).ToldAt > 0);

        var noReason = await writer.PostAsJsonAsync("/api/maintenance/1/acts", new { act = "end" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, noReason.StatusCode);
        Assert.Contains("say why", (await noReason.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString()!, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, (await writer.PostAsJsonAsync("/api/maintenance/1/acts", new { act = "end", why = "x", version = 5 })).StatusCode);
        Assert.Contains("Nothing was done: customers were told of it", await browser.Follow(await browser.Post("/maintenance/1", "/maintenance/1/act", ("act", "move"), ("from", "2026-11-25T08:00"), ("until", "2026-11-25T09:00"), ("version", "1"))), StringComparison.Ordinal);
        Assert.Contains("It is moved. Those who were told hear it.", await browser.Follow(await browser.Post("/maintenance/1", "/maintenance/1/act", ("act", "move"), ("from", "2026-11-25T08:00"), ("until", "2026-11-25T09:00"), ("version", "1"), ("why", "The part is late"))), StringComparison.Ordinal);
        var row = Find(host);
        Assert.Equal((2L, Now + 120_000, "The part is late"), (row.Revision, row.ChangeAt, row.Why));
        Assert.Equal(HttpStatusCode.OK, (await writer.PostAsJsonAsync("/api/maintenance/1/acts", new { act = "end", why = "not needed", version = 2 })).StatusCode);
        var item = await reader.GetFromJsonAsync<JsonElement>("/api/maintenance/1");
        Assert.Equal((true, "not needed", 3), (item.GetProperty("felt").GetBoolean(), item.GetProperty("why").GetString(), item.GetProperty("version").GetInt32()));
        Assert.Equal(["email"], item.GetProperty("takesDown").EnumerateArray().Select(t => t.GetString()));
        var customers = (await reader.GetFromJsonAsync<JsonElement>("/api/maintenance/1/customers")).GetProperty("items");
        Assert.Equal((10, "Told"), (customers.GetArrayLength(), customers[0].GetProperty("state").GetString()));
        Assert.Equal(["maintenance.ended", "maintenance.moved", "maintenance.plan"], host.Stores.State.Read(db => AuditStore.List(db, 3)).Select(a => a.Action).Order());
    }

    [Theory]
    [InlineData("", "email", "words is missing")]
    [InlineData("x", "pigeon", "'pigeon' is no channel: email, sms, app, phone.")]
    public async Task PlannedWrongly_IsRefusedInWords(string words, string channel, string problem)
    {
        await using var host = await TownHost.Open();
        using var writer = host.Program(host.WriteKey);
        var refused = await writer.PostAsJsonAsync("/api/maintenance", new { title = "t", scope = "model", target = "HP-2", until = Text(Now + 3_600_000), felt = true, words, takesDown = new[] { channel } });
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains(problem, (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString()!, StringComparison.OrdinalIgnoreCase);
    }

    private static MaintenanceRow Find(TownHost host) => host.Stores.State.Read(db => MaintenanceStore.Find(db, 1))!;

    private static string Text(long ms) => ms.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
