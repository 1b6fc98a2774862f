using System.Collections.Immutable;
using B2D.Core.Devices;
using B2D.Core.Rules;
using B2D.Core.Rules.Files;
using B2D.Core.Telemetry;

namespace B2D.Core.Backtests;

/// <summary>Reads the steps of one time-line: rows are written out, and all are put in order of time; what comes at one instant stays in the order written.</summary>
internal sealed class StepReader(ImmutableArray<Device> devices, ServerTime start, FileProblems problems)
{
    /// <summary>Steps of a time-line, rows written out.</summary>
    private const int MostSteps = 100_000;

    private const string Example = "- 2h: { temp_c: 90 }, - 0h..24h every 1h: { temp_c: 90 }, - 5h of 3h: { temp_c: 90 }, - 3h: set E42";

    private readonly List<TimeLineStep> steps = [];
    private TimeSpan downFrom;

    public ImmutableArray<TimeLineStep> Read(SourceNode? node)
    {
        foreach (var item in node is ListNode list ? list.Items : [])
        {
            if (item is MapNode { Entries: [var (key, value)] } && StepKey.Read(key.Value) is { } times)
                Read(key, times, value);
            else
                problems.Error(item.Position, "this is no step", Example);
        }
        if (steps.Count > MostSteps)
            problems.Error(node!.Position, $"a time-line has at most {MostSteps:N0} steps", "make it shorter, or its readings rarer");
        return [.. steps.OrderBy(s => s.At)];
    }

    private void Read(ScalarNode key, StepKey times, SourceNode value)
    {
        var device = devices.FirstOrDefault(d => times.Device.Length == 0 || d.Id.Value == times.Device);
        if (device is null)
        {
            problems.Error(key.Position, $"there is no device '{times.Device}'", $"there are {string.Join(", ", devices.Select(d => d.Id))}");
            return;
        }
        var happened = times.Of ?? times.Heard;
        if (happened.Count > MostSteps)
            problems.Error(key.Position, $"a row has at most {MostSteps:N0} steps", "make it shorter, or its readings rarer");
        else if (value is MapNode readings)
            AddReadings(times, happened, device.Id, readings);
        else if (value is ScalarNode word)
            AddWord(word, times, happened, device.Id);
        else
            problems.Error(value.Position, "this is no step", Example);
    }

    private void AddReadings(StepKey times, StepTimes happened, DeviceId device, MapNode readings)
    {
        var values = new List<(string Metric, Func<double, MetricValue> At)>();
        foreach (var (metric, value) in readings.Entries)
        {
            if (value is ScalarNode scalar)
                values.Add((metric.Value, ValueOf(scalar)));
            else
                problems.Error(value.Position, "a reading is a single value", "write temp_c: 90, or temp_c: 20 -> 90 for a row from one to the other");
        }
        for (var i = 0L; i < happened.Count; i++)
        {
            var share = happened.Count == 1 ? 0 : (double)i / (happened.Count - 1);
            Add(times, happened, i, device, new Entry.Telemetry(device, Device(happened[i]), [.. values.Select(v => new Reading(v.Metric, v.At(share)))]));
        }
    }

    /// <summary>A value, or along a row a number that goes from one to another.</summary>
    private static Func<double, MetricValue> ValueOf(ScalarNode node)
    {
        var arrow = node.Value.IndexOf(" -> ", StringComparison.Ordinal);
        if (!node.IsText && arrow > 0 && ValueText.TryNumber(node.Value[..arrow], out var first) && ValueText.TryNumber(node.Value[(arrow + 4)..], out var last))
            return share => MetricValue.Of(first + ((last - first) * share));
        var value = ValueText.Literal(node);
        return _ => value;
    }

    private void AddWord(ScalarNode word, StepKey times, StepTimes happened, DeviceId device)
    {
        for (var i = 0L; i < happened.Count; i++)
        {
            var at = happened[i];
            switch (word.Value)
            {
                case var text when StepWords.Code(text) is { Code.Length: > 0 } code:
                    Add(times, happened, i, device, new Entry.Event(device, code.Code, code.State, Device(at)));
                    break;
                case "online":
                    Add(times, happened, i, device, new Entry.PresenceChange(device, Presence.Online, PresenceSource.Session));
                    break;
                case "offline":
                    Add(times, happened, i, device, new Entry.PresenceChange(device, Presence.Offline, PresenceSource.Session));
                    break;
                case var text when StepWords.Maintenance(text) is { } until:
                    Add(times, happened, i, device, new Entry.Maintenance(device, start + until));
                    break;
                case "maintenance over":
                    Add(times, happened, i, device, new Entry.Maintenance(device, start + at));
                    break;
                case "gateway down":
                    downFrom = at;
                    Add(times, happened, i, null, new Entry.GatewayDown());
                    break;
                case "gateway up":
                    Add(times, happened, i, null, new Entry.GatewayUp(start + downFrom));
                    break;
                case "restart":
                    Add(times, happened, i, null, null);
                    break;
                default:
                    problems.Error(word.Position, $"'{word.Value}' is no step", $"write readings as {{ temp_c: 90 }}, or one of {StepWords.Known}");
                    return;
            }
        }
    }

    private void Add(StepKey times, StepTimes happened, long number, DeviceId? device, Entry? body) =>
        steps.Add(new TimeLineStep(times.Of is null ? happened[number] : times.Heard.First, device, body));

    private DeviceTime Device(TimeSpan at) => new((start + at).EpochMs);
}
