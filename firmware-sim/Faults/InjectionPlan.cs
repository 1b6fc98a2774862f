using B2D.FirmwareSim.Fleets;

namespace B2D.FirmwareSim.Faults;

/// <summary>What goes wrong in a fleet by itself, and when. Immutable.</summary>
public sealed class InjectionPlan
{
    /// <summary>Makes a plan of one's own, e.g. for a test.</summary>
    public InjectionPlan(IEnumerable<Injection> injections)
    {
        Injections = [.. injections.OrderBy(i => i.At)];
    }

    /// <summary>Nothing goes wrong.</summary>
    public static InjectionPlan Empty { get; } = new([]);

    /// <summary>The injections, by beginning.</summary>
    public IReadOnlyList<Injection> Injections { get; }

    /// <summary>
    /// The demo's guided town, for beats of one second: a filter is used up from 5 s and falls due at 15 s (changed at 200 s), a router's controller
    /// hangs at 8 s
    /// (E17, a restart mends it), a pump blocks at 18 s (E42, until repaired), a cabinet is cut at 30 s and repaired at 150 s.
    /// </summary>
    /// <param name="town">A town of 40 devices or more; a smaller one leaves out what it has no device for.</param>
    public static InjectionPlan Guided(Town town)
    {
        var dice = new Dice(town.Seed, "guided town");
        List<Injection> plan = [];
        var cabinets = CabinetsToCut(town);
        var cut = cabinets.Count == 0 ? null : dice.Pick(cabinets);
        Add(InjectionKind.WornFilter, 5, 200, _ => true);
        Add(InjectionKind.ControllerHung, 8, null, d => d.Kind == DeviceKind.Router && d.Segment != cut);
        Add(InjectionKind.PumpBlocked, 18, null, _ => true);
        if (cut is not null) plan.Add(new Injection(InjectionKind.CabinetCut, Seconds(30), Seconds(150), null) { Segment = cut });
        return new InjectionPlan(plan);

        void Add(InjectionKind kind, double at, double? until, Func<Device, bool> which)
        {
            var fit = town.Devices.Where(d => InjectionFacts.Fits(kind, d.Kind) && d.CustomerId is not null && which(d)).ToList();
            if (fit.Count > 0) plan.Add(new Injection(kind, Seconds(at), until is { } end ? Seconds(end) : null, dice.Pick(fit).Id));
        }
    }

    /// <summary>
    /// A plan for a run without people: faults of every kind, one or two cabinets, dues, and whatever <see cref="FleetOptions.Disturbances"/> asks of
    /// single devices.
    /// Everything begins in the first two thirds; cabinets are repaired by 58 % of the time; no device has two injections;
    /// less than a fifth of the fleet is without a connection at once.
    /// </summary>
    /// <param name="town">The town.</param>
    /// <param name="options">The fleet's options: beat and disturbances.</param>
    /// <param name="seed">Any number; the same one gives the same plan.</param>
    /// <param name="duration">Length of the run without its draining; at least 60 beats, so that every script fits.</param>
    /// <exception cref="ArgumentOutOfRangeException">The run is too short.</exception>
    public static InjectionPlan Random(Town town, FleetOptions options, int seed, TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, options.Beat * 60);
        return new RandomPlan(town, options, seed, duration).Build();
    }

    /// <summary>
    /// A storm, for beats of one second: a region, a node and a cabinet of other regions are cut within six seconds from 20 s on, and 2.5 % of the devices, none of
    /// them of these, hang one after the other in the minute that begins then. Everything is repaired from 80 s on.
    /// </summary>
    /// <param name="town">A town of houses.</param>
    /// <param name="grows">In place of the three: a cabinet is cut at 20 s, and at 50 s the rest of its node.</param>
    public static InjectionPlan Storm(Town town, bool grows)
    {
        var dice = new Dice(town.Seed, "storm");
        var cabinets = dice.Shuffled(town.Cabinets).DistinctBy(c => c.Split('/')[0]).ToList();
        var (region, node, cabinet) = (cabinets[0].Split('/')[0], cabinets[1][..cabinets[1].LastIndexOf('/')], cabinets[2]);
        var around = cabinet[..cabinet.LastIndexOf('/')];
        List<Injection> plan = grows
            ? [Cut(cabinet, 20, null), Cut(around, 50, 100) with { GrownFrom = cabinet }]
            : [Cut(region, 20, 80), Cut(node, 23, 81), Cut(cabinet, 26, 82)];
        var cut = plan.Select(i => i.Segment!).ToList();
        foreach (var device in dice.Shuffled(town.Devices.Where(d => d.CustomerId is not null && !cut.Any(c => Town.IsUnder(d.Segment!, c))).ToList()).Take(town.Devices.Count / 40))
            plan.Add(new Injection(InjectionKind.ControllerHung, Seconds(dice.Between(20, 80)), Seconds(dice.Between(82, 92)), device.Id) { Stubborn = true });
        return new InjectionPlan(plan);

        static Injection Cut(string segment, double at, double? until) =>
            new(InjectionKind.CabinetCut, Seconds(at), until is { } end ? Seconds(end) : null, null) { Segment = segment };
    }

    /// <summary>Cabinets whose failure is an outage and not the end of the world: at least five routers, less than a fifth of the fleet.</summary>
    internal static IReadOnlyList<string> CabinetsToCut(Town town) =>
        [.. town.Cabinets.Where(c => town.RoutersOf(c).Count is >= 5 and var routers && routers < town.Devices.Count * 0.2)];

    internal void Check(Town town)
    {
        foreach (var injection in Injections)
        {
            if (injection.Kind == InjectionKind.CabinetCut)
            {
                if (injection.Segment is not { } segment || !town.Cabinets.Any(c => Town.IsUnder(c, segment)))
                    throw new ArgumentException($"There is no cabinet or larger segment '{injection.Segment}'.");
                continue;
            }

            var device = town.TryFind(injection.Device ?? "") ?? throw new ArgumentException($"There is no device '{injection.Device}'.");
            if (!InjectionFacts.Fits(injection.Kind, device.Kind)) throw new ArgumentException($"{device.Id} cannot have {injection.Kind}.");
            if (device.Parent is not null && injection.Kind is InjectionKind.Offline or InjectionKind.ClockSkew)
            {
                throw new ArgumentException($"{device.Id} has no connection of its own; {injection.Kind} is for its gateway {device.Parent}.");
            }
        }
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
