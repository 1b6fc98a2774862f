using B2D.Core.Search;
using Xunit;

namespace B2D.Core.Tests.Search;

public sealed class CallerTextTests
{
    [Theory]
    [InlineData("+351 912 345 678", "876543219153")]
    [InlineData("00351912345678", "876543219153")]
    [InlineData("912345678", "876543219")]
    [InlineData("0912-345-678", "876543219")]
    [InlineData("(0)912.345.678", "876543219")]
    [InlineData("+44 (0)20 7946 0958", "859064970244")]
    [InlineData("", "")]
    [InlineData("000", "")]
    [InlineData("no number", "")]
    public void PhoneReversed_OfAnySpelling_IsItsDigitsLastFirst(string phone, string reversed) => Assert.Equal(reversed, CallerText.PhoneReversed(phone));

    [Theory]
    [InlineData("4300-123", "4300123")]
    [InlineData("4300 123", "4300123")]
    [InlineData("sw1a 1aa", "sw1a1aa")]
    [InlineData("SW1A1AA", "sw1a1aa")]
    [InlineData("", "")]
    public void PostcodeFolded_OfAnySpelling_IsTheSame(string postcode, string folded) => Assert.Equal(folded, CallerText.PostcodeFolded(postcode));

    [Theory]
    [InlineData("C-12", Referred.Case, 12)]
    [InlineData("c-12", Referred.Case, 12)]
    [InlineData(" #12 ", Referred.Case, 12)]
    [InlineData("O-3", Referred.Outage, 3)]
    [InlineData("m-12", Referred.Maintenance, 12)]
    [InlineData("o-3", Referred.Outage, 3)]
    [InlineData("12", Referred.None, 0)]
    [InlineData("X-1", Referred.None, 0)]
    [InlineData("C-", Referred.None, 0)]
    [InlineData("#", Referred.None, 0)]
    [InlineData("C--1", Referred.None, 0)]
    [InlineData("C-+1", Referred.None, 0)]
    [InlineData("C-99999999999999999999", Referred.None, 0)]
    [InlineData("#12x", Referred.None, 0)]
    public void Read_OfAReference_SaysWhatItNames(string text, Referred refers, long number)
    {
        var read = CallerText.Read(text);
        Assert.Equal((refers, number), (read.Refers, read.Number));
    }

    [Theory]
    [InlineData("912 345 678", "876543219", "912345678", "", "912|345|678")]
    [InlineData("912345678", "876543219", "912345678", "912345678", "912345678")]
    [InlineData("+351 912 345 678", "876543219153", "", "", "351|912|345|678")]
    [InlineData("4300-123", "3210034", "4300123", "4300-123", "4300|123")]
    [InlineData("1234", "", "1234", "1234", "1234")]
    [InlineData("SW1A 1AA", "", "sw1a1aa", "", "sw1a|1aa")]
    [InlineData("HP-0010", "", "hp0010", "hp-0010", "hp|0010")]
    [InlineData("Ferreira", "", "", "ferreira", "ferreira")]
    [InlineData("INÊS Rocha", "", "", "", "ines|rocha")]
    [InlineData("ab", "", "", "", "ab")]
    [InlineData("", "", "", "", "")]
    [InlineData(null, "", "", "", "")]
    [InlineData("***", "", "", "***", "")]
    public void Read_OfAText_HasEveryWayItCanBeMeant(string? text, string phone, string postcode, string serial, string words)
    {
        var read = CallerText.Read(text);
        Assert.Equal((phone, postcode, serial, words), (read.Phone, read.Postcode, read.Serial, string.Join('|', read.Words)));
    }

    [Fact]
    public void Read_OfTooMuch_ReadsTheBeginning() => Assert.Equal(CallerText.MaxLength, CallerText.Read(new string('1', 5000)).Text.Length);

    [Theory]
    [InlineData("Inês ROCHA, Straße 5", "ines rocha strasse 5")]
    [InlineData("Øre Łódź Ægir Đà", "ore lodz aegir da")]
    [InlineData("İstanbul ılık", "istanbul ilik")]
    [InlineData("pump, pump; PUMP", "pump")]
    [InlineData("Ελληνικά Ёлка", "ελληνικα елка")]
    [InlineData("\ud83d\ude00 smile \ud83d", "smile")]
    [InlineData("a\u0301b", "ab")]
    public void Words_OfAText_AreSmallAndWithoutAccents(string text, string words) => Assert.Equal(words, string.Join(' ', SearchWords.Of(text)));

    [Fact]
    public void Words_OfALongOne_AreCut()
    {
        Assert.Equal(SearchWords.MaxWord, Assert.Single(SearchWords.Of(new string('x', 900))).Length);
        Assert.Equal(3, SearchWords.Of("a b c d e", 3).Count);
    }
}
