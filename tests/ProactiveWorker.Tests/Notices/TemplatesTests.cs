using System.Text.Json;
using B2D.Core.Notices;
using B2D.Core.Rules;
using B2D.ProactiveWorker.Links;
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
        Assert.Equal(["call-back", "case-ask", "case-update", "device-clear", "device-fault", "filter-due", "outage-all-clear", "outage-left", "outage-opened", "outage-update", "planned", "planned-all-clear", "planned-called-off", "planned-late", "planned-moved", "planned-reminder", "start-done", "stop-done", "stop-which", "subscription-confirm", "survey"], Templates.Names);

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
    public void Render_AddressAskedForInASubject_IsNone()
    {
        var (subject, text) = new Templates(Options).Render(new TemplateWords("{{sender}} {{link}}{{#if typed}}x{{/if}}", "{{link}}"), "en", JsonSerializer.Serialize(Facts()), Ana, new LinkWords("https://b2d.example/l/1", "b2d.example/k/1", "", ""));
        Assert.Equal(("Acme", 1), (subject, text.Length));
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

    [Theory]
    [InlineData("outage-opened", "en", "More, and if it is still broken: https://b2d.example/l/1.x (or type b2d.example/k/abcdefgh).")]
    [InlineData("outage-left", "en", "More: https://b2d.example/l/1.x (or type b2d.example/k/abcdefgh).")]
    [InlineData("outage-all-clear", "de", "Mehr dazu, und wenn es noch nicht geht: https://b2d.example/l/1.x (oder tippen Sie b2d.example/k/abcdefgh).")]
    [InlineData("device-clear", "pt", "Mais informação, e se ainda não funciona: https://b2d.example/l/1.x (ou escreva b2d.example/k/abcdefgh).")]
    public void Render_WithLinks_SaysThemBesideTheSameWords(string name, string language, string said)
    {
        var links = LinkWords.None with { Page = "https://b2d.example/l/1.x", Typed = "b2d.example/k/abcdefgh" };
        var words = Templates.BuiltIn(name, language, "")!.Value.Words;
        var (_, kept) = new Templates(Options).Render(words, language, JsonSerializer.Serialize(Facts()), Ana with { Language = language }, links);
        Assert.DoesNotContain("b2d.example", kept, StringComparison.Ordinal);
        var with = links.Into(kept);
        var (_, without) = Render(name, language, Facts());
        Assert.Equal(without, with.Replace(" " + said, "", StringComparison.Ordinal));
        Assert.Contains(said, with, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_UnknownTemplate_NamesTheKnownOnes()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Render("nothing", "en", Facts()));
        Assert.Contains("device-fault", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string> AllKeys()
    {
        var data = new TheoryData<string, string, string>();
        foreach (var key in Templates.BuiltIns)
            data.Add(key.Name, key.Language, key.Channel);
        return data;
    }

    [Theory]
    [MemberData(nameof(AllKeys))]
    public void BuiltIn_EachOfThem_PassesTheCheckThatOperatorsTextsDo(string name, string language, string channel)
    {
        var key = new TemplateKey(name, language, channel);
        var words = Templates.BuiltIn(name, language, channel)!.Value.Words;
        var (_, text) = new Templates(Options).Render(words, language, JsonSerializer.Serialize(Facts()), Ana with { Language = language });
        Assert.Empty(TemplateCheck.Check(key, words, text).Where(p => p.IsError));
        if (channel == "sms")
            Assert.InRange(SmsText.Fit(text, 20).Parts, 1, language == "pt" ? 5 : TemplateCheck.GoodParts);
    }

    [Fact]
    public void Facts_ThatTextsCanHave_AreThoseThatAreKnownToTheCheck()
    {
        // With all names in one text, what is not known is empty.
        var all = string.Join('|', TemplateKinds.Facts.Select(f => f.IsFlag ? $"{f.Name}={{{{#if {f.Name}}}}}yes{{{{/if}}}}" : $"{f.Name}={{{{{f.Name}}}}}"));
        var full = Facts() with
        {
            Words = "w", SelfHelp = "h", Warning = "x", Safety = true, NextUpdate = 1, News = true, Monitoring = true, Back = true, Cause = "c", CauseGone = true, Workaround = "a",
            EstimateFrom = 1, EstimateUntil = 2, EstimateWasFrom = 1, EstimateWasUntil = 2,
            Times = [new WorkTime(1, 2)], TimesWere = [new WorkTime(3, 4)], Why = "y", Over = true, AfterWork = 5, Owed = 6, Currency = "€",
        };
        var (_, text) = new Templates(Options).Render(new TemplateWords("s", all), "en", JsonSerializer.Serialize(full), Ana with { Language = "en" }, new LinkWords("l", "t", "u", "c"));
        Assert.All(text.Split('|'), f => Assert.Matches("^[a-z_]+=.+$", f));
        Assert.Equal(TemplateKinds.All.Select(k => k.Name), Templates.Names);
    }

    [Fact]
    public void Render_HostileFacts_StayTextOnTheirLine()
    {
        var hostile = Facts() with { Title = "Pump\r\nBcc: all@example.org", Place = "\u202Eofni\u0007 {{contact}} <script>", Words = "first\nsecond" };
        var (subject, text) = Render("outage-opened", "en", hostile with { ByLanguage = new Dictionary<string, RuleWords>() });
        Assert.Equal("Acme: Pump Bcc: all@example.org in ofni {{contact}} <script>", subject);
        Assert.DoesNotContain('\r', text);
        Assert.DoesNotContain('\u202E', text);
        Assert.Contains("first\nsecond", Render("case-update", "en", hostile with { News = true }).Text, StringComparison.Ordinal);
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
