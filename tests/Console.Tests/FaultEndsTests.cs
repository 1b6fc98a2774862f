using System.Collections.Immutable;
using System.Net.Http.Json;
using System.Text.Json;
using B2D.Console.Tests.Town;
using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.Storage.Faults;

namespace B2D.Console.Tests;

/// <summary>Faults that wait for a person, that chatter and that are outside their hours, as people see them.</summary>
public sealed class FaultEndsTests
{
    private const string Device = "HP-0010";
    private const string Rule = "pump-blocked";
    private const string Episode = "17-4021";
    private static readonly long Now = TownHost.Start.ToUnixTimeMilliseconds();

    [Fact]
    public async Task Fault_Latched_SaysThatItWaitsForSomebody()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        host.Stores.State.Write(db => FaultStore.SetPhase(db, Device, Rule, Episode, nameof(FaultPhase.Latched)));

        Assert.Contains("rule pump-blocked · over, and waits for somebody to have seen it", SignedIn.Words(await browser.GetStringAsync($"/devices/{Device}")), StringComparison.Ordinal);
        Assert.Contains("The signal is normal again; the fault waits for somebody to have seen it.", SignedIn.Words(await browser.GetStringAsync("/cases/1")), StringComparison.Ordinal);
        using var program = host.Program(host.WriteKey);
        var found = await program.GetFromJsonAsync<JsonElement>("/api/faults?q=state%3Alatched");
        Assert.Equal(["Latched"], found.GetProperty("items").EnumerateArray().Select(f => f.GetProperty("phase").GetString()));
        var story = await program.GetFromJsonAsync<JsonElement>("/api/faults/1/explanation");
        Assert.Contains("Its condition is over; it waits for somebody to acknowledge it.", story.GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fault_Chattering_SaysSoOnTheDeviceAndTheRule()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        Assert.DoesNotContain("so often", SignedIn.Words(await browser.GetStringAsync($"/rules/{Rule}")), StringComparison.Ordinal);
        host.Stores.State.Write(db =>
        {
            FaultStore.SetPhase(db, Device, Rule, Episode, FaultRow.Chattering);
            foreach (var episode in new[] { Episode, "17-1" })
                TransitionStore.Append(db, TransitionRow.Of(new FaultRow { Device = Device, Rule = Rule, Episode = episode }, $"chatters/{episode}", "Chatters", Now, nameof(FaultReason.Chatters)));
        });

        Assert.Contains("· chatters: open until it is quiet", SignedIn.Words(await browser.GetStringAsync($"/devices/{Device}")), StringComparison.Ordinal);
        Assert.Contains("Chatters 2 times a fault came and went so often that it stayed open", SignedIn.Words(await browser.GetStringAsync($"/rules/{Rule}")), StringComparison.Ordinal);
        using var program = host.Program(host.WriteKey);
        Assert.Equal(2, (await program.GetFromJsonAsync<JsonElement>($"/api/rules/{Rule}")).GetProperty("chatters").GetInt32());
        Assert.Single((await program.GetFromJsonAsync<JsonElement>("/api/faults?q=state%3Achattering")).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task Fault_OutsideItsHours_IsNotSilencedByAPerson()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        host.Stores.State.Write(db => FaultStore.Shelve(db, Device, Rule, "", Now + 3_600_000, FaultRow.OutsideHours));
        var text = SignedIn.Words(await browser.GetStringAsync($"/devices/{Device}"));
        Assert.Contains("outside its hours, opens 15:20 if it is still there", text, StringComparison.Ordinal);
        Assert.Contains("Open it now", text, StringComparison.Ordinal);
        Assert.DoesNotContain("silent until", text, StringComparison.Ordinal);

        host.Stores.State.Write(db => FaultStore.Shelve(db, Device, Rule, "marta", Now + 3_600_000, FaultRow.OutsideHours));
        Assert.Contains("silent until 15:20 by marta: outside its hours", SignedIn.Words(await browser.GetStringAsync($"/devices/{Device}")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fault_FoundLate_SaysThatNobodyWasTold()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        host.Stores.State.Write(db =>
        {
            var late = new FaultRow { Device = "HP-0014", Late = true, BackDated = true, RaisedAt = Now - 1_000, OnsetAt = Now - 3_600_000 };
            FaultStore.Raise(db, late with { Rule = "dry", Title = "Short of water", Episode = "3--1" });
            FaultStore.Raise(db, late with
            {
                Rule = "hot", Title = "Too hot", Episode = "3--2", Phase = "Normal", ClearedAt = Now - 1_000, EndedAt = Now - 3_300_000, ClearReason = nameof(FaultReason.BackDated),
            });
        });

        var text = SignedIn.Words(await browser.GetStringAsync("/devices/HP-0014"));

        Assert.Contains("rule dry · found late: nobody was told", text, StringComparison.Ordinal);
        Assert.Contains("I have seen it", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Silence it", text, StringComparison.Ordinal);
        Assert.Contains("Too hot lasted 5 min · found late: nobody was told", text, StringComparison.Ordinal);
        using var program = host.Program(host.WriteKey);
        var items = (await program.GetFromJsonAsync<JsonElement>("/api/faults?q=device%3AHP-0014")).GetProperty("items").EnumerateArray().Where(f => f.GetProperty("backDated").GetBoolean()).ToList();
        Assert.Equal([null, TownHost.Start.AddMilliseconds(-3_300_000)], items.OrderBy(f => f.GetProperty("rule").GetString()).Select(f => f.GetProperty("endedAt").GetString() is { } at ? DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture) : (DateTimeOffset?)null));
    }

    [Fact]
    public async Task Rule_WithEnds_SaysThemInWords()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        var set = host.Rules.Current;
        var (hour, always) = (TimeSpan.FromHours(1), Enumerable.Repeat(true, 7).ToImmutableArray());
        host.Rules.Current = set with
        {
            Faults = set.Faults.SetItem(0, set.Faults[0] with
            {
                Latch = true, Chatter = new ChatterRule(5, hour, hour / 2, hour), During = new Hours([new WeekHours(always, 0, 60, NodaTime.DateTimeZone.Utc)]),
            }),
        };

        Assert.Contains(
            "It ends only when somebody has seen it. Raised 5 times within 60 min it stays open until it is quiet for 30 min. Outside its hours it is recorded and opens nothing.",
            SignedIn.Words(await browser.GetStringAsync($"/rules/{Rule}")), StringComparison.Ordinal);
    }
}
