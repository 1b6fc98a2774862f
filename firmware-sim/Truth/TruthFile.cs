using System.Text.Json;
using System.Text.Json.Serialization;

namespace B2D.FirmwareSim.Truth;

/// <summary>Writes the truth as JSON: <c>faults outages dues silences commands</c> as lists, messages as totals and one compact row each.</summary>
public static class TruthFile
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    /// <summary>Writes to a stream.</summary>
    /// <param name="truth">A truth that is no longer being written.</param>
    /// <param name="seed">The town's seed.</param>
    /// <param name="stream">Left open.</param>
    /// <param name="cancellation">Stops half-way; the file is then not valid JSON.</param>
    public static async Task WriteAsync(GroundTruth truth, int seed, Stream stream, CancellationToken cancellation)
    {
        var sent = truth.Messages.Where(m => m.Copies > 0).ToList();
        var document = new
        {
            seed,
            readings = new
            {
                messages = sent.Count,
                values = sent.Where(m => m.Kind == MessageKind.Telemetry).Sum(m => (long)m.ValueCount),
                acknowledged = sent.Count(m => m.Acknowledged),
                duplicates = sent.Sum(m => m.Copies - 1),
                resent = sent.Sum(m => m.Resent),
                late = sent.Count(m => m.Late),
            },
            truth.Faults,
            truth.Outages,
            truth.Dues,
            truth.Silences,
            truth.Commands,
            messageColumns = new[] { "device", "sequence", "kind", "deviceTimeMs", "values", "copies", "acknowledged" },
            messages = sent.Select(m => new object[]
            {
                m.Device, m.Sequence, m.Kind, m.DeviceTimeMs, m.ValueCount, m.Copies, m.Acknowledged,
            }),
        };
        await JsonSerializer.SerializeAsync(stream, document, Options, cancellation).ConfigureAwait(false);
    }
}
