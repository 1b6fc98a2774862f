using System.Globalization;
using System.Text;
using B2D.FirmwareSim.Signals;

namespace B2D.FirmwareSim.Replay;

/// <summary>A row of a recorded file after its filters, mapped as far as it can be without its neighbours.</summary>
internal sealed record RecordedRow(int Source, int Line, string Device, long DeviceTimeMs)
{
    public List<KeyValuePair<string, MetricValue>> Values { get; init; } = [];

    public (string Code, string State)? Event { get; init; }

    /// <summary>Cells of the derived metrics' columns, in the mapping's order; NaN for an empty one.</summary>
    public double[][] Counters { get; init; } = [];
}

/// <summary>Reads one source's file. Mistakes are collected, at most <see cref="MostErrors"/>.</summary>
internal sealed class SourceReader(ReplayMapping mapping, int number, List<ReplayError> errors)
{
    /// <summary>Mistakes after which reading stops.</summary>
    public const int MostErrors = 20;

    private const int LongestDeviceId = 128;
    private readonly SourceMapping _source = mapping.Sources[number];
    private readonly Dictionary<string, int> _columns = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _devices = new(StringComparer.Ordinal);
    private readonly StringBuilder _text = new();

    public List<RecordedRow> Read(string folder, CancellationToken cancellation)
    {
        List<RecordedRow> rows = [];
        var path = Path.Combine(folder, _source.File);
        if (!File.Exists(path))
        {
            errors.Add(new ReplayError(mapping.File, _source.Place.Line, _source.Place.Column, $"there is no file '{_source.File}' in {folder}",
                "name the folder with --data"));
            return rows;
        }

        using var csv = CsvRows.Open(path, _source.File);
        var header = csv.Read() ?? [];
        for (var i = 0; i < header.Length; i++) _columns[header[i].Trim('\uFEFF')] = i;
        if (!AllColumnsExist(header)) return rows;
        while (csv.Read() is { } cells && errors.Count < MostErrors)
        {
            cancellation.ThrowIfCancellationRequested();
            if (cells.Length != header.Length)
                Wrong(csv.Line, $"the row has {cells.Length} cells, the header has {header.Length}", "is the file cut off, or a quote missing?");
            else if (_source.Where.All(filter => filter.Keeps(cells[_columns[filter.Column.Name]])) && Row(cells, csv.Line) is { } row) rows.Add(row);
        }

        return rows;
    }

    private RecordedRow? Row(string[] cells, int line)
    {
        var before = errors.Count;
        var time = cells[_columns[_source.Time.Column.Name]];
        if (!RecordedTime.TryRead(time, _source.Time.Format, out var ms))
            Wrong(line, $"'{time}' is not a time of the format {_source.Time.Format}", "correct the row or the mapping's time format", At(cells, _source.Time.Column));
        var device = Device(cells, line);
        var values = new List<KeyValuePair<string, MetricValue>>(_source.Metrics.Count + _source.Derived.Count);
        foreach (var metric in _source.Metrics)
        {
            var cell = cells[_columns[metric.Column.Name]];
            if (cell.Length == 0) continue;
            if (Value(metric, cell) is { } value) values.Add(new(metric.Name, value));
            else Wrong(line, $"'{cell}' in column '{metric.Column.Name}' is not a {metric.Kind.ToString().ToLowerInvariant()}",
                "correct the row, or map the value under 'values'");
        }

        var counters = new double[_source.Derived.Count][];
        for (var i = 0; i < counters.Length; i++) counters[i] = [.. _source.Derived[i].Columns.Select(column => Counter(cells, column, line))];
        (string, string)? code = null;
        if (_source.Event is { } mapped)
        {
            code = (Fill(mapped.Code, cells), Fill(mapped.State, cells));
            if (code.Value.Item2 is not ("set" or "clear")) Wrong(line, $"the event's state is '{code.Value.Item2}'", "it must be set or clear");
            if (code.Value.Item1.Length == 0) Wrong(line, "the event's code is empty", "filter such rows with 'where'");
        }

        return errors.Count > before ? null : new RecordedRow(number, line, device, ms) { Values = values, Event = code, Counters = counters };
    }

