using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using B2D.FirmwareSim.Signals;

namespace B2D.FirmwareSim.Replay;

/// <summary>One message of a recording.</summary>
/// <param name="Number">Place in the recording, from 0; the same in every run over the same files.</param>
/// <param name="Device">Device id.</param>
/// <param name="DeviceTimeMs">Time of the row, epoch milliseconds.</param>
/// <param name="Values">Metrics and values; empty for an event.</param>
/// <param name="Code">The event's code, or null for a reading.</param>
/// <param name="State">The event's state, <c>set</c> or <c>clear</c>, or null for a reading.</param>
/// <param name="File">The recorded file.</param>
/// <param name="Line">The row's line in it, from 1.</param>
public sealed record ReplayMessage(
    long Number, string Device, long DeviceTimeMs, IReadOnlyList<KeyValuePair<string, MetricValue>> Values, string? Code, string? State, string File, int Line)
{
    /// <summary><c>devices/{id}/telemetry</c> or <c>devices/{id}/events</c>.</summary>
    public string Topic => $"devices/{Device}/{(Code is null ? "telemetry" : "events")}";

    /// <summary>The native JSON payload.</summary>
    public byte[] Payload()
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            if (Code is null) TelemetryJson.Write(writer, DeviceTimeMs, Values);
            else
            {
                writer.WriteStartObject();
                writer.WriteString("code", Code);
                writer.WriteString("state", State);
                writer.WriteNumber("ts", DeviceTimeMs);
                writer.WriteEndObject();
            }
        }

        return buffer.WrittenSpan.ToArray();
    }
}

/// <summary>
/// Recorded files, mapped to messages and merged in order of time (rows of one time: in order of the mapping's sources, then of lines).
/// All of it is read and checked before anything is sent, so a recording must fit into memory: about 400 bytes a row.
/// </summary>
public sealed class Recording
{
    private Recording(string name, string? credentials, string fingerprint, IReadOnlyList<ReplayMessage> messages)
    {
        Name = name;
        Credentials = credentials;
        Fingerprint = fingerprint;
        Messages = messages;
        Devices = [.. messages.Select(m => m.Device).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>The mapping's name.</summary>
    public string Name { get; }

    /// <summary>Path of the devices file with ids and passwords, if the mapping names one.</summary>
    public string? Credentials { get; }

    /// <summary>Changes when the mapping or the data change: a resumed replay must be the same one.</summary>
    public string Fingerprint { get; }

    /// <summary>All messages in order.</summary>
    public IReadOnlyList<ReplayMessage> Messages { get; }

    /// <summary>All devices in it.</summary>
    public IReadOnlyList<string> Devices { get; }

    /// <summary>Reads a mapping file and the data it maps.</summary>
    /// <param name="mappingFile">The YAML file; its credentials file is looked for beside it.</param>
    /// <param name="dataFolder">Where the recorded files are.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="ReplayException">With every mistake in the mapping, or up to 20 in the data.</exception>
    public static Recording Load(string mappingFile, string dataFolder, CancellationToken cancellation = default)
    {
        if (!File.Exists(mappingFile)) throw new ReplayException($"There is no mapping file {mappingFile}.");
        var text = File.ReadAllText(mappingFile);
        List<ReplayError> errors = [];
        var mapping = SourceFiles.Found(MappingReader.Read(mappingFile, text), dataFolder, errors);
        List<RecordedRow> rows = [];
        for (var source = 0; source < mapping.Sources.Count; source++)
        {
            rows.AddRange(new SourceReader(mapping, source, errors).Read(dataFolder, cancellation));
        }

        if (errors.Count > 0) throw new ReplayException(errors);
        rows.Sort((a, b) => (a.DeviceTimeMs, a.Source, a.Line).CompareTo((b.DeviceTimeMs, b.Source, b.Line)));
        var credentials = mapping.Credentials is null ? null : Path.Combine(Path.GetDirectoryName(mappingFile) ?? "", mapping.Credentials);
        return new Recording(mapping.Name, credentials, FingerprintOf(text, dataFolder, mapping), ToMessages(mapping, rows));
    }

    private static List<ReplayMessage> ToMessages(ReplayMapping mapping, List<RecordedRow> rows)
    {
        List<ReplayMessage> messages = new(rows.Count);
        Dictionary<(int Source, string Device), Derivations> derivations = [];
        Dictionary<(int Source, string Device), RecordedRow> sent = [];
        foreach (var row in rows)
        {
            var source = mapping.Sources[row.Source];
            var key = (row.Source, row.Device);
            if (source.Derived.Count > 0)
            {
                if (!derivations.TryGetValue(key, out var derived)) derivations[key] = derived = new Derivations(source.Derived);
                derived.AddTo(row);
            }

            if (row.Event is null && row.Values.Count == 0) continue;
            if (source.OnlyChanges && sent.TryGetValue(key, out var last) && IsSame(source, last, row)) continue;
            sent[key] = row;
            messages.Add(new ReplayMessage(messages.Count, row.Device, row.DeviceTimeMs, row.Values, row.Event?.Code, row.Event?.State, source.File, row.Line));
        }

        return messages;
    }

    private static bool IsSame(SourceMapping source, RecordedRow last, RecordedRow row) =>
        last.Event == row.Event && last.Values.SequenceEqual(row.Values)
        && !(source.AtLeastEvery is { } every && row.DeviceTimeMs - last.DeviceTimeMs >= every.TotalMilliseconds);

    private static string FingerprintOf(string mapping, string folder, ReplayMapping sources)
    {
        var text = new StringBuilder(mapping);
        foreach (var source in sources.Sources)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{source.File} {new FileInfo(Path.Combine(folder, source.File)).Length}");
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
