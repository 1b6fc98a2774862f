using B2D.Core.Alarms;
using Xunit;

namespace B2D.Core.Tests.Alarms;

public sealed class AlarmWatchTests
{
    private static readonly AlarmLimits Limits = new()
    {
        EvaluationLag = TimeSpan.FromSeconds(30), NoticeFailures = 3, DiskWarn = 1000 << 20, DiskCritical = 100 << 20, ClockJump = TimeSpan.FromSeconds(30),
        ClockJumpShown = TimeSpan.FromMinutes(10), ManyConnections = 5, NoConnectionsFor = TimeSpan.FromMinutes(1),
    };

    private readonly AlarmWatch watch = new(Limits);
    private readonly List<string> said = [];
    private ServerTime now = new(1_000_000);
    private TimeSpan passed;

    [Fact]
    public void Look_WhenAllIsWell_SaysNothing()
    {
        Go(new AlarmFacts { DiskFree = 5000L << 20, Connections = 7, LogOffset = 5, EvaluatedOffset = 5 }, 100);
        Assert.Empty(said);
        Assert.Empty(watch.Open);
    }

    [Fact]
    public void Look_WhileIngestIsStopped_IsCriticalUntilItHasWorkedForAWhile()
    {
        Go(new AlarmFacts { IngestProblem = "full" }, 3);
        Assert.Equal(["Raised IngestStopped Critical"], said);
        Assert.Equal("What devices send is not acknowledged: full", Assert.Single(watch.Open).Detail);
        Go(new AlarmFacts(), 5);
        Assert.Single(said);
        // What was wrong is still said while it clears.
        Assert.Equal("What devices send is not acknowledged: full", Assert.Single(watch.Open).Detail);
        Go(new AlarmFacts(), 1);
        Assert.Equal("Cleared IngestStopped Critical", said[^1]);
    }

    [Fact]
    public void Look_WhenEntriesWait_CountsFromTheFirstLookThatSawThem()
    {
        Go(new AlarmFacts { LogOffset = 10, EvaluatedOffset = 10 }, 1000);
        Go(new AlarmFacts { LogOffset = 20, EvaluatedOffset = 10 }, 31);
        // Ten seconds later more came, and the first are evaluated by then: what waits is not older than that.
        Assert.Empty(said);
        Go(new AlarmFacts { LogOffset = 30, EvaluatedOffset = 20 }, 1);
        Assert.Equal(TimeSpan.Zero, watch.OldestUnevaluated);
        Go(new AlarmFacts { LogOffset = 40, EvaluatedOffset = 20 }, 31);
        Assert.Equal(["Raised EvaluationLagging Warning"], said);
        Assert.Equal(TimeSpan.FromSeconds(31), watch.OldestUnevaluated);
        Go(new AlarmFacts { LogOffset = 40, EvaluatedOffset = 20 }, 300);
        Assert.Equal("LevelChanged EvaluationLagging Critical", said[^1]);
        Go(new AlarmFacts { LogOffset = 40, EvaluatedOffset = 40 }, 20);
        Assert.Equal("Cleared EvaluationLagging Critical", said[^1]);
    }

    [Fact]
    public void Look_WhenNoticesFail_CountsSinceTheLastThatWasSent()
    {
        Go(new AlarmFacts { NoticesSent = 9, NoticeFailures = 2 }, 1);
        Go(new AlarmFacts { NoticesSent = 9, NoticeFailures = 4 }, 1);
        Assert.Empty(said);
        Go(new AlarmFacts { NoticesSent = 9, NoticeFailures = 5 }, 1);
        Assert.Equal(["Raised NoticesFailing Critical"], said);
        Go(new AlarmFacts { NoticesSent = 10, NoticeFailures = 6 }, 1);
        Assert.Equal("Cleared NoticesFailing Critical", said[^1]);
    }

    [Fact]
    public void Look_WhenTheDiskFills_SaysHowLongItLasts()
    {
        for (var minute = 0; minute <= 60; minute++)
            Go(new AlarmFacts { DiskFree = (1500L - (10 * minute)) << 20 }, 60);
        Assert.Equal(["Raised DiskFilling Warning"], said);
        Assert.InRange(watch.DiskFullIn!.Value.TotalMinutes, 88, 92);
        Assert.Contains("900 MiB are free", Assert.Single(watch.Open).Detail, StringComparison.Ordinal);
        Assert.Matches("full in (8|9)[0-9] min", Assert.Single(watch.Open).Detail);
        Go(new AlarmFacts { DiskFree = 99L << 20 }, 1);
        Assert.Equal("LevelChanged DiskFilling Critical", said[^1]);
        Go(new AlarmFacts { DiskFree = 5000L << 20 }, 20);
        Assert.Equal("Cleared DiskFilling Critical", said[^1]);
        Assert.Null(watch.DiskFullIn);
    }

