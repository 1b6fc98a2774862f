using System.Collections.Concurrent;
using System.Net;

namespace B2D.Console.Access;

/// <summary>
/// Counts failed sign-ins per address (IPv6: per /64) in windows of five minutes and refuses more than the option allows. Remembers at most 10,000 addresses.
/// </summary>
internal sealed class SignInGate(ConsoleOptions options, TimeProvider time)
{
    /// <summary>How long an address that failed too often waits.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private const int MostAddresses = 10_000;
    private readonly ConcurrentDictionary<string, (long Since, int Failures)> failures = new();

    /// <summary>How long the address has to wait; zero where it may try.</summary>
    public TimeSpan Wait(IPAddress? address)
    {
        if (!failures.TryGetValue(Key(address), out var seen) || seen.Failures < options.SignInAttempts)
            return TimeSpan.Zero;
        var left = Window - time.GetElapsedTime(seen.Since);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    public void Failed(IPAddress? address)
    {
        if (failures.Count >= MostAddresses)
            Forget();
        var now = time.GetTimestamp();
        failures.AddOrUpdate(Key(address), (now, 1), (_, seen) => time.GetElapsedTime(seen.Since, now) > Window ? (now, 1) : (seen.Since, seen.Failures + 1));
    }

    public void Succeeded(IPAddress? address) => failures.TryRemove(Key(address), out _);

    private void Forget()
    {
        foreach (var (key, seen) in failures)
        {
            if (time.GetElapsedTime(seen.Since) > Window)
                failures.TryRemove(key, out _);
        }
        // All of them recent: somebody uses many addresses. Starting over is better than refusing the whole world.
        if (failures.Count >= MostAddresses)
            failures.Clear();
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
