using B2D.FirmwareSim.Faults;
using B2D.FirmwareSim.Fleets;

namespace B2D.FirmwareSim.Signals;

/// <summary>A coffee machine: cups come in the rhythm of an office, each takes water through the filter and heat out of the boiler.</summary>
internal sealed class CoffeeMachineSignals : DeviceSignals
{
    /// <summary>What one filter is good for (unit: litres).</summary>
    public const double FilterLife = 1200;

    /// <summary>Use at which the filter falls due: 90 % (unit: litres).</summary>
    public const double FilterDue = 1080;

    private readonly Dice _dice;
    private readonly Wander _boiler;
    private readonly Lag _dip;
    private readonly double _setPoint;
    private readonly double _busy;
    private readonly double _memory;
    private double _litres;
    private double _filter;
    private long _brews;
    private double? _worn;
    private double _stuckAt;
    private long _stuckMs;

    public CoffeeMachineSignals(Dice dice, long startMs)
    {
        _dice = dice;
        _boiler = new Wander(dice, 300, 0.3);
        _setPoint = dice.Between(92.5, 94);
        _busy = dice.Between(0.5, 1.4);
        _memory = dice.Between(30, 48);
        _dip = new Lag(45, 0);
        // Filters so far were changed at exactly 1,200 litres, so both counters agree about where the present one stands.
        _filter = dice.Between(120, 780);
        _litres = (dice.Whole(0, 6) * FilterLife) + _filter;
        _brews = (long)(_litres / 0.125);
        _stuckMs = startMs;
    }

    /// <summary>Litres through the present filter.</summary>
    public double FilterLitres => _filter;

    /// <summary>The owner has put in a new filter and told the machine.</summary>
    public void ChangeFilter()
    {
        _filter = 0;
        _worn = null;
    }

    public override void Sample(Moment at, SampleSheet sheet)
    {
        var cups = _dice.Count(CupsPerHour(Daily.Hour(at.NowMs)) * at.Seconds / 3600);
        var hung = at.Has(InjectionKind.ControllerHung) && at.Phase!.Value.Holds;
        if (hung) cups = 0;
        if (at.Has(InjectionKind.WornFilter) && at.Phase!.Value.Holds) cups += BusyCups(at.Phase!.Value.Beats);
        for (var cup = 0; cup < Math.Min(cups, 2000); cup++) Pour(_dice.Between(0.05, 0.2));
        var dip = _dip.Step(at.Seconds, Math.Min(3, 0.8 * cups));
        var boiler = _setPoint + _boiler.Step(at.Seconds) - dip + (0.12 * _dice.Normal());
        var age = _dice.Between(0, 0.5);
        if (at.Has(InjectionKind.SensorStuck) && at.Phase!.Value.Holds)
        {
            if (at.Phase!.Value.First)
            {
                _stuckAt = boiler;
                _stuckMs = at.NowMs;
            }

            boiler = _stuckAt;
            age = (at.NowMs - _stuckMs) / 1000.0;
        }

        sheet.Add("boiler_c", boiler, 1);
        sheet.Add("boiler_age_s", age, 1);
        sheet.Add("litres_total", _litres, 2);
        sheet.Add("filter_litres", _filter, 2);
        sheet.Add("brews_total", _brews);
        sheet.Add("mem_pct", hung ? 98.5 + (0.2 * _dice.Normal()) : _memory + (1.5 * Math.Min(cups, 4)) + (0.4 * _dice.Normal()), 1);
    }

    private double CupsPerHour(double hour) => _busy
        * (0.3 + (30 * Daily.Bell(hour, 8.6, 0.9)) + (18 * Daily.Bell(hour, 10.7, 0.8)) + (24 * Daily.Bell(hour, 13.4, 0.9))
            + (10 * Daily.Bell(hour, 16.2, 1)));

    private void Pour(double litres)
    {
        _litres += litres;
        _filter += litres;
        _brews++;
    }

    /// <summary>Cups that bring the filter to 90 % in 10 beats and to 99 % in 25, from wherever it stood.</summary>
    private int BusyCups(double beats)
    {
        var from = _worn ??= _filter;
        var goal = beats < 10
            ? from + ((FilterDue + 2 - from) * beats / 10)
            : FilterDue + 2 + ((FilterLife - 12 - FilterDue - 2) * Math.Min(1, (beats - 10) / 15));
        return Math.Max(0, (int)((goal - _filter) / 0.125));
    }
}
