using System.Net.Http.Json;
using System.Text.Json;
using B2D.Console.Tests.Town;
using B2D.Storage.Cases;

namespace B2D.Console.Tests;

/// <summary>What is promised of cases, on their pages, in lists and in numbers. It is Tuesday, 14:20; case 1 began at 13:56 and was opened at 14:00.</summary>
public sealed class CaseClockTests
{
    private static readonly long Now = TownHost.Start.ToUnixTimeMilliseconds();

    [Fact]
    public async Task Page_OfACaseWithPromises_SaysWhenTheyFallDue()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        Change(host, 1, c => c with { RespondMs = Minutes(60), RepairMs = Minutes(8 * 60), Contract = "gold" });
        var text = SignedIn.Words(await browser.GetStringAsync("/cases/1"));
        Assert.Contains("response due 15:00, in 40 min", text, StringComparison.Ordinal);
        Assert.Contains("repair due 21:56, in 7 h 36 min", text, StringComparison.Ordinal);
        Assert.Contains("contract gold", text, StringComparison.Ordinal);
        Change(host, 1, c => c with { RespondMs = Minutes(22) });
        Assert.Contains("response due 14:22, in 2 min: most of its time is used", SignedIn.Words(await browser.GetStringAsync("/cases/1")), StringComparison.Ordinal);
        Change(host, 1, c => c with { RespondMs = Minutes(10) });
        Assert.Contains("response late since 14:10", SignedIn.Words(await browser.GetStringAsync("/cases/1")), StringComparison.Ordinal);
        Change(host, 1, c => c with { RespondedAt = Now - Minutes(12) });
        Assert.Contains("response in time", SignedIn.Words(await browser.GetStringAsync("/cases/1")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_OfACaseThatWaits_SaysWhyItsClockStands()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        Change(host, 1, c => c with { RepairMs = Minutes(8 * 60) });
        host.Stores.State.Write(db => WaitStore.Add(db, new WaitRow { CaseId = 1, Kind = "parts", FromAt = Now - Minutes(10) }));
        Assert.Contains("repair clock stands still, 7 h 46 min left: it waits for parts", SignedIn.Words(await browser.GetStringAsync("/cases/1")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_WhoseFaultsAreGone_SaysWhomToAsk()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        Change(host, 1, c => c with { AskFirst = true, AskedAt = Now, ClearSinceAt = Now - Minutes(5) });
        var text = SignedIn.Words(await browser.GetStringAsync("/cases/1"));
        Assert.Contains("Its faults are gone. Ask the customer before closing", text, StringComparison.Ordinal);
        Assert.Contains("Quiet since 14:15", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Late_IsCountedAndFoundAndStandsFirst()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        using var reader = host.Program(host.ReadKey);
        Change(host, 3, c => c with { Late = true, NextDueAt = Now - Minutes(30), RepairDueAt = Now - Minutes(30), RespondedAt = 1, Priority = 4 });
        Change(host, 1, c => c with { NextDueAt = Now + Minutes(90), ResponseDueAt = Now + Minutes(90) });
        Change(host, 4, c => c with { NextDueAt = Now + Minutes(11 * 60), RepairDueAt = Now + Minutes(11 * 60), WaitingKind = "parts" });
        var list = SignedIn.Words(await browser.GetStringAsync("/cases"));
        Assert.Contains("4 cases open, 1 late, 1 of them about safety", list, StringComparison.Ordinal);
        Assert.Contains("Late since 13:50", list, StringComparison.Ordinal);
        Assert.Contains("response 15:50", list, StringComparison.Ordinal);
        Assert.Contains("repair tomorrow 01:20", list, StringComparison.Ordinal);
        Assert.True(list.IndexOf("#3 ", StringComparison.Ordinal) < list.IndexOf("#1 ", StringComparison.Ordinal));
        var byDue = SignedIn.Words(await browser.GetStringAsync("/cases?q=state:open+sort:due"));
        Assert.Equal([3, 1, 4, 2], new[] { 1, 2, 3, 4 }.OrderBy(id => byDue.IndexOf($"#{id} ", StringComparison.Ordinal)));
        Assert.Contains("4 open cases (1 late)", SignedIn.Words(await browser.GetStringAsync("/")), StringComparison.Ordinal);
        Assert.Equal([3], await Ids("late=yes"));
        Assert.Equal([4, 2, 1], await Ids("q=state:open+late:no"));
        Assert.Equal([3], await Ids("q=due:1h"));
        Assert.Equal([3, 1], await Ids("due=today"));
        Assert.Equal([3, 1], await Ids("due=2h"));
        Assert.Equal([4, 3, 1], await Ids("q=due:tomorrow"));
        Assert.Equal([4], await Ids("waits=parts"));
        Assert.Contains("#3 Pump blocked", SignedIn.Words(await browser.GetStringAsync("/cases?q=state:open+due:today")), StringComparison.Ordinal);
        Assert.Contains("says nothing here: today, tomorrow or a duration", SignedIn.Words(await browser.GetStringAsync("/cases?q=due:soon")), StringComparison.Ordinal);
        Assert.Contains("b2d_cases_late 1\n", await reader.GetStringAsync("/metrics"), StringComparison.Ordinal);

        async Task<IEnumerable<long>> Ids(string query) => (await reader.GetFromJsonAsync<JsonElement>("/api/cases?" + query)).GetProperty("items").EnumerateArray()
            .Select(c => c.GetProperty("id").GetInt64());
    }

    private static long Minutes(int minutes) => minutes * 60_000L;

    private static void Change(TownHost host, long id, Func<CaseRow, CaseRow> change) => host.Stores.State.Write(db => CaseStore.Update(db, change(CaseStore.Find(db, id)!)));
}
