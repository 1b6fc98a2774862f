using B2D.Core.Notices;
using Xunit;

namespace B2D.Core.Tests.Notices;

public sealed class TemplateTextTests
{
    private static readonly Dictionary<string, string> Facts = new() { ["title"] = "Pump {{blocked}}", ["news"] = "yes", ["cause"] = "" };

    [Theory]
    [InlineData("{{title}}.", "Pump {{blocked}}.")]
    [InlineData("{{ title }}", "Pump {{blocked}}")]
    [InlineData("a{{#if news}}b{{else}}c{{/if}}d", "abd")]
    [InlineData("a{{#if cause}}b{{else}}c{{/if}}d", "acd")]
    [InlineData("a{{#unless cause}}b{{/unless}}", "ab")]
    [InlineData("a{{#unless news}}b{{else}}c{{/unless}}", "ac")]
    [InlineData("{{#if news}}{{#if cause}}x{{else}}{{title}}{{/if}}{{/if}}", "Pump {{blocked}}")]
    [InlineData("{{nothing}}|", "|")]
    [InlineData("one } two { three", "one } two { three")]
    public void Render_FactsAndConditions_GiveTheText(string source, string expected)
    {
        var text = TemplateText.Parse(source, out var flaws);
        Assert.Empty(flaws);
        Assert.Equal(expected, text.Render(Facts));
    }

    [Theory]
    [InlineData("a\n{{title", 2, "}} after it")]
    [InlineData("{{#if news}}a", 1, "{{/if}} is missing")]
    [InlineData("{{#if news}}a{{/unless}}", 1, "closes nothing")]
    [InlineData("{{/if}}", 1, "closes nothing")]
    [InlineData("{{else}}", 1, "closes nothing")]
    [InlineData("{{#if news}}a{{else}}b{{else}}c{{/if}}", 1, "one {{else}}")]
    [InlineData("{{#each title}}", 1, "is not known")]
    [InlineData("{{> other}}", 1, "is not known")]
    [InlineData("{{{title}}}", 1, "is not known")]
    [InlineData("{{Title}}", 1, "is not known")]
    [InlineData("{{#if Title}}a{{/if}}", 1, "no name of a fact")]
    [InlineData("{{}}", 1, "is not known")]
    public void Parse_WrongForm_IsNamedWithItsLine(string source, int line, string message)
    {
        TemplateText.Parse(source, out var flaws);
        Assert.Contains(flaws, f => f.Line == line && f.Message.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public void Parse_ManyConditionsWithinEachOther_IsRefused()
    {
        TemplateText.Parse(string.Concat(Enumerable.Repeat("{{#if news}}", 9)) + "x" + string.Concat(Enumerable.Repeat("{{/if}}", 9)), out var flaws);
        Assert.Contains(flaws, f => f.Message.Contains("at most 8", StringComparison.Ordinal));
    }

    [Fact]
    public void Parse_AMillionConditionsWithinEachOther_IsOneFlaw()
    {
        TemplateText.Parse(string.Concat(Enumerable.Repeat("{{#if news}}", 1_000_000)), out var flaws);
        Assert.Equal("conditions stand at most 8 within each other", Assert.Single(flaws).Message);
    }

    [Theory]
    [InlineData("plain, ünïcödé, 日本, 👍🏽", "plain, ünïcödé, 日本, 👍🏽")]
    [InlineData("a\r\nBcc: x@example.org", "a Bcc: x@example.org")]
    [InlineData("a\u0000\u001b[31mb", "a[31mb")]
    [InlineData("pay \u202Egro.lave\u202C now", "pay gro.lave now")]
    [InlineData("a\u2028b\u0085c", "a b c")]
    [InlineData("\u2066\u200Fx\uFEFF", "x")]
    public void PlainText_HostileSigns_AreGone(string text, string expected) => Assert.Equal(expected, PlainText.Of(text));

    [Fact]
    public void PlainText_WrittenInLines_KeepsThem() => Assert.Equal("a\nb\nc", PlainText.Of("a\r\nb\rc", lines: true));

    [Theory]
    [InlineData("Ana", "Ana")]
    [InlineData("=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\"")]
    [InlineData("+351 910", "'+351 910")]
    [InlineData("-1+2", "'-1+2")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("  =1", "'  =1")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("a\nb", "\"a\nb\"")]
    [InlineData("", "")]
    public void CsvField_Formulas_AreText(string text, string expected) => Assert.Equal(expected, PlainText.CsvField(text));
}
