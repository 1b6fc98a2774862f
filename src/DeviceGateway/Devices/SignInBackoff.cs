using System.Net;
using System.Net.Sockets;
using B2D.Core.Devices;

namespace B2D.DeviceGateway.Devices;

/// <summary>How failed attempts to sign in are slowed down. No origin in any standard: the numbers let a person mistype and a fleet behind one address live.</summary>
public sealed record SignInBackoffOptions
{
    /// <summary>Failures of one device from one address that cost nothing, default 3, 0 to 1,000. The next one costs <see cref="FirstDelay"/>, each more twice as much.</summary>
    public int FreeFailures { get; init; } = 3;

    /// <summary>The same for an address, whatever device; default 30 (many devices may share one address), 0 to 100,000.</summary>
    public int FreeFailuresPerAddress { get; init; } = 30;

    /// <summary>First delay, default 1 s, 100 ms to 1 min.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest time in which attempts are refused unchecked, default 5 min, 1 s to 1 day.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Longest time that a refusal is held back, default 5 s, 0 to 1 min, and less than Gateway:Mqtt:ConnectTimeout.</summary>
    public TimeSpan MaxHold { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time after which one failure is forgotten, default 5 min, 1 s to 1 day.</summary>
    public TimeSpan ForgetOneIn { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Addresses and devices with failures that are remembered, default 20,000 (about 200 bytes each), 100 to 1,000,000; the oldest goes first.</summary>
    public int MaxRemembered { get; init; } = 20_000;

    /// <summary>Refusals held back at once, default 1,000, 0 to 100,000; more go out at once.</summary>
    public int MaxHeld { get; init; } = 1_000;

    /// <summary>All that is wrong, with option, value and range.</summary>
    public IReadOnlyList<string> Validate(string prefix)
    {
        var failures = new List<string>();
        Range(nameof(FreeFailures), FreeFailures, 0, 1_000);
        Range(nameof(FreeFailuresPerAddress), FreeFailuresPerAddress, 0, 100_000);
        Span(nameof(FirstDelay), FirstDelay, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));
        Span(nameof(MaxDelay), MaxDelay, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        Span(nameof(MaxHold), MaxHold, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Span(nameof(ForgetOneIn), ForgetOneIn, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        Range(nameof(MaxRemembered), MaxRemembered, 100, 1_000_000);
        Range(nameof(MaxHeld), MaxHeld, 0, 100_000);
        return failures;

        void Range(string name, int value, int least, int most)
        {
            if (value < least || value > most)
                failures.Add($"{prefix}{name} is {value}; it must be between {least} and {most}");
        }

        void Span(string name, TimeSpan value, TimeSpan least, TimeSpan most)
        {
            if (value < least || value > most)
                failures.Add($"{prefix}{name} is {value}; it must be between {least} and {most}");
        }
    }
}

/// <summary>
/// Slows attempts down that fail, by address and by device. An address that failed too often for a device (or for any) is refused unchecked for a time; a wrong
/// password for a device under attack is answered late, from wherever it comes. The right password from another address is taken at once: who attacks a device
/// does not lock it out, and neither do failures of others lock a device out of the address that it is known by. Of an IPv6 address the first 64 bits count.
/// </summary>
internal sealed class SignInBackoff(SignInBackoffOptions options)
{
    private readonly Lock gate = new();
    private readonly Dictionary<Key, LinkedListNode<Failed>> failures = [];
    private readonly LinkedList<Failed> oldestFirst = new();
    private readonly Dictionary<DeviceId, IPAddress> knownAt = [];

    /// <summary>How many addresses and devices are remembered with failures.</summary>
    public int Count
    {
        get
        {
            lock (gate)
                return failures.Count;
        }
    }

    /// <summary>Whether an attempt is to be refused unchecked, and how long the refusal is held back; null where it is to be checked.</summary>
    /// <param name="device">The device that it says it is; null where that is no device id.</param>
    public TimeSpan? Refused(IPAddress? address, DeviceId? device, DateTimeOffset now)
    {
        var from = Network(address);
        lock (gate)
        {
            var until = LockedUntil(new Key(from, device), now);
            if (device is not { } id || !knownAt.TryGetValue(id, out var known) || !known.Equals(from))
                until = Later(until, LockedUntil(new Key(from, null), now));
            return until > now ? Hold(until - now) : null;
        }
    }

    /// <summary>An attempt failed; how long its refusal is held back.</summary>
    public TimeSpan Fail(IPAddress? address, DeviceId? device, DateTimeOffset now)
    {
        var from = Network(address);
        lock (gate)
        {
            var longest = CountOne(new Key(from, null), options.FreeFailuresPerAddress, now);
            if (device is null)
                return Hold(longest);
            longest = Longer(longest, CountOne(new Key(from, device), options.FreeFailures, now));
            return Hold(Longer(longest, CountOne(new Key(null, device), options.FreeFailures, now)));
        }
    }

    /// <summary>The device signed in: from this address it is known now, and its failures from there are forgotten.</summary>
    public void Succeed(IPAddress? address, DeviceId device)
    {
        var from = Network(address);
        lock (gate)
        {
            Forget(new Key(from, device));
            // Bounded by the number of registered devices: no other signs in.
            knownAt[device] = from;
        }
    }

    /// <summary>The device is registered no more.</summary>
    public void Remove(DeviceId device)
    {
        lock (gate)
            knownAt.Remove(device);
    }

    private static IPAddress Network(IPAddress? address)
    {
        if (address is null)
            return IPAddress.None;
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private TimeSpan Hold(TimeSpan delay) => delay < options.MaxHold ? delay : options.MaxHold;

    private DateTimeOffset LockedUntil(Key key, DateTimeOffset now)
    {
        if (!failures.TryGetValue(key, out var node))
            return default;
        // A clock that was set back must not lock anybody out for long.
        return node.Value.At > now ? default : node.Value.LockedUntil;
    }

    private TimeSpan CountOne(Key key, int free, DateTimeOffset now)
    {
        var count = 1;
        if (failures.TryGetValue(key, out var node))
        {
            var forgotten = now > node.Value.At ? (now - node.Value.At) / options.ForgetOneIn : 0;
            count += (int)Math.Max(0, node.Value.Count - Math.Floor(forgotten));
            Forget(key);
        }
        var delay = DelayOf(count - free);
        if (failures.Count >= options.MaxRemembered && oldestFirst.First is { } oldest)
            Forget(oldest.Value.Key);
        failures.Add(key, oldestFirst.AddLast(new Failed(key, count, now, now + delay)));
        return delay;
    }

    private TimeSpan DelayOf(int over)
    {
        if (over <= 0)
            return TimeSpan.Zero;
        var delay = options.FirstDelay * Math.Pow(2, Math.Min(over - 1, 30));
        return delay < options.MaxDelay ? delay : options.MaxDelay;
    }

    private void Forget(Key key)
    {
        if (failures.Remove(key, out var node))
            oldestFirst.Remove(node);
    }

    /// <summary>An address and a device, an address alone, or a device alone.</summary>
    private readonly record struct Key(IPAddress? Address, DeviceId? Device);

    private sealed record Failed(Key Key, int Count, DateTimeOffset At, DateTimeOffset LockedUntil);
}
