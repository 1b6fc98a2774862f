using B2D.Console.Cases;
using B2D.Console.Lists;

namespace B2D.Console.Tests;

public sealed class FilterTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("   ", "")]
    [InlineData("state:open", "state=open")]
    [InlineData("STATE:open,waiting", "state=open|waiting")]
    [InlineData("state:open device:HP-1 free text", "state=open;device=HP-1;=free;=text")]
    [InlineData("-queue:heating", "!queue=heating")]
    [InlineData("-pump", "!=pump")]
    [InlineData("a - b", "=a;=-;=b")]
    [InlineData("\"pump blocked\"", "=pump blocked")]
    [InlineData("place:\"Bonfim, Porto\"", "place=Bonfim, Porto")]
    [InlineData("subject:outage:3", "subject=outage:3")]
    [InlineData("state:", "")]
    [InlineData("state:,,", "")]
    [InlineData(":x", "=:x")]
    [InlineData("\"unclosed text", "=unclosed text")]
    [InlineData("1,200", "=1,200")]
    public void Parse_OfText_GivesWords(string text, string expected) =>
        Assert.Equal(expected, string.Join(';', FilterText.Parse(text).Words.Select(w => $"{(w.Not ? "!" : "")}{w.Key}={string.Join('|', w.Values)}")));

    [Fact]
    public void Parse_OfTooMuch_ReadsTheBeginning()
    {
        Assert.Equal(20, FilterText.Parse(string.Join(' ', Enumerable.Repeat("a", 100))).Words.Length);
        Assert.Equal(FilterText.MaxLength, FilterText.Parse(new string('x', 9000)).Text.Length);
    }

    [Fact]
    public void Sql_OfAFilter_HoldsNoWordOfIt()
    {
        var condition = FilterSql.Of(FilterText.Parse("state:open device:\"x'; DROP TABLE cases;--\" 100%_! -severity:high id:5 foo:bar id:abc"),
            CaseLists.Definition.Fields, new FreeText("c.id", ["c.title"], [], []));
        Assert.Equal(
            "1 = 1 AND ((CASE c.state WHEN 'New' THEN 0 WHEN 'Working' THEN 0 WHEN 'Waiting' THEN 1 WHEN 'Resolved' THEN 2 ELSE 3 END <= 1)) AND (LOWER(c.device) LIKE @f0 ESCAPE '!') "
            + "AND (LOWER(c.title) LIKE @f1 ESCAPE '!') AND NOT ((c.severity = 3)) AND (c.id = @f2) AND (1 = 0)",
            condition.Where);
        Assert.Equal(["x'; drop table cases;--", "%100!%!_!!%", 5L], condition.Parameters.Values);
        Assert.Equal(2, condition.Problems.Count);
        Assert.Contains("“foo”", condition.Problems[0], StringComparison.Ordinal);
    }
}
