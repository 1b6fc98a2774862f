using B2D.FirmwareSim.Faults;
using B2D.FirmwareSim.Signals;
using B2D.FirmwareSim.Truth;

namespace B2D.FirmwareSim.Fleets;

/// <summary>The state of one device in a running fleet.</summary>
internal sealed class SimulatedDevice(Device definition, DeviceSignals signals, Dice dice, SimulatedDevice? gateway)
{
    private bool _connected;

    public Device Definition { get; } = definition;

    public string Id => Definition.Id;

    public DeviceSignals Signals { get; } = signals;

    public Dice Dice { get; } = dice;

    /// <summary>The device that owns the connection, if it is not this one.</summary>
    public SimulatedDevice? Gateway { get; } = gateway;

    public List<SimulatedDevice> Children { get; } = [];

    public bool Connected
    {
        get => Gateway?.Connected ?? _connected;
        set => _connected = value;
    }

    public bool CableCut { get; set; }

    public bool SwitchedOff { get; set; }

    /// <summary>No network; the device keeps measuring and remembers.</summary>
    public bool Offline { get; set; }

    public bool Restarting { get; set; }

    public bool CanConnect => !(CableCut || SwitchedOff || Offline || Restarting);

    public long ClockOffsetMs { get; set; }

    public long LastSampleMs { get; set; }

    /// <summary>The last device time put on the wire, so that two readings never share one.</summary>
    public long LastDeviceTimeMs { get; set; }

    public int Sequence { get; set; }

    public Queue<SentReading> Backlog { get; } = new();

    /// <summary>Messages that came due while there was no connection.</summary>
    public List<Action<long>> Deferred { get; } = [];

    public Dictionary<string, CommandAnswer> Answers { get; } = new(StringComparer.Ordinal);

    public ActiveInjection? Active { get; set; }

    public InjectedDue? OpenDue { get; set; }

    public Silence? OpenSilence { get; set; }
}

/// <summary>The answer a command id got, kept so that the same id never acts twice.</summary>
internal sealed record CommandAnswer(string Status, string? Detail);

/// <summary>An injection that is going on in a device.</summary>
internal sealed class ActiveInjection(Injection plan, long fromMs, InjectedFault? truth)
{
    public Injection Plan { get; } = plan;

    public InjectionKind Kind => Plan.Kind;

    public long FromMs { get; } = fromMs;

    public InjectedFault? Truth { get; } = truth;

    public long? EasedMs { get; set; }

    public bool Sampled { get; set; }
}
