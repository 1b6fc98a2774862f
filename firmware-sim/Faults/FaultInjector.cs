using B2D.FirmwareSim.Fleets;
using B2D.FirmwareSim.Signals;
using B2D.FirmwareSim.Truth;

namespace B2D.FirmwareSim.Faults;

/// <summary>Begins and ends injections in a running fleet and writes down what it did.</summary>
internal sealed class FaultInjector(Fleet fleet, Uplink uplink, Agenda agenda, GroundTruth truth, Dice dice, FleetOptions options)
{
    private readonly double _beatMs = options.Beat.TotalMilliseconds;
    private readonly Dictionary<string, InjectedOutage> _cuts = new(StringComparer.Ordinal);

    /// <summary>Segments that are cut now.</summary>
    public IReadOnlyCollection<string> CutSegments => _cuts.Keys;

    /// <summary>Begins one injection; false if the device already has one.</summary>
    public bool Begin(Injection injection, long now)
    {
        if (injection.Kind == InjectionKind.CabinetCut) return Cut(injection.Segment!, injection.GrownFrom, now);
        var device = fleet.State(injection.Device!);
        if (device.Active is not null) return false;
        var fault = injection.Kind == InjectionKind.WornFilter ? null : truth.AddFault(device.Id, injection, now);
        var active = device.Active = new ActiveInjection(injection, now, fault);
        switch (injection.Kind)
        {
            case InjectionKind.PumpBlocked or InjectionKind.ControllerHung:
                Announce(device, "set", now);
                break;
            case InjectionKind.RebootLoop:
                Reboot(device, active, 1, now);
                break;
            case InjectionKind.RouterOff:
                device.SwitchedOff = true;
                uplink.Disconnect(device, clean: false, "router-off", now);
                Visible(active, now);
                break;
            case InjectionKind.Spike:
                After(3 * options.TelemetryInterval.TotalMilliseconds / _beatMs, now, at => End(device, active, "by itself", at));
                break;
            case InjectionKind.Flap:
                After(15, now, at => End(device, active, "by itself", at));
                break;
            case InjectionKind.Offline:
                device.Offline = true;
                uplink.Disconnect(device, device.Dice.Chance(0.3), "offline", now);
                break;
            case InjectionKind.ClockSkew:
                SetClock(device, (long)injection.Skew.TotalMilliseconds, now);
                break;
        }

        return true;
    }

    /// <summary>Ends what a plan began, if it is still there.</summary>
    public void EndPlanned(Injection injection, long now)
    {
        if (injection.Kind == InjectionKind.CabinetCut)
        {
            RepairCabinet(injection.Segment!, now);
            return;
        }

        var device = fleet.State(injection.Device!);
        if (device.Active is { } active && ReferenceEquals(active.Plan, injection)) End(device, active, EndedBy(injection.Kind), now);
    }

    /// <summary>Takes the cause away.</summary>
    public void End(SimulatedDevice device, ActiveInjection active, string by, long now)
    {
        if (device.Active != active || active.EasedMs is not null) return;
        active.EasedMs = now;
        if (active.Truth is { ToMs: null } fault)
        {
            fault.ToMs = now;
            fault.EndedBy = by;
        }

        switch (active.Kind)
        {
            case InjectionKind.CompressorOverheat or InjectionKind.PlugOverheat:
                After(FaultPhase.EaseBeats, now, _ => Release(device, active));
                return;
            case InjectionKind.PumpBlocked or InjectionKind.ControllerHung:
                Announce(device, "clear", now);
                break;
            case InjectionKind.RouterOff:
                device.SwitchedOff = false;
                device.Signals.Booted(now);
                uplink.Connect(device, now);
                break;
            case InjectionKind.Offline:
                device.Offline = false;
                uplink.Connect(device, now);
                break;
            case InjectionKind.ClockSkew:
                SetClock(device, 0, now);
                break;
            case InjectionKind.WornFilter:
                fleet.ChangeFilter(device, now);
                break;
        }

        Release(device, active);
    }

