using B2D.Console.Shell;
using B2D.Core.Outages;

namespace B2D.Console.Outages;

/// <summary>A review in sentences.</summary>
internal static class ReviewSentence
{
    /// <summary>What it was to customers, first.</summary>
    public static string Of(ReviewRecord record)
    {
        var figures = record.Figures;
        if (figures.ToFirstNotice is not { } first || figures.ToLastNotice is not { } last)
            return $"{Words.Count(figures.Touched, "customer was", "customers were")} touched and nobody was told.";
        var missed = figures.Promises.Count(p => p.Fate == PromiseFate.Missed);
        var late = figures.Estimates.Count(e => e.Fate == EstimateFate.Later);
        return $"The first notice left {Words.Duration(first)} after the first fault, the last customer’s after {Words.Duration(last)}; {Words.Number(figures.Told)} of {Words.Count(figures.Touched, "customer")} heard of it. "
            + (missed == 0 ? "No promised word was missed" : $"{Words.Count(missed, "promised word was", "promised words were")} missed")
            + (figures.Estimates.Count == 0 ? "." : late == 0 ? ", and no estimate was passed." : $", and {Words.Count(late, "estimate was", "estimates were")} passed.");
    }

    /// <summary>How many promises were kept.</summary>
    public static string Promises(ReviewFigures figures) =>
        $"{figures.Promises.Count(p => p.Fate is PromiseFate.Kept or PromiseFate.OverBefore)} of {figures.Promises.Count(p => p.Fate != PromiseFate.Ahead)} kept";

    public static string Fate(ReviewPromise promise) => promise.Fate switch
    {
        PromiseFate.Kept => "kept",
        PromiseFate.OverBefore => "it was over before",
        PromiseFate.Ahead => "still ahead",
        _ => promise.NextAt > Core.ServerTime.Zero ? $"missed by {Words.Duration(promise.NextAt - promise.For)}" : "missed",
    };

    public static string Fate(ReviewEstimate estimate) => estimate.Fate switch
    {
        EstimateFate.Held => "held",
        EstimateFate.Sooner => $"mended {Words.Duration(estimate.Off)} sooner",
        EstimateFate.Later => $"mended {Words.Duration(estimate.Off)} later",
        _ => "not mended yet",
    };
}
