using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using B2D.Console.Tests.Town;
using B2D.Core.Rules;
using B2D.Storage.Faults;
using B2D.Storage.Maintenance;

namespace B2D.Console.Tests;

/// <summary>What nobody hears of for now is listed, whatever holds it back: on a page of its own, with the maintenance, on the device, by the API.</summary>
public sealed class HeldTests
{
    private const string Worked = "HP-0010";
    private static readonly long Now = TownHost.Start.ToUnixTimeMilliseconds();
    private static readonly long End = Now + 3_600_000;

    [Fact]
    public async Task HeldByMaintenance_StandsOnEveryPage_UntilItIsLetGo()
    {
        await using var host = await TownHost.Open(options: o => o with { TimeZone = "Europe/Lisbon" });
        using var browser = await SignedIn.AsAdministrator(host);
        Assert.Contains("Nothing is held back", SignedIn.Words(await browser.GetStringAsync("/maintenance")), StringComparison.Ordinal);
        Work(host);

        foreach (var page in new[] { "/held", "/maintenance", "/held?q=by%3Amaintenance", "/held?q=maintenance%3A1", "/held?q=hum" })
        {
            var words = SignedIn.Words(await browser.GetStringAsync(page));
            foreach (var word in new[] { "<b>Hums</b>", "HP-0010 · rule pump-hums", "High", "maintenance #1", "New seals", "15:20" })
                Assert.True(words.Contains(word, StringComparison.Ordinal), $"{page} lacks {word}: {words}");
        }
        Assert.DoesNotContain("<b>Hums", await browser.GetStringAsync("/held"), StringComparison.Ordinal);
        Assert.Contains("Nothing is held back here", SignedIn.Words(await browser.GetStringAsync("/held?q=by%3Aparent")), StringComparison.Ordinal);
        Assert.Contains("<b>Hums</b> since 14:15 · rule pump-hums · people work on the device: raised 15:20 if it is still there", SignedIn.Words(await browser.GetStringAsync("/devices/HP-0010")), StringComparison.Ordinal);
        using var program = host.Program("");
        Assert.Contains("b2d_faults_held_by_maintenance 1\n", await program.GetStringAsync("/metrics"), StringComparison.Ordinal);

        host.Stores.State.Write(db => HeldFaultStore.LetGo(db, Worked, "pump-hums"));
        Assert.DoesNotContain("Hums", await browser.GetStringAsync("/maintenance"), StringComparison.Ordinal);
        Assert.DoesNotContain("Hums", await browser.GetStringAsync("/devices/HP-0010"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Api_ListsAllThatIsHeldBack_WithWhatByAndUntilWhen()
    {
        await using var host = await TownHost.Open(seeded: false);
        Work(host);
        Raise(host, "shelved", f => f with { ShelvedBy = "marta", ShelvedUntil = End, ShelveReason = "part ordered" });
        Raise(host, "over", f => f with { ShelvedBy = "marta", ShelvedUntil = Now - 1, ShelveReason = "part ordered" });
        Raise(host, "night", f => f with { ShelvedUntil = End, ShelveReason = FaultRow.OutsideHours });
        Raise(host, "waits", f => f with { ShelvedUntil = End, ShelveReason = FaultRow.Maintained });
        Raise(host, "dark", f => f with { SuppressedBy = "outage", OutageId = 7 });
        Raise(host, "child", f => f with { SuppressedBy = "parent" });
        Raise(host, "cleared", f => f with { SuppressedBy = "parent", ClearedAt = Now - 5 });
        Raise(host, "trial", f => f with { ShelvedBy = "marta", ShelvedUntil = End, Shadow = true });
        Raise(host, "plain", f => f);
        using var program = host.Program(host.ReadKey);

        var found = (await Items(program, "/api/held")).ToDictionary(i => i.GetProperty("rule").GetString()!, StringComparer.Ordinal);

        Assert.Equal(["child", "dark", "night", "pump-hums", "shelved", "waits"], found.Keys.Order(StringComparer.Ordinal));
        var until = DateTimeOffset.FromUnixTimeMilliseconds(End);
        Assert.Equal(["parent  ", "outage 7 ", "hours  ", "maintenance  1", "shelf  ", "maintenance  "], found.OrderBy(f => f.Key, StringComparer.Ordinal)
            .Select(f => $"{f.Value.GetProperty("by").GetString()} {f.Value.GetProperty("outage")} {f.Value.GetProperty("maintenance")}"));
        Assert.All(new[] { "night", "pump-hums", "shelved", "waits" }, r => Assert.Equal(until, found[r].GetProperty("until").GetDateTimeOffset()));
        Assert.All(new[] { "child", "dark" }, r => Assert.Equal(JsonValueKind.Null, found[r].GetProperty("until").ValueKind));
        Assert.Equal(JsonValueKind.Null, found["pump-hums"].GetProperty("fault").ValueKind);
        Assert.Equal(("marta", "part ordered"), (found["shelved"].GetProperty("person").GetString(), found["shelved"].GetProperty("reason").GetString()));
        Assert.Equal(["pump-hums", "waits"], (await Items(program, "/api/held?by=maintenance")).Select(i => i.GetProperty("rule").GetString()).Order());
        Assert.Equal(["pump-hums"], (await Items(program, "/api/held?maintenance=1")).Select(i => i.GetProperty("rule").GetString()));
    }

    [Fact]
    public async Task Api_InParts_HasEverythingOnce()
    {
        await using var host = await TownHost.Open(seeded: false);
        Work(host);
        for (var i = 0; i < 5; i++)
            Raise(host, $"rule-{i}", f => f with { ShelvedBy = "marta", ShelvedUntil = End, RaisedAt = Now - (i / 2) });
        using var program = host.Program(host.ReadKey);

        var (seen, next) = (new List<string>(), "");
        do
        {
            var part = await program.GetFromJsonAsync<JsonElement>("/api/held?limit=2" + (next.Length > 0 ? "&cursor=" + Uri.EscapeDataString(next) : ""));
            seen.AddRange(part.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("rule").GetString()!));
            next = part.GetProperty("next").GetString() ?? "";
        }
        while (next.Length > 0);

        Assert.Equal(["pump-hums", "rule-0", "rule-1", "rule-2", "rule-3", "rule-4"], seen.Order(StringComparer.Ordinal));
        Assert.Equal(HttpStatusCode.BadRequest, (await program.GetAsync("/api/held?nonsense=1")).StatusCode);
        using var nobody = host.Program("");
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.GetAsync("/api/held")).StatusCode);
    }

