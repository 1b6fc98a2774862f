using B2D.Console.Lists;

namespace B2D.Console.Cases;

/// <summary>The page of cases. <paramref name="InOutages"/>: open, and part of an outage that goes on. <paramref name="Ever"/>: cases there ever were.</summary>
public sealed record CasesModel(ListPage<CaseLine> Page, long Open, long Safety, long Nobodys, long Late, long InOutages, long Ever)
{
    /// <summary>What came of objections of whoever looks, which they have not seen.</summary>
    public IReadOnlyList<ObjectionLine> News { get; init; } = [];

    /// <summary>Grants that wait for a lead.</summary>
    public long Grants { get; init; }
}
