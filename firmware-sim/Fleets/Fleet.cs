using B2D.FirmwareSim.Faults;
using B2D.FirmwareSim.Signals;
using B2D.FirmwareSim.Truth;

namespace B2D.FirmwareSim.Fleets;

/// <summary>
/// A town's devices at work: no I/O, no clock, everything from the town's seed, so that it runs in virtual time and a run can be repeated.
/// The caller advances it and does what it puts out. The same town, options, plan and commands give the same outputs, whatever the steps.
/// Not safe for use by two threads at once.
/// </summary>
public sealed class Fleet
{
    private readonly FleetOptions _options;
    private readonly Agenda _agenda = new();
    private readonly Uplink _uplink;
    private readonly FaultInjector _injector;
    private readonly CommandDesk _commands;
    private readonly Dictionary<string, SimulatedDevice> _devices = new(StringComparer.Ordinal);
    private readonly Dice _dice;
    private long _now;

    /// <summary>Makes a fleet that stands at the town's start; its first devices connect right after it.</summary>
    /// <param name="town">The town.</param>
    /// <param name="options">How it reports.</param>
    /// <param name="plan">What goes wrong by itself; null is nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="ArgumentException">The plan names a device or segment the town has not, or asks a device for what it cannot do.</exception>
    public Fleet(Town town, FleetOptions options, InjectionPlan? plan = null)
    {
        options.Check();
        Town = town;
        Plan = plan ?? InjectionPlan.Empty;
        Plan.Check(town);
        _options = options;
        _now = town.Start.ToUnixTimeMilliseconds();
        _dice = new Dice(town.Seed, "fleet");
        _uplink = new Uplink(Truth, _agenda, options);
        _injector = new FaultInjector(this, _uplink, _agenda, Truth, _dice, options);
        _commands = new CommandDesk(_uplink, _injector, Truth);
        AddDevices(new Weather(town.Seed));
        foreach (var injection in Plan.Injections) AddInjection(injection);
    }

    /// <summary>The town.</summary>
    public Town Town { get; }

    /// <summary>The plan.</summary>
    public InjectionPlan Plan { get; }

    /// <summary>What has happened so far.</summary>
    public GroundTruth Truth { get; } = new();

    /// <summary>When <see cref="Advance"/> has something to do next.</summary>
    public DateTimeOffset NextWake => _uplink.HasOutputs ? At(_now) : At(_agenda.NextMs ?? long.MaxValue / 1_000_000);

    /// <summary>Cabinets that are cut now.</summary>
    public IReadOnlyCollection<string> CutCabinets => _injector.CutSegments;

    /// <summary>Lets time pass and returns what devices did up to and including <paramref name="now"/>, in order.</summary>
    public IReadOnlyList<FleetOutput> Advance(DateTimeOffset now)
    {
        RunTo(now);
        return _uplink.Take();
    }

    /// <summary>
    /// A command has reached a device. An id seen before is answered as before and not done again. A device without a connection hears nothing.
    /// </summary>
    /// <param name="device">Device id from the topic.</param>
    /// <param name="commandId">Command id from the topic.</param>
    /// <param name="payload">JSON <c>{"command":"restart","args":{…},"expires":epoch ms}</c>; anything else is answered as failed.</param>
    /// <param name="now">The moment it arrives.</param>
    /// <returns>What devices did up to now, then the reply. What the command sets off follows from <see cref="Advance"/>.</returns>
    public IReadOnlyList<FleetOutput> OnCommand(string device, string commandId, ReadOnlyMemory<byte> payload, DateTimeOffset now)
    {
        RunTo(now);
        if (_devices.TryGetValue(device, out var state) && state.Connected) _commands.Receive(state, commandId, payload, _now);
        return _uplink.Take();
    }

    /// <summary>Cuts a cabinet's cable: the named one, or a random whole one of at least five routers and less than a fifth of the fleet.</summary>
    /// <returns>The outage, or null if that cabinet is cut already or none fits. What devices do follows from <see cref="Advance"/>.</returns>
    public InjectedOutage? CutCabinet(DateTimeOffset now, string? segment = null)
    {
        RunTo(now);
        var free = InjectionPlan.CabinetsToCut(Town).Where(c => !_injector.CutSegments.Contains(c)).ToList();
        segment ??= free.Count == 0 ? null : _dice.Pick(free);
        if (segment is null || !_injector.Begin(new Injection(InjectionKind.CabinetCut, default, null, null) { Segment = segment }, _now)) return null;
        return Truth.Outages[^1];
    }

    /// <summary>Blocks a heat pump's pump: the named one's, or a random healthy one's. Null if there is none.</summary>
    public InjectedFault? BlockPump(DateTimeOffset now, string? device = null) =>
        Inject(InjectionKind.PumpBlocked, now, device) is { } id ? Truth.Faults.Last(f => f.Device == id) : null;

    /// <summary>Runs a coffee machine's filter out within 25 beats. Returns the machine, or null if there is no healthy one.</summary>
    public string? RunFilterOut(DateTimeOffset now, string? device = null) => Inject(InjectionKind.WornFilter, now, device);

    /// <summary>Begins any injection in a device: the named one, or a random healthy one that fits. Returns the device, or null if there is none.</summary>
    public string? Inject(InjectionKind kind, DateTimeOffset now, string? device = null)
    {
        RunTo(now);
        var free = Town.Devices.Where(d => InjectionFacts.Fits(kind, d.Kind) && (device is null || d.Id == device) && IsFree(d)).ToList();
        if (free.Count == 0) return null;
        var chosen = _dice.Pick(free).Id;
        return _injector.Begin(new Injection(kind, default, null, chosen), _now) ? chosen : null;
    }

