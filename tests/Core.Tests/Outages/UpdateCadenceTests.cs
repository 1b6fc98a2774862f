using B2D.Core.Outages;
using NodaTime;
using Xunit;

namespace B2D.Core.Tests.Outages;

public sealed class UpdateCadenceTests
{
    private static readonly UpdateCadence Hourly = new(TimeSpan.FromHours(1), DateTimeZoneProviders.Tzdb["Europe/Lisbon"]);

    [Theory]
    [InlineData("09:00", "09:00", "10:00")]
    [InlineData("09:00", "10:30", "11:30")]
    [InlineData("09:00", "11:00", "14:00")]
    [InlineData("09:00", "18:30", "21:30")]
    [InlineData("09:00", "20:30", "1.08:00")]
    [InlineData("21:30", "21:30", "1.08:00")]
    [InlineData("03:00", "03:00", "08:00")]
    [InlineData("03:00", "1.03:00", "2.08:00")]
    [InlineData("09:00", "1.09:00", "2.09:00")]
    [InlineData("09:00", "5.12:15", "6.12:15")]
    public void Next_ByAgeAndHour_IsPromisedThen(string began, string now, string next) => Assert.Equal(At(next), Hourly.Next(At(began), At(now)));

    [Theory]
    [InlineData(1.0, 1.0)]
    [InlineData(3.0, 6.0)]
    [InlineData(8.0, 8.0)]
    public void Next_LaterOnTheFirstDay_IsThreeTimesAsLongButAtMostSixHoursAndNeverShorter(double every, double wait)
    {
        var cadence = Hourly with { Every = TimeSpan.FromHours(every) };
        Assert.Equal(At("08:00") + TimeSpan.FromHours(wait), cadence.Next(At("08:00") - (every > 6 ? TimeSpan.FromHours(17) : every < 2 ? TimeSpan.Zero : TimeSpan.FromHours(7)), At("08:00")));
    }

    [Fact]
    public void Next_TheNightOfTheChange_IsEightByTheNewClock()
    {
        var night = new ServerTime(new DateTimeOffset(2026, 10, 25, 0, 30, 0, TimeSpan.FromHours(1)).ToUnixTimeMilliseconds());
        Assert.Equal(new DateTimeOffset(2026, 10, 25, 8, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds(), Hourly.Next(night, night).EpochMs);
    }

    [Fact]
    public void Next_AnyAgeAndHour_IsLaterThanNowByMoreThanWhatItLeavesAhead()
    {
        for (var minutes = 0; minutes < 3 * 24 * 60; minutes += 7)
        {
            var now = At("00:00") + TimeSpan.FromMinutes(minutes);
            Assert.True(Hourly.Next(At("00:00"), now) > now + Hourly.Ahead);
        }
    }

    [Theory]
    [InlineData(3600, 120)]
    [InlineData(600, 60)]
    [InlineData(1, 0.1)]
    public void Ahead_IsATenthAndAtMostTwoMinutes(double every, double ahead) =>
        Assert.Equal(TimeSpan.FromSeconds(ahead), (Hourly with { Every = TimeSpan.FromSeconds(every) }).Ahead);

    private static ServerTime At(string time) =>
        new ServerTime(new DateTimeOffset(2026, 11, 2, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds()) + TimeSpan.Parse(time.Contains('.', StringComparison.Ordinal) ? time : "0." + time, System.Globalization.CultureInfo.InvariantCulture);
}
