using B2D.Core;
using B2D.Core.Telemetry;
using B2D.FirmwareSim.Faults;
using B2D.FirmwareSim.Truth;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Faults;
using B2D.Storage.Notices;
using B2D.Storage.Outages;
using B2D.Storage.Remedies;

namespace B2D.Simulation.World;

/// <summary>What must hold at the end of any run: the report's figures, and what it does not count.</summary>
internal static class Truths
{
    /// <summary>What does not hold, one line each.</summary>
    /// <param name="tally">Told what this town had of everything.</param>
    public static List<string> Broken(VirtualTown town, Tally? tally = null)
    {
        var broken = new List<string>();
        var (reference, faults, transitions) = (Reference.Of(town), AllFaults(town), AllTransitions(town));
        var held = new HeldByWork(town, reference);
        broken.AddRange(held.Unexplained(town.Report()));
        broken.AddRange(held.Unplanned());
        broken.AddRange(Readings(town));
        broken.AddRange(Arrived(town, reference, faults));
        broken.AddRange(Once(town, faults, transitions));
        broken.AddRange(Cases(town, held));
        broken.AddRange(Endings(town, faults, held));
        broken.AddRange(OutageTruths.Broken(town, reference, faults, held));
        broken.AddRange(ExtraTruths.Broken(town, reference, faults, transitions));
        broken.AddRange(Ledger(town));
        broken.AddRange(town.Installation.Network.Broken());
        broken.AddRange(BackDatedTruths.Broken(town, reference));
        tally?.Add(reference, ExtraTruths.Counts(town, faults, transitions), held.Counts(faults), BackDatedTruths.Counts(town, reference));
        return broken;
    }

    /// <summary>Every value that reached the log is stored, and once.</summary>
    private static IEnumerable<string> Readings(VirtualTown town)
    {
        var sent = town.Fleet.Truth.Messages.Where(m => m is { Kind: MessageKind.Telemetry, Copies: > 0 });
        var values = new HashSet<(string, string, long, string)>();
        var certain = 0;
        foreach (var message in sent)
        {
            foreach (var reading in message.Readings)
            {
                foreach (var value in reading.Values)
                {
                    if (values.Add((message.Device, value.Key, reading.DeviceTimeMs, value.Value.ToString())) && message.Acknowledged)
                        certain++;
                }
            }
        }
        var stored = town.Installation.Stores.Telemetry.CountReadings();
        // A message whose acknowledgement was lost on its last way may be stored or not.
        if (stored < certain || stored > values.Count)
            yield return $"{stored} values are stored, {certain} were acknowledged, {values.Count} sent";
    }

    /// <summary>Faults are what a naive reading of the log makes of the readings that arrived, to the millisecond; each of its values is stored once.</summary>
    private static IEnumerable<string> Arrived(VirtualTown town, Reference reference, IReadOnlyList<FaultRow> faults)
    {
        var stored = town.Installation.Stores.Telemetry.CountReadings();
        if (stored != reference.Values)
            yield return $"{stored} values are stored, {reference.Values} different ones arrived";
        var found = faults.Select(f => Reference.Line(f.Device, f.Rule, f.RaisedAt, f.OnsetAt, f.ClearedAt)).ToList();
        var expected = reference.Faults.ToList();
        RemoveCommon(found, expected);
        foreach (var line in expected)
            yield return $"by the readings: {line}";
        foreach (var line in found)
            yield return $"but in the books: {line}";
    }

    /// <summary>Leaves in two lists what only one of them has, or more often than the other.</summary>
    internal static void RemoveCommon(List<string> found, List<string> expected)
    {
        foreach (var line in found.ToArray())
        {
            if (expected.Remove(line))
                found.Remove(line);
        }
    }

