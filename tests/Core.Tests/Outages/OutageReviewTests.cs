using B2D.Core.Outages;
using Xunit;

namespace B2D.Core.Tests.Outages;

/// <summary>Times are minutes from the first fault.</summary>
public sealed class OutageReviewTests
{
    [Fact]
    public void Figures_CountFromTheFirstFaultToTheFirstAndTheLastFirstNotice()
    {
        var figures = Of(200, [new("opened", 1, At(5), At(9), 7), new("update", 2, At(30), At(31), 7)], [new(At(0), At(100), At(5)), new(At(2), At(120), At(9)), new(At(3), At(120), At(0))]);
        Assert.Equal((TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(9)), (figures.ToFirstNotice, figures.ToLastNotice));
        Assert.Equal((3, 2, 1), (figures.Touched, figures.Told, figures.Untold));
        // One unit for each begun hour down.
        Assert.Equal(2 + 2 + 2, figures.Owed);
    }

    [Fact]
    public void Figures_NobodyTold_HaveNothingToCount()
    {
        var figures = Of(10, [], [new(At(1), At(9), At(0))]);
        Assert.Null(figures.ToFirstNotice);
        Assert.Null(figures.ToLastNotice);
        Assert.Empty(figures.Promises);
        Assert.Empty(figures.Estimates);
    }

    [Theory]
    [InlineData(60, "59", 200, PromiseFate.Kept)]
    [InlineData(60, "60", 200, PromiseFate.Kept)]
    [InlineData(60, "61", 200, PromiseFate.Missed)]
    [InlineData(60, "", 200, PromiseFate.Missed)]
    [InlineData(60, "", 50, PromiseFate.OverBefore)]
    [InlineData(60, "62", 50, PromiseFate.OverBefore)] // the all-clear had left for most, the last was slow: it was over
    [InlineData(400, "", 0, PromiseFate.Ahead)]
    [InlineData(60, "", 0, PromiseFate.Missed)]
    public void Promise_ByWhenTheNextWordHadLeftToAll_IsKeptOrNot(int promised, string next, int resolved, PromiseFate fate)
    {
        List<ToldWave> waves = [new("opened", 1, At(5), At(6), 7) { NextUpdate = At(promised) }];
        if (next.Length > 0)
            waves.Add(new ToldWave("update", 2, At(30), At(int.Parse(next, System.Globalization.CultureInfo.InvariantCulture)), 7));
        Assert.Equal(fate, Assert.Single(Of(resolved, waves, []).Promises).Fate);
    }

    [Theory]
    [InlineData(60, 90, 70, EstimateFate.Held, 0)]
    [InlineData(60, 90, 60, EstimateFate.Held, 0)]
    [InlineData(60, 90, 90, EstimateFate.Held, 0)]
    [InlineData(60, 90, 50, EstimateFate.Sooner, 10)]
    [InlineData(60, 90, 120, EstimateFate.Later, 30)]
    [InlineData(60, 90, 0, EstimateFate.Ahead, 0)]
    public void Estimate_AgainstWhenItWasMended_IsSo(int from, int until, int mended, EstimateFate fate, int off)
    {
        var wave = new ToldWave("opened", 1, At(5), At(6), 7) { EstimateFrom = At(from), EstimateUntil = At(until) };
        var estimate = Assert.Single(OutageReview.Figures(new ReviewTimes(At(0), At(mended), At(mended)), [wave, wave with { Status = "update", First = At(20) }], [], (_, _) => 0, At(300)).Estimates);
        Assert.Equal((fate, TimeSpan.FromMinutes(off), At(5)), (estimate.Fate, estimate.Off, estimate.SaidAt));
    }

    [Fact]
    public void Curve_GrowsAsTheyAreTouchedAndTold()
    {
        var curve = OutageReview.Curve([new(At(1), At(9), At(5)), new(At(1), At(9), At(0)), new(At(6), At(9), At(8))], At(1), At(11), 5);
        Assert.Equal([(1, 2L, 0L), (3, 2, 0), (5, 2, 1), (7, 3, 1), (9, 3, 2), (11, 3, 2)], curve.Select(p => ((int)((p.At - At(0)).TotalMinutes), p.Touched, p.Told)));
    }

    [Theory]
    [InlineData(null, "open", true, "", 0, "Open", "")]
    [InlineData(null, "open", false, "", 0, "Open", "goes on")]
    [InlineData(null, "find", true, "", 0, "Open", "open one first")]
    [InlineData("Open", "open", true, "", 0, "Open", "already")]
    [InlineData("Open", "find", true, "", 0, "Open", "")]
    [InlineData("Open", "close", true, "", 1, "Open", "nobody owns it")]
    [InlineData("Open", "close", true, "ana", 0, "Open", "at least one finding")]
    [InlineData("Open", "close", true, "ana", 1, "Done", "")]
    [InlineData("Open", "reopen", true, "ana", 1, "Open", "it is open")]
    [InlineData("Done", "reopen", true, "ana", 1, "Open", "")]
    [InlineData("Done", "find", true, "ana", 1, "Done", "reopen it first")]
    [InlineData("Done", "finish", true, "ana", 1, "Done", "")]
    public void Step_OfEachPair_IsThisOrRefusedWithAReason(string? phase, string act, bool isOver, string owner, int findings, string next, string problem)
    {
        ReviewAct done = act switch { "open" => new ReviewAct.Open(), "find" => new ReviewAct.Find("x"), "close" => new ReviewAct.Close(), "finish" => new ReviewAct.Finish(1), _ => new ReviewAct.Reopen() };
        var (then, why) = ReviewStep.Step(phase is null ? null : Enum.Parse<ReviewPhase>(phase), done, isOver, owner, findings);
        Assert.Equal(next, then.ToString());
        Assert.True(problem.Length == 0 ? why.Length == 0 : why.Contains(problem, StringComparison.Ordinal), why);
    }

    private static ReviewFigures Of(int resolved, IReadOnlyList<ToldWave> waves, IReadOnlyCollection<TouchedCustomer> customers) =>
        OutageReview.Figures(new ReviewTimes(At(0), At(resolved), At(resolved)), waves, customers, (from, until) => (int)Math.Ceiling((until - from).TotalHours), At(300));

    private static ServerTime At(int minutes) => minutes == 0 ? ServerTime.Zero : new ServerTime(minutes * 60_000L);
}
