using B2D.Core.Notices;
using Xunit;

namespace B2D.Core.Tests.Notices;

public sealed class TemplateCheckTests
{
    private const string Subject = "{{sender}}: {{title}} in {{place}}";

    private const string Good = """
        {{title}}{{#if place}} in {{place}}{{/if}}, since {{since}}. {{still_works}} {{warning}} {{#if workaround}}Until then: {{workaround}}.{{/if}}
        {{#if estimate}}Mended between {{estimate}}.{{else}}No estimate yet.{{/if}} Next news by {{next_update}}. Reference {{reference}}. {{contact}} {{sender}}
        """;

    [Fact]
    public void Check_GoodText_HasNothingToMend() => Assert.Empty(Check(Good));

    [Theory]
    [InlineData("{{reference}}", "{{refrence}}", "there is no fact 'refrence'")]
    [InlineData("{{next_update}}", "{{next}}", "did you mean 'next_update'?")]
    [InlineData("Reference {{reference}}.", "", "{{reference}} (what to name when calling) is missing")]
    [InlineData("{{contact}}", "", "{{contact}} (how to reach a person) is missing")]
    [InlineData("Reference {{reference}}.", "{{#if cause}}Reference {{reference}}.{{/if}}", "{{reference}} (what to name when calling) is not said whenever it is known")]
    [InlineData("Reference {{reference}}.", "{{#unless cause}}Reference {{reference}}.{{/unless}}", "is not said whenever it is known")]
    [InlineData("{{#if estimate}}", "{{#if estimate}}{{monitoring}}", "'monitoring' has no words: ask for it with {{#if monitoring}}")]
    [InlineData("Next news", "Ask for our offers! Next news", "'our offers' reads as an offer")]
    [InlineData("Next news", "Heute 20 % Rabatt. Next news", "reads as an offer")]
    [InlineData("Next news", "Aproveite o desconto. Next news", "'desconto' reads as an offer")]
    [InlineData("Next news", "Send us your password. Next news", "never asks for a password")]
    [InlineData("{{#if place}}", "{{#if place}}{{#if place}}", "{{/if}} is missing")]
    public void Check_SomethingWrong_IsAnErrorThatSaysWhat(string of, string with, string message) =>
        Assert.Contains(Check(Good.Replace(of, with, StringComparison.Ordinal)), p => p.IsError && p.Message.Contains(message, StringComparison.Ordinal));

    [Fact]
    public void Check_Lines_AreNamed() => Assert.Equal(2, Check("\n" + "{{nothing}}" + Good).First(p => p.Message.Contains("'nothing'", StringComparison.Ordinal)).Line);

    [Fact]
    public void Check_PlainAddress_IsOnlyWorthALook() =>
        Assert.Contains(Check(Good + " http://example.org"), p => !p.IsError && p.Message.Contains("https://", StringComparison.Ordinal));

    [Fact]
    public void Check_Empty_AndTooLong_AreRefused()
    {
        Assert.Contains(Check(""), p => p is { IsError: true, Message: "it is empty" });
        Assert.Contains(Check(Good + new string('x', 5000)), p => p.IsError && p.Message.Contains("at most 5000", StringComparison.Ordinal));
        Assert.Contains(TemplateCheck.Check(Key(""), new TemplateWords("a\nb", Good)), p => p.IsError && p.Message == "a subject has one line");
    }

    [Fact]
    public void Check_TooLong_IsThatProblemAndNoOther()
    {
        Assert.Equal("it has 6001 characters, at most 5000 are allowed", Assert.Single(Check("{{devise}}" + new string('x', 5991))).Message);
        Assert.Equal("subject", Assert.Single(TemplateCheck.Check(Key(""), new TemplateWords(string.Concat(Enumerable.Repeat("{{#if a}}", 1_000_000)), Good))).Where);
    }

    [Theory]
    [InlineData("", 300, null)]
    [InlineData("", 459, null)]
    [InlineData("", 460, false)]
    [InlineData("", 1000, false)]
    [InlineData("sms", 918, false)]
    [InlineData("sms", 919, true)]
    [InlineData("email", 2000, null)]
    public void Check_SizeAsSms_IsLookedAtWithTheFactsInIt(string channel, int letters, bool? isError)
    {
        var problems = TemplateCheck.Check(Key(channel), new TemplateWords(Subject, Good), new string('a', letters));
        Assert.Equal(isError, problems.Length == 0 ? null : problems.Single().IsError);
    }

    [Fact]
    public void Check_FactInTheSubjectOnly_IsNotSaidBySms()
    {
        var words = new TemplateWords("{{sender}}: {{reference}}", Good.Replace("Reference {{reference}}.", "", StringComparison.Ordinal));
        Assert.Empty(TemplateCheck.Check(Key("email"), words));
        Assert.Contains(TemplateCheck.Check(Key("sms"), words), p => p.Message.Contains("in the subject only", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("link")]
    [InlineData("typed")]
    [InlineData("unsubscribe")]
    [InlineData("confirm")]
    public void Check_AddressInTheSubject_IsAnError(string address)
    {
        var problem = Assert.Single(TemplateCheck.Check(Key(""), new TemplateWords($"{Subject} {{{{#if {address}}}}}here{{{{/if}}}}", Good)));
        Assert.Equal((true, "subject", 1), (problem.IsError, problem.Where, problem.Line));
        Assert.Empty(TemplateCheck.Check(Key(""), new TemplateWords(Subject, $"{Good} {{{{{address}}}}}")));
    }

    [Theory]
    [InlineData("outage-opened", "en", "any", "")]
    [InlineData("outage-opened", "fr", "sms", "")]
    [InlineData("nothing", "en", "any", "no template of that name")]
    [InlineData("outage-opened", "eng", "any", "two letters")]
    [InlineData("outage-opened", "..", "any", "two letters")]
    [InlineData("outage-opened", "en", "pigeon", "a channel is any")]
    public void Key_IsRead_OrSaysWhatIsWrong(string name, string language, string channel, string problem)
    {
        var key = TemplateKey.Of(name, language, channel, out var said);
        Assert.Equal(problem.Length == 0, key is not null);
        Assert.Contains(problem, said, StringComparison.Ordinal);
    }

    private static TemplateKey Key(string channel) => new("outage-opened", "en", channel);

    private static IReadOnlyList<TemplateProblem> Check(string text) => TemplateCheck.Check(Key(""), new TemplateWords(Subject, text));
}
