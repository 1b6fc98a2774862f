using System.Collections.Immutable;

namespace B2D.Core.Devices;

/// <summary>One thing wrong with an import: where, what, and what to do about it.</summary>
/// <param name="Line">1-based line on which the row begins; of JSON, the number of the element (1-based).</param>
/// <param name="Column">The column's name; empty where the whole row or file is meant.</param>
public sealed record ImportProblem(int Line, string Column, string Message, string Hint)
{
    public override string ToString() => $"line {Line}{(Column.Length > 0 ? $", {Column}" : "")}: {Message}{(Hint.Length > 0 ? $" ({Hint})" : "")}";
}

/// <summary>What was read: all rows and no problem, or every problem; an import with a problem is not applied at all.</summary>
public sealed record ImportReading<T>(ImmutableArray<T> Rows, ImmutableArray<ImportProblem> Problems)
{
    public bool IsGood => Problems.IsEmpty;
}
