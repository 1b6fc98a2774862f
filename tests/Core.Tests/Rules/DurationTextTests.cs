using B2D.Core.Rules;
using Xunit;

namespace B2D.Core.Tests.Rules;

public sealed class DurationTextTests
{
    [Theory]
    [InlineData("10s", 10_000)]
    [InlineData("90s", 90_000)]
    [InlineData("2m", 120_000)]
    [InlineData("6h", 21_600_000)]
    [InlineData("7d", 604_800_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("1d12h5m3s250ms", 129_903_250)]
    [InlineData("500ms", 500)]
    [InlineData("0s", 0)]
    [InlineData("3660d", 316_224_000_000)]
    public void TryParse_Duration_IsRead(string text, long ms)
    {
        Assert.True(DurationText.TryParse(text, out var duration));
        Assert.Equal(ms, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("s")]
    [InlineData("10 s")]
    [InlineData("10S")]
    [InlineData("1.5h")]
    [InlineData("-5m")]
    [InlineData("5min")]
    [InlineData("30m1h")]
    [InlineData("5m5m")]
    [InlineData("5ms5s")]
    [InlineData("3661d")]
    [InlineData("99999999999d")]
    public void TryParse_OtherText_IsRefused(string text) => Assert.False(DurationText.TryParse(text, out _));

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(90_000, "1m30s")]
    [InlineData(129_903_250, "1d12h5m3s250ms")]
    [InlineData(604_800_000, "7d")]
    [InlineData(-90_000, "-1m30s")]
    public void Format_Duration_IsShortest(long ms, string text) => Assert.Equal(text, DurationText.Format(TimeSpan.FromMilliseconds(ms)));
}
