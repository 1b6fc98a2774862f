using B2D.Core.Maintenance;
using B2D.Core.Rules;
using Xunit;

namespace B2D.Core.Tests.Maintenance;

public sealed class MaintenancePlanTests
{
    private static readonly ServerTime Noon = new(1_700_000_000_000);

    private static MaintenancePlan Plan(double fromHours, double untilHours) => new(Noon + TimeSpan.FromHours(fromHours), Noon + TimeSpan.FromHours(untilHours));

    [Theory]
    [InlineData(1, MaintenancePhase.Planned)]
    [InlineData(0, MaintenancePhase.Running)]
    [InlineData(-1.999, MaintenancePhase.Running)]
    [InlineData(-2, MaintenancePhase.Over)]
    public void At_Instants_PhaseOfTheInstant(double fromHours, MaintenancePhase phase)
    {
        var plan = Plan(fromHours, fromHours + 2);
        Assert.Equal(new MaintenanceState(phase, phase == MaintenancePhase.Running ? plan.Until : ServerTime.Zero), plan.At(Noon));
    }

    [Theory]
    [InlineData(0, 1, "")]
    [InlineData(-1, 1, "")]
    [InlineData(0, 90 * 24, "")]
    [InlineData(366 * 24, (366 * 24) + 1, "")]
    [InlineData(1, 1, "it ends before it begins: until lies after from")]
    [InlineData(-2, -1, "it lies in the past: until lies in the future")]
    [InlineData(-2, 0, "it lies in the past: until lies in the future")]
    [InlineData(0, (90 * 24) + 0.001, "it lasts longer than 90 days")]
    [InlineData((366 * 24) + 0.001, (366 * 24) + 1, "it begins more than 366 days from now")]
    public void Problem_Plans_IsSaid(double fromHours, double untilHours, string problem) => Assert.Equal(problem, Plan(fromHours, untilHours).Problem(Noon));

    // Monday 2026-01-05 00:00 UTC to the next Monday, Lisbon being at UTC.
    private static MaintenancePlan Weekly(string hours, double days = 7) =>
        new(Monday, Monday + TimeSpan.FromDays(days), new Hours([WeekHours.Parse(hours, out _)!]));

    private static ServerTime Monday => ServerTime.From(new DateTimeOffset(2026, 1, 5, 0, 0, 0, TimeSpan.Zero));

    private static string Text(ServerTime at) => DateTimeOffset.FromUnixTimeMilliseconds(at.EpochMs).ToString("ddd HH:mm", System.Globalization.CultureInfo.InvariantCulture);

    [Theory]
    [InlineData("tue,thu 22:00-06:00 Europe/Lisbon", "Tue 22:00-Wed 06:00, Thu 22:00-Fri 06:00")]
    [InlineData("sun 22:00-06:00 Europe/Lisbon", "Mon 00:00-Mon 06:00, Sun 22:00-Mon 00:00")]
    [InlineData("mon-sun 00:00-24:00 Europe/Lisbon", "Mon 00:00-Mon 00:00")]
    [InlineData("fri-mon 08:00-09:00 Europe/Lisbon", "Mon 08:00-Mon 09:00, Fri 08:00-Fri 09:00, Sat 08:00-Sat 09:00, Sun 08:00-Sun 09:00")]
    public void Times_OfHours_AreThoseBetweenBeginningAndEnd(string hours, string times)
    {
        var plan = Weekly(hours);
        Assert.Equal(times, string.Join(", ", plan.Times(Monday, Monday + TimeSpan.FromDays(30)).Select(t => $"{Text(t.From)}-{Text(t.Until)}")));
    }

    [Theory]
    [InlineData("tue,thu 22:00-06:00 Europe/Lisbon", "Tue 22:00")]
    [InlineData("sun 22:00-06:00 Europe/Lisbon", "Mon 00:00")]
    [InlineData("", "Mon 00:00")]
    public void Begins_WithTheFirstTimeThatItRuns(string hours, string begins) =>
        Assert.Equal(begins, Text((hours.Length > 0 ? Weekly(hours) : new MaintenancePlan(Monday, Monday + TimeSpan.FromDays(7))).Begins));

    [Fact]
    public void EndsNow_WhatNeverRan_EndsWhereItWasToBegin()
    {
        var plan = Weekly("tue 22:00-06:00 Europe/Lisbon");
        var later = Monday + TimeSpan.FromHours(20);
        Assert.Equal((plan.From, later), (plan.EndsNow(begun: false, later), plan.EndsNow(begun: true, later)));
        Assert.True(plan.EndsNow(begun: true, plan.From) > plan.From);
    }

    [Fact]
    public void Times_FromWithinOne_BeginWithThatOne()
    {
        var plan = Weekly("tue,thu 22:00-06:00 Europe/Lisbon");
        var night = Monday + TimeSpan.FromHours(46) + TimeSpan.FromHours(3);
        Assert.Equal("Tue 22:00", Text(plan.Times(night, night + TimeSpan.FromMinutes(1)).Single().From));
        Assert.Empty(plan.Times(Monday + TimeSpan.FromHours(60), Monday + TimeSpan.FromHours(61)));
        Assert.Equal(Plan(0, 2).From, Plan(0, 2).Times(Noon + TimeSpan.FromHours(1), Noon + TimeSpan.FromHours(5)).Single().From);
        Assert.Empty(Plan(0, 2).Times(Noon + TimeSpan.FromHours(2), Noon + TimeSpan.FromHours(5)));
    }

    [Fact]
    public void At_EveryQuarterOfAYear_AgreesWithTimes()
    {
        // Over both changes of the clocks.
        foreach (var hours in new[] { "mon-fri 22:00-06:00 Europe/Lisbon", "sat,sun 00:30-01:30 Europe/Lisbon", "sun 23:00-04:00 America/New_York" })
        {
            var plan = Weekly(hours, 366);
            var times = plan.Times(plan.From, plan.Until).ToList();
            for (var at = plan.From; at < plan.Until; at += TimeSpan.FromMinutes(15))
            {
                var running = times.FirstOrDefault(t => t.From <= at && at < t.Until);
                Assert.True(plan.At(at).Until == running.Until, $"{hours} at {at}: {plan.At(at)} and {running}");
            }
        }
    }

    [Fact]
    public void Problem_OfHours_IsSaid()
    {
        Assert.Equal("", Weekly("tue 22:00-23:00 Europe/Lisbon", 366).Problem(Monday));
        Assert.Equal("it lasts longer than 366 days", Weekly("tue 22:00-23:00 Europe/Lisbon", 366.1).Problem(Monday));
        Assert.Equal("its hours never come between its beginning and its end", Weekly("tue 22:00-23:00 Europe/Lisbon", 1).Problem(Monday));
    }
}
