using System.Runtime.InteropServices;

namespace B2D.DeviceGateway.Telemetry;

/// <summary>
/// A 64-bit hash of a message (FNV-1a), by which a redelivered one without a time of its own is known. No protection against forgery: a device
/// could only hide its own messages.
/// </summary>
internal static class Fingerprint
{
    private const ulong Basis = 14_695_981_039_346_656_037;
    private const ulong Prime = 1_099_511_628_211;

    /// <summary>Hash of topic, place in the message and payload; the same bytes at another place of an array are another message.</summary>
    public static ulong Of(string topic, int index, ReadOnlySpan<byte> payload)
    {
        var hash = Basis;
        foreach (var b in MemoryMarshal.AsBytes(topic.AsSpan()))
            hash = (hash ^ b) * Prime;
        hash = (hash ^ (uint)index) * Prime;
        foreach (var b in payload)
            hash = (hash ^ b) * Prime;
        return hash;
    }
}
