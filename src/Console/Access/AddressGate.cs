using System.Net;
using Microsoft.AspNetCore.Http;

namespace B2D.Console.Access;

/// <summary>Counts what an address of the network (IPv6: per /64) may do only so often in windows, and says how long it has to wait.</summary>
/// <param name="most">So often in a window.</param>
internal class AddressGate(int most, TimeSpan window, TimeProvider time) : CountGate(most, window, time)
{
    /// <summary>How long the address has to wait; zero where it may try.</summary>
    public TimeSpan Wait(IPAddress? address) => Wait(Key(address));

    /// <summary>It happened once more.</summary>
    public void Failed(IPAddress? address) => Happened(Key(address));

    public void Succeeded(IPAddress? address) => Forget(Key(address));

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
