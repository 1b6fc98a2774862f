using Xunit;
using static B2D.Acceptance.OutageTown;

namespace B2D.Acceptance;

/// <summary>Rules that change while an outage lasts: that nobody looks any more is no sign that it works.</summary>
public sealed class TakenAwayScenes
{
    [Fact]
    public void AppliesToNarrowed_NobodyHearsThatItWorks_AndThereIsNoCase()
    {
        using var scene = Cut();
        Assert.True(scene.World.Offer(Only("device.model == \"RT-ZZ\"")));
        scene.Wait(TimeSpan.FromHours(1));
        var over = Assert.Single(scene.Outages);
        Assert.Equal(("Resolved", 0L), (over.State, over.Recovered));
        Assert.Equal(8, scene.Told.Count);
        Assert.Empty(scene.Cases);
    }

    [Fact]
    public void NarrowedBeforeAnybodyWasTold_NobodyIs()
    {
        using var scene = Open();
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(1));
        Assert.Equal("Held", Assert.Single(scene.Outages).State);
        Assert.True(scene.World.Offer(Only("device.model == \"RT-ZZ\"")));
        scene.Wait(TimeSpan.FromHours(1));
        Assert.Empty(scene.Told);
        Assert.Equal("Resolved", Assert.Single(scene.Outages).State);
    }

    [Fact]
    public void NarrowedForOne_TheOthersHearTheEnd_AndTheOneWhenItIsSeenToAnswer()
    {
        using var scene = Cut();
        Assert.True(scene.World.Offer(Only("device.id != \"RT-1\"")));
        scene.Wait(TimeSpan.FromMinutes(1));
        scene.Connect(Cabinet[1..]);
        scene.Wait(TimeSpan.FromMinutes(15));
        Assert.Equal("Resolved", Assert.Single(scene.Outages).State);
        Assert.Equal(Cabinet[1..].Select(r => $"C-{r} all-clear"), Ends(scene));
        Assert.Empty(scene.Cases);
        Assert.True(scene.World.Offer(Rules));
        scene.Wait(TimeSpan.FromMinutes(30));
        scene.Connect("RT-1");
        scene.Wait(TimeSpan.FromMinutes(15));
        Assert.Equal(Cabinet.Select(r => $"C-{r} all-clear"), Ends(scene));
    }

    [Fact]
    public void RuleOfTheOutageTakenAway_NobodyHearsThatItIsOver_BeforeTheirsAnswers()
    {
        using var scene = Cut();
        scene.Connect("RT-8");
        scene.Wait(TimeSpan.FromMinutes(5));
        Assert.True(scene.World.Offer(Rules.Replace("outage: access-network", "outage: lines", StringComparison.Ordinal)));
        scene.Wait(TimeSpan.FromHours(1));
        Assert.Equal("Resolved", Assert.Single(scene.Outages).State);
        Assert.Equal(["C-RT-8 all-clear"], Ends(scene));
        Assert.Empty(scene.Cases);
        scene.Connect(Cabinet[..7]);
        scene.Wait(TimeSpan.FromMinutes(15));
        Assert.Equal(Cabinet.Select(r => $"C-{r} all-clear"), Ends(scene));
    }

    /// <summary>A town whose cabinet is cut and told of.</summary>
    private static Scene Cut()
    {
        var scene = Open();
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(5));
        Assert.Equal(8, scene.Told.Count);
        return scene;
    }

    /// <summary>The rules of the town with silence only for some devices.</summary>
    private static string Only(string devices) => Rules.Replace("silent: 10m", $"applies_to: {devices}\n  silent: 10m", StringComparison.Ordinal);

    /// <summary>What was told but the first words.</summary>
    private static string[] Ends(Scene scene) => [.. scene.Told.Where(t => !t.EndsWith("opened", StringComparison.Ordinal) && !t.EndsWith("update", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
}
