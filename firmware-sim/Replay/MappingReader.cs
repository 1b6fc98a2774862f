using System.Text.RegularExpressions;
using B2D.FirmwareSim.Signals;
using YamlDotNet.RepresentationModel;

namespace B2D.FirmwareSim.Replay;

/// <summary>Reads a mapping file. README.md beside the project lists its keys.</summary>
internal sealed class MappingReader
{
    private readonly string _file;
    private readonly CheckedYaml _yaml;

    private MappingReader(string file)
    {
        _file = file;
        _yaml = new CheckedYaml(file);
    }

    /// <exception cref="ReplayException">With every mistake found.</exception>
    public static ReplayMapping Read(string file, string text)
    {
        var reader = new MappingReader(file);
        var mapping = reader.Mapping(text);
        if (reader._yaml.Errors.Count > 0 || mapping is null) throw new ReplayException(reader._yaml.Errors);
        return mapping;
    }

    private ReplayMapping? Mapping(string text)
    {
        if (_yaml.Root(text) is not { } root) return null;
        if (_yaml.Fields(root, "the mapping", "replay", "credentials", "sources") is not { } fields) return null;
        var name = _yaml.Text(_yaml.Needed(fields, "replay", root, "the mapping"), "replay") ?? "";
        var credentials = _yaml.Text(fields.GetValueOrDefault("credentials"), "credentials");
        List<SourceMapping> sources = [];
        if (_yaml.Needed(fields, "sources", root, "the mapping") is { } list)
        {
            foreach (var item in _yaml.Items(list, "sources"))
            {
                if (Source(item) is { } source) sources.Add(source);
            }

            if (sources.Count == 0 && _yaml.Errors.Count == 0) _yaml.Error(list, "sources is empty", "add at least one file");
        }

        return new ReplayMapping(_file, name, credentials, sources);
    }

    private SourceMapping? Source(YamlNode node)
    {
        if (_yaml.Fields(node, "a source", "file", "device", "time", "where", "metrics", "derived", "event", "emit") is not { } fields) return null;
        var file = _yaml.Text(_yaml.Needed(fields, "file", node, "the source"), "file");
        if (file is not null && (Path.GetDirectoryName(file) ?? "").Contains('*', StringComparison.Ordinal))
            _yaml.Error(fields["file"], $"'{file}' has a * in the name of a folder", "only in the name of the file");
        var device = _yaml.Needed(fields, "device", node, "the source") is { } d ? Device(d) : null;
        var time = _yaml.Needed(fields, "time", node, "the source") is { } t ? Time(t) : null;
        var metrics = fields.TryGetValue("metrics", out var m) ? Metrics(m) : [];
        var derived = fields.TryGetValue("derived", out var x) ? Derived(x) : [];
        var code = fields.TryGetValue("event", out var e) ? Event(e) : null;
        if (metrics.Count + derived.Count == 0 && !fields.ContainsKey("event"))
            _yaml.Error(node, "the source sends nothing", "add 'metrics:', 'derived:' or 'event:'");
        if (metrics.Count + derived.Count > 0 && code is not null) _yaml.Error(e!, "a source sends either readings or events", "list the file twice");
        foreach (var twice in metrics.Select(one => one.Name).Concat(derived.Select(one => one.Name)).GroupBy(n => n).Where(g => g.Count() > 1))
        {
            _yaml.Error(node, $"metric '{twice.Key}' is mapped twice", "rename one of them");
        }

        var where = fields.TryGetValue("where", out var w) ? _yaml.Items(w, "where").Select(Filter).OfType<RowFilter>().ToList() : [];
        var (onlyChanges, atLeastEvery) = fields.TryGetValue("emit", out var emit) ? Emit(emit) : (false, null);
        if (file is null || device is null || time is null) return null;
        return new SourceMapping(file, CheckedYaml.PlaceOf(node), device, time)
        {
            Where = where,
            Metrics = metrics,
            Derived = derived,
            Event = code,
            OnlyChanges = onlyChanges,
            AtLeastEvery = atLeastEvery,
        };
    }

    private DeviceMapping? Device(YamlNode node)
    {
        var place = CheckedYaml.PlaceOf(node);
        if (node is YamlScalarNode) return _yaml.Template(node, "device") is { } plain ? new DeviceMapping(plain, [], place) : null;
        if (_yaml.Fields(node, "device", "template", "replace") is not { } fields) return null;
        var template = _yaml.Template(_yaml.Needed(fields, "template", node, "device"), "template");
        List<(string, string)> replace = [];
        if (fields.TryGetValue("replace", out var pairs) && _yaml.Fields(pairs, "replace") is { } texts)
        {
            foreach (var (from, to) in texts) replace.Add((from, _yaml.Text(to, "a replacement") ?? ""));
        }

        return template is null ? null : new DeviceMapping(template, replace, place);
    }

    private TimeMapping? Time(YamlNode node)
    {
        if (_yaml.Fields(node, "time", "column", "format") is not { } fields) return null;
        var column = _yaml.Column(_yaml.Needed(fields, "column", node, "time"));
        var format = _yaml.Text(_yaml.Needed(fields, "format", node, "time"), "format");
        if (format is not null && !RecordedTime.IsFormat(format))
        {
            _yaml.Error(fields["format"], $"'{format}' is not a time format", "iso, epoch_s, epoch_ms, or a pattern such as yyyy-MM-dd HH:mm:ss, read as UTC");
        }

        return column is null || format is null ? null : new TimeMapping(column, format);
    }