    private string Device(string[] cells, int line)
    {
        var raw = Fill(_source.Device.Template, cells);
        if (_devices.TryGetValue(raw, out var known)) return known;
        var device = raw;
        foreach (var (from, to) in _source.Device.Replace) device = device.Replace(from, to, StringComparison.Ordinal);
        if (device.Length is 0 or > LongestDeviceId || device.Any(c => c is '/' or '+' or '#' || char.IsControl(c) || char.IsWhiteSpace(c)))
        {
            Wrong(line, $"'{device}' is not a device id", $"1 to {LongestDeviceId} characters without / + # and blanks; use 'replace' under 'device'",
                _source.Device.Template.Parts.Select(p => p.Column).OfType<ColumnName>().FirstOrDefault() is { } column ? At(cells, column) : 0);
        }

        return _devices[raw] = device;
    }

    private string Fill(Template template, string[] cells)
    {
        _text.Clear();
        foreach (var (literal, column) in template.Parts)
        {
            _text.Append(literal);
            if (column is not null) _text.Append(_columns.TryGetValue(column.Name, out var at) ? cells[at] : SourceFiles.NameOf(_source.File));
        }

        return _text.ToString();
    }

    private double Counter(string[] cells, ColumnName column, int line)
    {
        var cell = cells[_columns[column.Name]];
        if (cell.Length == 0) return double.NaN;
        if (Number(cell) is { } number) return number;
        Wrong(line, $"'{cell}' in column '{column.Name}' is not a number", "correct the row, or filter such rows with 'where'");
        return double.NaN;
    }

    private static MetricValue? Value(MetricMapping metric, string cell)
    {
        var text = metric.Values.GetValueOrDefault(cell, cell);
        return metric.Kind switch
        {
            MetricKind.Text => MetricValue.Of(text),
            MetricKind.Boolean => bool.TryParse(text, out var truth) ? MetricValue.Of(truth) : null,
            _ => Number(text) is { } number ? MetricValue.Of(number) : null,
        };
    }

    /// <summary>A finite number; JSON has no others.</summary>
    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    private bool AllColumnsExist(string[] header)
    {
        var templates = new[] { _source.Device.Template, _source.Event?.Code, _source.Event?.State };
        var named = _source.Where.Select(f => f.Column)
            .Append(_source.Time.Column)
            .Concat(_source.Metrics.Select(m => m.Column))
            .Concat(_source.Derived.SelectMany(d => d.Columns))
            .Concat(templates.OfType<Template>().SelectMany(t => t.Parts).Select(p => p.Column).OfType<ColumnName>().Where(c => c.Name != Template.FileName));
        var missing = named.Where(c => !_columns.ContainsKey(c.Name)).ToList();
        foreach (var column in missing)
        {
            errors.Add(new ReplayError(mapping.File, column.Place.Line, column.Place.Column, $"{_source.File} has no column '{column.Name}'",
                $"it has {Few(header)}"));
        }

        return missing.Count == 0;
    }

    private static string Few(string[] header) =>
        string.Join(", ", header.Take(12).Select(h => h.Length == 0 ? "'' (no name)" : h)) + (header.Length > 12 ? ", …" : "");

    /// <summary>Where a cell begins in its line, from 1; exact where no cell before it is quoted.</summary>
    private int At(string[] cells, ColumnName column) => _columns.TryGetValue(column.Name, out var at) ? 1 + cells.Take(at).Sum(cell => cell.Length + 1) : 0;

    private void Wrong(int line, string message, string hint, int column = 0) => errors.Add(new ReplayError(_source.File, line, column, message, hint));
}
