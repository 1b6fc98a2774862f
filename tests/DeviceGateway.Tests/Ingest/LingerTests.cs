using B2D.DeviceGateway.Ingest;
using Xunit;

namespace B2D.DeviceGateway.Tests.Ingest;

/// <summary>How long a turn waits for company at a rate of messages: what docs/architecture.md says of it.</summary>
public sealed class LingerTests
{
    private const long Frequency = 1_000_000;

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1_000, 0, 0)]
    [InlineData(5_000, 0, 0)]
    [InlineData(8_000, 0, 0)]
    [InlineData(9_000, 50, 70)]
    [InlineData(20_000, 150, 200)]
    [InlineData(40_000, 400, 400)]
    [InlineData(300_000, 400, 400)]
    public void Time_SteadyRate_GrowsWithIt(int rate, int least, int most)
    {
        var linger = new Linger();

        // A second, a turn each 20 ms.
        for (var i = 1; i <= 50; i++)
            linger.Note(rate / 50, i * Frequency / 50, Frequency);

        Assert.InRange(linger.Time.TotalMicroseconds, least, most);
    }

    [Fact]
    public void Time_LoadEnds_NothingWaitsAtOnce()
    {
        var linger = new Linger();
        for (var i = 1; i <= 50; i++)
            linger.Note(1_000, i * Frequency / 50, Frequency);
        Assert.NotEqual(TimeSpan.Zero, linger.Time);

        linger.Note(1, 3 * Frequency, Frequency);

        Assert.Equal(TimeSpan.Zero, linger.Time);
    }
}