    /// <summary>Repairs everything that is broken, or only the named device or cabinet. Returns how many repairs that were.</summary>
    public int Repair(DateTimeOffset now, string? subject = null)
    {
        RunTo(now);
        var repairs = 0;
        foreach (var segment in _injector.CutSegments.Where(s => subject is null || s == subject).ToList())
        {
            _injector.RepairCabinet(segment, _now);
            repairs++;
        }

        foreach (var device in _devices.Values.Where(d => subject is null || d.Id == subject))
        {
            if (device.Active is not { EasedMs: null } active) continue;
            _injector.End(device, active, "repair", _now);
            repairs++;
        }

        return repairs;
    }

    internal SimulatedDevice State(string device) => _devices[device];

    internal void ChangeFilter(SimulatedDevice device, long now)
    {
        ((CoffeeMachineSignals)device.Signals).ChangeFilter();
        if (device.OpenDue is null) return;
        device.OpenDue.ResetMs = now;
        device.OpenDue = null;
    }

    private static DateTimeOffset At(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);

    private bool IsFree(Device device) => _devices[device.Id] is { Active: null, Connected: true, CableCut: false };

    private void RunTo(DateTimeOffset now)
    {
        var ms = now.ToUnixTimeMilliseconds();
        _agenda.RunTo(ms);
        _now = Math.Max(_now, ms);
    }

    private void AddDevices(Weather weather)
    {
        foreach (var definition in Town.Devices)
        {
            var dice = new Dice(Town.Seed, definition.Id);
            var signals = DeviceSignals.Of(definition, new Dice(Town.Seed, definition.Id + " signals"), weather, _options, _now);
            var gateway = definition.Parent is null ? null : _devices[definition.Parent];
            var device = new SimulatedDevice(definition, signals, dice, gateway) { LastSampleMs = _now };
            gateway?.Children.Add(device);
            _devices.Add(device.Id, device);
            var connectAt = _now + (long)(_options.ConnectOver.TotalMilliseconds * dice.Unit());
            if (gateway is null) _agenda.Add(connectAt, at => _uplink.Connect(device, at));
            _agenda.Add(connectAt + (long)(_options.TelemetryInterval.TotalMilliseconds * dice.Unit()), at => Report(device, at));
        }
    }

    private void AddInjection(Injection injection)
    {
        var start = Town.Start.ToUnixTimeMilliseconds();
        _agenda.Add(start + (long)injection.At.TotalMilliseconds, at => _injector.Begin(injection, at));
        if (injection.Until is { } until) _agenda.Add(start + (long)until.TotalMilliseconds, at => _injector.EndPlanned(injection, at));
    }

    private void Report(SimulatedDevice device, long now)
    {
        var interval = _options.TelemetryInterval.TotalMilliseconds * device.Dice.Between(0.98, 1.02);
        _agenda.Add(now + Math.Max(1, (long)interval), at => Report(device, at));
        var measuring = !device.SwitchedOff && !device.Restarting && (device.Connected || device.Offline || device.Gateway?.Offline == true);
        if (!measuring) return;
        var sheet = new SampleSheet();
        device.Signals.Sample(new Moment(now, Math.Clamp((now - device.LastSampleMs) / 1000.0, 0.001, 3600), PhaseOf(device, now)), sheet);
        device.LastSampleMs = now;
        if (device.Active is { } active) active.Sampled = true;
        _injector.Observe(device, sheet, now);
        var deviceTime = device.LastDeviceTimeMs = Math.Max(now + device.ClockOffsetMs, device.LastDeviceTimeMs + 1);
        var reading = new SentReading(deviceTime, sheet.Values);
        if (device.Connected) _uplink.Telemetry(device, reading, now);
        else Remember(device, reading);
        ObserveFilter(device, now);
    }

    private FaultPhase? PhaseOf(SimulatedDevice device, long now)
    {
        if (device.Active is not { } active) return null;
        var beat = _options.Beat.TotalMilliseconds;
        return new FaultPhase(active.Kind, (now - active.FromMs) / beat, (now - active.EasedMs) / beat, !active.Sampled);
    }

    private void Remember(SimulatedDevice device, SentReading reading)
    {
        if (device.Backlog.Count >= _options.OfflineBuffer) device.Backlog.Dequeue();
        device.Backlog.Enqueue(reading);
    }

    private void ObserveFilter(SimulatedDevice device, long now)
    {
        // Both counters are sent in hundredths: together they may show it that much earlier.
        if (device.OpenDue is not null || device.Signals is not CoffeeMachineSignals { FilterLitres: >= CoffeeMachineSignals.FilterDue - 0.01 }) return;
        device.OpenDue = Truth.AddDue(new InjectedDue
        {
            Device = device.Id,
            Due = InjectionFacts.FilterDue,
            Customer = device.Definition.CustomerId,
            FromMs = now,
        });
        // Worn by use and not by a script: the owner gets round to it within a day (in beats of a minute).
        if (device.Active?.Kind != InjectionKind.WornFilter)
        {
            _agenda.Add(now + (long)(_options.Beat.TotalMilliseconds * 1440), at => ChangeFilter(device, at));
        }
    }
}
