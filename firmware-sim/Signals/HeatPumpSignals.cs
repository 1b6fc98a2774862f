using B2D.FirmwareSim.Faults;
using B2D.FirmwareSim.Fleets;

namespace B2D.FirmwareSim.Signals;

/// <summary>A heat pump: the weather asks for heat, the compressor cycles on a buffer tank, its discharge gets hot with the work it does.</summary>
internal sealed class HeatPumpSignals : DeviceSignals
{
    private const double HottestNormal = 82;
    private const double Overheated = 106;
    private readonly Dice _dice;
    private readonly Weather _weather;
    private readonly Wander _hydraulics;
    private readonly Wander _house;
    private readonly Wander _microclimate;
    private readonly Lag _discharge;
    private readonly double _size;
    private readonly double _pump;
    private double _buffer;
    private bool _on;
    private bool _high;

    public HeatPumpSignals(Dice dice, Weather weather, long startMs)
    {
        _dice = dice;
        _weather = weather;
        _hydraulics = new Wander(dice, 1200, 0.5);
        _house = new Wander(dice, 7200, 0.05);
        _microclimate = new Wander(dice, 5400, 0.4);
        _size = dice.Between(0.85, 1.2);
        _pump = dice.Between(0.92, 1.08);
        _buffer = dice.Between(41, 47);
        var demand = Demand(weather.Outdoor(startMs));
        _on = dice.Chance(0.35 + (0.6 * demand));
        _discharge = new Lag(240, _on ? Target(demand) : 34);
    }

    /// <summary>
    /// After <see cref="InjectionKind.CompressorOverheat"/> was eased by a command, the compressor runs at this share until the device restarts.
    /// </summary>
    public double PowerLimit { get; set; } = 1;

    public override void Booted(long nowMs) => PowerLimit = 1;

    public override void Sample(Moment at, SampleSheet sheet)
    {
        var outdoor = _weather.Outdoor(at.NowMs) + _microclimate.Step(at.Seconds);
        var demand = Math.Clamp(Demand(outdoor) + _house.Step(at.Seconds), 0.05, 1);
        Thermostat(demand, at.Seconds);
        var blocked = at.Has(InjectionKind.PumpBlocked) && at.Phase!.Value.Holds;
        // Without flow the high-pressure switch opens within a few beats.
        if (blocked && at.Phase!.Value.Beats > 3) _on = false;
        if (at.Has(InjectionKind.CompressorOverheat) || at.Has(InjectionKind.Flap) || at.Has(InjectionKind.Spike)) _on = true;
        var temp = Math.Min(_discharge.Step(at.Seconds, _on ? Target(demand) : 33), HottestNormal);
        temp = Faulty(at, temp) + (0.15 * _dice.Normal());
        var flow = Math.Max(0, (_on ? 16 + (3 * demand) : 9) + _hydraulics.Step(at.Seconds) + (0.1 * _dice.Normal()));
        var current = _pump * (0.55 + (0.034 * flow)) + (0.01 * _dice.Normal());
        if (blocked)
        {
            flow = Math.Abs(0.2 * _dice.Normal());
            current = (_pump * 3.5) + (0.06 * _dice.Normal());
        }

        var power = _on ? ((900 + (1900 * demand)) * _size * PowerLimit) + (12 * _dice.Normal()) : 24 + Math.Abs(2 * _dice.Normal());
        sheet.Add("temp_c", temp, 1);
        sheet.Add("flow_lpm", flow, 1);
        sheet.Add("pump_current_a", current, 2);
        sheet.Add("compressor", _on ? "on" : "off");
        sheet.Add("outdoor_c", outdoor, 1);
        sheet.Add("power_w", power);
    }

    private double Faulty(Moment at, double temp)
    {
        if (at.Phase is not { } phase) return temp;
        switch (phase.Kind)
        {
            case InjectionKind.CompressorOverheat:
                return temp + ((Overheated - temp) * phase.Ramp(8));
            case InjectionKind.Spike when phase.First:
                return 132;
            case InjectionKind.Flap:
                // Crosses 95 on every sample: above, below, above.
                _high = !_high;
                return _high ? 97.5 : 83.5;
            default:
                return temp;
        }
    }

    /// <summary>Share of full load the house asks for, 0.08 to 1.</summary>
    private static double Demand(double outdoor) => Math.Clamp((19 - outdoor) / 22, 0.08, 1);

    private static double Target(double demand) => 58 + (16 * demand);

    /// <summary>The buffer tank loses what the house takes and gains what the compressor gives; the thermostat has a band of 8 °C.</summary>
    private void Thermostat(double demand, double seconds)
    {
        var hours = Math.Min(seconds, 600) / 3600;
        _buffer += hours * (_on ? 34 * (1.25 - demand) : -(3 + (26 * demand)));
        if (_buffer > 48) _on = false;
        else if (_buffer < 40) _on = true;
        _buffer = Math.Clamp(_buffer, 38, 50);
    }
}
