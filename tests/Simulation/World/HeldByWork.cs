using B2D.FirmwareSim.Faults;
using B2D.FirmwareSim.Truth;
using B2D.Host.Demo;
using B2D.Storage;
using B2D.Storage.Faults;

namespace B2D.Simulation.World;

/// <summary>
/// What B2D need not have seen because people worked on a device: exactly what the log shows to be raised if nobody had, and not to be raised because somebody did. And
/// whether the log says of each device what people planned.
/// </summary>
internal sealed class HeldByWork
{
    private const string Silence = "router-silent";

    /// <summary>An outage of the town's rules: so many routers, of at least half of the segment's, within so long.</summary>
    private const int OutageDevices = 4;
    private const long OutageWithinMs = 15_000;

    /// <summary>A plan is looked at every second; the worker gets its turn a little later.</summary>
    private const long LookMs = 2_500;

    private readonly VirtualTown town;
    private readonly Reference reference;
    private readonly Reference unheld;

    public HeldByWork(VirtualTown town, Reference reference)
    {
        (this.town, this.reference) = (town, reference);
        unheld = town.People.Crew is null ? reference : Reference.Of(town, maintenance: false);
    }

    /// <summary>True for a fault that was put in and never raised because people worked on the device.</summary>
    public bool Holds(InjectedFault fault) => fault.Rule is { } rule && Holds(fault.Device, rule, fault.FromMs, fault.ToMs) && !Delays(fault);

    /// <summary>True for a fault that was raised when work was over and its cause long gone, because the device's readings showed it still and nobody would have cleared it before.</summary>
    public bool Delays(InjectedFault fault) => fault.Rule is { } rule && Holds(fault.Device, rule, fault.FromMs, fault.ToMs)
        && Episodes(unheld, fault.Device, rule).Any(e => IsIn(e.RaisedAt, fault.FromMs, fault.ToMs) && Episodes(reference, fault.Device, rule).Any(late =>
            late.RaisedAt > e.RaisedAt && (e.ClearedAt == 0 || e.ClearedAt > late.RaisedAt) && reference.Devices[fault.Device].WasWorkedOn(late.RaisedAt - 1)));

    /// <summary>True for a cabinet's router of which nobody was to hear while it was cut.</summary>
    public bool Holds(string router, InjectedOutage cut) => Holds(router, Silence, cut.FromMs, cut.ToMs);

    /// <summary>True for a cabinet's router that fell silent too long before an outage to be one of it, because work held the others back until then.</summary>
    public bool TearsApart(string router, InjectedOutage cut, long beganAt) =>
        RaisedIn(reference, router, Silence, cut.FromMs, cut.ToMs) is [var at, ..] && at < beganAt - OutageWithinMs
        && cut.Devices.Any(d => RaisedIn(unheld, d, Silence, cut.FromMs, cut.ToMs) is [var free, ..] && RaisedIn(reference, d, Silence, cut.FromMs, cut.ToMs) is [var found, ..] && free < found);

    /// <summary>True for a cut that would have been an outage, and was none because there were never routers enough of which it was to be heard.</summary>
    public bool Holds(InjectedOutage cut) => !IsOutage(reference, cut) && IsOutage(unheld, cut);

    /// <summary>The report's complaints without those that are explained by work, where that explains all of them to the last one.</summary>
    public IEnumerable<string> Unexplained(DemoReport report)
    {
        var faults = town.Fleet.Truth.Faults.Where(f => f.Expected != Expectation.None && f.VisibleMs is not null).ToArray();
        var late = faults.Where(Delays).ToArray();
        var (held, outages, cases) = (faults.Count(Holds) + late.Length, town.Fleet.Truth.Outages.Count(o => Holds(o) || Misses(o)), late.Count(f => f.Expected == Expectation.Case));
        return report.Broken().Except([$"faults.missed = {held}", $"faults.false = {late.Length}", $"cases.false = {cases}", $"outages not opened = {outages}"])
            .Concat(report.Faults.Missed < held ? [$"{held} faults were held by work, {report.Faults.Missed} were not seen"] : []);
    }

