using B2D.Console.Cases;
using B2D.Console.Tests.Town;
using B2D.Storage.Cases;
using B2D.Storage.Faults;
using B2D.Storage.Notices;
using B2D.Storage.Remedies;
using Microsoft.Extensions.DependencyInjection;

namespace B2D.Console.Tests;

/// <summary>A case as the worker writes it: its summary, its evidence, notices about the fault, and a remedy tried before.</summary>
public sealed class CaseRecordTests
{
    private static readonly TimeZoneInfo Lisbon = TimeZoneInfo.FindSystemTimeZoneById("Europe/Lisbon");
    private static readonly long Now = TownHost.Start.ToUnixTimeMilliseconds();

    [Theory]
    [InlineData("Pump blocked on HP-0010 (HP-2): it reported E42. The house gets no heat.",
        "It was opened because it reported E42. The house gets no heat. Restart was tried at 14:02")]
    [InlineData("Pump blocked on HP-0010: a > 1 held. B2D sent restart: it failed.",
        "It was opened because a > 1 held. B2D sent restart: it failed. The owner was told")]
    [InlineData("the pump hums", "The pump hums. Restart was tried at 14:02, without effect.")]
    [InlineData("", "Pump blocked since 13:56, seen by the rule pump-blocked. Restart")]
    public async Task Sentence_OfASummary_SaysNothingTwice(string summary, string expected)
    {
        await using var host = await TownHost.Open();
        host.Stores.State.Write(db => CaseStore.Update(db, CaseStore.Find(db, 1)! with { Summary = summary, OpenedAt = Now - 600_000 }));
        var record = host.Services.GetRequiredService<CaseReader>().Find(1)!;
        Assert.StartsWith(expected, CaseSentence.Of(record, Now, Lisbon), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-11-24", "It began within the warranty (until 24 November 2026): the repair is free.")]
    [InlineData("2026-11-23", "The warranty ended on 23 November 2026, before it began: a repair needs a quote.")]
    [InlineData("", null)]
    public async Task Sentence_OfTheWarranty_JudgesTheOnset(string until, string? expected)
    {
        await using var host = await TownHost.Open();
        host.Stores.State.Write(db => db.Execute("UPDATE devices SET warranty_until = @until WHERE id = 'HP-0010'", new { until }));
        var sentence = CaseSentence.Of(host.Services.GetRequiredService<CaseReader>().Find(1)!, Now + 86_400_000L * 30, Lisbon);
        if (expected is null)
            Assert.DoesNotContain("warranty", sentence, StringComparison.Ordinal);
        else
            Assert.Contains(expected, sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("c10", "case:1", "Sent", "The owner was told at 14:20 by e-mail.")]
    [InlineData("c10", "case:1", "Failed", "The owner was told at 14:04 by SMS.")]
    [InlineData("carer:c10", "case:1", "Sent", "The owner was told at 14:04 by SMS.")]
    [InlineData("c10", "outage:1", "Sent", "The owner was told at 14:20 by e-mail.")]
    [InlineData("c11", "outage:1", "Sent", "The owner was told at 14:04 by SMS.")]
    public async Task Sentence_OfWhatTheOwnerWasTold_IsTheLastThatReachedThem(string customer, string subject, string state, string expected)
    {
        await using var host = await TownHost.Open();
        host.Stores.State.Write(db =>
        {
            CaseStore.Update(db, CaseStore.Find(db, 1)! with { OutageId = 1 });
            NoticeStore.Put(db, new NoticeRow { Id = "later", Customer = customer, Subject = subject, Episode = "3-0", Status = "word", Revision = 7, Channel = "email", State = state, SentAt = Now, CreatedAt = Now });
        });
        Assert.Contains(expected, CaseSentence.Of(host.Services.GetRequiredService<CaseReader>().Find(1)!, Now, Lisbon), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sentence_OnlyTheirCarerWasTold_SaysThat()
    {
        await using var host = await TownHost.Open();
        host.Stores.State.Write(db => db.Execute("UPDATE notices SET customer = 'carer:c10' WHERE customer = 'c10'"));
        Assert.Contains("Their carer, and not the owner, was told at 14:04 by SMS.", CaseSentence.Of(host.Services.GetRequiredService<CaseReader>().Find(1)!, Now, Lisbon), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CasesToAskAbout_AreAList_AMark_AndANumberOnNow()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        Assert.DoesNotContain("ask before closing", SignedIn.Words(await browser.GetStringAsync("/")), StringComparison.Ordinal);
        host.Stores.State.Write(db =>
        {
            CaseStore.Update(db, CaseStore.Find(db, 1)! with { AskedAt = Now });
            CaseStore.Update(db, CaseStore.Find(db, 2)! with { AskedAt = Now });
            CaseStore.Update(db, CaseStore.Find(db, 5)! with { AskedAt = Now });
            GrantStore.Add(db, new GrantRow { CaseId = 1, Customer = "c10", Kind = "Money", Amount = 500, Unit = "EUR", Reason = "cold", State = "Asked", Who = "ana", Role = "agent", At = Now });
        });
        var list = SignedIn.Words(await browser.GetStringAsync("/cases?q=is:to-ask"));
        Assert.Contains("#1 Pump blocked P2 · heating · normal again, ask the customer", list, StringComparison.Ordinal);
        Assert.Contains("· normal again, look at it", list, StringComparison.Ordinal);
        Assert.DoesNotContain("#5 ", list, StringComparison.Ordinal);
        var now = SignedIn.Words(await browser.GetStringAsync("/"));
        Assert.Contains("2 normal again, ask before closing", now, StringComparison.Ordinal);
        Assert.Contains("1 grants to decide, 1 asked first, since 14:20", now, StringComparison.Ordinal);
        Assert.Contains("Given to customers: 1 to decide", SignedIn.Words(await browser.GetStringAsync("/cases")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Record_OfARecurringFault_HasItsNoticesAndRemedies()
    {
        await using var host = await TownHost.Open();
        host.Stores.State.Write(db =>
        {
            FaultStore.Raise(db, new FaultRow { Device = "HP-0010", Rule = "pump-blocked", Title = "Pump blocked", Episode = "17-5000", Kind = "Codes",
                CaseId = 1, RaisedAt = Now - 1000, OnsetAt = Now - 1000 });
            NoticeStore.Put(db, new NoticeRow { Id = "again", Customer = "c10", Subject = "fault:HP-0010/pump-blocked", Episode = "17-5000",
                Status = "device-fault", Channel = "sms", State = "Sent", SentAt = Now, CreatedAt = Now });
            NoticeStore.Put(db, new NoticeRow { Id = "other", Customer = "c10", Subject = "fault:HP-0010/pump-blocked", Episode = "2-2",
                Status = "device-fault", Channel = "sms", State = "Sent", SentAt = Now, CreatedAt = Now });
            TimelineStore.Add(db, new TimelineRow { Subject = "device:HP-0010", At = Now - (21 * 60_000), Kind = "remedy",
                Text = "The command reached the device", Who = "B2D" });
            TimelineStore.Add(db, new TimelineRow { Subject = "device:HP-0010", At = Now - (300 * 60_000), Kind = "remedy", Text = "An older remedy",
                Who = "B2D" });
            CommandStore.Put(db, new CommandRow { Id = "by-hand", Device = "HP-0010", Name = "purge", RequestedBy = "rui", CreatedAt = Now });
        });
        var record = host.Services.GetRequiredService<CaseReader>().Find(1)!;
        Assert.Equal(["again", "n-pump"], record.Notices.Select(n => n.Row.Id));
        Assert.Contains(record.Timeline, t => t.Text == "The command reached the device");
        Assert.DoesNotContain(record.Timeline, t => t.Text == "An older remedy");
        Assert.Equal(["purge", "restart"], record.Tried.Select(c => c.Name));
        Assert.Equal("17-4021", record.Fault!.Episode);
    }

    [Fact]
    public async Task Charts_OfARuleThatChanged_DrawTheLimitOfThen()
    {
        await using var host = await TownHost.Open();
        host.Stores.State.Write(db => db.Execute(
            "UPDATE faults SET evidence = @evidence WHERE id = 1",
            new { evidence = """{"condition":"current_a > 6.5","metrics":[{"name":"current_a","value":9.1,"at":1}]}""" }));
        var record = host.Services.GetRequiredService<CaseReader>().FindWithCharts(1, Now, Lisbon)!;
        Assert.Equal(6.5, record.Charts.Single(c => c.Title == "current_a").Limits.Single().Value);
        Assert.Empty(record.Charts.Single(c => c.Title == "flow_lpm").Limits);
        Assert.Equal("current_a > 6.5", record.Condition);
    }
}
