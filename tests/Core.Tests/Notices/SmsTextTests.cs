using B2D.Core.Notices;
using Xunit;

namespace B2D.Core.Tests.Notices;

public sealed class SmsTextTests
{
    [Theory]
    [InlineData("a", 160, true, 1)]
    [InlineData("a", 161, true, 2)]
    [InlineData("a", 306, true, 2)]
    [InlineData("a", 307, true, 3)]
    [InlineData("€", 80, true, 1)]
    [InlineData("€", 81, true, 2)]
    [InlineData("ç", 70, false, 1)]
    [InlineData("ç", 71, false, 2)]
    [InlineData("ç", 134, false, 2)]
    [InlineData("ç", 135, false, 3)]
    public void Fit_AlphabetAndLength_GiveTheParts(string letter, int count, bool isSmall, int parts)
    {
        var fitted = SmsText.Fit(string.Concat(Enumerable.Repeat(letter, count)), 20);
        Assert.Equal((isSmall, parts, false), (fitted.IsSmall, fitted.Parts, fitted.IsCut));
    }

    [Fact]
    public void Fit_SignsThatLookTheSame_KeepItSmall() =>
        Assert.Equal(new SmsText("Ana's \"pump\" - 9...", true, 1, false), SmsText.Fit(" Ana’s “pump” – 9… ", 6));

    [Fact]
    public void Fit_OneOtherLetter_LeavesTheRestAsItWas() => Assert.Equal(("“não”", false), (SmsText.Fit("“não”", 6).Text, SmsText.Fit("“não”", 6).IsSmall));

    [Fact]
    public void Fit_TooLong_IsCutBetweenTwoWords()
    {
        var fitted = SmsText.Fit(string.Join(' ', Enumerable.Range(100, 200)), 2);
        Assert.True(fitted.IsCut);
        Assert.Equal(2, fitted.Parts);
        Assert.InRange(fitted.Text.Length, 300, 306);
        Assert.Matches("^(\\d{3} )+\\d{3}\\.\\.\\.$", fitted.Text);
    }
}
