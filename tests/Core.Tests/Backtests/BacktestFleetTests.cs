using B2D.Core.Backtests;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.Core.Tests.Rules;
using Xunit;
using static B2D.Core.Tests.Backtests.BacktestTests;

namespace B2D.Core.Tests.Backtests;

/// <summary>Back-tests that compare a device with its fleet: times in minutes, medians every five minutes from the first reading on.</summary>
public sealed class BacktestFleetTests
{
    private const string Warm = "- fault: warm\n  raise: temp > fleet_median(temp) + 8\n  case: {}\n";

    private static Backtest Of(int devices, string rules = Warm)
    {
        var test = new Backtest(RuleFiles.Good(rules), ArrivalOptions.Default);
        for (var i = 1; i <= devices; i++)
            test.Register(new Device(Id(i)) { Model = "HP-2" }, At(0));
        return test;
    }

    private static DeviceId Id(int device) => DeviceId.Parse($"d{device}");

    private static void Temp(Backtest test, double minute, int device, double value) =>
        test.Take(Id(device), new Entry.Telemetry(Id(device), new DeviceTime(At(minute).EpochMs), [new Reading("temp", MetricValue.Of(value))]), At(minute));

    private static string[] Seen(BacktestRecord record) =>
        [.. record.Faults.Select(f => $"{f.Device} {(f.RaisedAt - At(0)).TotalMinutes} {string.Join(' ', f.Evidence.Select(e => $"{e.Metric}={e.Value}"))}")];

    [Fact]
    public void NeedsOrder_OnlyWhereARuleAsks()
    {
        Assert.True(Of(1).NeedsOrder);
        Assert.False(Of(1, "- fault: warm\n  raise: temp > 8\n  case: {}\n").NeedsOrder);
    }

    [Fact]
    public void Take_OneStandsOut_IsAFaultFromTheFirstIntervalOn()
    {
        var test = Of(5);
        for (var minute = 0; minute <= 12; minute++)
        {
            for (var device = 1; device <= 5; device++)
                Temp(test, minute, device, device == 5 ? 40 : 20 + device);
        }

        // Known from minute 5 on, of the values up to then.
        Assert.Equal(["d5 5 temp=40 fleet_median(temp)=23"], Seen(test.Finish(At(12))));
    }

    [Fact]
    public void Take_FourDevicesOrAllWarm_IsNone()
    {
        var few = Of(4);
        var warm = Of(6);
        for (var minute = 0; minute <= 30; minute += 5)
        {
            for (var device = 1; device <= 4; device++)
                Temp(few, minute, device, device == 4 ? 40 : 20);
            for (var device = 1; device <= 6; device++)
                Temp(warm, minute, device, 20 + minute);
        }

        Assert.Empty(few.Finish(At(30)).Faults);
        Assert.Empty(warm.Finish(At(30)).Faults);
    }

    [Fact]
    public void Take_ReadingsAtTheIntervalsEnd_CountFromTheNextOneOn()
    {
        var test = Of(5);
        for (var device = 1; device <= 5; device++)
            Temp(test, 0, device, 20);
        // At minute 5 the others become warm; d1 is warm with them, but the median of that instant is of before.
        for (var device = 5; device >= 1; device--)
            Temp(test, 5, device, 40);

        Assert.Equal(5, test.Finish(At(6)).Faults.Length);
    }

    [Fact]
    public void Take_OthersAreSilentForAnHour_DoNotCount()
    {
        var test = Of(5);
        for (var device = 1; device <= 5; device++)
            Temp(test, 0, device, 20);
        Temp(test, 59, 5, 20);
        Temp(test, 61, 5, 90);
        // Taken at minute 60, when all five were heard within the hour.
        Assert.Single(test.Finish(At(61)).Faults);

        test = Of(5);
        for (var device = 1; device <= 5; device++)
            Temp(test, 0, device, 20);
        Temp(test, 66, 5, 90);
        Assert.Empty(test.Finish(At(66)).Faults);
    }

    [Fact]
    public void Restart_MediansGoOn()
    {
        var test = Of(5);
        for (var device = 1; device <= 5; device++)
            Temp(test, 0, device, 20);
        for (var device = 1; device <= 5; device++)
            test.AdvanceTo(Id(device), At(6));
        test.Restart();
        Temp(test, 7, 5, 90);

        Assert.Equal(["d5 7 temp=90 fleet_median(temp)=20"], Seen(test.Finish(At(7))));
    }

    [Fact]
    public void Take_LateReading_IsNotTheLatestValue()
    {
        var test = Of(5);
        for (var device = 1; device <= 5; device++)
            Temp(test, 1, device, 20);
        for (var device = 1; device <= 3; device++)
            test.Take(Id(device), new Entry.Telemetry(Id(device), new DeviceTime(At(0).EpochMs), [new Reading("temp", MetricValue.Of(80))]), At(2));
        Temp(test, 7, 5, 29);

        Assert.Equal(["d5 7 temp=29 fleet_median(temp)=20"], Seen(test.Finish(At(7))));
    }
}
