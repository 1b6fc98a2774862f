using B2D.FirmwareSim.Faults;
using B2D.FirmwareSim.Fleets;

namespace B2D.FirmwareSim.Signals;

/// <summary>How far a fault has come when a sample is taken.</summary>
/// <param name="Kind">Which fault.</param>
/// <param name="Beats">Beats since it began.</param>
/// <param name="EasedBeats">Beats since a command or a repair took its cause away, or null while the cause is there.</param>
/// <param name="First">True for the first sample since it began.</param>
internal readonly record struct FaultPhase(InjectionKind Kind, double Beats, double? EasedBeats, bool First)
{
    /// <summary>Beats in which a signal is back to normal after its cause is gone.</summary>
    public const double EaseBeats = 6;

    /// <summary>0 at the beginning, 1 after <paramref name="over"/> beats, back to 0 within <see cref="EaseBeats"/> once eased.</summary>
    public double Ramp(double over) => EasedBeats is { } eased ? Math.Max(0, 1 - (eased / EaseBeats)) : Math.Min(1, Beats / over);

    /// <summary>The cause is there.</summary>
    public bool Holds => EasedBeats is null;
}

/// <summary>When a sample is taken.</summary>
/// <param name="NowMs">True time, epoch milliseconds.</param>
/// <param name="Seconds">Seconds since the sample before, at most an hour.</param>
/// <param name="Phase">The fault the device has, or null.</param>
internal readonly record struct Moment(long NowMs, double Seconds, FaultPhase? Phase)
{
    public bool Has(InjectionKind kind) => Phase?.Kind == kind;
}

/// <summary>The physics of one device: state that each sample carries on. Metrics and their normal ranges are listed in README.md.</summary>
internal abstract class DeviceSignals
{
    public abstract void Sample(Moment at, SampleSheet sheet);

    /// <summary>The controller has started again; the physics carries on.</summary>
    public virtual void Booted(long nowMs)
    {
    }

    public static DeviceSignals Of(Device device, Dice dice, Weather weather, FleetOptions options, long startMs) => device.Kind switch
    {
        DeviceKind.Router => new RouterSignals(dice, weather, options.Beat, startMs),
        DeviceKind.HeatPump => new HeatPumpSignals(dice, weather, startMs),
        DeviceKind.CoffeeMachine => new CoffeeMachineSignals(dice, startMs),
        _ => new ChargerSignals(dice, weather, device.Model),
    };
}
