using B2D.FirmwareSim.Fleets;
using B2D.FirmwareSim.Truth;
using B2D.TestKit;

namespace B2D.Simulation.World;

/// <summary>What becomes of one message.</summary>
internal enum MessageFate : byte
{
    Arrives = 0,

    /// <summary>It never arrives, and the connection breaks.</summary>
    Lost = 1,

    /// <summary>It arrives, the connection breaks, and its acknowledgement never arrives.</summary>
    LostOnTheWayBack = 2,
}

/// <summary>
/// The network's troubles, drawn from the town's seed: each message and acknowledgement takes up to a second and a half, some are lost with their connection, and once or
/// twice a part of the town is cut off for some seconds, after which what was under way arrives or is lost. Less than the town's rules take for a fault; from the end of the
/// troubles on all goes through at once.
/// </summary>
internal sealed class NetworkTroubles
{
    private const int LostOfThousand = 2;
    private const int LostBackOfThousand = 2;

    /// <summary>Two routers that vanish within this are the beginning of an outage, which nobody has caused.</summary>
    private static readonly TimeSpan RoutersApart = TimeSpan.FromSeconds(25);

    /// <summary>Longer than a remedy takes.</summary>
    private static readonly TimeSpan BreaksApart = TimeSpan.FromSeconds(60);

    private readonly Fleet fleet;
    private readonly VirtualClock clock;
    private readonly Random dice;
    private readonly Dictionary<string, DateTimeOffset> spared = new(StringComparer.Ordinal);
    private readonly DateTimeOffset until;
    private readonly (DateTimeOffset From, DateTimeOffset To, int Part)[] partitions;
    private readonly Dictionary<string, Silence> torn = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int Part, bool IsRouter)> sides;
    private DateTimeOffset nextRouter;

    public NetworkTroubles(Fleet fleet, VirtualClock clock, int seed, TimeSpan duration)
    {
        (this.fleet, this.clock, dice) = (fleet, clock, new Random(seed));
        until = fleet.Town.Start + duration;
        sides = fleet.Town.Devices.ToDictionary(d => d.Id, d => (dice.Next(3), d.Kind == DeviceKind.Router), StringComparer.Ordinal);
        partitions = [.. Enumerable.Range(0, dice.Next(1, 3)).Select(n => Partition(duration * (0.15 + (0.4 * n))))];
    }

    /// <summary>When something that leaves now arrives, if nothing stops it.</summary>
    public DateTimeOffset ArrivesAt(string device) =>
        clock.Now >= until ? clock.Now : clock.Now + TimeSpan.FromMilliseconds(dice.Next(5) == 0 ? dice.Next(1500) : dice.Next(100));

    /// <summary>True where something due at an instant is through.</summary>
    public bool HasArrived(string device, DateTimeOffset at) => at <= clock.Now && !IsCutOff(device);

    /// <summary>What becomes of a message that is through.</summary>
    public MessageFate FateOf(string device)
    {
        var chance = dice.Next(1000);
        var isRouter = sides[device].IsRouter;
        if (clock.Now >= until || chance >= LostOfThousand + LostBackOfThousand || (isRouter && clock.Now < nextRouter))
            return MessageFate.Arrives;
        if (isRouter)
            nextRouter = clock.Now + RoutersApart;
        return chance < LostOfThousand ? MessageFate.Lost : MessageFate.LostOnTheWayBack;
    }

    /// <summary>
    /// Whether the connection breaks between a device's taking a message and its saying so. Often, for messages to devices are few, but then not again for a while: one that
    /// never gets through would be for a person.
    /// </summary>
    public bool LosesAcknowledgement(string device)
    {
        if (clock.Now >= until || clock.Now < spared.GetValueOrDefault(device) || dice.Next(4) > 0 || (sides[device].IsRouter && clock.Now < nextRouter))
            return false;
        spared[device] = clock.Now + BreaksApart;
        if (sides[device].IsRouter)
            nextRouter = clock.Now + RoutersApart;
        return true;
    }

    /// <summary>How a connection breaks. A router notices at once: its silence is judged, and two that nobody hears of would be an outage that nobody has caused.</summary>
    public Breakage BreakageOf(string device) => (Breakage)dice.Next(sides[device].IsRouter ? 3 : 4);

    /// <summary>A connection broke: until the next one the device is silent through no fault of its own.</summary>
    public void Torn(string device)
    {
        if (!torn.ContainsKey(device))
            torn.Add(device, fleet.Truth.AddSilence(device, "network", clock.Now.ToUnixTimeMilliseconds()));
    }

    /// <summary>A connection was made.</summary>
    public void Connected(string device)
    {
        if (torn.Remove(device, out var silence))
            silence.ToMs = clock.Now.ToUnixTimeMilliseconds();
    }

    private (DateTimeOffset, DateTimeOffset, int) Partition(TimeSpan earliest)
    {
        var from = fleet.Town.Start + earliest + TimeSpan.FromSeconds(dice.NextDouble() * 15);
        return (from, from + TimeSpan.FromSeconds(1 + (dice.NextDouble() * 5)), dice.Next(3));
    }

    private bool IsCutOff(string device)
    {
        foreach (var (from, to, part) in partitions)
        {
            if (clock.Now >= from && clock.Now < to && sides[device].Part == part)
                return true;
        }
        return false;
    }
}

/// <summary>Clocks that are not right: every fourth device's runs up to half a per cent too fast or too slow, and jumps once by up to three seconds.</summary>
internal sealed class ClockTroubles
{
    private readonly Fleet fleet;
    private readonly DateTimeOffset until;
    private readonly List<(string Device, double Rate, DateTimeOffset JumpAt, long JumpMs)> wrong = [];

    public ClockTroubles(Fleet fleet, int seed, DateTimeOffset until)
    {
        (this.fleet, this.until) = (fleet, until);
        var dice = new Random(seed);
        // Those whose clock the plan sets have no other trouble with it.
        var planned = fleet.Plan.Injections.Where(i => i.Kind == FirmwareSim.Faults.InjectionKind.ClockSkew).Select(i => i.Device).ToHashSet(StringComparer.Ordinal);
        foreach (var device in fleet.Town.Devices.Where(d => !planned.Contains(d.Id) && dice.Next(4) == 0))
            wrong.Add((device.Id, (dice.NextDouble() - 0.5) / 100, fleet.Town.Start + ((until - fleet.Town.Start) * dice.NextDouble()), dice.Next(-3000, 3000)));
    }

    /// <summary>Sets the clocks as they stand at an instant.</summary>
    public void Step(DateTimeOffset now)
    {
        var passed = (now < until ? now : until) - fleet.Town.Start;
        foreach (var (device, rate, jumpAt, jump) in wrong)
            fleet.State(device).ClockOffsetMs = (long)(passed.TotalMilliseconds * rate) + (now >= jumpAt ? jump : 0);
    }
}
