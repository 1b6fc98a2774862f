using System.Net;
using Microsoft.AspNetCore.Http;

namespace B2D.Console.Access;

/// <summary>
/// Whether somebody asks from this very machine, without a proxy between and by a local name (so that no foreign page can lead a browser here by DNS).
/// </summary>
internal static class Loopback
{
    public static bool Is(HttpContext http) =>
        http.Connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote)
        && !http.Request.Headers.ContainsKey("X-Forwarded-For") && !http.Request.Headers.ContainsKey("Forwarded")
        && IsLocalName(http.Request.Host.Host);

    /// <summary>Whether a host is this machine, by a name of it or its loopback address.</summary>
    public static bool IsLocalName(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