    private List<MetricMapping> Metrics(YamlNode node)
    {
        List<MetricMapping> metrics = [];
        foreach (var (name, value) in _yaml.Fields(node, "metrics") ?? [])
        {
            if (value is YamlScalarNode)
            {
                metrics.Add(new MetricMapping(name, _yaml.Column(value)!, MetricKind.Number, new Dictionary<string, string>()));
                continue;
            }

            if (_yaml.Fields(value, $"metric '{name}'", "column", "type", "values") is not { } fields) continue;
            var column = _yaml.Column(_yaml.Needed(fields, "column", value, $"metric '{name}'"));
            var kind = MetricKind.Number;
            if (fields.TryGetValue("type", out var type) && !Enum.TryParse(_yaml.Text(type, "type"), ignoreCase: true, out kind))
            {
                _yaml.Error(type, $"'{type}' is not a type", "number, boolean or text");
            }

            Dictionary<string, string> values = new(StringComparer.Ordinal);
            if (fields.TryGetValue("values", out var map))
            {
                foreach (var (from, to) in _yaml.Fields(map, "values") ?? []) values[from] = _yaml.Text(to, "a value") ?? "";
            }

            if (column is not null) metrics.Add(new MetricMapping(name, column, kind, values));
        }

        return metrics;
    }

    private List<DerivedMetric> Derived(YamlNode node)
    {
        List<DerivedMetric> metrics = [];
        foreach (var (name, value) in _yaml.Fields(node, "derived") ?? [])
        {
            if (_yaml.Fields(value, $"derived metric '{name}'", "delta", "rate", "moving", "moved") is not { } fields) continue;
            if (fields.Count != 1)
            {
                _yaml.Error(value, $"derived metric '{name}' needs exactly one of delta, rate, moving, moved");
                continue;
            }

            var (how, columns) = fields.First();
            var derivation = Enum.Parse<Derivation>(how, ignoreCase: true);
            var names = (columns is YamlSequenceNode ? _yaml.Items(columns, how) : [columns]).Select(_yaml.Column).OfType<ColumnName>().ToList();
            if (derivation is Derivation.Delta or Derivation.Rate && names.Count != 1) _yaml.Error(columns, $"{how} takes one column");
            else if (names.Count == 0) _yaml.Error(columns, $"{how} takes a column or a list of columns");
            else metrics.Add(new DerivedMetric(name, derivation, names));
        }

        return metrics;
    }

    private EventMapping? Event(YamlNode node)
    {
        if (_yaml.Fields(node, "event", "code", "state") is not { } fields) return null;
        var code = _yaml.Template(_yaml.Needed(fields, "code", node, "event"), "code");
        var state = _yaml.Template(_yaml.Needed(fields, "state", node, "event"), "state");
        return code is null || state is null ? null : new EventMapping(code, state);
    }

    private RowFilter? Filter(YamlNode node)
    {
        if (_yaml.Fields(node, "a filter", "column", "is", "is_not", "matches", "empty") is not { } fields) return null;
        var column = _yaml.Column(_yaml.Needed(fields, "column", node, "the filter"));
        if (column is null) return null;
        if (fields.Count != 2)
        {
            _yaml.Error(node, "a filter needs a column and exactly one test", "is, is_not, matches or empty");
            return null;
        }

        var (test, value) = fields.First(f => f.Key != "column");
        var text = _yaml.Text(value, test) ?? "";
        switch (test)
        {
            case "is": return new RowFilter(column) { Is = text };
            case "is_not": return new RowFilter(column) { IsNot = text };
            case "empty" when bool.TryParse(text, out var empty): return new RowFilter(column) { Empty = empty };
            case "empty":
                _yaml.Error(value, $"'{text}' is neither true nor false");
                return null;
        }

        try
        {
            return new RowFilter(column) { Matches = new Regex(text, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)) };
        }
        catch (ArgumentException wrong)
        {
            _yaml.Error(value, wrong.Message, "matches takes a regular expression");
            return null;
        }
    }

    private (bool OnlyChanges, TimeSpan? AtLeastEvery) Emit(YamlNode node)
    {
        if (node is YamlScalarNode { Value: "all" }) return (false, null);
        if (node is YamlScalarNode { Value: "changes" }) return (true, null);
        if (node is YamlScalarNode)
        {
            _yaml.Error(node, $"'{node}' is not a way to emit", "all, changes, or { on: changes, at_least_every: 10m }");
            return (false, null);
        }

        if (_yaml.Fields(node, "emit", "on", "at_least_every") is not { } fields) return (false, null);
        if (_yaml.Needed(fields, "on", node, "emit") is { } on && _yaml.Text(on, "on") != "changes") _yaml.Error(on, "only 'changes' can stand here");
        return (true, fields.TryGetValue("at_least_every", out var every) ? _yaml.Duration(every, "at_least_every") : null);
    }
}
