namespace B2D.Storage.Links;

/// <summary>The question to a customer after a case, and the answer.</summary>
public sealed record SurveyRow
{
    public long CaseId { get; init; }
    public string Customer { get; init; } = "";
    public long AskedAt { get; init; }

    /// <summary>1 very easy to 7 very hard; 0: no answer.</summary>
    public long Score { get; init; }
    public string Words { get; init; } = "";
    public long AnsweredAt { get; init; }
}

/// <summary>Answers put together.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="Sum">Of their scores.</param>
public sealed record SurveyTally(long Count, long Sum)
{
    /// <summary>Null where there are none.</summary>
    public double? Average => Count == 0 ? null : (double)Sum / Count;
}

/// <summary>One question for each case, one answer for each question.</summary>
public static class SurveyStore
{
    private static readonly string Select = $"SELECT {Columns<SurveyRow>.All} FROM surveys";

    /// <summary>Asks; false where it was asked of the case before.</summary>
    public static bool Ask(Db db, SurveyRow row) =>
        db.Execute($"INSERT INTO surveys ({Columns<SurveyRow>.All}) VALUES ({Columns<SurveyRow>.Values}) ON CONFLICT (case_id) DO NOTHING", row) == 1;

    public static SurveyRow? Find(Db db, long caseId) => db.FirstOrDefault<SurveyRow>($"{Select} WHERE case_id = @caseId", new { caseId });

    /// <summary>When a customer was asked last; 0: never.</summary>
    public static long LastAsked(Db db, string customer) => db.Scalar<long?>("SELECT max(asked_at) FROM surveys WHERE customer = @customer", new { customer }) ?? 0;

    /// <summary>Writes the answer; false where there is one, or nobody asked.</summary>
    public static bool Answer(Db db, long caseId, int score, string words, long now) => db.Execute(
        "UPDATE surveys SET score = @score, words = @words, answered_at = @now WHERE case_id = @caseId AND answered_at = 0", new { caseId, score, words, now }) == 1;

    /// <summary>Answers since a time.</summary>
    public static SurveyTally Tally(Db db, long since)
    {
        var (count, sum) = (
            db.Scalar<long>("SELECT count(*) FROM surveys WHERE answered_at > 0 AND answered_at >= @since", new { since }),
            db.Scalar<long?>("SELECT sum(score) FROM surveys WHERE answered_at > 0 AND answered_at >= @since", new { since }) ?? 0);
        return new SurveyTally(count, sum);
    }

    /// <summary>What a customer added goes; the scores say nothing without them.</summary>
    internal static void Erase(Db db, string customer) => db.Execute("UPDATE surveys SET words = '', customer = '' WHERE customer = @customer", new { customer });
}
