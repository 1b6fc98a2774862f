namespace B2D.Console;

/// <summary>One row that an import refused. Lines count from 1; the heading is line 1 of a CSV file.</summary>
public sealed record BadRow(int Line, string Problem);

/// <summary>What came of an import; where a row is bad, nothing of the file was applied.</summary>
public sealed record ImportOutcome(int Applied, IReadOnlyList<BadRow> Bad);

/// <summary>Imports of customers and devices as CSV text with a heading (RFC 4180).</summary>
public interface IImports
{
    ImportOutcome Customers(string csv, string who);

    ImportOutcome Devices(string csv, string who);
}
