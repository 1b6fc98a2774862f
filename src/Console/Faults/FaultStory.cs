using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using B2D.Console.Shell;
using B2D.Console.Telemetry;
using B2D.Core;
using B2D.Core.Backtests;
using B2D.Core.Devices;
using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using B2D.Storage;
using B2D.Storage.Devices;
using B2D.Storage.Faults;
using B2D.Storage.Maintenance;

namespace B2D.Console.Faults;

/// <summary>One change on the way of a fault, as the API shows it.</summary>
internal sealed record StoryStep(string At, string What, IReadOnlyDictionary<string, string> Values);

/// <summary>Why a fault was raised, as the API shows it; <see cref="Text"/> says all of it for people.</summary>
internal sealed record StoryItem(long Fault, string Device, string Rule, string Text, IReadOnlyList<StoryStep> Steps);

/// <summary>Tells from what is stored why a fault was raised when it was: its rule as it was then, over the readings and codes of that time.</summary>
public static class FaultStory
{
    /// <summary>Before the onset, besides the longest window of the rule.</summary>
    private static readonly TimeSpan Before = TimeSpan.FromMinutes(30);

    private const int MostSteps = 200;

    /// <summary>The story in plain text, lines with LF; null where there is no such fault.</summary>
    public static string? TextOf(Stores stores, long fault) => Of(stores, fault)?.Text;

    internal static StoryItem? Of(Stores stores, long id)
    {
        var (row, device) = stores.State.Read(db => FaultStore.Find(db, id) is { } found
            ? (found, DeviceStore.Find(db, found.Device)?.ToDevice() ?? new Device(DeviceId.Parse(found.Device)))
            : (null, null!));
        if (row is null)
            return null;
        var (rules, written) = RuleOf(row);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Fault {row.Id}: {row.Title}, on {row.Device}\n");
        text.Append(row.BackDated ? FoundLate(row) : AsItHappened(row));
        text.Append(CultureInfo.InvariantCulture, $"\nThe rule as it was then ({row.Rule}, version {row.RuleVersion}):\n{Indented(written)}\n");
        var steps = rules is null ? [] : Steps(stores, row, device, rules);
        text.Append("How it came about:\n");
        if (steps.Count == 0)
            text.Append("    what the device sent then is no longer stored, or its model or firmware is another one now\n");
        foreach (var step in steps)
            text.Append(CultureInfo.InvariantCulture, $"    {step.At}  {step.What}{(step.Values.Count > 0 ? "; " + string.Join(", ", step.Values.Select(v => $"{v.Key} {v.Value}")) : "")}\n");
        return new StoryItem(row.Id, row.Device, row.Rule, text.ToString(), steps);
    }

    private static string AsItHappened(FaultRow row) => string.Create(
        CultureInfo.InvariantCulture, $"Raised at {Words.Iso(row.RaisedAt)}; it began at {Words.Iso(row.OnsetAt)} by the device's clock{(row.Late ? ", told late" : "")}.\n{row switch
        {
            { ClearedAt: > 0 } => $"It was over at {Words.Iso(row.ClearedAt)} ({row.ClearReason}).",
            { Phase: nameof(FaultPhase.Latched) } => "Its condition is over; it waits for somebody to acknowledge it.",
            _ => "It is open.",
        }}\n");

    private static string FoundLate(FaultRow row) => string.Create(
        CultureInfo.InvariantCulture, $"Found at {Words.Iso(row.RaisedAt)}, in readings that came too late to be evaluated as they came: nobody was told of it.\nBy the device's clock it began at {Words.Iso(row.OnsetAt)}{row switch
        {
            { ClearReason: nameof(FaultReason.RuleRemoved) } => $"; since {Words.Iso(row.ClearedAt)} it is not followed any more, for its rule or its device is gone",
            { ClearedAt: > 0 } => $" and was over at {Words.Iso(row.EndedAt)}",
            _ => " and still was there at the newest reading",
        }}.\n");

