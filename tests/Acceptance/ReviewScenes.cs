using B2D.ProactiveWorker;
using B2D.Storage.Cases;
using B2D.Storage.Outages;
using Xunit;
using static B2D.Acceptance.OutageTown;

namespace B2D.Acceptance;

/// <summary>What is left of an outage when it is over: its review, what is owed, and its cases.</summary>
public sealed class ReviewScenes
{
    [Fact]
    public void LargeOneIsOver_ItsReviewOpens_DueAfterFiveWorkingDays_AndTheAllClearSaysWhatIsOwed()
    {
        using var scene = Cut(new WorkerOptions { ReviewFrom = 8, Owed = new(5, TimeSpan.FromMinutes(1), "EUR") });
        scene.Connect(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(12));
        Assert.Equal("Resolved", scene.Outages[0].State);
        var review = scene.World.Stores.State.Read(db => ReviewStore.Find(db, 1))!;
        // Monday: the fifth working day is the next one.
        Assert.Equal(("Open", "", new DateTimeOffset(2026, 11, 10, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds()), (review.State, review.Owner, review.DueAt));
        var clear = scene.Phones.Received.Last(n => n.Status == "all-clear");
        Assert.Contains("By our terms we owe you 5 EUR for it; name O-1.", clear.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void SmallOneIsOver_NothingOpensAndNothingIsOwed()
    {
        using var scene = Cut(new WorkerOptions());
        scene.Connect(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(12));
        Assert.Null(scene.World.Stores.State.Read(db => ReviewStore.Find(db, 1)));
        Assert.DoesNotContain("terms", scene.Phones.Received.Last(n => n.Status == "all-clear").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void CaseOfItIsOpenAtItsEnd_ItsTimelineSaysSo()
    {
        const string Pump = """
            - fault: pump-blocked
              title: Pump blocked
              codes: [ E42 ]
              case: { family: line }
            """;
        using var scene = Open(rules: Rules.Replace("explained_by: outage", "explained_by: outage\n  case: { family: line }", StringComparison.Ordinal) + Pump);
        scene.Code("RT-1", "E42", "set");
        scene.Wait(TimeSpan.FromMinutes(1));
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(5));
        scene.Connect(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(12));
        Assert.Equal("Resolved", scene.Outages[0].State);
        var open = Assert.Single(scene.Cases);
        Assert.Equal(["Part of outage O-1, The internet does not work, from now on", "Outage O-1 is over; what is left is this case’s own"],
            scene.World.Stores.State.Read(db => TimelineStore.List(db, $"case:{open.Id}")).Where(l => l.Kind == "outage").Select(l => l.Text).Reverse());
    }

    private static Scene Cut(WorkerOptions options)
    {
        var scene = Open(options);
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(5));
        return scene;
    }
}
