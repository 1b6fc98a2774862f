using B2D.Console.Shell;

namespace B2D.Console.Tests;

public sealed class WordsTests
{
    private static readonly TimeZoneInfo Lisbon = TimeZoneInfo.FindSystemTimeZoneById("Europe/Lisbon");
    private static readonly long Now = new DateTimeOffset(2026, 7, 15, 13, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(89, "89 s")]
    [InlineData(90, "1 min")]
    [InlineData(12 * 60, "12 min")]
    [InlineData(5399, "89 min")]
    [InlineData(5400, "1 h 30 min")]
    [InlineData(7200, "2 h")]
    [InlineData(86400, "1 day")]
    [InlineData(86400 * 9, "9 days")]
    public void Duration_OfSeconds_IsSaidInWords(int seconds, string expected) => Assert.Equal(expected, Words.Duration(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData("2026-07-15T12:59:57Z", "just now")]
    [InlineData("2026-07-15T12:56:00Z", "4 min ago")]
    [InlineData("2026-07-15T13:30:00Z", "in 30 min")]
    [InlineData("2026-07-14T22:30:00Z", "yesterday 23:30")]
    [InlineData("2026-07-16T13:02:00Z", "tomorrow 14:02")]
    [InlineData("2026-07-12T08:05:00Z", "Sunday 09:05")]
    [InlineData("2026-05-12T08:05:00Z", "12 May 09:05")]
    [InlineData("2024-05-12T08:05:00Z", "12 May 2024")]
    public void Relative_InLocalTime_IsSaidAsPeopleSayIt(string at, string expected) =>
        Assert.Equal(expected, Words.Relative(DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds(), Now,
            Lisbon));

    [Theory]
    [InlineData("The customer booked a visit: 2026-07-16T13:02:00.000Z to 2026-07-16T15:02:00Z", "The customer booked a visit: tomorrow 14:02 to tomorrow 16:02")]
    [InlineData("On 2026-07-16 the part R2026-07-16T13 came", "On 2026-07-16 the part R2026-07-16T13 came")]
    public void Spoken_TimesOfAStoredText_AreSaidAsPeopleSayThem(string stored, string expected) => Assert.Equal(expected, Words.Spoken(stored, Now, Lisbon));

    [Fact]
    public void Exact_InSummer_NamesZoneAndOffset() => Assert.Equal("Wednesday 15 July 2026, 14:00:00 (Europe/Lisbon, UTC+01:00)", Words.Exact(Now, Lisbon));

    [Theory]
    [InlineData(12041.3, "12,041")]
    [InlineData(94.3, "94.3")]
    [InlineData(0.0121, "0.0121")]
    [InlineData(0, "0")]
    [InlineData(double.NaN, "–")]
    public void Value_HasAsManyDigitsAsSaySomething(double value, string expected) => Assert.Equal(expected, Words.Value(value));

    [Fact]
    public void Count_OfOne_IsSingular() => Assert.Equal(("1 case", "9,812 devices"), (Words.Count(1, "case"), Words.Count(9812, "device")));

    [Theory]
    [InlineData("", "")]
    [InlineData("{}", "")]
    [InlineData("{\"percent\":50,\"fan_mode\":\"eco\"}", "percent 50, fan mode eco")]
    [InlineData("not json", "not json")]
    [InlineData("[1]", "[1]")]
    public void Arguments_OfACommand_ReadAsWords(string json, string expected) => Assert.Equal(expected, Words.Arguments(json));
}
