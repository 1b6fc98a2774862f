namespace B2D.FirmwareSim.Faults;

/// <summary>
/// What a script does to a device. Times are in beats (<see cref="Fleets.FleetOptions.Beat"/>: 1 s in a demo, 1 min otherwise).
/// README.md beside the project has the same as a table, with the metrics' normal ranges.
/// </summary>
public enum InjectionKind
{
    /// <summary>
    /// Heat pump. Sets code E42; <c>pump_current_a</c> 3.2 to 3.9 (normal 0.7 to 1.5), <c>flow_lpm</c> under 1, after 3 beats <c>compressor</c> off.
    /// A restart does not help (the code is set again after it); a repair clears code and signal. Rule <c>pump-blocked</c>, expected: case.
    /// </summary>
    PumpBlocked,

    /// <summary>
    /// Router or coffee machine. Sets code E17; <c>mem_pct</c> over 97 (normal under 70). The command <c>restart</c> heals it: the device leaves,
    /// is back after 2 beats (at least 1 s) and clears the code. Rule <c>controller-hung</c>, expected: healed; a stubborn one comes back with the code
    /// set: case.
    /// </summary>
    ControllerHung,

    /// <summary>
    /// Heat pump. <c>temp_c</c> climbs from normal (under 83) to 106 within 8 beats with <c>compressor</c> on, and stays until the command <c>reduce_power</c>;
    /// then back to normal within 6 beats. Rule <c>compressor-overheat</c> (above 95, clear below 85), expected: healed.
    /// </summary>
    CompressorOverheat,

    /// <summary>
    /// EV charger. <c>plug_temp_c</c> climbs from normal (under 65) to 92 within 8 beats while <c>charging</c>; stays until repaired.
    /// Rule <c>plug-overheat</c> (above 80, clear below 70), expected: case.
    /// </summary>
    PlugOverheat,

    /// <summary>
    /// Coffee machine. <c>boiler_c</c> repeats one value; <c>boiler_age_s</c>, the seconds since the sensor last answered (normal under 1), grows by a second
    /// each second until repaired. Rule <c>sensor-stuck</c> (age above 5 beats), expected: case.
    /// </summary>
    SensorStuck,

    /// <summary>
    /// Router. Drops its connection every 4 beats and is back 1 beat later, <c>uptime_s</c> from 0, <c>boots_recent</c> (boots within the last 60 beats,
    /// normal 0) counting up,
    /// until repaired or for 10 boots. Rule <c>reboot-loop</c> (4 or more), expected: case.
    /// </summary>
    RebootLoop,

    /// <summary>
    /// All routers of a cabinet, or of a larger segment, fall silent without a DISCONNECT, so that their wills are published; back within 3 beats after the repair, without backfill.
    /// Rule <c>router-silent</c>, explained by an outage; expected: one outage and no case.
    /// </summary>
    CabinetCut,

    /// <summary>Router. Switched off by its owner, alone, without a DISCONNECT, until its end. Rule <c>router-silent</c>, expected: none.</summary>
    RouterOff,

    /// <summary>Heat pump. One single sample of <c>temp_c</c> = 132. Expected: none.</summary>
    Spike,

    /// <summary>
    /// Heat pump. <c>temp_c</c> 97.5 and 83.5 in turn, a change with every sample, for 15 beats. Expected: none where the hold is longer than an
    /// interval.
    /// </summary>
    Flap,

    /// <summary>
    /// Coffee machine. <c>litres_total</c> and <c>filter_litres</c> rise so that the filter (1,200 l) is at 90 % (1,080 l) after 10 beats and at 99 % after 25;
    /// the owner changes it at the end: <c>filter_litres</c> 0. Due <c>water-filter</c>.
    /// </summary>
    WornFilter,

    /// <summary>
    /// Any device with its own connection. Offline for a while, then everything measured in between as arrays with the device's own times. Expected:
    /// none.
    /// </summary>
    Offline,

    /// <summary>
    /// Any device with its own connection. Its clock is off by <see cref="Injection.Skew"/> from a reconnect on, right again from another. Expected:
    /// none.
    /// </summary>
    ClockSkew,
}

