using System.Collections.Immutable;
using System.Text.Json;
using B2D.Bus;
using B2D.Core;
using B2D.Core.Telemetry;

namespace B2D.DeviceGateway.Telemetry;

/// <summary>
/// One object of <c>devices/{id}/telemetry</c>: <c>{"ts":1764000310123,"temp_c":21.5,"pump":{"on":true}}</c>. An object within it gives dotted names
/// (<c>pump.on</c>), null says nothing, an object without any metric is a sign of life.
/// </summary>
internal sealed class TelemetryObject
{
    /// <summary>Up to here a repeated name is searched one by one, which is faster than a table.</summary>
    private const int FewMetrics = 16;

    private readonly Message message;
    private readonly char[] name;
    private readonly ImmutableArray<Reading>.Builder readings;
    private Dictionary<string, int>? places;
    private DeviceTime? at;

    private TelemetryObject(Message message)
    {
        this.message = message;
        name = message.NameBuffer;
        readings = ImmutableArray.CreateBuilder<Reading>();
    }

    /// <summary>Reads the object that the reader stands at the beginning of.</summary>
    public static Flaw Read(ref Utf8JsonReader json, Message message, out Entry? entry)
    {
        var of = new TelemetryObject(message);
        var flaw = of.ReadObject(ref json, 0, 1);
        entry = flaw.Is ? null : new Entry.Telemetry(message.Topic.Device, of.at, of.readings.DrainToImmutable());
        return flaw;
    }

    private Flaw ReadObject(ref Utf8JsonReader json, int prefix, int level)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (level == 1 && JsonText.Is(ref json, "ts"u8))
            {
                json.Read();
                if (JsonText.ReadTime(ref json, out at) is { Is: true } bad)
                    return bad;
                continue;
            }
            if (ReadName(ref json, prefix, out var length) is { Is: true } flaw)
                return flaw;
            json.Read();
            flaw = json.TokenType == JsonTokenType.StartObject ? Descend(ref json, length, level) : ReadValue(ref json, length);
            if (flaw.Is)
                return flaw;
        }
        return default;
    }

    private Flaw Descend(ref Utf8JsonReader json, int length, int level)
    {
        if (level >= message.Limits.MaxLevels)
            return new Flaw(RejectReason.OverLimit, $"{Name(length)} lies deeper than {message.Limits.MaxLevels} levels");
        if (length == name.Length)
            return new Flaw(RejectReason.OverLimit, $"names under {Start(Name(length))}… are longer than {name.Length} characters");
        name[length] = '.';
        return ReadObject(ref json, length + 1, level + 1);
    }

    /// <summary>Puts the property's name behind the prefix.</summary>
    private Flaw ReadName(ref Utf8JsonReader json, int prefix, out int length)
    {
        length = 0;
        if (!JsonText.TryGet(ref json, out var own))
            return new Flaw(RejectReason.WrongShape, "a metric's name holds half a character");
        if (JsonText.CheckName("a metric's name", own, name.Length) is { Is: true } flaw)
            return flaw;
        if (own.Length > name.Length - prefix)
        {
            var under = Start(Name(prefix));
            return new Flaw(RejectReason.OverLimit, $"a name under {under} has {prefix + own.Length} characters, at most {name.Length} are allowed");
        }
        own.CopyTo(name.AsSpan(prefix));
        length = prefix + own.Length;
        return default;
    }

    private Flaw ReadValue(ref Utf8JsonReader json, int length)
    {
        switch (json.TokenType)
        {
            case JsonTokenType.Number:
                return json.TryGetDouble(out var number) && double.IsFinite(number)
                    ? Add(length, MetricValue.Of(number))
                    : new Flaw(RejectReason.OverLimit, $"{Name(length)} is a number that no double can hold");
            case JsonTokenType.True or JsonTokenType.False:
                return Add(length, MetricValue.Of(json.TokenType == JsonTokenType.True));
            case JsonTokenType.String:
                return ReadText(ref json, length);
            case JsonTokenType.Null:
                return default;
            default:
                return new Flaw(RejectReason.WrongShape, $"{Name(length)} is an array; a metric is a number, a boolean or a text");
        }
    }

    private Flaw ReadText(ref Utf8JsonReader json, int length)
    {
        if (!JsonText.TryGet(ref json, out var text))
            return new Flaw(RejectReason.WrongShape, $"{Name(length)} holds half a character");
        if (text.Length > FormatLimits.MaxTextLength)
            return new Flaw(RejectReason.OverLimit, $"{Name(length)} has {text.Length} characters, at most {FormatLimits.MaxTextLength} are allowed");
        // PostgreSQL's text has no NUL; one in a log on SQLite would stop a later move.
        return text.Contains('\0', StringComparison.Ordinal)
            ? new Flaw(RejectReason.WrongShape, $"{Name(length)} holds a NUL character")
            : Add(length, MetricValue.Of(text));
    }

    private Flaw Add(int length, MetricValue value)
    {
        var metric = Name(length);
        if (PlaceOf(metric) is var place and >= 0)
        {
            readings[place] = new Reading(metric, value);
            message.RepeatedNames++;
            return default;
        }
        if (readings.Count >= message.Limits.MaxMetrics)
            return new Flaw(RejectReason.OverLimit, $"more than {message.Limits.MaxMetrics} metrics in one object");
        readings.Add(new Reading(metric, value));
        places?.Add(metric, readings.Count - 1);
        return default;
    }

    private int PlaceOf(string metric)
    {
        if (readings.Count <= FewMetrics)
        {
            for (var i = 0; i < readings.Count; i++)
            {
                if (readings[i].Metric == metric)
                    return i;
            }
            return -1;
        }
        if (places is null)
        {
            places = new Dictionary<string, int>(StringComparer.Ordinal);
            for (var i = 0; i < readings.Count; i++)
                places.Add(readings[i].Metric, i);
        }
        return places.TryGetValue(metric, out var place) ? place : -1;
    }

    private string Name(int length) => new(name, 0, length);

    private static string Start(string name) => name[..Math.Min(32, name.Length)];
}
