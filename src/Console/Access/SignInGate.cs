namespace B2D.Console.Access;

/// <summary>Counts failed sign-ins per address in windows of five minutes and refuses more than the option allows.</summary>
internal sealed class SignInGate(ConsoleOptions options, TimeProvider time) : AddressGate(options.SignInAttempts, Window, time)
{
    /// <summary>How long an address that failed too often waits.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);
}
