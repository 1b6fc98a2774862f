using B2D.Core.Maintenance;
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
}
