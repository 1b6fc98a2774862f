using B2D.Console.Lists;

namespace B2D.Console.Cases;

/// <summary>The page of cases. <paramref name="Ever"/>: cases there ever were.</summary>
public sealed record CasesModel(ListPage<CaseLine> Page, long Open, long Safety, long Nobodys, long Late, long Ever);
