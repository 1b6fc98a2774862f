using System.Diagnostics.CodeAnalysis;
using Xunit;

namespace B2D.Interop.Programs;

/// <summary>
/// Tests that measure time on the clock, or that leave nothing of the machine to others: one after the other, with nothing beside them. Their classes have the trait
/// too: by it the test script runs them when all other projects' tests are done.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
[SuppressMessage("Naming", "CA1711", Justification = "a collection as xunit means it")]
public sealed class Alone
{
    public const string Name = "alone";
    public const string Machine = "machine";
}
