using System.Collections.Immutable;
using System.Runtime.InteropServices;
using B2D.Core.Devices;
using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.Core.Telemetry;

namespace B2D.Core.Backtests;

/// <summary>
/// What a set of rules would have done: devices and what they said go through the lanes of the program in virtual time, and cases open, take in recurrences and
/// resolve as the worker lets them. Pure: the same input gives the same record, whatever the machine does.
/// <para>
/// Every device is evaluated by itself, so that its entries may come in any order among those of other devices, unless a rule compares it with its fleet (<see
/// cref="NeedsOrder"/>). Outages are not looked for, and a fault that waits for an outage's verdict opens nothing. Commands reach nobody. A rule in shadow is
/// judged as if it were in force.
/// </para>
/// </summary>
public sealed class Backtest
{
    private readonly ActiveRules rules;
    private readonly ArrivalOptions arrival;
    private readonly Dictionary<DeviceId, VirtualDevice> devices = [];
    private readonly Dictionary<(DeviceId Device, string Rule), BacktestFault> open = [];
    private readonly Dictionary<(DeviceId Device, string Rule, EpisodeId Episode), BacktestFault> byName = [];
    private readonly List<BacktestFault> faults = [];
    private readonly CaseBook cases = new();
    private readonly VirtualFleets? fleets;
    private readonly VirtualPasses? passes;
    private readonly List<LaneEffect> effects = [];
    private VirtualDevice? last;

    /// <param name="set">The rules.</param>
    /// <param name="arrival">How messages are judged as they come.</param>
    /// <param name="backDates">What comes too late is looked at again, as the worker does; all that is said is kept in memory for that. A recording in order of
    /// time needs none.</param>
    public Backtest(RuleSet set, ArrivalOptions arrival, bool backDates = false)
    {
        this.arrival = arrival;
        rules = new ActiveRules(set with { Faults = [.. set.Faults.Select(f => f with { Shadow = false })] });
        fleets = rules.AsksFleet ? new VirtualFleets(rules.Set) : null;
        passes = backDates ? new VirtualPasses(rules.Set) : null;
    }

    /// <summary>A rule asks for a fleet's median: entries must come in order of time over all devices, for a median is of what was known by then.</summary>
    public bool NeedsOrder => fleets is not null;

    /// <summary>True for a registered device.</summary>
    public bool Knows(DeviceId device) => devices.ContainsKey(device);

    /// <summary>A device is there from <paramref name="at"/> on.</summary>
    /// <exception cref="ArgumentException">It was before.</exception>
    public void Register(Device device, ServerTime at)
    {
        devices.Add(device.Id, new VirtualDevice(device, rules, arrival, at, effects));
        fleets?.Register(device);
        Record();
    }

    /// <summary>A registered device says something at <paramref name="at"/>; its entries come in order of time.</summary>
    /// <exception cref="KeyNotFoundException">The device is not registered.</exception>
    public void Take(DeviceId device, Entry body, ServerTime at)
    {
        fleets?.Take(device, body, at);
        // Stored telemetry comes device by device.
        if (last is null || last.Device.Id != device)
            last = devices[device];
        if (passes is null)
        {
            Told(last).TakeSoon(body, at, effects);
            Record();
            return;
        }
        BackDate(device, at);
        Told(last).TakeAll(effects);
        passes.Take(device, body, last.Take(body, at, effects), at);
        Record();
    }

    /// <summary>Time passes for a device, and it says nothing.</summary>
    public void AdvanceTo(DeviceId device, ServerTime until)
    {
        fleets?.AdvanceTo(until);
        BackDate(device, until);
        Told(devices[device]).AdvanceTo(until, effects);
        Record();
    }

    /// <summary>The program ends and starts again.</summary>
    public void Restart()
    {
        foreach (var device in devices.Values)
            device.Restart(effects);
        Record();
    }

    /// <summary>Time passes up to <paramref name="until"/>, or where it is null for each device up to the last thing it said; then the record.</summary>
    public BacktestRecord Finish(ServerTime? until)
    {
        foreach (var (id, device) in devices)
        {
            BackDate(id, until ?? device.Span.Last);
            device.TakeAll(effects);
            device.AdvanceTo(until ?? device.Span.Last, effects);
            Record();
        }
        cases.Finish(id => until ?? devices[id].Span.Last);
        // Numbered by when they opened, in whichever order the devices came.
        var opened = cases.Cases.OrderBy(c => c.OpenedAt).ThenBy(c => c.Device).ToList();
        var numbers = new int[opened.Count + 1];
        for (var i = 0; i < opened.Count; i++)
            numbers[opened[i].Number] = i + 1;
        return new BacktestRecord
        {
            Faults = InOrder(numbers),
            Cases = [.. opened.Select(c => c with { Number = numbers[c.Number] })],
            Devices = devices.Where(d => d.Value.Span.First != ServerTime.Zero).ToImmutableSortedDictionary(d => d.Key, d => d.Value.Span),
            Readings = devices.Values.Sum(d => d.Readings),
            Events = devices.Values.Sum(d => d.Events),
            Repeated = devices.Values.Sum(d => d.Repeated),
        };
    }

