using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Http;

namespace B2D.Console.Access;

/// <summary>
/// Counts what an address may do only so often (IPv6: per /64) in windows, and says how long it has to wait. Remembers at most 10,000 addresses.
/// </summary>
/// <param name="most">So often in a window.</param>
internal class AddressGate(int most, TimeSpan window, TimeProvider time)
{
    private const int MostAddresses = 10_000;
    private readonly ConcurrentDictionary<string, (long Since, int Count)> counted = new();

    /// <summary>How long the address has to wait; zero where it may try.</summary>
    public TimeSpan Wait(IPAddress? address)
    {
        if (!counted.TryGetValue(Key(address), out var seen) || seen.Count < most)
            return TimeSpan.Zero;
        var left = window - time.GetElapsedTime(seen.Since);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>It happened once more.</summary>
    public void Failed(IPAddress? address)
    {
        if (counted.Count >= MostAddresses)
            Forget();
        var now = time.GetTimestamp();
        counted.AddOrUpdate(Key(address), (now, 1), (_, seen) => time.GetElapsedTime(seen.Since, now) > window ? (now, 1) : (seen.Since, seen.Count + 1));
    }

    public void Succeeded(IPAddress? address) => counted.TryRemove(Key(address), out _);

    /// <summary>
    /// Who asks, for counting: behind a proxy on this machine the address that it named last. A proxy that hands on what browsers say of themselves makes this worth
    /// nothing, so that what counts on it counts in all too.
    /// </summary>
    public static IPAddress? Of(HttpContext http)
    {
        var remote = http.Connection.RemoteIpAddress;
        if (remote is null || !IPAddress.IsLoopback(remote))
            return remote;
        var named = http.Request.Headers["X-Forwarded-For"].ToString().Split(',')[^1].Trim();
        return IPAddress.TryParse(named, out var client) ? client : remote;
    }

    private void Forget()
    {
        foreach (var (key, seen) in counted)
        {
            if (time.GetElapsedTime(seen.Since) > window)
                counted.TryRemove(key, out _);
        }
        // All of them recent: somebody uses many addresses. Starting over is better than refusing the whole world.
        if (counted.Count >= MostAddresses)
            counted.Clear();
    }

    private static string Key(IPAddress? address)
    {
        if (address is null)
            return "";
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        var bytes = address.GetAddressBytes();
        return Convert.ToHexString(bytes.Length == 16 ? bytes.AsSpan(0, 8) : bytes);
    }
}