    /// <summary>The rule's own text was kept with the fault.</summary>
    private static (RuleSet? Rules, string Text) RuleOf(FaultRow row)
    {
        var kept = JsonElement.Parse(row.Evidence.Length > 0 ? row.Evidence : "{}");
        // Evidence of the first release has no rule with it.
        var text = kept.ValueKind == JsonValueKind.Object && kept.TryGetProperty("rule", out var rule) ? rule.GetString() ?? "" : "";
        return (RuleSetReader.ReadAlone(text), text);
    }

    private static List<StoryStep> Steps(Stores stores, FaultRow row, Device device, RuleSet rules)
    {
        var longest = rules.Reach > rules.Faults[0].Hold ? rules.Reach : rules.Faults[0].Hold;
        // Whether it chatters, what came before it says.
        var counted = rules.Faults[0].Chatter?.Within ?? TimeSpan.Zero;
        var from = new DeviceTime(row.OnsetAt - (long)(Before + longest + counted).TotalMilliseconds);
        var until = new DeviceTime(Math.Max(row.ClearedAt, Math.Max(row.RaisedAt, row.OnsetAt)) + 1);
        // Any message ends a silence.
        string[]? metrics = rules.Faults[0].Kind == FaultKind.Silence ? null : [.. rules.Faults[0].MetricSlots.Select(s => rules.Metrics[s])];
        var sent = stores.Telemetry.History(device.Id, metrics, from, until)
            .Where(h => h.Body is not Entry.Event e || rules.Faults[0].Codes.Contains(e.Code) || rules.Codes.Any(c => c.Code == e.Code))
            .Select(h => (At: new ServerTime(h.At.EpochMs), h.Body));
        if (row.AcknowledgedAt > 0)
        {
            (ServerTime At, Entry Body) seen = (new ServerTime(row.AcknowledgedAt), new Entry.Action(device.Id, row.Rule, FaultAction.Acknowledge, row.AcknowledgedBy, null, ""));
            sent = sent.Append(seen).OrderBy(s => s.At);
        }
        var worked = stores.State.Read(db => DeviceStore.Find(db, row.Device) is { } registered ? MaintenanceStore.Of(db, registered, from.EpochMs, until.EpochMs) : [])
            .SelectMany(m => m.ToPlan().Times(new ServerTime(from.EpochMs), new ServerTime(until.EpochMs)))
            .Select(t => (At: t.From, Body: (Entry)new Entry.Maintenance(device.Id, t.Until))).OrderBy(t => t.At).ToList();
        if (worked.Count > 0)
            sent = worked.Concat(sent).OrderBy(s => s.At);
        if (Medians(row, device) is { } medians)
            sent = sent.Prepend((At: new ServerTime(from.EpochMs), Body: medians));
        return [.. FaultExplanation.Of(rules, row.Rule, device, sent, new ServerTime(until.EpochMs)).Take(MostSteps).Select(s => new StoryStep(
            Words.Iso(s.At.EpochMs), s.What, s.Values.ToDictionary(v => v.Metric, v => v.Value.ToString(), StringComparer.Ordinal)))];
    }

    /// <summary>The fleet's medians are kept with the fault only, as they stood when it was raised: they are told as if they had stood all the time. Null for none.</summary>
    private static Entry.FleetMedians? Medians(FaultRow row, Device device)
    {
        var told = Evidence.Parse(row.Evidence)
            .Select(e => FleetMedian.TryMetricOf(e.Metric, out var metric) && e.Number is { } value ? new FleetMedian(device.Model, metric, value, FleetMedian.MinDevices) : default)
            .Where(m => m.Devices > 0).ToImmutableArray();
        return told.IsEmpty ? null : new Entry.FleetMedians(TimeSpan.FromDays(366), told);
    }

    private static string Indented(string text) => string.Concat(text.TrimEnd().Split('\n').Select(l => $"    {l.TrimEnd()}\n"));
}
