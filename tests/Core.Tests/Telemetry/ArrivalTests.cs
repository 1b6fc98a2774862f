using B2D.Core.Faults;
using B2D.Core.Telemetry;
using Xunit;

namespace B2D.Core.Tests.Telemetry;

/// <summary>The one function that compares the two clocks.</summary>
public sealed class ArrivalTests
{
    private const long Epoch = 1_700_000_000_000;
    private const long Minute = 60_000;
    private const long Hour = 60 * Minute;

    public static TheoryData<string, long?, TimeQuality, bool> Tables() => new()
    {
        // what, ms the device's time is behind the server's, quality, live
        { "no time", null, TimeQuality.ServerTime, true },
        { "now", 0, TimeQuality.Live, true },
        { "five minutes old", 5 * Minute, TimeQuality.Live, true },
        { "a little more", (5 * Minute) + 1, TimeQuality.Late, false },
        { "a day old", 24 * Hour, TimeQuality.Late, false },
        { "an hour ahead", -Hour, TimeQuality.Live, true },
        { "a day ahead", -24 * Hour, TimeQuality.Live, true },
        { "more than a day ahead", (-24 * Hour) - 1, TimeQuality.ClockAhead, true },
        { "2001-01-01", Epoch - 978_307_200_000, TimeQuality.Late, false },
        { "before 2001", Epoch - 978_307_200_000 + 1, TimeQuality.ClockUnset, true },
        { "never set", Epoch, TimeQuality.ClockUnset, true },
    };

    [Theory]
    [MemberData(nameof(Tables))]
    public void Judge_FirstReading_IsWhatItsDelaySays(string what, long? behind, TimeQuality quality, bool live)
    {
        var now = new ServerTime(Epoch);
        var arrived = Arrival.Judge(behind is { } b ? new DeviceTime(Epoch - b) : null, now, default, ArrivalOptions.Default);
        Assert.True((quality, live) == (arrived.Quality, arrived.IsLive), $"{what}: {arrived}");
        var taken = quality is TimeQuality.Live or TimeQuality.Late ? Epoch - behind!.Value : Epoch;
        Assert.Equal(new DeviceTime(taken), arrived.At);
    }

    [Fact]
    public void Judge_SteadyDelayForAMinute_IsASlowClock()
    {
        var line = new Line();
        Assert.Equal([TimeQuality.Late, TimeQuality.Late, TimeQuality.Late, TimeQuality.Live, TimeQuality.Live],
            line.Take(Hour, 0, 20_000, 40_000, 60_000, 80_000));
        Assert.Equal(Hour, line.Clock.OffsetMs);
        // From here on a reading is late by that clock: five minutes more are live, six are not.
        Assert.Equal([TimeQuality.Live], line.Take(Hour + (5 * Minute), 100_000));
        Assert.Equal([TimeQuality.Late], line.Take(Hour + (6 * Minute), 110_000));
    }

    [Fact]
    public void Judge_SteadyDelayOfTwoReadings_IsNotEnough() => Assert.Equal([TimeQuality.Late, TimeQuality.Late], new Line().Take(Hour, 0, 300_000));

    [Fact]
    public void Judge_BackfillBurst_IsNotTakenForSkew()
    {
        // An hour offline, one reading a second, delivered within half a minute.
        var line = new Line();
        for (var i = 0; i < 3600; i++)
        {
            var at = i * 8;
            var quality = line.Take(Hour - (i * 1000) + at, at)[0];
            Assert.True(quality == (Hour - (i * 1000) + at <= 5 * Minute ? TimeQuality.Live : TimeQuality.Late), $"reading {i}: {quality}");
        }
        Assert.Equal(0, line.Clock.OffsetMs);
    }

    [Fact]
    public void Judge_SparseBackfillBurst_IsNotTakenForSkew()
    {
        // A day offline, one reading an hour, delivered within a second.
        var line = new Line();
        for (var i = 24; i >= 1; i--)
            Assert.Equal([TimeQuality.Late], line.Take(i * Hour, (24 - i) * 40));
        Assert.Equal([TimeQuality.Live], line.Take(0, 1000));
        Assert.Equal(default, line.Clock);
    }

    [Fact]
    public void Judge_SameOldReadingAgainAndAgainWithinAMinute_StaysLate() =>
        Assert.All(new Line().Take(Hour, [.. Enumerable.Range(0, 100).Select(i => i * 500L)]), q => Assert.Equal(TimeQuality.Late, q));

    [Fact]
    public void Judge_OneLiveReadingBetween_StartsTheMinuteAgain()
    {
        var line = new Line();
        line.Take(Hour, 0, 30_000, 50_000);
        line.Take(0, 55_000);
        Assert.Equal([TimeQuality.Late], line.Take(Hour, 70_000));
    }

    [Fact]
    public void Judge_ClockSetRight_IsBelievedAtOnce()
    {
        var line = new Line();
        line.Take(Hour, 0, 30_000, 60_000);
        Assert.Equal([TimeQuality.Live], line.Take(0, 70_000));
        Assert.Equal(0, line.Clock.OffsetMs);
    }

