using System.Text.Json;

namespace B2D.FirmwareSim.Signals;

/// <summary>The native payload: <c>{"ts":…,"metric":value,"group":{"metric":value}}</c>.</summary>
internal static class TelemetryJson
{
    /// <summary>Writes one reading. Metrics of one dotted group must stand next to each other.</summary>
    public static void Write(Utf8JsonWriter writer, long deviceTimeMs, IReadOnlyList<KeyValuePair<string, MetricValue>> values)
    {
        writer.WriteStartObject();
        writer.WriteNumber("ts", deviceTimeMs);
        string? open = null;
        foreach (var (name, value) in values)
        {
            var dot = name.IndexOf('.', StringComparison.Ordinal);
            var group = dot < 0 ? null : name[..dot];
            if (group != open)
            {
                if (open is not null) writer.WriteEndObject();
                if (group is not null) writer.WriteStartObject(group);
                open = group;
            }

            WriteValue(writer, name.AsSpan(dot + 1), value);
        }

        if (open is not null) writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter writer, ReadOnlySpan<char> name, MetricValue value)
    {
        switch (value.Kind)
        {
            case MetricKind.Boolean:
                writer.WriteBoolean(name, value.IsTrue);
                break;
            case MetricKind.Text:
                writer.WriteString(name, value.Text);
                break;
            default:
                writer.WriteNumber(name, value.Number);
                break;
        }
    }
}
