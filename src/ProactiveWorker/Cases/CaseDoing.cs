using B2D.Core;
using B2D.Storage;
using B2D.Storage.Cases;

namespace B2D.ProactiveWorker.Cases;

/// <summary>What an act does to a case that its machine knows nothing of.</summary>
/// <param name="Kind">As timeline and audit call it.</param>
/// <param name="Text">The line of the timeline.</param>
/// <param name="Work">In the transaction that has read the case: the case after it, and why it cannot be done, which is empty where it was.</param>
internal sealed record CaseDoing(string Kind, string Text, Func<Db, CaseRow, ServerTime, (CaseRow Row, string Problem)> Work)
{
    /// <summary>Beside the line, as JSON.</summary>
    public object? Detail { get; init; }

    /// <summary>What is wrong with it whatever the case is; empty for nothing.</summary>
    public string Problem { get; private init; } = "";

    public static CaseDoing Wrong(string problem) => new("", "", (_, row, _) => (row, problem)) { Problem = problem };
}
