using System.Globalization;
using System.Text.Json;

namespace B2D.Console.Telemetry;

/// <summary>One reading that fired a rule. <paramref name="At"/> is device time in epoch milliseconds, 0 where it is not known.</summary>
public sealed record EvidenceReading(string Metric, long At, string Value, double? Number);

/// <summary>The readings that a fault keeps as its evidence.</summary>
internal static class Evidence
{
    private const int MostReadings = 500;

    /// <summary>
    /// Reads the evidence of a fault: an array of readings (<c>name</c>, <c>metric</c> or <c>code</c>; <c>at</c>; <c>value</c> or <c>state</c>), an object
    /// with such an array
    /// under <c>metrics</c>, or an object of metrics and values. What it cannot read it leaves out: a page about a fault must not fail over its evidence.
    /// </summary>
    public static IReadOnlyList<EvidenceReading> Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json.Length == 0 ? "{}" : json);
            return [.. Readings(document.RootElement).Take(MostReadings)];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    /// <summary>The condition in the rule's own words, as it was when the fault was raised; empty where it is not stored.</summary>
    public static string Condition(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json.Length == 0 ? "{}" : json);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && Property(document.RootElement, "condition") is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "";
        }
        catch (JsonException)
        {
            return "";
        }
    }

    private static IEnumerable<EvidenceReading> Readings(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Array)
            return element.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.Object).Select(One).OfType<EvidenceReading>();
        if (element.ValueKind != JsonValueKind.Object)
            return [];
        foreach (var name in (string[])["metrics", "readings"])
        {
            if (element.TryGetProperty(name, out var inner) && inner.ValueKind == JsonValueKind.Array)
                return Readings(inner);
        }
        return element.EnumerateObject().Where(p => p.Value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array)).Select(p => Of(p.Name, 0, p.Value));
    }

    private static EvidenceReading? One(JsonElement reading)
    {
        var metric = Property(reading, "metric") ?? Property(reading, "code") ?? Property(reading, "name");
        var value = Property(reading, "value") ?? Property(reading, "state");
        if (metric is not { ValueKind: JsonValueKind.String })
            return null;
        var at = (Property(reading, "at") ?? Property(reading, "ts")) switch
        {
            { ValueKind: JsonValueKind.Number } number when number.TryGetInt64(out var ms) => ms,
            { ValueKind: JsonValueKind.String } text when DateTimeOffset.TryParse(text.GetString(), CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal, out var then) => then.ToUnixTimeMilliseconds(),
            _ => 0,
        };
        return value is { } found ? Of(metric.Value.GetString()!, at, found) : new EvidenceReading(metric.Value.GetString()!, at, "", null);
    }

    private static EvidenceReading Of(string metric, long at, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => new(metric, at, value.GetRawText(), value.GetDouble()),
        JsonValueKind.String => new(metric, at, value.GetString()!, null),
        JsonValueKind.True or JsonValueKind.False => new(metric, at, value.GetRawText(), null),
        _ => new(metric, at, "", null),
    };

    private static JsonElement? Property(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value : null;
}
