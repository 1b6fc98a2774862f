using B2D.FirmwareSim.Signals;

namespace B2D.FirmwareSim.Replay;

/// <summary>A stretch of time in which something is known to have been wrong with a device while it was recorded.</summary>
/// <param name="Device">Device id.</param>
/// <param name="FromMs">Its begin, epoch milliseconds.</param>
/// <param name="UntilMs">Its end, epoch milliseconds; not before the begin.</param>
/// <param name="What">What was wrong, in words; <c>anomaly</c> where nothing says it.</param>
public sealed record RecordedWindow(string Device, long FromMs, long UntilMs, string What);

/// <summary>
/// Labelled windows beside a recording. Either a CSV file with the columns <c>start</c> and <c>end</c> and those that one of the mapping's sources has for its device
/// (times in its format), or else <c>device</c> (times in ISO 8601); the first other column says what was wrong. Or JSON: an object that has, under the id of each device or the name
/// of its recorded file, a list of <c>[start, end]</c> in ISO 8601. Times without a zone are UTC.
/// </summary>
public static class RecordedWindows
{
    private const string Start = "start";
    private const string End = "end";
    private const string Unsaid = "anomaly";

    /// <summary>True where the file holds windows, not instants (<see cref="RecordedLabels"/>): JSON, or CSV with the columns of windows.</summary>
    /// <exception cref="ReplayException">There is no such file.</exception>
    public static bool Are(string labelsFile)
    {
        if (!File.Exists(labelsFile)) throw new ReplayException($"There is no labels file {labelsFile}.");
        if (IsJson(labelsFile)) return true;
        var header = RecordedLabels.Header(labelsFile);
        return header.Contains(Start) && header.Contains(End);
    }

    /// <summary>Reads a file of windows.</summary>
    /// <param name="mappingFile">The recording's mapping; null where there is none.</param>
    /// <param name="labelsFile">The CSV file, also packed as .gz, or the JSON file.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <returns>In the file's order.</returns>
    /// <exception cref="ReplayException">With every mistake in the mapping or in JSON, or up to 20 in CSV.</exception>
    public static IReadOnlyList<RecordedWindow> Load(string? mappingFile, string labelsFile, CancellationToken cancellation = default)
    {
        if (!File.Exists(labelsFile)) throw new ReplayException($"There is no labels file {labelsFile}.");
        var sources = mappingFile is null ? [] : MappingReader.Read(mappingFile, File.ReadAllText(mappingFile)).Sources;
        return IsJson(labelsFile) ? OfJson(labelsFile, sources) : OfCsv(labelsFile, sources, cancellation);
    }

    private static bool IsJson(string file) => file.EndsWith(".json", StringComparison.OrdinalIgnoreCase);

    private static List<RecordedWindow> OfCsv(string file, IReadOnlyList<SourceMapping> sources, CancellationToken cancellation)
    {
        var header = RecordedLabels.Header(file);
        var like = sources.FirstOrDefault(s => DeviceColumns(s).Any() && DeviceColumns(s).All(header.Contains)) ?? RecordedLabels.Plain;
        string[] columns = [.. DeviceColumns(like), Start, End];
        if (columns.FirstOrDefault(column => !header.Contains(column)) is { } missing)
            throw new ReplayException([new ReplayError(file, 1, 1, $"the labels have no column '{missing}'", $"windows have {string.Join(", ", columns)}; the file has {string.Join(", ", header.Take(12))}")]);

        var place = new Place(1, 1);
        var what = header.Except(columns).FirstOrDefault();
        var said = new Template([what is null ? (Unsaid, null) : ("", new ColumnName(what, place))]);
        var source = new SourceMapping(file, place, like.Device, like.Time with { Column = new ColumnName(Start, place) })
        {
            Metrics = [new MetricMapping(End, new ColumnName(End, place), MetricKind.Text, new Dictionary<string, string>())],
            Event = new EventMapping(said, new Template([("set", null)])),
        };
        List<ReplayError> errors = [];
        List<RecordedWindow> windows = [];
        foreach (var row in new SourceReader(new ReplayMapping(file, "labels", null, [source]), 0, errors).Read("", cancellation))
        {
            var end = row.Values.Count > 0 ? row.Values[0].Value.Text! : "";
            if (!RecordedTime.TryRead(end, like.Time.Format, out var until))
                errors.Add(new ReplayError(file, row.Line, 0, $"'{end}' is not a time of the format {like.Time.Format}", "correct the row"));
            else if (until < row.DeviceTimeMs)
                errors.Add(new ReplayError(file, row.Line, 0, "the window ends before it begins", "correct the row"));
            else
                windows.Add(new RecordedWindow(row.Device, row.DeviceTimeMs, until, row.Event!.Value.Code));
        }

        return errors.Count > 0 ? throw new ReplayException([.. errors.OrderBy(e => e.Line)]) : windows;
    }

    private static List<RecordedWindow> OfJson(string file, IReadOnlyList<SourceMapping> sources)
    {
        // Every JSON document is a YAML document, and the YAML reader knows where each of its values stands.
        var yaml = new CheckedYaml(file);
        List<RecordedWindow> windows = [];
        if (yaml.Root(File.ReadAllText(file)) is { } root)
        {
            foreach (var (key, list) in yaml.Fields(root, "the file of windows") ?? [])
            {
                foreach (var item in yaml.Items(list, $"what '{key}' has"))
                {
                    var ends = yaml.Items(item, "a window");
                    if (ends.Count != 2) yaml.Error(item, $"a window has a start and an end, not {ends.Count} times", "[\"2026-01-31T12:00:00Z\", \"2026-01-31T18:00:00Z\"]");
                    else if (Time(yaml, ends[0]) is { } from && Time(yaml, ends[1]) is { } until)
                    {
                        if (until < from) yaml.Error(item, "the window ends before it begins");
                        else windows.Add(new RecordedWindow(DeviceOf(key, sources), from, until, Unsaid));
                    }
                }
            }
        }

        return yaml.Errors.Count > 0 ? throw new ReplayException(yaml.Errors) : windows;
    }

    private static long? Time(CheckedYaml yaml, YamlDotNet.RepresentationModel.YamlNode node)
    {
        if (yaml.Text(node, "a time") is not { } text) return null;
        if (RecordedTime.TryRead(text, "iso", out var ms)) return ms;
        yaml.Error(node, $"'{text}' is not a time", "for example 2026-01-31T12:00:00Z");
        return null;
    }

    /// <summary>The device of the recorded file of that name where the mapping makes one device of each file; else the name is the device's id.</summary>
    private static string DeviceOf(string name, IReadOnlyList<SourceMapping> sources)
    {
        var file = Path.GetFileName(name);
        var source = sources.FirstOrDefault(s => SourceFiles.IsOf(s.File, file) && DeviceColumns(s).All(column => column == Template.FileName));
        if (source is null) return name;
        var device = string.Concat(source.Device.Template.Parts.Select(p => p.Literal + (p.Column is null ? "" : SourceFiles.NameOf(file))));
        return source.Device.Replace.Aggregate(device, (text, pair) => text.Replace(pair.From, pair.To, StringComparison.Ordinal));
    }

    private static IEnumerable<string> DeviceColumns(SourceMapping source) => source.Device.Template.Parts.Select(part => part.Column?.Name).OfType<string>();
}