    /// <summary>Each effect is there once: an episode is raised and cleared once, has one command, one notice of a kind; no two cases of one key are open at one time.</summary>
    private static IEnumerable<string> Once(VirtualTown town, IReadOnlyList<FaultRow> faults, IReadOnlyList<TransitionRow> transitions)
    {
        var state = town.Installation.Stores.State;
        foreach (var twice in transitions.Where(t => t.Kind is "Raised" or "Cleared").GroupBy(t => (t.Device, t.Rule, t.Episode, t.Kind)).Where(g => g.Count() > 1))
            yield return $"{twice.Key.Rule} of {twice.Key.Device}, episode {twice.Key.Episode}, was {twice.Key.Kind} {twice.Count()} times";
        if (transitions.Count(t => t.Kind == "Raised") is var raised && raised != faults.Count)
            yield return $"{faults.Count} episodes, {raised} were told as raised";
        if ((transitions.Count(t => t.Kind == "Cleared"), faults.Count(f => f.ClearedAt > 0)) is var (cleared, over) && cleared != over)
            yield return $"{over} episodes are over, {cleared} were told as cleared";
        var (ledger, commands, cases) = state.Read(db => (
            NoticeStore.List(db, new NoticeFilter { Limit = Page.MaxRows }), CommandStore.List(db, new CommandFilter { Limit = Page.MaxRows }), CaseStore.List(db, new CaseFilter { Limit = Page.MaxRows })));
        foreach (var twice in commands.Where(c => c.Episode.Length > 0).GroupBy(c => (c.Device, c.Rule, c.Episode)).Where(g => g.Count() > 1))
            yield return $"{twice.Key.Rule} of {twice.Key.Device}, episode {twice.Key.Episode}, has {twice.Count()} commands";
        foreach (var twice in ledger.GroupBy(n => (n.Customer, n.Subject, n.Episode, n.Status, n.Revision, n.Channel)).Where(g => g.Count() > 1))
            yield return $"{twice.Key} is {twice.Count()} times in the ledger";
        // A second channel is taken only where the first has failed.
        foreach (var twice in ledger.Where(n => n.State == "Sent" && !n.Reason.StartsWith(NoticeRow.MayHaveArrived, StringComparison.Ordinal)).GroupBy(n => (n.Customer, n.Subject, n.Episode, n.Status, n.Revision)).Where(g => g.Count() > 1))
            yield return $"{twice.Key} was told by {string.Join(" and ", twice.Select(n => n.Channel))}";
        foreach (var key in cases.GroupBy(c => (c.Device, c.Family)))
        {
            foreach (var (before, after) in key.OrderBy(c => c.Id).Pairs())
            {
                if (before.ResolvedAt == 0 || before.ResolvedAt > after.OpenedAt)
                    yield return $"cases {before.Id} and {after.Id} of {key.Key} are open at one time";
            }
        }
    }

    private static List<FaultRow> AllFaults(VirtualTown town)
    {
        var all = new List<FaultRow>();
        while (town.Installation.Stores.State.Read(db => FaultStore.List(db, new FaultFilter { Limit = Page.MaxRows, Before = all is [.., var last] ? last.Id : null })) is { Count: > 0 } more)
            all.AddRange(more);
        // What was found late nobody was told of: it is judged by itself.
        return all.FindAll(f => !f.BackDated);
    }

    private static List<TransitionRow> AllTransitions(VirtualTown town)
    {
        var all = new List<TransitionRow>();
        while (town.Installation.Stores.State.Read(db => TransitionStore.ReadAfter(db, all is [.., var last] ? last.Seq : 0, Page.MaxRows)) is { Count: > 0 } more)
            all.AddRange(more);
        return all;
    }

    private static IEnumerable<(T Before, T After)> Pairs<T>(this IEnumerable<T> sequence) => sequence.Zip(sequence.Skip(1));

    /// <summary>What needs a person has its case, what mended itself has none.</summary>
    private static IEnumerable<string> Cases(VirtualTown town, HeldByWork held)
    {
        var cases = town.Installation.Stores.State.Read(db => CaseStore.List(db, new CaseFilter { Limit = Page.MaxRows }));
        foreach (var fault in town.Fleet.Truth.Faults.Where(f => f.VisibleMs is not null))
        {
            var found = cases.Count(c => c.Device == fault.Device && c.Rule == fault.Rule);
            if (fault.Expected == Expectation.Case && found != (held.Holds(fault) ? 0 : 1))
                yield return $"{fault.Kind} of {fault.Device} has {found} cases";
            if (fault.Expected != Expectation.Case && found != 0)
                yield return $"{fault.Kind} of {fault.Device} has a case";
        }
    }

