using Microsoft.AspNetCore.Http;

namespace B2D.Console.Access;

/// <summary>
/// Counts failed sign-ins in windows of five minutes for whoever asks, also behind a proxy on this machine, and refuses more than the option allows. A proxy that hands on
/// what browsers say of themselves would let anybody be somebody else each time: so all that come by one connection's address have a limit too.
/// </summary>
internal sealed class SignInGate(ConsoleOptions options, TimeProvider time)
{
    /// <summary>How long an address that failed too often waits.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    /// <summary>So many times what one may, all behind a proxy may together.</summary>
    private const int Together = 20;

    private readonly AddressGate one = new(options.SignInAttempts, Window, time);
    private readonly AddressGate all = new(options.SignInAttempts * Together, Window, time);

    /// <summary>How long whoever asks has to wait; zero where they may try.</summary>
    public TimeSpan Wait(HttpContext http)
    {
        var (own, together) = (one.Wait(AddressGate.Of(http)), all.Wait(http.Connection.RemoteIpAddress));
        return own > together ? own : together;
    }

    public void Failed(HttpContext http)
    {
        one.Failed(AddressGate.Of(http));
        all.Failed(http.Connection.RemoteIpAddress);
    }

    public void Succeeded(HttpContext http) => one.Succeeded(AddressGate.Of(http));
}
