using B2D.FirmwareSim.Faults;
using B2D.FirmwareSim.Fleets;
using Xunit;

namespace B2D.FirmwareSim.Tests;

public class PlanTests
{
    private static readonly FleetOptions All = FleetOptions.Demo with { Disturbances = Disturbances.All };
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(90);

    public static TheoryData<int, int> Fleets => new() { { 60, 200 }, { 100, 200 }, { 300, 40 } };

    [Theory]
    [MemberData(nameof(Fleets))]
    public void Random_ManySeeds_KeepsItsPromises(int devices, int seeds)
    {
        for (var seed = 1; seed <= seeds; seed++)
        {
            var town = Town.Create(seed, devices, FleetRun.Start);
            var plan = InjectionPlan.Random(town, All, seed, Length).Injections;
            var why = $"seed {seed}";

            Assert.All(plan, i => Assert.True(i.At <= Length * 2 / 3, why));
            Assert.All(plan.Where(i => i.Until is not null), i => Assert.True(i.Until > i.At && i.Until <= Length, why));
            var cut = plan.Where(i => i.Kind == InjectionKind.CabinetCut).ToList();
            Assert.True(cut.Count is 1 or 2, why);
            Assert.All(cut, i => Assert.True(i.Until <= Length * 0.58 + TimeSpan.FromMilliseconds(1) && i.Until - i.At >= FleetRun.Seconds(20), why));
            var touched = plan.Select(i => i.Device).OfType<string>().Concat(cut.SelectMany(i => town.RoutersOf(i.Segment!).Select(r => r.Id))).ToList();
            Assert.Equal(touched.Count, touched.Distinct().Count());
            Assert.True(MostSilent(town, plan) < devices * 0.2, why);
            new Fleet(town, All, new InjectionPlan(plan)).Advance(town.Start + FleetRun.Seconds(1));
        }
    }

    [Fact]
    public void Random_Some_EveryKindOccurs()
    {
        var kinds = new HashSet<InjectionKind>();
        for (var seed = 1; seed <= 20; seed++)
        {
            kinds.UnionWith(InjectionPlan.Random(Town.Create(seed, 100, FleetRun.Start), All, seed, Length).Injections.Select(i => i.Kind));
        }

        Assert.Equal(Enum.GetValues<InjectionKind>().ToHashSet(), kinds);
    }

    [Fact]
    public void Random_NothingSwitchedOn_NoDisturbances()
    {
        var plan = InjectionPlan.Random(Town.Create(1, 100, FleetRun.Start), FleetOptions.Demo, 1, Length).Injections;
        Assert.DoesNotContain(plan, i => i.Kind is InjectionKind.ClockSkew or InjectionKind.Offline or InjectionKind.Flap);
    }

    [Fact]
    public void Random_SameSeed_SamePlan()
    {
        var town = Town.Create(1, 100, FleetRun.Start);
        Assert.Equal(InjectionPlan.Random(town, All, 5, Length).Injections, InjectionPlan.Random(town, All, 5, Length).Injections);
        Assert.NotEqual(InjectionPlan.Random(town, All, 5, Length).Injections, InjectionPlan.Random(town, All, 6, Length).Injections);
    }

    [Fact]
    public void Random_TooShort_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => InjectionPlan.Random(Town.Create(1, 100, FleetRun.Start), All, 1, FleetRun.Seconds(59)));

    [Fact]
    public void Random_WholeRun_TruthMatchesThePlan()
    {
        for (var seed = 1; seed <= 10; seed++)
        {
            var run = new FleetRun(seed, 100, All, town => InjectionPlan.Random(town, All, seed, Length)).To(150);
            var plan = run.Fleet.Plan.Injections;
            Assert.Equal(plan.Count(i => i.Kind is not (InjectionKind.CabinetCut or InjectionKind.WornFilter)), run.Fleet.Truth.Faults.Count);
            Assert.Equal(plan.Count(i => i.Kind == InjectionKind.CabinetCut), run.Fleet.Truth.Outages.Count);
            Assert.All(run.Fleet.Truth.Outages, o => Assert.NotNull(o.ToMs));
            Assert.Equal(
                plan.Where(i => i.Kind == InjectionKind.WornFilter).Select(i => i.Device!).Order(), run.Fleet.Truth.Dues.Select(d => d.Device).Order());
            Assert.All(
                run.Fleet.Truth.Faults.Where(f => f.Expected != Expectation.None),
                f => Assert.True(f.VisibleMs is { } seen && run.SecondOf(seen) < 75, $"seed {seed}: {f.Kind} on {f.Device} not visible"));
        }
    }

    /// <summary>Most devices without a connection at one moment, counting a reboot loop and a lone silence as long as they can be.</summary>
    private static int MostSilent(Town town, IReadOnlyList<Injection> plan) => Enumerable.Range(0, 90).Max(second =>
        plan.Where(i => i.At.TotalSeconds <= second && (i.Until ?? TimeSpan.MaxValue).TotalSeconds > second).Sum(i => i.Kind switch
        {
            InjectionKind.CabinetCut => town.RoutersOf(i.Segment!).Count,
            InjectionKind.RouterOff or InjectionKind.RebootLoop or InjectionKind.Offline => 1,
            _ => 0,
        }));
}