    [Fact]
    public void Judge_ClockAheadThenRight_IsKnownAfterAMinute()
    {
        var line = new Line();
        Assert.Equal([TimeQuality.Live], line.Take(-2 * Hour, 0));
        Assert.Equal([TimeQuality.Late, TimeQuality.Late, TimeQuality.Live], line.Take(0, 10_000, 50_000, 70_000));
        Assert.Equal(0, line.Clock.OffsetMs);
    }

    [Fact]
    public void Judge_UnsetOrTooFarAhead_TeachesNothing()
    {
        var line = new Line();
        line.Take(Hour, 0, 30_000, 60_000);
        var before = line.Clock;
        line.Take(-48 * Hour, 70_000);
        line.Take(Epoch, 80_000);
        Assert.Equal(before, line.Clock);
    }

    [Fact]
    public void OnConnected_OldOffset_CountsOnlyWhenAReadingBearsItOut()
    {
        var learned = new Line();
        learned.Take(Hour, 0, 30_000, 60_000);
        var again = new Line(Arrival.OnConnected(learned.Clock));
        Assert.Equal([TimeQuality.Live], again.Take(Hour + 10_000, 100_000));
        // The clock was set right meanwhile, and what was missed comes first: it is late and no proof of anything.
        var other = new Line(Arrival.OnConnected(learned.Clock));
        Assert.Equal([TimeQuality.Late, TimeQuality.Late, TimeQuality.Live],
            [.. other.Take(30 * Minute, 100_000), .. other.Take(20 * Minute, 100_100), .. other.Take(0, 100_200)]);
    }

    [Fact]
    public void OnConnected_WithoutAnOffset_ForgetsEverything()
    {
        var line = new Line();
        line.Take(Hour, 0);
        Assert.Equal(default, Arrival.OnConnected(line.Clock));
    }

    [Fact]
    public void Judge_DefaultsAndLimits_AreThoseOfTheDesign()
    {
        Assert.Equal((TimeSpan.FromMinutes(5), TimeSpan.FromDays(1)), (ArrivalOptions.Default.LiveWithin, ArrivalOptions.Default.MaxAhead));
        Assert.Equal(2001, ArrivalOptions.UnsetBefore.Year);
    }

    [Theory]
    [InlineData(1, 60, 0)]
    [InlineData(3600, 604_800, 0)]
    [InlineData(0.999, 60, 1)]
    [InlineData(3601, 60, 1)]
    [InlineData(1, 59, 1)]
    [InlineData(0, 604_801, 2)]
    public void Options_OutOfRange_AreAllNamed(double liveSeconds, double aheadSeconds, int problems)
    {
        var found = new ArrivalOptions(TimeSpan.FromSeconds(liveSeconds), TimeSpan.FromSeconds(aheadSeconds)).Validate();
        Assert.Equal(problems, found.Count);
        Assert.Empty(ArrivalOptions.Default.Validate());
    }

    [Theory]
    [InlineData(long.MinValue, TimeQuality.ClockUnset)]
    [InlineData(long.MaxValue, TimeQuality.ClockAhead)]
    public void Judge_NonsenseTimes_AreServerTime(long sent, TimeQuality quality)
    {
        var arrived = Arrival.Judge(new DeviceTime(sent), new ServerTime(Epoch), default, ArrivalOptions.Default);
        Assert.Equal((quality, new DeviceTime(Epoch)), (arrived.Quality, arrived.At));
    }

    [Fact]
    public void Memory_MoreThanItKeeps_ForgetsTheOldest()
    {
        var memory = new ArrivalMemory();
        for (ushort packet = 1; packet <= ArrivalMemory.MaxRecent + 1; packet++)
            memory.Judge(null, new Delivery(packet, false, 1), new ServerTime(Epoch), ArrivalOptions.Default);
        Assert.Equal(ArrivalMemory.MaxRecent, memory.Recent.Count);
        Assert.True(memory.Judge(null, new Delivery(2, true, 1), new ServerTime(Epoch), ArrivalOptions.Default).Redelivered);
        Assert.False(memory.Judge(null, new Delivery(1, true, 1), new ServerTime(Epoch), ArrivalOptions.Default).Redelivered);
    }

    [Fact]
    public void Memory_OtherPayloadOrQoS0_IsNoRedelivery()
    {
        var memory = new ArrivalMemory();
        memory.Judge(null, new Delivery(5, false, 1), new ServerTime(Epoch), ArrivalOptions.Default);
        Assert.False(memory.Judge(null, new Delivery(5, true, 2), new ServerTime(Epoch), ArrivalOptions.Default).Redelivered);
        Assert.False(memory.Judge(null, new Delivery(0, true, 1), new ServerTime(Epoch), ArrivalOptions.Default).Redelivered);
    }

    /// <summary>Readings of one device: the delay of each, and when it arrives.</summary>
    private sealed class Line(ClockEstimate clock = default)
    {
        public ClockEstimate Clock { get; private set; } = clock;

        public TimeQuality[] Take(long delay, params long[] arrivals) => [.. arrivals.Select(at =>
        {
            var arrived = Arrival.Judge(new DeviceTime(Epoch + at - delay), new ServerTime(Epoch + at), Clock, ArrivalOptions.Default);
            Clock = arrived.Clock;
            return arrived.Quality;
        })];
    }
}
