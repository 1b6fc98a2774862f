namespace B2D.FirmwareSim.Replay;

/// <summary>Something that is known to have happened to a device while it was recorded.</summary>
/// <param name="Device">Device id.</param>
/// <param name="AtMs">When, epoch milliseconds.</param>
/// <param name="What">The rest of the row in words; <c>failure</c> where there is none.</param>
public sealed record RecordedLabel(string Device, long AtMs, string What);

/// <summary>
/// Labels beside a recording: a CSV file whose columns for device and time are those of one of the mapping's sources, or else <c>device</c> and <c>time</c> (ISO
/// 8601). The first other column says what happened.
/// </summary>
public static class RecordedLabels
{
    /// <summary>Reads a file of labels.</summary>
    /// <param name="mappingFile">The recording's mapping; null where there is none.</param>
    /// <param name="labelsFile">The CSV file, also packed as .gz.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <returns>In order of lines.</returns>
    /// <exception cref="ReplayException">With every mistake in the mapping, or up to 20 in the labels.</exception>
    public static IReadOnlyList<RecordedLabel> Load(string? mappingFile, string labelsFile, CancellationToken cancellation = default)
    {
        if (!File.Exists(labelsFile)) throw new ReplayException($"There is no labels file {labelsFile}.");
        var header = Header(labelsFile);
        var sources = mappingFile is null ? [] : MappingReader.Read(mappingFile, File.ReadAllText(mappingFile)).Sources;
        var like = sources.FirstOrDefault(source => Columns(source).All(header.Contains)) ?? Plain;
        if (Columns(like).FirstOrDefault(column => !header.Contains(column)) is { } missing)
        {
            throw new ReplayException([new ReplayError(labelsFile, 1, 1, $"the labels have no column '{missing}'",
                $"name device and time as {Wanted(sources)}; the file has {string.Join(", ", header.Take(12))}")]);
        }

        var what = header.Except(Columns(like)).FirstOrDefault();
        var place = new Place(1, 1);
        var code = new Template([what is null ? ("failure", null) : ("", new ColumnName(what, place))]);
        var source = new SourceMapping(labelsFile, place, like.Device, like.Time) { Event = new EventMapping(code, new Template([("set", null)])) };
        List<ReplayError> errors = [];
        var rows = new SourceReader(new ReplayMapping(labelsFile, "labels", null, [source]), 0, errors).Read("", cancellation);
        return errors.Count > 0 ? throw new ReplayException(errors) : [.. rows.Select(row => new RecordedLabel(row.Device, row.DeviceTimeMs, row.Event!.Value.Code))];
    }

    internal static SourceMapping Plain
    {
        get
        {
            var place = new Place(1, 1);
            return new SourceMapping("", place, new DeviceMapping(new Template([("", new ColumnName("device", place))]), [], place),
                new TimeMapping(new ColumnName("time", place), "iso"));
        }
    }

    internal static string[] Header(string file)
    {
        using var csv = CsvRows.Open(file, file);
        return [.. (csv.Read() ?? []).Select(name => name.Trim('\uFEFF'))];
    }

    private static IEnumerable<string> Columns(SourceMapping source) =>
        source.Device.Template.Parts.Select(part => part.Column?.Name).Append(source.Time.Column.Name).OfType<string>();

    private static string Wanted(IReadOnlyList<SourceMapping> sources) => string.Join(" or ",
        sources.Append(Plain).Select(source => string.Join(" and ", Columns(source).Select(column => $"'{column}'"))).Distinct());
}
