using B2D.Core.Devices;
using B2D.Storage;
using B2D.Storage.Devices;

namespace B2D.DeviceGateway.Devices;

/// <summary>The answer to user name and password.</summary>
internal enum SignInAnswer : byte
{
    /// <summary>It is this device.</summary>
    Accepted = 1,

    /// <summary>No such device, or not its password; which of them is not told, nor to be measured.</summary>
    Refused = 2,

    /// <summary>Too many slow checks are waiting.</summary>
    Busy = 3,
}

/// <summary>
/// Checks who connects. The user name is the device id. Most checks take microseconds; PBKDF2 runs on the loop of the connection that
/// waits for it, a few at a time.
/// Where any device has a slow secret, every refusal costs one PBKDF2, so that the time tells nothing about which devices exist.
/// </summary>
internal sealed class DeviceSignIn(DeviceDirectory devices, Database state, SecretVerifier verifier, GatewayOptions options) : IDisposable
{
    private readonly SemaphoreSlim slowChecks = new(options.MaxPasswordChecks);
    private readonly Lazy<DeviceSecret> decoy = new(() => DeviceSecrets.Hash(DeviceSecrets.Make(), SecretHashing.Pbkdf2));
    private int waiting;

    /// <summary>Decides. With an open gateway a registered device needs no password.</summary>
    public async ValueTask<(SignInAnswer Answer, DeviceId Device)> CheckAsync(
        string? userName, string clientId, ReadOnlyMemory<byte>? password, CancellationToken cancellation)
    {
        if (!DeviceId.TryParse(options.OpenGateway ? userName ?? clientId : userName, out var id, out _))
            return await RefuseAsync(default, cancellation).ConfigureAwait(false);
        if (options.OpenGateway)
            return (IsRegistered(id) ? SignInAnswer.Accepted : SignInAnswer.Refused, id);
        var given = password ?? ReadOnlyMemory<byte>.Empty;
        if (IsQuicklyRight(id, given.Span))
            return (SignInAnswer.Accepted, id);
        // Registered or given another password a moment ago? A refusal is worth a look into the registry.
        devices.Refresh(state, [id]);
        if (IsQuicklyRight(id, given.Span))
            return (SignInAnswer.Accepted, id);
        var secret = devices.Find(id)?.Secret;
        if (secret is null || verifier.TryVerifyQuickly(id, secret, given.Span) is false)
            return await RefuseAsync(id, cancellation).ConfigureAwait(false);
        return (await SlowlyAsync(() => verifier.Verify(id, secret, given.Span), cancellation).ConfigureAwait(false), id);
    }

    /// <summary>Takes one of the places for slow checks until the result is disposed of.</summary>
    public async Task<IDisposable> TakeSlowCheckAsync(CancellationToken cancellation = default)
    {
        await slowChecks.WaitAsync(cancellation).ConfigureAwait(false);
        return new Place(slowChecks);
    }

    public void Dispose() => slowChecks.Dispose();

    private bool IsQuicklyRight(DeviceId id, ReadOnlySpan<byte> password) =>
        devices.Find(id)?.Secret is { } secret && verifier.TryVerifyQuickly(id, secret, password) is true;

    private bool IsRegistered(DeviceId id)
    {
        if (devices.Find(id) is null)
            devices.Refresh(state, [id]);
        return devices.Find(id) is not null;
    }

    private async ValueTask<(SignInAnswer Answer, DeviceId Device)> RefuseAsync(DeviceId id, CancellationToken cancellation) => (devices.HasSlowSecrets
        ? await SlowlyAsync(() => DeviceSecrets.Verify(decoy.Value, []) && false, cancellation).ConfigureAwait(false)
        : SignInAnswer.Refused, id);

    private async ValueTask<SignInAnswer> SlowlyAsync(Func<bool> check, CancellationToken cancellation)
    {
        try
        {
            if (Interlocked.Increment(ref waiting) > options.MaxWaitingPasswordChecks)
                return SignInAnswer.Busy;
            using var place = await TakeSlowCheckAsync(cancellation).ConfigureAwait(false);
            return check() ? SignInAnswer.Accepted : SignInAnswer.Refused;
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
    }

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        private int isFree;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref isFree, 1) == 0)
                places.Release();
        }
    }
}