    [Theory]
    [InlineData(3600, "ahead by 60 min")]
    [InlineData(-3600, "back by 60 min")]
    public void Look_WhenTheClockIsSet_ShowsItForAWhileByTimeThatPassed(int seconds, string words)
    {
        Go(new AlarmFacts(), 5);
        now += TimeSpan.FromSeconds(seconds);
        Go(new AlarmFacts(), 1);
        Assert.Equal(["Raised ClockJumped Warning"], said);
        Assert.Contains(words, Assert.Single(watch.Open).Detail, StringComparison.Ordinal);
        Go(new AlarmFacts(), 600);
        Assert.Single(said);
        Go(new AlarmFacts(), 2);
        Assert.Equal("Cleared ClockJumped Warning", said[^1]);
    }

    [Fact]
    public void Look_WhenTheClockIsSetTwice_RaisesTwice()
    {
        Go(new AlarmFacts(), 5);
        now += TimeSpan.FromHours(1);
        Go(new AlarmFacts(), 5);
        now += TimeSpan.FromHours(-1);
        Go(new AlarmFacts(), 5);
        Assert.Equal(["Raised ClockJumped Warning", "Cleared ClockJumped Warning", "Raised ClockJumped Warning"], said);
        Assert.Contains("back by", Assert.Single(watch.Open).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Look_WhenTheClockIsOffByLess_SaysNothing()
    {
        Go(new AlarmFacts(), 5);
        now += TimeSpan.FromSeconds(30);
        Go(new AlarmFacts(), 5);
        Assert.Empty(said);
    }

    [Fact]
    public void Look_WhenALoopFails_NamesItWhenItIsNoMoment()
    {
        var failing = new AlarmFacts { FailingLoops = [("worker", "disk I/O error"), ("sender", "database is locked")] };
        Go(failing, 9);
        Go(new AlarmFacts(), 1);
        Go(failing, 10);
        Assert.Empty(said);
        Go(failing, 1);
        Assert.Equal(["Raised LoopFailing Critical"], said);
        Assert.Equal("Failing and trying again: worker (disk I/O error); sender (database is locked)", Assert.Single(watch.Open).Detail);
    }

    [Fact]
    public void Look_WhenAllConnectionsAreGone_WaitsAndKnowsThatThereWereMany()
    {
        Go(new AlarmFacts { Connections = 4 }, 10);
        Go(new AlarmFacts { Connections = 0 }, 600);
        Assert.Empty(said);
        Go(new AlarmFacts { Connections = 5 }, 10);
        Go(new AlarmFacts { Connections = 0 }, 59);
        Assert.Empty(said);
        Go(new AlarmFacts { Connections = 0 }, 1);
        Assert.Equal(["Raised NoConnections Warning"], said);
        Go(new AlarmFacts { Connections = 1 }, 1);
        Assert.Equal("Cleared NoConnections Warning", said[^1]);
    }

    [Fact]
    public void Look_WithoutAGateway_MissesNoConnections()
    {
        Go(new AlarmFacts { Connections = null }, 10_000);
        Assert.Empty(said);
    }

    [Fact]
    public void TakeUp_OfWhatAnEarlierRunLeft_EndsItWhenAllIsWell()
    {
        watch.TakeUp(new OwnAlarm("IngestStopped/7", "IngestStopped", AlarmLevel.Warning, new ServerTime(7), null, "old words"));
        watch.TakeUp(new OwnAlarm("fleet-silent/7", "FleetSilent", AlarmLevel.Warning, new ServerTime(7), null, "not mine"));
        Assert.Equal("IngestStopped/7", Assert.Single(watch.Open).Key);
        Go(new AlarmFacts(), 10);
        Assert.Equal(["Cleared IngestStopped Warning"], said);
    }

    /// <summary>One look a second.</summary>
    private void Go(AlarmFacts facts, int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            passed += TimeSpan.FromSeconds(1);
            now += TimeSpan.FromSeconds(1);
            said.AddRange(watch.Look(facts, now, passed).Select(c => $"{c.Change} {c.Alarm.Kind} {c.Alarm.Level}"));
        }
    }
}
