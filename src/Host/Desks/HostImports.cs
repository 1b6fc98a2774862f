using B2D.Console;
using B2D.Host.Loops;

namespace B2D.Host.Desks;

/// <summary>Imports by the API.</summary>
internal sealed class HostImports(Installation installation) : IImports
{
    public ImportOutcome Customers(string csv, string who) => Outcome(QuietThread.Run("import", () => installation.Imports.Customers(csv, who)));

    public ImportOutcome Devices(string csv, string who) => Outcome(QuietThread.Run("import", () => installation.Imports.Devices(csv, who)));

    private static ImportOutcome Outcome(ImportResult result) => new(result.Applied, [.. result.Problems.Select(p => new BadRow(p.Line, Imports.WithoutLine(p)))]);
}
