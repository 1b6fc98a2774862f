using B2D.FirmwareSim.Faults;

namespace B2D.FirmwareSim.Truth;

/// <summary>
/// What really happened, to be compared with what B2D noticed. Written by the fleet as it goes; read it when the run is over, or between two steps of the
/// fleet.
/// </summary>
public sealed class GroundTruth
{
    private readonly List<InjectedFault> _faults = [];
    private readonly List<InjectedOutage> _outages = [];
    private readonly List<InjectedDue> _dues = [];
    private readonly List<Silence> _silences = [];
    private readonly List<ReceivedCommand> _commands = [];
    private readonly List<SentMessage> _messages = [];

    /// <summary>Everything put into single devices, in order of its beginning: faults, harmless spikes, offline spells, wrong clocks.</summary>
    public IReadOnlyList<InjectedFault> Faults => _faults;

    /// <summary>Segments cut.</summary>
    public IReadOnlyList<InjectedOutage> Outages => _outages;

    /// <summary>The same without those that grew: of these each is one outage, as large as it became.</summary>
    public IReadOnlyList<InjectedOutage> WholeOutages => [.. _outages.Where(o => !_outages.Exists(other => other.GrownFrom == o))];

    /// <summary>Dues reached, by script or by use.</summary>
    public IReadOnlyList<InjectedDue> Dues => _dues;

    /// <summary>Every spell without a connection: a <c>router-silent</c> fault within one is right, even where no case may follow.</summary>
    public IReadOnlyList<Silence> Silences => _silences;

    /// <summary>Commands received.</summary>
    public IReadOnlyList<ReceivedCommand> Commands => _commands;

    /// <summary>Every message, in order of creation.</summary>
    public IReadOnlyList<SentMessage> Messages => _messages;

    internal InjectedFault AddFault(string device, Injection injection, long nowMs)
    {
        var fault = new InjectedFault
        {
            Id = _faults.Count + 1,
            Device = device,
            Kind = injection.Kind,
            Rule = InjectionFacts.Rule(injection.Kind),
            Code = InjectionFacts.Code(injection.Kind),
            Metric = injection.Kind == InjectionKind.SensorStuck ? "boiler_age_s" : InjectionFacts.Limit(injection.Kind)?.Metric,
            FromMs = nowMs,
            Expected = InjectionFacts.Expected(injection),
        };
        _faults.Add(fault);
        return fault;
    }

    internal InjectedOutage AddOutage(string segment, IReadOnlyList<Fleets.Device> devices, long nowMs, InjectedOutage? grownFrom = null)
    {
        var outage = new InjectedOutage
        {
            Id = _outages.Count + 1,
            Segment = segment,
            Devices = [.. devices.Select(d => d.Id)],
            Customers = Fleets.Town.OwnersOf(devices),
            FromMs = nowMs,
            GrownFrom = grownFrom,
        };
        _outages.Add(outage);
        return outage;
    }

    internal InjectedDue AddDue(InjectedDue due)
    {
        _dues.Add(due);
        return due;
    }

    internal Silence AddSilence(string device, string reason, long nowMs)
    {
        var silence = new Silence { Device = device, Reason = reason, FromMs = nowMs };
        _silences.Add(silence);
        return silence;
    }

    internal void AddCommand(ReceivedCommand command) => _commands.Add(command);

    internal void AddMessage(SentMessage message) => _messages.Add(message);
}
