using B2D.Core.Telemetry;

namespace B2D.Storage.Telemetry.Blocks;

/// <summary>Takes the readings of one metric as they are decoded.</summary>
internal interface ISeriesSink
{
    /// <summary>A reading of the row <paramref name="row"/> of its block.</summary>
    void Add(long at, int row, MetricValue value);

    /// <summary>Numbers (bits of doubles) of all rows of a block.</summary>
    void AddNumbers(ReadOnlySpan<long> times, ReadOnlySpan<long> numbers);
}
