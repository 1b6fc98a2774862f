using B2D.Core.Outages;
using Xunit;
using static B2D.Core.Tests.Outages.CorrelatorBench;

namespace B2D.Core.Tests.Outages;

/// <summary>Devices of an outage whose rule, or which themselves, were taken away while it lasted.</summary>
public sealed class CorrelatorTakenAwayTests
{
    private static readonly (string, int)[] Town = [("n/1/a", 10), ("n/2/a", 100)];

    [Fact]
    public void SomeOfIt_ItGoesOnWithTheRest_AndTheyAreNotWell()
    {
        var bench = new CorrelatorBench(Rule(), Town).Down(0, "n/1/a", 10).Until(200);
        bench.TakenAway(300, "n/1/a", 8).Restart().Until(5000).Expect("0 Opened n/1/a 5", "120 Told n/1/a Investigating");
        Assert.Equal((2, 0, OutagePhase.Investigating), bench.State.Outages.Select(o => (o.Devices.Count, o.Recovered, o.Phase)).Single());
        bench.Up(6000, "n/1/a", 2, skip: 8).Until(9000).Expect("6000 Watching n/1/a", "6600 Resolved n/1/a told");
    }

    [Fact]
    public void AllOfIt_ItEnds()
    {
        var bench = new CorrelatorBench(Rule(), Town).Down(0, "n/1/a", 5).Until(200).TakenAway(300, "n/1/a", 5);
        Assert.Empty(bench.State.Outages);
        Assert.Empty(bench.State.Faults);
        bench.Until(5000).Expect("0 Opened n/1/a 5", "120 Told n/1/a Investigating", "300 Resolved n/1/a told");
    }

    [Fact]
    public void WhatIsLeftWasWellBefore_ItIsWatchedAndEnds() =>
        new CorrelatorBench(Rule(), Town).Down(0, "n/1/a", 6).Until(200).Up(300, "n/1/a", 2).TakenAway(400, "n/1/a", 4, skip: 2).Until(5000)
            .Expect("0 Opened n/1/a 5", "120 Told n/1/a Investigating", "400 Watching n/1/a", "1000 Resolved n/1/a told");
}
