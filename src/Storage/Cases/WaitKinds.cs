using B2D.Core;
using B2D.Core.Cases;

namespace B2D.Storage.Cases;

/// <summary>Kinds of waits as they are stored and as the API has them, and rows as Core reads them.</summary>
public static class WaitKinds
{
    /// <summary>The kinds that a person can choose.</summary>
    public static readonly IReadOnlyList<WaitKind> Chosen = [WaitKind.Customer, WaitKind.Parts, WaitKind.ThirdParty];

    /// <summary><c>customer</c>, <c>parts</c>, <c>third-party</c>, <c>resolved</c>.</summary>
    public static string Name(WaitKind kind) => kind switch
    {
        WaitKind.Customer => "customer",
        WaitKind.Parts => "parts",
        WaitKind.ThirdParty => "third-party",
        _ => "resolved",
    };

    /// <summary>A kind that a person can choose, by its name; null where there is none.</summary>
    public static WaitKind? Find(string? name)
    {
        foreach (var kind in Chosen)
        {
            if (Name(kind) == name)
                return kind;
        }
        return null;
    }

    public static CaseWait Wait(WaitRow row) => new(Find(row.Kind) ?? WaitKind.Resolved, new ServerTime(row.FromAt), new ServerTime(row.UntilAt));

    /// <summary>What the clocks of a case are read from.</summary>
    public static CaseClockFacts ToClockFacts(this CaseRow row, IReadOnlyList<CaseWait> waits) => new(
        new ServerTime(row.OnsetAt), new ServerTime(row.OpenedAt), new ServerTime(row.RespondedAt), new ServerTime(row.ResolvedAt > 0 ? row.ResolvedAt : row.ClosedAt), waits);

    /// <summary>What is promised of a case.</summary>
    public static CasePromise ToPromise(this CaseRow row) =>
        new(TimeSpan.FromMilliseconds(row.RespondMs), TimeSpan.FromMilliseconds(row.RepairMs), row.Hours, row.FromOpening);
}
