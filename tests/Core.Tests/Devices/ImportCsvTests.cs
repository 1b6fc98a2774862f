using B2D.Core.Devices;
using Xunit;

namespace B2D.Core.Tests.Devices;

/// <summary>Clauses are those of RFC 4180, section 2.</summary>
public sealed class ImportCsvTests
{
    private static string Read(string text)
    {
        var csv = new ImportCsv(text);
        var records = new List<string>();
        while (csv.Next() is { } record)
            records.Add(record.Problem is { } p ? $"{record.Line}!{p.Line}" : $"{record.Line}:{string.Join("|", record.Fields)}");
        return string.Join(" ; ", records).Replace("\r", "<CR>", StringComparison.Ordinal).Replace("\n", "<LF>", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("\uFEFF", "")]
    [InlineData("a,b", "1:a|b")]
    [InlineData("a,b\r\nc,d\r\n", "1:a|b ; 2:c|d")] // 1, 2
    [InlineData("a,b\nc,d\n", "1:a|b ; 2:c|d")]
    [InlineData("a,b\rc,d\r", "1:a|b ; 2:c|d")]
    [InlineData("\uFEFFa\nb", "1:a ; 2:b")]
    [InlineData("a\n\n\r\nb\n\n", "1:a ; 4:b")] // empty lines
    [InlineData(",\n,,", "1:| ; 2:||")] // empty fields
    [InlineData(" a , b ", "1: a | b ")] // 4: spaces are part of a field
    [InlineData("\"a\",\"b\"", "1:a|b")] // 5
    [InlineData("\"\",\"\"\n", "1:|")]
    [InlineData("\"a,b\",c", "1:a,b|c")] // 6
    [InlineData("\"a\r\nb\",c\nd,e", "1:a<CR><LF>b|c ; 3:d|e")]
    [InlineData("\"a \"\"b\"\" c\"", "1:a \"b\" c")] // 7
    [InlineData("\"\"\"\"", "1:\"")]
    [InlineData("\uFEFF\"a\",b", "1:a|b")]
    public void Next_GoodText_GivesFieldsAndLines(string text, string expected) => Assert.Equal(expected, Read(text));

    [Theory]
    [InlineData("a\"b,c\nd", "1!1 ; 2:d")] // 5: a quote inside a plain field
    [InlineData("\"a\"b,c\nd", "1!1 ; 2:d")] // text after the closing quote
    [InlineData("\"a\" ,c\nd", "1!1 ; 2:d")]
    [InlineData("x\n\"a\n\"b\nd", "1:x ; 2!3 ; 4:d")]
    [InlineData("x\n\"never closed\nd\n", "1:x ; 2!2")]
    public void Next_BadText_NamesItsLineAndGoesOn(string text, string expected) => Assert.Equal(expected, Read(text));
}
