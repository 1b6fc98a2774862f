using System.Text.Json;
using B2D.Core.Rules;
using B2D.ProactiveWorker.Notices;
using B2D.Storage.Customers;
using B2D.Storage.Notices;
using Xunit;

namespace B2D.ProactiveWorker.Tests.Notices;

public sealed class TemplatesTests
{
    private static readonly NoticeOptions Options = new() { Sender = "Acme", Contact = "+351 220 000 000" };
    private static readonly CustomerRow Ana = new() { Id = "C-1", Name = "Ana", Language = "pt-PT", TimeZone = "Europe/Lisbon" };

    public static TheoryData<string, string> AllTexts()
    {
        var data = new TheoryData<string, string>();
        foreach (var name in Templates.Names)
        {
            foreach (var language in Templates.Languages)
                data.Add(name, language);
        }
        return data;
    }

    [Fact]
    public void Names_AreTheOnesThatRulesMayName() =>
        Assert.Equal(["case-update", "device-clear", "device-fault", "filter-due", "outage-all-clear", "outage-opened", "outage-update", "planned", "planned-all-clear", "planned-called-off", "planned-late", "planned-moved", "planned-reminder", "start-done", "stop-done", "stop-which"], Templates.Names);

    [Theory]
    [MemberData(nameof(AllTexts))]
    public void Render_EveryTemplateInEveryLanguage_SaysWhoWritesAndLeavesNoHoles(string name, string language)
    {
        var (subject, text) = Render(name, language, Facts());
        Assert.StartsWith("Acme: ", subject, StringComparison.Ordinal);
        Assert.EndsWith("Acme", text, StringComparison.Ordinal);
        foreach (var wrong in new[] { "{{", "}}", "  ", ": .", "..", " ." })
            Assert.DoesNotContain(wrong, text, StringComparison.Ordinal);
        Assert.DoesNotContain("http", text, StringComparison.Ordinal);
        Assert.DoesNotContain("cab-7", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_CustomersLanguage_TakesTheRulesWordsForIt()
    {
        var (subject, text) = new Templates(Options).Render(Row("outage-opened", Facts()), Ana);
        Assert.Equal("Acme: A internet não funciona em Bonfim, Porto", subject);
        Assert.Contains("desde", text, StringComparison.Ordinal);
        Assert.Contains("WET", text, StringComparison.Ordinal);
        Assert.Contains("O-3", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_LanguageWithoutTexts_FallsBackToTheInstallations()
    {
        var (subject, _) = new Templates(Options).Render(Row("outage-opened", Facts()), Ana with { Language = "fi" });
        Assert.Equal("Acme: The internet does not work in Bonfim, Porto", subject);
    }

    [Fact]
    public void Render_TimesAndEstimate_AreInTheCustomersZone()
    {
        var noon = new DateTimeOffset(2026, 7, 1, 12, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
        var (_, text) = Render("outage-opened", "en", Facts() with { Since = noon, NextUpdate = noon + 3_600_000 });
        Assert.Contains("Wed 1 Jul 13:00 WEST", text, StringComparison.Ordinal);
        Assert.Contains("Next news by Wed 1 Jul 14:00 WEST.", text, StringComparison.Ordinal);
        Assert.Contains("There is no estimate yet.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_UnknownTemplate_NamesTheKnownOnes()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Render("nothing", "en", Facts()));
        Assert.Contains("device-fault", error.Message, StringComparison.Ordinal);
    }

    private static NoticeFacts Facts() => new()
    {
        Device = "HP-0211",
        Title = "The internet does not work",
        Place = "Bonfim, Porto",
        Since = 1_767_225_600_000,
        Until = 1_767_229_200_000,
        Outage = 3,
        Used = 1090,
        Every = 1200,
        Unit = "litres",
        Times = [new WorkTime(1_767_225_600_000, 1_767_229_200_000)],
        TimesWere = [new WorkTime(1_767_222_000_000, 1_767_225_600_000)],
        Classes = ["usage", "offer", "survey"],
        StillWorks = "Mobile networks are not affected.",
        ByLanguage = new Dictionary<string, RuleWords> { ["pt"] = new("A internet não funciona") },
    };

    private static (string Subject, string Text) Render(string name, string language, NoticeFacts facts) =>
        new Templates(Options).Render(Row(name, facts), Ana with { Language = language });

    private static NoticeRow Row(string template, NoticeFacts facts) => new() { Template = template, Facts = JsonSerializer.Serialize(facts) };
}
