using B2D.Core.Telemetry;
using B2D.Storage.Telemetry.Blocks;
using B2D.Storage.Telemetry.Tails;
using Xunit;
using Xunit.Abstractions;

namespace B2D.Storage.Tests.Telemetry.Blocks;

/// <summary>Bytes that readings take in a block's body, of 20 messages (a cut) and of 640 (merged); docs/telemetry.md has these figures.</summary>
public sealed class BlockSizeTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("constant", 0.7, 0.2)]
    [InlineData("counter", 0.8, 0.2)]
    [InlineData("switch", 0.8, 0.35)]
    [InlineData("temperature", 1.4, 0.9)]
    [InlineData("power", 1.5, 1.1)]
    [InlineData("random 0 to 100, one decimal", 2.0, 1.4)]
    [InlineData("any double", 8.2, 8.2)]
    [InlineData("heat pump", 1.2, 0.8)]
    public void Encode_RegularSeries_TakesNoMoreThan(string kind, double small, double large)
    {
        var (of20, of640) = (BytesEach(kind, 20), BytesEach(kind, 640));
        output.WriteLine($"{kind}: {of20:0.00} bytes a reading in blocks of 20 messages, {of640:0.00} of 640");
        Assert.True(of20 <= small && of640 <= large, $"{kind}: {of20:0.00} and {of640:0.00} bytes");
    }

    /// <summary>A message each ten seconds with some jitter; six metrics of one kind, or a heat pump's six.</summary>
    private static double BytesEach(string kind, int messages)
    {
        var random = new Random(7);
        var columns = new ReadingColumns(new SlabPool());
        for (var metric = 0; metric < 6; metric++)
            columns.AddColumn(metric);
        double wander = 0;
        for (var i = 0; i < messages; i++)
        {
            var row = columns.AddRow(1_790_000_000_000 + (i * 10_000) + random.Next(30), 1, 1);
            wander = (wander * 0.98) + (random.NextDouble() - 0.5);
            for (var metric = 0; metric < 6; metric++)
            {
                var shape = kind != "heat pump" ? kind : metric switch { 3 => "switch", 5 => "power", _ => "temperature" };
                columns.Set(row, metric, Value(shape, i, wander + metric, random));
            }
        }
        return BlockCodec.Encode(columns, new ByteWriter(), new ByteWriter()).Length / (messages * 6.0);
    }

    private static MetricValue Value(string shape, int i, double wander, Random random) => shape switch
    {
        "constant" => MetricValue.Of(230.5),
        "counter" => MetricValue.Of(1_000_000.0 + (i * 10)),
        "switch" => MetricValue.Of(i / 50 % 2 == 0 ? "on" : "off"),
        "temperature" => MetricValue.Of(Math.Round(60 + wander + (0.3 * (random.NextDouble() - 0.5)), 1)),
        "power" => MetricValue.Of(Math.Round(1800 + (wander * 10) + (24 * random.NextDouble()))),
        "any double" => MetricValue.Of(random.NextDouble() * 100),
        _ => MetricValue.Of(random.Next(1001) / 10.0),
    };
}
