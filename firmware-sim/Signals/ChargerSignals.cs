using B2D.FirmwareSim.Faults;
using B2D.FirmwareSim.Fleets;

namespace B2D.FirmwareSim.Signals;

/// <summary>An EV charger: cars come mostly in the evening, take what they need, and warm the plug with the square of the power.</summary>
internal sealed class ChargerSignals : DeviceSignals
{
    private const double Overheated = 92;
    private readonly Dice _dice;
    private readonly Weather _weather;
    private readonly Lag _plug;
    private readonly Wander _grid;
    private readonly double _rated;
    private double _session;
    private double _wanted;
    private bool _charging;
    private bool _plugged;

    public ChargerSignals(Dice dice, Weather weather, string model)
    {
        _dice = dice;
        _weather = weather;
        _grid = new Wander(dice, 600, 0.01);
        _rated = model switch { "EV-22" => 22, "EV-7" => 7.4, _ => 11 };
        _plug = new Lag(400, 20);
        if (!dice.Chance(0.4)) return;
        Arrive();
        _session = dice.Between(0, _wanted * 0.6);
        _plug = new Lag(400, 20 + Rise(_rated));
    }

    public override void Sample(Moment at, SampleSheet sheet)
    {
        var hours = at.Seconds / 3600;
        var hour = Daily.Hour(at.NowMs);
        if (!_plugged && _dice.Chance(1 - Math.Exp(-hours * (0.03 + (0.35 * Daily.Bell(hour, 18.5, 2))))) ) Arrive();
        else if (_plugged && !_charging && _dice.Chance(1 - Math.Exp(-hours * (0.05 + (0.8 * Daily.Bell(hour, 7.7, 1)))))) _plugged = false;
        var hot = at.Has(InjectionKind.PlugOverheat);
        if (hot && !_charging)
        {
            Arrive();
        }

        var left = _wanted - _session;
        var power = 0.0;
        if (_charging)
        {
            // The car tapers off over its last kilowatt-hours.
            power = _rated * Math.Clamp(left / 4, 0.18, 1) * (1 + _grid.Step(at.Seconds));
            _session = Math.Min(_wanted, _session + (power * hours));
            if (_session >= _wanted && !hot) _charging = false;
        }

        var plug = _plug.Step(at.Seconds, _weather.Outdoor(at.NowMs) + Rise(power));
        if (hot) plug += (Overheated - plug) * at.Phase!.Value.Ramp(8);
        sheet.Add("power_kw", power, 2);
        sheet.Add("session_kwh", _session, 2);
        sheet.Add("plug_temp_c", plug + (0.15 * _dice.Normal()), 1);
        sheet.Add("charging", _charging);
        sheet.Add("state", _charging ? "charging" : _plugged ? "finished" : "idle");
    }

    /// <summary>Warming of the plug in °C at that power, settled.</summary>
    private static double Rise(double kilowatts) => 0.055 * kilowatts * kilowatts;

    private void Arrive()
    {
        _plugged = true;
        _charging = true;
        _session = 0;
        _wanted = _dice.Between(6, 42);
    }
}
