using System.Collections.Immutable;
using System.Globalization;
using B2D.Core.Devices;
using B2D.Core.Rules;
using B2D.Core.Rules.Files;
using B2D.Core.Telemetry;

namespace B2D.Core.Backtests;

/// <summary>Reads files of time-lines (docs/rules.md, "Tests for rules") and lists everything wrong with them. Pure.</summary>
public static class TimeLineReader
{
    /// <summary>Rules of a file that names none.</summary>
    public const string DefaultRules = "../rules";

    private const string FileExample = "rules: ../rules and time_lines: [ … ]";
    private const int MostDevices = 1000;

    private static readonly ServerTime DefaultStart = ServerTime.From(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    /// <summary>Reads one file.</summary>
    /// <param name="name">For messages.</param>
    /// <param name="text">What is in it.</param>
    public static TimeLineFile Read(string name, string text)
    {
        var all = new List<RuleProblem>();
        var problems = new FileProblems(name, all);
        var documents = YamlTree.Read(new SourceText(text), problems, out var failure);
        if (failure is not null)
            problems.Error(failure.At, failure.Message, failure.Hint);
        var (rules, lines) = (DefaultRules, new List<TimeLine>());
        if (documents is [MapNode map])
        {
            var file = new MapReader(map, "a file of time-lines", problems);
            rules = file.Scalar("rules", DefaultRules)?.Value ?? DefaultRules;
            if (file.Take("time_lines") is ListNode list)
                lines.AddRange(list.Items.Select(item => Line(item, problems)).OfType<TimeLine>());
            else
                problems.Error(map.Position, "a file of time-lines needs a list 'time_lines'", FileExample);
            file.Finish();
        }
        else if (failure is null)
            problems.Error(new SourcePosition(1, 1), "a file of time-lines is one map", FileExample);
        return new TimeLineFile(name, rules, [.. lines], [.. all.OrderBy(p => p.Line).ThenBy(p => p.Column)]);
    }

    private static TimeLine? Line(SourceNode node, FileProblems problems)
    {
        var before = problems.Errors;
        if (node is not MapNode map)
        {
            problems.Error(node.Position, "a time-line is a map", "begin it with - test: what it shows");
            return null;
        }
        var reader = new MapReader(map, "a time-line", problems);
        reader.Require("test", "what it shows");
        reader.Require("steps", "[ 0h: { temp_c: 90 } ]");
        reader.Require("expect", "[ raised RULE at 2h ]");
        var name = reader.Scalar("test", "what it shows")?.Value ?? "";
        var start = Start(reader);
        var end = End(reader);
        var devices = Devices(reader);
        var steps = new StepReader(devices, start, problems).Read(reader.Take("steps"));
        var expected = Expectations(reader, devices);
        reader.Finish();
        if (problems.Errors > before)
            return null;
        return new TimeLine
        {
            Name = name,
            Line = map.Position.Line,
            Start = start,
            End = steps.Select(s => s.At).Concat(expected.Where(e => e.Until < DurationText.Longest).Select(e => e.Until)).Append(end).Max(),
            Devices = devices,
            Steps = steps,
            Expectations = expected,
        };
    }

    private static ServerTime Start(MapReader reader)
    {
        if (reader.Scalar("start", "2026-01-01T00:00:00Z") is not { } node)
            return DefaultStart;
        if (DateTimeOffset.TryParse(node.Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var start) && start > ArrivalOptions.UnsetBefore)
            return ServerTime.From(start);
        reader.Problems.Error(node.Position, $"'{node.Value}' is no time after 2001", "write start: 2026-01-01T00:00:00Z");
        return DefaultStart;
    }

    private static TimeSpan End(MapReader reader)
    {
        if (reader.Scalar("until", "48h") is not { } node)
            return TimeSpan.Zero;
        if (DurationText.TryParse(node.Value, out var end))
            return end;
        reader.Problems.Error(node.Position, $"'{node.Value}' is no duration", "write until: 48h");
        return TimeSpan.Zero;
    }

    private static ImmutableArray<Device> Devices(MapReader reader)
    {
        if (reader.Nested("devices", "{ pump-1: { model: HP-2 } }") is not { } given)
            return [new Device(DeviceId.Parse("device-1"))];
        var devices = ImmutableArray.CreateBuilder<Device>();
        foreach (var (key, value) in given.Map.Entries.Take(MostDevices))
        {
            if (!DeviceId.TryParse(key.Value, out var id, out var wrong))
                reader.Problems.Error(key.Position, $"'{key.Value}' is no device id: {wrong}", "write pump-1: { model: HP-2 }");
            else if (value is MapNode properties)
                devices.Add(DeviceOf(id, new MapReader(properties, "a device", reader.Problems)));
            else
                reader.Problems.Error(value.Position, "a device is a map", "write pump-1: { model: HP-2 }");
        }
        if (given.Map.Entries.Count is 0 or > MostDevices)
            reader.Problems.Error(given.Map.Position, $"a time-line has 1 to {MostDevices} devices", "leave 'devices' out for one without properties");
        return devices.ToImmutable();
    }

    private static Device DeviceOf(DeviceId id, MapReader reader)
    {
        var row = new DeviceImportRow(reader.Map.Position.Line, id)
        {
            Model = reader.Scalar("model", "HP-2")?.Value,
            Firmware = reader.Scalar("firmware", "1.4.0")?.Value,
            Serial = reader.Scalar("serial", "A1234")?.Value,
            Customer = reader.Scalar("customer", "plant-a")?.Value,
        };
        var parameters = ImmutableSortedDictionary.CreateBuilder<string, MetricValue>(StringComparer.Ordinal);
        foreach (var (key, value) in reader.Nested("params", "{ rule-id.limit: 90 }")?.Map.Entries ?? [])
        {
            if (value is ScalarNode scalar)
                parameters[key.Value] = ValueText.Literal(scalar);
        }
        var segment = default(Segment);
        if (reader.Scalar("segment", "north/n12") is { } path && !Segment.TryParse(path.Value, out segment, out var wrong))
            reader.Problems.Error(path.Position, $"'{path.Value}' is no segment: {wrong}", "write segment: north/n12");
        reader.Finish();
        return row.ApplyTo(null) with { Segment = segment, Params = parameters.ToImmutable() };
    }

    private static ImmutableArray<TimeLineExpectation> Expectations(MapReader reader, ImmutableArray<Device> devices)
    {
        var expected = ImmutableArray.CreateBuilder<TimeLineExpectation>();
        foreach (var item in reader.Take("expect") is ListNode list ? list.Items : [])
        {
            if (item is not ScalarNode node || ExpectationText.Read(node.Value, node.Position.Line) is not { } one)
                reader.Problems.Error(item.Position, "this is no expectation", ExpectationText.Example);
            else if (one.Device is { } device && devices.All(d => d.Id != device))
                reader.Problems.Error(item.Position, $"there is no device '{device}'", $"there are {string.Join(", ", devices.Select(d => d.Id))}");
            else
                expected.Add(one);
        }
        return expected.ToImmutable();
    }
}
