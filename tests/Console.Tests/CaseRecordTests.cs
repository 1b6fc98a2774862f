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