    /// <summary>What ended in truth has ended in the books: faults cleared, their cases resolved; nothing that goes on has ended.</summary>
    private static IEnumerable<string> Endings(VirtualTown town, IReadOnlyList<FaultRow> faults, HeldByWork held)
    {
        var cases = town.Installation.Stores.State.Read(db => CaseStore.List(db, new CaseFilter { Limit = Page.MaxRows })).ToDictionary(c => c.Id);
        var now = town.Clock.Now.ToUnixTimeMilliseconds();
        foreach (var truth in town.Fleet.Truth.Faults.Where(f => f.Expected != Expectation.None && f.VisibleMs is not null && (f.ToMs is null || f.ToMs + SettledAfter(f) < now)))
        {
            var rows = faults.Where(f => f.Device == truth.Device && f.Rule == truth.Rule).ToArray();
            var open = rows.Count(f => f.ClearedAt == 0);
            if (truth.ToMs is null && truth.EndedBy is null && open != (held.Holds(truth) ? 0 : 1))
                yield return $"{truth.Kind} of {truth.Device} goes on, {open} faults are open";
            if (truth.ToMs is not null && open != 0)
                yield return $"{truth.Kind} of {truth.Device} ended by {truth.EndedBy}, its fault is open";
            foreach (var row in rows.Where(f => f.CaseId > 0))
            {
                if (!IsEnded(cases[row.CaseId], open))
                    yield return $"case {row.CaseId} of {truth.Kind} of {truth.Device} is {cases[row.CaseId].State}, {open} of its faults are open";
            }
        }
        foreach (var row in faults.Where(f => f is { Kind: "Silence", ClearedAt: 0 }))
        {
            if (!town.Fleet.Truth.Silences.Any(s => s.Device == row.Device && s.ToMs is null && s.FromMs < now))
                yield return $"{row.Device} is connected and said to be silent";
        }
    }

    /// <summary>Whether a case is open while any of its faults is, and over after that; what is about safety, or comes back each time it heals, is looked at by a person first.</summary>
    internal static bool IsEnded(CaseRow row, int open) => open > 0 ? row.State == "New"
        : row.Class == Core.Rules.FaultClass.Safety || row.Chronic ? row is { State: "New", AskedAt: > 0 } : row.State == "Resolved";

    /// <summary>Holds, releases and delivery; a router counts its boots of the last minute.</summary>
    private static long SettledAfter(InjectedFault fault) => fault.Kind == InjectionKind.RebootLoop ? 95_000 : 35_000;

    /// <summary>What a phone got is in the ledger under its id, nothing is on its way for ever, and no command was carried out twice.</summary>
    private static IEnumerable<string> Ledger(VirtualTown town)
    {
        var (ledger, commands) = town.Installation.Stores.State.Read(db => (NoticeStore.List(db, new NoticeFilter { Limit = Page.MaxRows }), CommandStore.List(db, new CommandFilter { Limit = Page.MaxRows })));
        var ids = ledger.Select(n => n.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var stray in town.Phones.Received.Where(p => !ids.Contains(p.Id)))
            yield return $"{stray.Customer} got a notice about {stray.About} that the ledger does not know";
        foreach (var row in ledger.Where(n => n.State is not ("Sent" or "Suppressed" or "Failed" or "Calling")))
            yield return $"notice {row.Id} to {row.Customer} about {row.Subject} is {row.State}";
        foreach (var twice in town.Fleet.Truth.Commands.Where(c => !c.Repeated).GroupBy(c => (c.Device, c.CommandId)).Where(g => g.Count() > 1))
            yield return $"{twice.Key.Device} did command {twice.Key.CommandId} {twice.Count()} times";
        foreach (var command in commands.Where(c => c.State is "Queued" or "Sent" or "Delivered" or "Answered"))
            yield return $"command {command.Id} is {command.State}";
    }
}
