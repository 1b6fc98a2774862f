using B2D.Core.Outages;
using Xunit;

namespace B2D.Core.Tests.Outages;

public sealed class OutagePlaceTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("|", "")]
    [InlineData("Bonfim, Porto", "Bonfim, Porto")]
    [InlineData("B|A|B|", "B; A")]
    [InlineData("A|B", "A; B")]
    [InlineData("D|C|B|A", "A; B; C; …")]
    public void Words_OfPlaces_NameTheCommonestFirst(string places, string words) => Assert.Equal(words, OutagePlace.Words(places.Split('|')));

    [Theory]
    [InlineData(19, "A; B")]
    [InlineData(20, "A")]
    public void Words_FewerThanOneInTwenty_AreNotNamed(int most, string words) => Assert.Equal(words, OutagePlace.Words([.. Enumerable.Repeat("A", most), "B"]));

    [Fact]
    public void Words_EveryPlaceOfFew_OneIsNamed() => Assert.Equal("p00", OutagePlace.Words(Enumerable.Range(0, 30).Select(i => $"p{i:00}")));
}