    /// <summary>Work that runs on a device, and what would be raised there.</summary>
    private static void Work(TownHost host) => host.Stores.State.Write(db =>
    {
        if (B2D.Storage.Devices.DeviceStore.Find(db, Worked) is null)
            B2D.Storage.Devices.DeviceStore.Put(db, new B2D.Core.Devices.Device(B2D.Core.Devices.DeviceId.Parse(Worked)), 0);
        var row = new MaintenanceRow { Title = "New seals", Scope = "Device", Target = Worked, Person = "marta", FromAt = Now - 600_000, UntilAt = End, State = "Running", RunningUntil = End };
        MaintenanceStore.Begin(db, row with { Id = MaintenanceStore.TryAdd(db, row)!.Value });
        HeldFaultStore.Hold(db, new HeldFaultRow
        {
            Device = Worked, Rule = "pump-hums", Episode = "17-9", Title = "<b>Hums</b>", Severity = Severity.High, OnsetAt = Now - 300_000, HeldAt = Now - 240_000,
        });
    });

    private static void Raise(TownHost host, string rule, Func<FaultRow, FaultRow> with) => host.Stores.State.Write(db =>
        FaultStore.Raise(db, with(new FaultRow { Device = "D-1", Rule = rule, Episode = "1-1", Title = rule, RaisedAt = Now - 1000 })));

    private static async Task<List<JsonElement>> Items(HttpClient program, string path) =>
        [.. (await program.GetFromJsonAsync<JsonElement>(path)).GetProperty("items").EnumerateArray()];
}
