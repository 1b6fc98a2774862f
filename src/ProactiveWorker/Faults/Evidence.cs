using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.Core.Telemetry;

namespace B2D.ProactiveWorker.Faults;

/// <summary>What is kept of why a fault was raised: the rule's condition and the values that stood then.</summary>
internal static class Evidence
{
    public static string Json(FaultRule rule, FaultReason reason, ImmutableArray<EvidenceValue> values)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("reason", reason.ToString());
            json.WriteString("condition", ConditionOf(rule));
            json.WriteString("rule", rule.Text);
            json.WriteNumber("holdMs", (long)rule.Hold.TotalMilliseconds);
            json.WriteStartArray("readings");
            foreach (var value in values)
            {
                json.WriteStartObject();
                json.WriteString("metric", value.Metric);
                WriteValue(json, value.Value);
                json.WriteNumber("at", value.At.EpochMs);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>The condition in the rule's own words.</summary>
    public static string ConditionOf(FaultRule rule) => rule.Kind switch
    {
        FaultKind.Codes => "code " + string.Join(" or ", rule.Codes),
        FaultKind.Silence => $"silent for {Duration(rule.Silent)}, or offline",
        _ => rule.Raise!.Text,
    };

    /// <summary>A duration as people write it: 90 s, 12 min, 3 h.</summary>
    public static string Duration(TimeSpan span) => span switch
    {
        { TotalDays: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:0.#} days"),
        { TotalHours: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0.#} h"),
        { TotalMinutes: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0.#} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.#} s"),
    };

    private static void WriteValue(Utf8JsonWriter json, MetricValue value)
    {
        switch (value.Kind)
        {
            case ValueKind.Number when double.IsFinite(value.Number):
                json.WriteNumber("value", value.Number);
                break;
            case ValueKind.Bool:
                json.WriteBoolean("value", value.IsTrue);
                break;
            default:
                json.WriteString("value", value.ToString());
                break;
        }
    }
}