    /// <summary>A restart by command: away cleanly, back two beats later; a hung controller is well again unless it is stubborn.</summary>
    public void Restart(SimulatedDevice device, long now)
    {
        // At least a second: no controller is back sooner, whatever the beat. A child's own restart leaves its gateway's connection alone.
        var back = Math.Max(2 * _beatMs, 1000) / _beatMs;
        After(0.3, now, at =>
        {
            device.Restarting = true;
            uplink.Disconnect(device, clean: true, "restart", at);
        });
        After(back, now, at =>
        {
            device.Restarting = false;
            device.Signals.Booted(at);
            uplink.Connect(device, at);
            if (device.Active is not { EasedMs: null } active) return;
            if (active.Kind == InjectionKind.ControllerHung && !active.Plan.Stubborn) End(device, active, "restart", at);
            // The firmware looks again after it has started, and still finds it.
            else if (InjectionFacts.Code(active.Kind) is not null) Announce(device, "set", at);
        });
    }

    /// <summary>Notes when a report first shows the fault.</summary>
    public void Observe(SimulatedDevice device, SampleSheet sheet, long now)
    {
        if (device.Active is not { Truth: { VisibleMs: null, Metric: { } metric } } active) return;
        var limit = active.Kind == InjectionKind.SensorStuck ? 5 * options.Beat.TotalSeconds : InjectionFacts.Limit(active.Kind)?.Limit;
        foreach (var (name, value) in sheet.Values)
        {
            if (name == metric && value.Number > limit) Visible(active, now);
        }
    }

    private bool Cut(string segment, string? grownFrom, long now)
    {
        if (_cuts.ContainsKey(segment)) return false;
        InjectedOutage? smaller = null;
        if (grownFrom is not null) _cuts.Remove(grownFrom, out smaller);
        var routers = fleet.Town.RoutersUnder(segment);
        _cuts[segment] = truth.AddOutage(segment, routers, now, smaller);
        foreach (var router in routers)
        {
            var device = fleet.State(router.Id);
            if (device.CableCut) continue;
            device.CableCut = true;
            uplink.Disconnect(device, clean: false, "cable-cut", now);
        }

        return true;
    }

    public void RepairCabinet(string segment, long now)
    {
        if (!_cuts.Remove(segment, out var outage)) return;
        for (var part = outage; part is not null; part = part.GrownFrom) part.ToMs = now;
        foreach (var router in outage.Devices)
        {
            var device = fleet.State(router);
            device.CableCut = false;
            After(dice.Between(0, 3), now, at => uplink.Connect(device, at));
        }
    }

    private void Reboot(SimulatedDevice device, ActiveInjection active, int boot, long now)
    {
        if (device.Active != active || active.EasedMs is not null) return;
        if (boot > 10)
        {
            End(device, active, "by itself", now);
            return;
        }

        device.Restarting = true;
        uplink.Disconnect(device, clean: false, "reboot-loop", now);
        After(1, now, at =>
        {
            device.Restarting = false;
            device.Signals.Booted(at);
            uplink.Connect(device, at);
        });
        After(4, now, at => Reboot(device, active, boot + 1, at));
    }

    private void SetClock(SimulatedDevice device, long offsetMs, long now)
    {
        device.ClockOffsetMs = offsetMs;
        device.LastDeviceTimeMs = 0;
        if (!device.Connected) return;
        device.Restarting = true;
        uplink.Disconnect(device, clean: true, "clock-skew", now);
        After(1, now, at =>
        {
            device.Restarting = false;
            uplink.Connect(device, at);
        });
    }

    private void Announce(SimulatedDevice device, string state, long now)
    {
        if (device.Active is not { } active || InjectionFacts.Code(active.Kind) is not { } code) return;
        if (uplink.Event(device, code, state, now)) Visible(active, now);
    }

    private static void Visible(ActiveInjection active, long now)
    {
        if (active.Truth is { VisibleMs: null } fault) fault.VisibleMs = now;
    }

    private static void Release(SimulatedDevice device, ActiveInjection active)
    {
        if (device.Active == active) device.Active = null;
    }

    private static string EndedBy(InjectionKind kind) => kind switch
    {
        InjectionKind.Offline or InjectionKind.ClockSkew or InjectionKind.RouterOff or InjectionKind.WornFilter => "by itself",
        _ => "repair",
    };

    private void After(double beats, long now, Action<long> what) => agenda.Add(now + (long)(beats * _beatMs), what);
}
