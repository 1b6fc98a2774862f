using B2D.Core.Cases;
using Xunit;
using static B2D.Core.Tests.Faults.TestRules;

namespace B2D.Core.Tests.Cases;

public sealed class HandOffTests
{
    private static readonly HandOffFacts Nothing = new([], [], "", ServerTime.Zero, ServerTime.Zero, "", null);

    [Fact]
    public void Of_NothingKnown_IsEmpty() => Assert.Equal(new HandOffWords("", "", ""), Of(Nothing));

    [Fact]
    public void Of_WhatWasDone_IsInItsOrderWithWhoAndWhen()
    {
        var facts = Nothing with { Finished = [new("Restart it.", "B2D", Server(60)), new("Customer told by SMS:\nit is blocked", "", Server(30)), new("never", "rui", ServerTime.Zero)] };
        Assert.Equal("Customer told by SMS: it is blocked (30)\nRestart it (B2D, 60)", Of(facts).Finished);
    }

    [Fact]
    public void Of_AWaitAndAPromise_AreSaidFirst()
    {
        var facts = Nothing with { Open = ["Replace the fan."], WaitsFor = "the fan", WaitsUntil = Server(90), WordAt = Server(120), WordWhat = "when we come" };
        Assert.Equal(new HandOffWords("", "It waits until 90: the fan\nReplace the fan", "A word by 120: when we come"), Of(facts));
        Assert.Equal("A word by 120", Of(facts with { WordWhat = "" }).Promised);
    }

    [Fact]
    public void Of_WhatWasLeftBefore_GoesOnUnlessItIsDoneOrSaidAnew()
    {
        var before = new HandOffWords("called", "It waits until 5: a call\nReplace the fan\nRing the neighbour\nRestart it", "A word by 10: x\nNo charge for the visit");
        var facts = Nothing with { Finished = [new("Restart it.", "B2D", Server(60))], Open = ["Replace the fan."], Before = before };
        Assert.Equal(new HandOffWords("Restart it (B2D, 60)", "Replace the fan\nRing the neighbour", "No charge for the visit"), Of(facts));
    }

    private static HandOffWords Of(HandOffFacts facts) => HandOffDraft.Of(facts, at => $"{(at - Server(0)).TotalSeconds:0}");
}
