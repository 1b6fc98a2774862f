using B2D.FirmwareSim.Faults;
using B2D.FirmwareSim.Fleets;

namespace B2D.FirmwareSim.Signals;

/// <summary>A broadband router: a household's evening, a copper line that feels the weather, a box that gets warm under load.</summary>
internal sealed class RouterSignals : DeviceSignals
{
    private readonly Dice _dice;
    private readonly Weather _weather;
    private readonly long _bootWindowMs;
    private readonly Queue<long> _boots = new();
    private readonly Wander _traffic;
    private readonly Wander _line;
    private readonly Lag _warmth;
    private readonly double _household;
    private readonly double _lineSnr;
    private readonly double _plan;
    private readonly double _memory;
    private readonly int _channel;
    private long _bootMs;

    public RouterSignals(Dice dice, Weather weather, TimeSpan beat, long startMs)
    {
        _dice = dice;
        _weather = weather;
        _bootWindowMs = (long)(beat.TotalMilliseconds * 60);
        _traffic = new Wander(dice, 900, 0.12);
        _line = new Wander(dice, 3600, 0.7);
        _household = dice.Between(3, 11);
        _lineSnr = dice.Between(25, 33);
        _plan = dice.Pick([50.0, 100.0, 100.0, 250.0, 500.0]);
        _memory = dice.Between(34, 46);
        _channel = dice.Pick([1, 6, 11, 36, 44, 100]);
        _bootMs = startMs - (long)(dice.Between(2, 60) * 86_400_000);
        _warmth = new Lag(600, 42);
    }

    public override void Booted(long nowMs)
    {
        _bootMs = nowMs;
        _boots.Enqueue(nowMs);
    }

    public override void Sample(Moment at, SampleSheet sheet)
    {
        var hour = Daily.Hour(at.NowMs);
        var outdoor = _weather.Outdoor(at.NowMs);
        var use = Math.Clamp(0.08 + (0.75 * Daily.Bell(hour, 20.5, 2.6)) + (0.3 * Daily.Bell(hour, 8, 1.5)) + _traffic.Step(at.Seconds), 0.01, 1);
        var snr = _lineSnr - (0.06 * (outdoor - 15)) + _line.Step(at.Seconds) + (0.15 * _dice.Normal());
        var loss = (0.35 * use * Math.Exp(-(snr - 20) / 6)) + Math.Abs(0.02 * _dice.Normal());
        var warmth = _warmth.Step(at.Seconds, 33 + (0.35 * outdoor) + (13 * use)) + (0.1 * _dice.Normal());
        var memory = _memory + (16 * use) + (0.4 * _dice.Normal());
        var clients = 1 + (_household * (0.25 + (0.75 * use)));
        var received = _plan * use * use * 0.8;
        if (at.Has(InjectionKind.ControllerHung) && at.Phase!.Value.Holds)
        {
            // The controller no longer schedules: nobody gets an address, nothing is forwarded, memory is full.
            memory = 98.5 + (0.2 * _dice.Normal());
            clients = 0;
            received = 0;
        }

        while (_boots.TryPeek(out var boot) && boot < at.NowMs - _bootWindowMs) _boots.Dequeue();
        sheet.Add("snr_db", snr, 1);
        sheet.Add("loss_pct", Math.Min(loss, 4.5), 2);
        sheet.Add("temp_c", warmth, 1);
        sheet.Add("mem_pct", Math.Min(memory, 99.9), 1);
        sheet.Add("uptime_s", Math.Max(0, (at.NowMs - _bootMs) / 1000));
        sheet.Add("boots_recent", _boots.Count);
        sheet.Add("clients", Math.Floor(clients));
        sheet.Add("wifi.channel", _channel);
        sheet.Add("wifi.rx_mbps", received, 1);
    }
}