    /// <summary>The faults by when they were raised, those of one instant by device, those of one device as they were raised, under their cases' numbers.</summary>
    private ImmutableArray<BacktestFault> InOrder(int[] numbers)
    {
        var places = new (long At, int Place)[faults.Count];
        for (var i = 0; i < places.Length; i++)
            places[i] = (faults[i].RaisedAt.EpochMs, i);
        Array.Sort(places, (a, b) =>
        {
            var order = a.At.CompareTo(b.At);
            order = order == 0 ? faults[a.Place].Device.CompareTo(faults[b.Place].Device) : order;
            return order == 0 ? a.Place.CompareTo(b.Place) : order;
        });
        var ordered = new BacktestFault[places.Length];
        for (var i = 0; i < places.Length; i++)
        {
            ordered[i] = faults[places[i].Place];
            ordered[i].Case = numbers[ordered[i].Case];
        }
        return ImmutableCollectionsMarshal.AsImmutableArray(ordered);
    }

    /// <summary>The device, after it was told of its fleet. Medians evaluate nothing by themselves, so that it need not know of them before it says something.</summary>
    private VirtualDevice Told(VirtualDevice device)
    {
        if (fleets?.Told is { } told && !ReferenceEquals(device.Fleet, told))
        {
            device.Fleet = told;
            device.TakeSoon(told, fleets.ToldAt, effects);
        }
        return device;
    }

    /// <summary>Back-dated passes whose time it is by then.</summary>
    private void BackDate(DeviceId device, ServerTime until)
    {
        while (passes?.DueAt(device) is { } due && due <= until)
        {
            devices[device].AdvanceTo(due, effects);
            Record();
            var known = faults.Where(f => f.Device == device)
                .ToDictionary(f => new KnownEpisode(f.Rule.Id, f.Episode, f.OnsetAt, f.EndedAt, f.Reason == FaultReason.BackDated));
            var outcome = passes.Run(devices[device].Device, due, known.Keys);
            foreach (var (episode, endedAt) in outcome.Over)
                End(known[episode], endedAt, due, FaultReason.BackDated);
            foreach (var late in outcome.Found)
            {
                var fault = new BacktestFault(device, late.Rule, late.Episode, due, late.OnsetAt, FaultReason.BackDated, true, late.Evidence) { Severity = late.Severity };
                faults.Add(fault);
                if (late.EndedAt is { } ended)
                    End(fault, ended, due, FaultReason.BackDated);
            }
        }
    }

    private static void End(BacktestFault fault, DeviceTime endedAt, ServerTime at, FaultReason why) =>
        (fault.ClearedAt, fault.EndedAt, fault.ClearedBy, fault.LatchedAt) = (at, endedAt, why, null);

    private void Record()
    {
        if (effects.Count == 0)
            return;
        foreach (var effect in effects)
            Record(effect);
        effects.Clear();
    }

    private void Record(LaneEffect effect)
    {
        switch (effect)
        {
            case LaneEffect.Raised e:
                var fault = new BacktestFault(e.Device, e.Rule, e.Episode, e.At, e.OnsetAt, e.Reason, !e.Live, e.Evidence) { Severity = e.Severity };
                if (passes is not null && faults.Find(f => f.Reason == FaultReason.BackDated && f.EndedAt is null && f.Device == e.Device && f.Rule.Id == e.Rule.Id) is { } goesOn)
                    End(goesOn, e.OnsetAt, e.At, FaultReason.RaisedAnew);
                faults.Add(fault);
                open[(e.Device, e.Rule.Id)] = fault;
                byName[(e.Device, e.Rule.Id, e.Episode)] = fault;
                break;
            case LaneEffect.CameLate e:
                passes?.CameLate(e);
                break;
            case LaneEffect.SeverityChanged e when open.TryGetValue((e.Device, e.Rule.Id), out var changed) && e.Severity > changed.Severity:
                changed.Severity = e.Severity;
                break;
            case LaneEffect.Latched e when open.TryGetValue((e.Device, e.Rule), out var latched):
                latched.LatchedAt = e.At;
                break;
            case LaneEffect.Relapsed e when open.TryGetValue((e.Device, e.Rule), out var relapsed):
                relapsed.LatchedAt = null;
                relapsed.Severity = e.Severity > relapsed.Severity ? e.Severity : relapsed.Severity;
                break;
            case LaneEffect.Escalated e when byName.TryGetValue((e.Device, e.Rule.Id, e.Episode), out var needed):
                needed.EscalatedAt ??= e.At;
                if (e.Rule.Case is { } policy)
                    cases.Place(needed, policy, e.At);
                break;
            case LaneEffect.Cleared e when open.Remove((e.Device, e.Rule), out var cleared):
                End(cleared, e.ClearedAt, e.At, e.Reason);
                cases.OnCleared(cleared, e.At);
                break;
        }
    }
}
