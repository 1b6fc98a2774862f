using B2D.Core.Rules;
using B2D.Core.Telemetry;

namespace B2D.Benchmarks.Evaluation;

/// <summary>The rules of <see cref="FiftyRules"/> that concern this fleet for one device, as somebody would write them who has no rule language.</summary>
internal sealed class HandDevice(string id, List<FoundFault> found)
{
    private const double Limit = 95;

    private static readonly HandTiming HotTiming = new("hot", Hold: 120_000, Release: 300_000);
    private static readonly HandTiming WarmTiming = new("warm", Raise: 3, RaiseOf: 5, Clear: 3);
    private static readonly HandTiming DryTiming = new("dry", MaxGap: 300_000, Raise: 2, RaiseOf: 3, Clear: 2);
    private static readonly HandTiming OvercurrentTiming = new("overcurrent", Hold: 60_000, MaxGap: 180_000);
    private static readonly HandTiming OverpressureTiming = new("overpressure");
    private static readonly HandTiming StalledTiming = new("stalled", Hold: 180_000, Release: 180_000);
    private static readonly HandTiming ShakingTiming = new("shaking", Release: 120_000);
    private static readonly HandTiming SurgeTiming = new("surge");
    private static readonly HandTiming UnsteadyTiming = new("unsteady", Hold: 60_000);
    private static readonly HandTiming ChattyTiming = new("chatty");

    private readonly HandWindow vibrations = new(300_000);
    private readonly HandWindow currents = new(600_000);
    private readonly HandWindow pressures = new(900_000);
    private readonly HandWindow speeds = new(600_000);
    private readonly FoundFault?[] silences = new FoundFault?[FiftyRules.Silences.Length];
    private HandFault hot;
    private HandFault warm;
    private HandFault dry;
    private HandFault overcurrent;
    private HandFault overpressure;
    private HandFault stalled;
    private HandFault shaking;
    private HandFault surge;
    private HandFault unsteady;
    private HandFault chatty;
    private double temperature = double.NaN;
    private double pressure = double.NaN;
    private double flow = double.NaN;
    private double current = double.NaN;
    private double speed = double.NaN;
    private long newest;
    private long heard;
    private long wake = long.MaxValue;

    public string Id { get; } = id;

    public List<FoundFault> Found { get; } = found;

    /// <summary>Something may have to be done by then.</summary>
    public void WakeBy(long at) => wake = Math.Min(wake, at);

    /// <summary>A message came.</summary>
    public void Take(ReadOnlySpan<Reading> readings, long at, long now)
    {
        Elapse(now);
        Hear(now);
        if (at <= newest)
            return;
        newest = at;
        foreach (ref readonly var reading in readings)
        {
            if (reading.Value.Kind == ValueKind.Number)
                Read(reading.Metric, reading.Value.Number, at);
        }
        Judge(at, now);
    }

    /// <summary>Time passes.</summary>
    public void Elapse(long now)
    {
        if (wake > now)
            return;
        wake = long.MaxValue;
        hot.Elapse(HotTiming, now, this);
        overcurrent.Elapse(OvercurrentTiming, now, this);
        stalled.Elapse(StalledTiming, now, this);
        shaking.Elapse(ShakingTiming, now, this);
        unsteady.Elapse(UnsteadyTiming, now, this);
        for (var i = 0; i < silences.Length; i++)
        {
            var due = heard + (FiftyRules.Silences[i] * 60_000L);
            if (silences[i] is null && due <= now)
                Found.Add(silences[i] = new FoundFault(Id, $"silent-{FiftyRules.Silences[i]}", due) { Severity = Severity.Medium });
        }
    }

    private void Read(string metric, double value, long at)
    {
        switch (metric)
        {
            case "temp_c":
                temperature = value;
                break;
            case "vibration":
                vibrations.Add(at, value);
                break;
            case "pressure_bar":
                pressure = value;
                pressures.Add(at, value);
                break;
            case "flow_lpm":
                flow = value;
                break;
            case "current_a":
                current = value;
                currents.Add(at, value);
                break;
            case "rpm":
                speed = value;
                speeds.Add(at, value);
                break;
        }
    }

    private void Judge(long at, long now)
    {
        var isHot = temperature > Limit;
        hot.Take(HotTiming, isHot, temperature < Limit - 10, temperature > 110 ? Severity.Critical : Severity.High, at, now, this);
        var isWarm = temperature > 85;
        warm.Take(WarmTiming, isWarm, !isWarm, Severity.Medium, at, now, this);
        var isDry = pressure < 0.8 && flow > 1;
        dry.Take(DryTiming, isDry, !isDry, Severity.Medium, at, now, this);
        var isOver = current > 16;
        overcurrent.Take(OvercurrentTiming, isOver, !isOver, Severity.Medium, at, now, this);
        var isPressed = pressure > 8;
        overpressure.Take(OverpressureTiming, isPressed, !isPressed, Severity.Medium, at, now, this);
        var isStalled = speed < 300 && current > 8;
        stalled.Take(StalledTiming, isStalled, !isStalled, Severity.Medium, at, now, this);
        var isShaking = vibrations.Average > 46;
        shaking.Take(ShakingTiming, isShaking, !isShaking, Severity.Medium, at, now, this);
        var most = currents.Max;
        surge.Take(SurgeTiming, most > 18, most < 15, Severity.Medium, at, now, this);
        var spread = pressures.Deviation;
        unsteady.Take(UnsteadyTiming, spread > 1.2, spread < 0.8, Severity.Medium, at, now, this);
        var isChatty = speeds.Count > 15;
        chatty.Take(ChattyTiming, isChatty, !isChatty, Severity.Medium, at, now, this);
    }

    private void Hear(long now)
    {
        heard = now;
        WakeBy(now + (FiftyRules.Silences[0] * 60_000L));
        for (var i = 0; i < silences.Length; i++)
        {
            if (silences[i] is not { } over)
                continue;
            over.Cleared = now;
            silences[i] = null;
        }
    }
}
