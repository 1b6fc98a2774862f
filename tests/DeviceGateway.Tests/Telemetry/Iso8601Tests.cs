using B2D.DeviceGateway.Telemetry;
using Xunit;

namespace B2D.DeviceGateway.Tests.Telemetry;

public sealed class Iso8601Tests
{
    [Theory]
    [InlineData("1970-01-01T00:00:00Z", 0)]
    [InlineData("2001-09-09T01:46:40Z", 1_000_000_000_000)]
    [InlineData("2001-09-09t01:46:40z", 1_000_000_000_000)]
    [InlineData("2001-09-09 03:46:40+02:00", 1_000_000_000_000)]
    [InlineData("2001-09-08T20:16:40-0530", 1_000_000_000_000)]
    [InlineData("2001-09-09T02:46:40+01", 1_000_000_000_000)]
    [InlineData("2001-09-09T01:46Z", 999_999_960_000)]
    [InlineData("2001-09-09T01:46:40.1Z", 1_000_000_000_100)]
    [InlineData("2001-09-09T01:46:40.123999999999Z", 1_000_000_000_123)]
    [InlineData("2016-12-31T23:59:60Z", 1_483_228_800_000)]
    [InlineData("2024-02-29T00:00:00Z", 1_709_164_800_000)]
    [InlineData("9999-12-31T23:59:59.999Z", 253_402_300_799_999)]
    public void Iso8601_Instant_IsRead(string text, long expected)
    {
        Assert.True(Iso8601.TryParse(text, out var ms));
        Assert.Equal(expected, ms);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2025-11-24")]
    [InlineData("2025-11-24T16:05:10")]
    [InlineData("2025-11-24T16:05:10+1")]
    [InlineData("2025-11-24T16:05:10+24:00")]
    [InlineData("2025-11-24T16:05:10+01:60")]
    [InlineData("2025-11-24T16:05:10Zx")]
    [InlineData("2025-11-24T16:05:10+01:00x")]
    [InlineData("2025-11-24T16:05:10.Z")]
    [InlineData("2025-11-24T24:00:00Z")]
    [InlineData("2025-11-24T16:60:00Z")]
    [InlineData("2025-11-24T16:05:61Z")]
    [InlineData("2025-02-29T00:00:00Z")]
    [InlineData("2025-13-01T00:00:00Z")]
    [InlineData("0000-01-01T00:00:00Z")]
    [InlineData("1969-12-31T23:59:59Z")]
    [InlineData("9999-12-31T23:59:59-01:00")]
    [InlineData("25-11-24T16:05:10Z")]
    [InlineData("2025-11-24TT16:05:10Z")]
    [InlineData("２025-11-24T16:05:10Z")]
    public void Iso8601_NoInstant_IsRefused(string text) => Assert.False(Iso8601.TryParse(text, out _));
}