    /// <summary>The log says of each device, within a look, that people work on it where they planned to, and where they did not, that nobody does.</summary>
    public IEnumerable<string> Unplanned()
    {
        if (town.People.Crew is not { } crew)
            yield break;
        foreach (var device in town.Town.Devices)
        {
            var works = crew.Planned.Where(w => w.Concerns(device)).ToArray();
            for (var at = town.Town.Start.ToUnixTimeMilliseconds() + LookMs; at < reference.Until; at += 1_000)
            {
                var isTold = reference.Devices[device.Id].IsWorkedOn(at);
                // Each plan by itself: where one begins as another ends, the look between them comes later. What was moved right before its end is looked at after it.
                var step = (long)town.Setting.Step.TotalMilliseconds;
                var looks = Enumerable.Range(0, 1 + (int)((at - LookedSince(at)) / step)).Select(n => at - (step * n));
                if (isTold ? works.Any(w => looks.Any(w.RunsAt)) : !works.Any(w => looks.All(look => w.RunsAt(look) && w.RunsAt(at, look))))
                    continue;
                yield return $"{device.Id} is {(isTold ? "worked on" : "not worked on")} at {at - town.Town.Start.ToUnixTimeMilliseconds()} ms";
                break;
            }
        }
    }

    /// <summary>How often work did something.</summary>
    public IReadOnlyDictionary<string, int> Counts(IReadOnlyList<FaultRow> faults) => town.People.Crew is not { } crew ? new Dictionary<string, int>() : new Dictionary<string, int>
    {
        ["work planned"] = crew.Planned.Count,
        ["work moved, ended or called off"] = crew.Changed,
        ["work that repeats"] = crew.Planned.Count(w => w.Hours is not null),
        ["held by work until its end, then raised"] = faults.Count(f => reference.Devices[f.Device].Worked.Any(w => w.Until == f.RaisedAt || w.At == f.RaisedAt)),
        ["held by work and never raised"] = unheld.Faults.Count() - reference.Faults.Count(),
        ["put in and held by work"] = town.Fleet.Truth.Faults.Count(Holds),
        ["cut and held by work"] = town.Fleet.Truth.Outages.Count(Holds),
    };

    /// <summary>There was time for a whole look since then, also where the program was killed again and again.</summary>
    private long LookedSince(long at)
    {
        var until = at;
        foreach (var (from, back) in Enumerable.Reverse(reference.Downs))
        {
            if (from >= until)
                continue;
            if (until - Math.Min(back, until) >= LookMs)
                break;
            until = Math.Max(from, town.Town.Start.ToUnixTimeMilliseconds());
        }
        return until - LookMs;
    }

    /// <summary>True for a cut of which nobody could see that it was an outage, because the program was killed too often while it lasted: by the log there were never routers
    /// enough silent at one time.</summary>
    private bool Misses(InjectedOutage cut) => town.Setting.Killed && !IsOutage(reference, cut) && !IsOutage(unheld, cut);

    private bool Holds(string device, string rule, long from, long? to) =>
        RaisedIn(reference, device, rule, from, to).Count == 0 && RaisedIn(unheld, device, rule, from, to) is [var first, ..] && reference.Devices[device].IsWorkedOn(first);

    private static IReadOnlyList<(long RaisedAt, long OnsetAt, long ClearedAt)> Episodes(Reference log, string device, string rule) =>
        log.Devices[device].Rules.Single(r => r.Rule == rule).All;

    private static List<long> RaisedIn(Reference log, string device, string rule, long from, long? to) =>
        [.. Episodes(log, device, rule).Select(e => e.RaisedAt).Where(at => IsIn(at, from, to))];

    private static bool IsIn(long at, long from, long? to) => at >= from - 1_000 && (to is null || at <= to + (long)VirtualTown.ReportGrace.TotalMilliseconds);

    private bool IsOutage(Reference log, InjectedOutage cut)
    {
        var routers = cut.Devices.SelectMany(d => Episodes(log, d, Silence).Where(e => e.RaisedAt >= cut.FromMs)).ToList();
        var all = town.Town.RoutersOf(cut.Segment).Count;
        return routers.Any(last => routers.Count(e => e.RaisedAt <= last.RaisedAt && e.RaisedAt >= last.RaisedAt - OutageWithinMs && (e.ClearedAt == 0 || e.ClearedAt > last.RaisedAt)) is var down
            && down >= OutageDevices && down * 2 >= all);
    }
}
