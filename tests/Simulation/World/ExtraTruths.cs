using System.Globalization;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Faults;

namespace B2D.Simulation.World;

/// <summary>What must hold of the rules beside the town's: when people were told of their faults, what became of their cases, and that the medians are those of the readings.</summary>
internal static class ExtraTruths
{
    /// <summary>What does not hold, one line each.</summary>
    public static List<string> Broken(VirtualTown town, Reference reference, IReadOnlyList<FaultRow> faults, IReadOnlyList<TransitionRow> transitions) =>
        [.. Told(town, reference, faults, transitions), .. Cases(town, faults, transitions), .. new ReferenceMedians(town).Broken()];

    /// <summary>How often something happened of which only the books tell.</summary>
    public static IReadOnlyDictionary<string, int> Counts(VirtualTown town, IReadOnlyList<FaultRow> faults, IReadOnlyList<TransitionRow> transitions) => new Dictionary<string, int>
    {
        ["waited for hours, told"] = transitions.Count(t => t is { Kind: "Escalated", Reason: "HoursBegan" }),
        ["outside hours, never told"] = faults.Count(f => f.Rule == "sensor-nervous" && f.CaseId == 0),
        ["told in hours at once"] = transitions.Count(t => t is { Kind: "Escalated", Reason: not "HoursBegan", Rule: "sensor-nervous" or "controller-watched" }),
    };

    /// <summary>People are told of a fault when it is raised, or when the hours of its rule begin and nobody works on the device, if it is there then; once.</summary>
    private static IEnumerable<string> Told(VirtualTown town, Reference reference, IReadOnlyList<FaultRow> faults, IReadOnlyList<TransitionRow> transitions)
    {
        var raised = faults.ToDictionary(f => (f.Device, f.Rule, f.Episode), f => f.RaisedAt);
        var told = transitions.Where(t => t.Kind == "Escalated" && town.Extra.Names.Contains(t.Rule))
            .Select(t => Line(t.Device, t.Rule, raised.GetValueOrDefault((t.Device, t.Rule, t.Episode)), t.At)).ToList();
        var expected = reference.Devices.SelectMany(d => d.Value.Rules.Where(r => town.Extra.Names.Contains(r.Rule)).SelectMany(r => r.All
            .Select(e => (e.RaisedAt, At: ToldAt(r, d.Value, e.RaisedAt, e.ClearedAt > 0 ? e.ClearedAt : reference.Until)))
            .Where(e => e.At is not null).Select(e => Line(d.Key, r.Rule, e.RaisedAt, e.At!.Value)))).ToList();
        // What came in a row may be two faults of one instant.
        Truths.RemoveCommon(told, expected);
        foreach (var line in expected)
            yield return $"not told of {line}";
        foreach (var line in told)
            yield return $"but told of {line}";
        foreach (var twice in transitions.Where(t => t.Kind == "Escalated" && town.Extra.Names.Contains(t.Rule)).GroupBy(t => (t.Device, t.Rule, t.Episode)).Where(t => t.Count() > 1))
            yield return $"people were told of {twice.Key} {twice.Count()} times";

        static string Line(string device, string rule, long raisedAt, long at) => string.Create(CultureInfo.InvariantCulture, $"{rule} of {device} raised {raisedAt} at {at}");
    }

    private static long? ToldAt(ReferenceRule rule, ReferenceDevice device, long from, long until)
    {
        const long Minute = 60_000;
        if (rule.During is not { } hours)
            return from;
        // Hours begin at a whole minute, and work on a device ends when somebody said so.
        var instants = device.Worked.SelectMany(w => new[] { w.At, w.Until }).Where(t => t > from)
            .Concat(Range((from / Minute * Minute) + Minute, until)).Append(from).Where(t => t <= until).Order();
        foreach (var at in instants)
        {
            if (hours.IsOpen(at) && (at == from || !device.IsWorkedOn(at) || !device.WasWorkedOn(at)))
                return at;
        }
        return null;

        static IEnumerable<long> Range(long first, long last)
        {
            for (var at = first; at <= last; at += Minute)
                yield return at;
        }
    }

    /// <summary>Whoever was told of a fault has a case; one for each device and family, which is resolved when none of its faults is there any more, and only then.</summary>
    private static IEnumerable<string> Cases(VirtualTown town, IReadOnlyList<FaultRow> faults, IReadOnlyList<TransitionRow> transitions)
    {
        var cases = town.Installation.Stores.State.Read(db => CaseStore.List(db, new CaseFilter { Limit = Page.MaxRows })).Where(c => town.Extra.Names.Contains(c.Rule)).ToList();
        var first = transitions.Where(t => t.Kind == "Escalated" && town.Extra.WithCase.Contains(t.Rule)).GroupBy(t => (t.Device, t.Rule)).ToDictionary(t => t.Key, t => t.Min(e => e.At));
        foreach (var twice in cases.GroupBy(c => (c.Device, c.Rule)).Where(c => c.Count() > 1))
            yield return $"{twice.Key.Rule} of {twice.Key.Device} has {twice.Count()} cases";
        foreach (var (device, rule) in first.Keys.Except(cases.Select(c => (c.Device, c.Rule))))
            yield return $"{rule} of {device} has no case";
        foreach (var row in cases)
        {
            if (!first.TryGetValue((row.Device, row.Rule), out var at) || row.OpenedAt != at)
                yield return $"case {row.Id} of {row.Rule} of {row.Device} opened at {row.OpenedAt}, people were told at {at}";
            var open = faults.Count(f => f.CaseId == row.Id && f.ClearedAt == 0);
            if (!Truths.IsEnded(row, open))
                yield return $"case {row.Id} of {row.Rule} of {row.Device} is {row.State}, {open} of its faults are open";
        }
    }
}
