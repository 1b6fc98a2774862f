using B2D.FirmwareSim.Fleets;

namespace B2D.FirmwareSim.Faults;

/// <summary>Draws a plan: first the cabinets, then kind after kind from the devices nobody has taken yet.</summary>
internal sealed class RandomPlan(Town town, FleetOptions options, int seed, TimeSpan duration)
{
    /// <summary>Share of the fleet that may be silent one by one (switched off, rebooting, offline), besides cut cabinets.</summary>
    private const double LoneSilentShare = 0.04;

    private readonly Dice _dice = new(seed, "plan");
    private readonly List<Injection> _plan = [];
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly HashSet<string> _quietCabinets = new(StringComparer.Ordinal);
    private readonly HashSet<string> _gateways = [.. town.Devices.Select(d => d.Parent).OfType<string>()];
    private int _loneSilent;

    public InjectionPlan Build()
    {
        CutCabinets();
        Some(InjectionKind.PumpBlocked, 6, 12, (0.08, 0.62), Repaired);
        Some(InjectionKind.CompressorOverheat, 8, 8, (0.08, 0.55), _ => null);
        Some(InjectionKind.Spike, 8, 8, (0.08, 0.62), _ => null);
        Some(InjectionKind.ControllerHung, 25, 15, (0.08, 0.6), _ => null);
        Some(InjectionKind.PlugOverheat, 7, 8, (0.08, 0.5), Repaired);
        Some(InjectionKind.WornFilter, 6, 8, (0.08, 0.45), ChangedByOwner);
        Some(InjectionKind.SensorStuck, 8, 6, (0.08, 0.55), Repaired);
        Some(InjectionKind.RebootLoop, 60, 6, (0.08, 0.35), _ => null);
        Some(InjectionKind.RouterOff, 60, 6, (0.08, 0.6), _ => null);
        if (options.Disturbances.HasFlag(Disturbances.Flap)) Some(InjectionKind.Flap, 6, 10, (0.08, 0.6), _ => null);
        if (options.Disturbances.HasFlag(Disturbances.ClockSkew)) SkewClocks();
        if (options.Disturbances.HasFlag(Disturbances.Offline)) Some(InjectionKind.Offline, 12, 40, (0.1, 0.45), BackAgain);
        return new InjectionPlan(_plan);
    }

    private void CutCabinets()
    {
        var wanted = duration >= options.Beat * 80 && _dice.Chance(0.5) ? 2 : 1;
        var silent = 0;
        // Two cabinets of one node cut at once are the node's failure to everybody who looks from outside; these are two failures.
        var regions = new HashSet<string>(StringComparer.Ordinal);
        foreach (var cabinet in _dice.Shuffled(InjectionPlan.CabinetsToCut(town)))
        {
            var routers = town.RoutersOf(cabinet);
            if (wanted == 0 || silent + routers.Count >= town.Devices.Count * (0.2 - LoneSilentShare) || !regions.Add(cabinet.Split('/')[0])) continue;
            silent += routers.Count;
            wanted--;
            _quietCabinets.Add(cabinet);
            _taken.UnionWith(routers.Select(r => r.Id));
            _plan.Add(new Injection(InjectionKind.CabinetCut, Share(_dice.Between(0.1, 0.22)), Share(_dice.Between(0.46, 0.58)), null) { Segment = cabinet });
        }
    }

    /// <summary>One in <paramref name="oneIn"/> of the devices it fits, at least one, at most <paramref name="most"/>.</summary>
    private void Some(InjectionKind kind, int oneIn, int most, (double Low, double High) window, Func<TimeSpan, TimeSpan?> until)
    {
        var fit = town.Devices.Where(d => InjectionFacts.Fits(kind, d.Kind)).ToList();
        var wanted = Math.Clamp((int)Math.Round(fit.Count / (double)oneIn), 1, most);
        foreach (var device in _dice.Shuffled(fit))
        {
            if (wanted == 0) return;
            if (_taken.Contains(device.Id) || !MayBeSilent(kind, device)) continue;
            wanted--;
            _taken.Add(device.Id);
            var at = Share(_dice.Between(window.Low, window.High));
            _plan.Add(new Injection(kind, at, until(at), device.Id) { Stubborn = kind == InjectionKind.ControllerHung && _dice.Chance(0.2) });
        }
    }

    /// <summary>Lone silences stay lone: one to a cabinet, none beside a cut, few in the fleet, and no gateway that takes others with it.</summary>
    private bool MayBeSilent(InjectionKind kind, Device device)
    {
        if (kind is InjectionKind.ClockSkew or InjectionKind.Offline && (device.Parent is not null || _gateways.Contains(device.Id))) return false;
        if (kind is not (InjectionKind.RebootLoop or InjectionKind.RouterOff or InjectionKind.Offline)) return true;
        if (_loneSilent + 1 > Math.Max(town.Devices.Count < 60 ? 2 : 3, town.Devices.Count * LoneSilentShare)) return false;
        if (device.Segment is not null && !_quietCabinets.Add(device.Segment)) return false;
        _loneSilent++;
        return true;
    }

    private void SkewClocks()
    {
        var before = _plan.Count;
        Some(InjectionKind.ClockSkew, 15, 60, (0.1, 0.3), _ => null);
        for (var i = before; i < _plan.Count; i++)
        {
            // From two minutes to three hours, as often small as large; half of them wrong from the first connect to the end.
            var skew = TimeSpan.FromMinutes(Math.Exp(_dice.Between(Math.Log(2), Math.Log(180))) * (_dice.Chance(0.5) ? 1 : -1));
            var always = _dice.Chance(0.5);
            _plan[i] = _plan[i] with
            {
                At = always ? TimeSpan.Zero : _plan[i].At,
                Until = always ? null : Share(_dice.Between(0.42, 0.6)),
                Skew = TimeSpan.FromSeconds(Math.Round(skew.TotalSeconds)),
            };
        }
    }

    /// <summary>Half are repaired by a technician within the run.</summary>
    private TimeSpan? Repaired(TimeSpan at) => _dice.Chance(0.5) ? Sooner(at + (options.Beat * _dice.Between(22, 35)), Share(0.9)) : null;

    private TimeSpan? ChangedByOwner(TimeSpan at) => _dice.Chance(0.6) ? Sooner(at + (options.Beat * _dice.Between(26, 36)), Share(0.9)) : null;

    private TimeSpan? BackAgain(TimeSpan at) => Sooner(at + (options.Beat * _dice.Between(6, 15)), Share(0.66));

    private TimeSpan Share(double share) => TimeSpan.FromMilliseconds(Math.Round(duration.TotalMilliseconds * share));

    private static TimeSpan Sooner(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