/// <summary>What a fault is expected to become.</summary>
public enum Expectation
{
    /// <summary>Exactly one case.</summary>
    Case,

    /// <summary>The right command mends it; no case for a person to work on.</summary>
    Healed,

    /// <summary>No case and no notice. A <c>router-silent</c> fault may exist where <see cref="Truth.GroundTruth.Silences"/> has a spell.</summary>
    None,
}

/// <summary>One thing a plan does.</summary>
/// <param name="Kind">What.</param>
/// <param name="At">Since the fleet's start.</param>
/// <param name="Until">When it is repaired or over, since the fleet's start; null if only a command or <see cref="Fleets.Fleet.Repair"/> ends it.</param>
/// <param name="Device">The device; null for <see cref="InjectionKind.CabinetCut"/>.</param>
public sealed record Injection(InjectionKind Kind, TimeSpan At, TimeSpan? Until, string? Device)
{
    /// <summary>The cabinet, or the larger segment, of a <see cref="InjectionKind.CabinetCut"/>.</summary>
    public string? Segment { get; init; }

    /// <summary>The segment below it that is cut already, and whose failure this is the rest of; null for a failure of its own.</summary>
    public string? GrownFrom { get; init; }

    /// <summary>How far the clock of a <see cref="InjectionKind.ClockSkew"/> is ahead (negative: behind).</summary>
    public TimeSpan Skew { get; init; }

    /// <summary>A command does not help: for <see cref="InjectionKind.ControllerHung"/>.</summary>
    public bool Stubborn { get; init; }
}

/// <summary>What rules are expected to be called, and what the truth reports about a kind.</summary>
internal static class InjectionFacts
{
    public const string FilterDue = "water-filter";

    public static string? Rule(InjectionKind kind) => kind switch
    {
        InjectionKind.PumpBlocked => "pump-blocked",
        InjectionKind.ControllerHung => "controller-hung",
        InjectionKind.CompressorOverheat or InjectionKind.Spike or InjectionKind.Flap => "compressor-overheat",
        InjectionKind.PlugOverheat => "plug-overheat",
        InjectionKind.SensorStuck => "sensor-stuck",
        InjectionKind.RebootLoop => "reboot-loop",
        InjectionKind.CabinetCut or InjectionKind.RouterOff => "router-silent",
        _ => null,
    };

    public static string? Code(InjectionKind kind) => kind switch
    {
        InjectionKind.PumpBlocked => "E42",
        InjectionKind.ControllerHung => "E17",
        _ => null,
    };

    public static (string Metric, double Limit)? Limit(InjectionKind kind) => kind switch
    {
        InjectionKind.CompressorOverheat or InjectionKind.Spike or InjectionKind.Flap => ("temp_c", 95),
        InjectionKind.PlugOverheat => ("plug_temp_c", 80),
        InjectionKind.RebootLoop => ("boots_recent", 3.5),
        _ => null,
    };

    public static Expectation Expected(Injection injection) => injection.Kind switch
    {
        InjectionKind.ControllerHung => injection.Stubborn ? Expectation.Case : Expectation.Healed,
        InjectionKind.CompressorOverheat => Expectation.Healed,
        InjectionKind.PumpBlocked or InjectionKind.PlugOverheat or InjectionKind.SensorStuck or InjectionKind.RebootLoop => Expectation.Case,
        _ => Expectation.None,
    };

    public static bool Fits(InjectionKind kind, Fleets.DeviceKind device) => kind switch
    {
        InjectionKind.PumpBlocked or InjectionKind.CompressorOverheat or InjectionKind.Spike or InjectionKind.Flap => device == Fleets.DeviceKind.HeatPump,
        InjectionKind.ControllerHung => device is Fleets.DeviceKind.Router or Fleets.DeviceKind.CoffeeMachine,
        InjectionKind.PlugOverheat => device == Fleets.DeviceKind.Charger,
        InjectionKind.SensorStuck or InjectionKind.WornFilter => device == Fleets.DeviceKind.CoffeeMachine,
        InjectionKind.RebootLoop or InjectionKind.RouterOff => device == Fleets.DeviceKind.Router,
        InjectionKind.Offline or InjectionKind.ClockSkew => true,
        _ => false,
    };
}
