using System.Net;
using System.Security.Cryptography.X509Certificates;
using B2D.Core.Devices;
using B2D.Storage;
using B2D.Storage.Devices;
using Microsoft.Extensions.Logging;

namespace B2D.DeviceGateway.Devices;

/// <summary>The answer to what a client shows.</summary>
internal enum SignInAnswer : byte
{
    /// <summary>It is this device.</summary>
    Accepted = 1,

    /// <summary>No such device, or not its password; which of them is not told, nor to be measured.</summary>
    Refused = 2,

    /// <summary>Too many slow checks are waiting.</summary>
    Busy = 3,

    /// <summary>A new device with the right key of a fleet; a person has to approve it, or has rejected it.</summary>
    Waiting = 4,

    /// <summary>A new device with the right key of a fleet: it is let in to fetch a credential of its own, and for nothing else.</summary>
    Enrolling = 5,
}

/// <summary>What a client shows when it connects.</summary>
internal sealed record SignInRequest(string? UserName, string ClientId, ReadOnlyMemory<byte>? Password)
{
    /// <summary>From TLS; its private key is proved.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Name of the listener.</summary>
    public string Listener { get; init; } = "";

    /// <summary>Where it comes from; null where the transport does not tell.</summary>
    public IPAddress? Address { get; init; }
}

/// <summary>What came of it.</summary>
/// <param name="Device">Who it is, or says it is.</param>
/// <param name="Proof">What it was let in by; null where it was not.</param>
internal sealed record SignInResult(SignInAnswer Answer, DeviceId Device, Proof? Proof = null);

/// <summary>
/// Checks who connects: by its certificate, a shared-access-signature token, or its password. The user name is the device id, which a certificate may replace.
/// Most checks take microseconds; PBKDF2 runs apart from the loops that serve connections, a few at a time. Where any device has a slow secret, every
/// refusal of a password costs one PBKDF2, so that the time tells nothing about which devices exist.
/// </summary>
internal sealed class DeviceSignIn(
    DeviceDirectory devices, Database state, SecretVerifier verifier, GatewayOptions options, CertificateCheck certificates, SecretSeal? seal, Enrolment? enrolment,
    TimeProvider clock, ILogger logger) : IDisposable
{
    private readonly SemaphoreSlim slowChecks = new(options.MaxPasswordChecks);
    private readonly Lazy<DeviceSecret> decoy = new(() => DeviceSecrets.Hash(DeviceSecrets.Make(), SecretHashing.Pbkdf2));
    private int waiting;

    /// <summary>What a client's certificate decides alone; null where user name and password have to.</summary>
    public SignInResult? CheckCertificate(SignInRequest request)
    {
        var (answer, shown, proof) = certificates.Judge(request.Listener, request.Certificate, clock.GetUtcNow());
        return answer switch
        {
            CertificateAnswer.Refused => new SignInResult(SignInAnswer.Refused, default),
            // A user name is not needed beside it, but must not be another's.
            CertificateAnswer.Device => new SignInResult(
                string.IsNullOrEmpty(request.UserName) || request.UserName == shown.Value ? SignInAnswer.Accepted : SignInAnswer.Refused, shown, proof),
            _ => null,
        };
    }

    /// <summary>What user name and password decide. With an open gateway a registered device needs no password.</summary>
    public async ValueTask<SignInResult> CheckAsync(SignInRequest request, CancellationToken cancellation)
    {
        if (!DeviceId.TryParse(options.OpenGateway ? request.UserName ?? request.ClientId : request.UserName, out var id, out _))
            return await RefuseAsync(default, cancellation).ConfigureAwait(false);
        if (options.OpenGateway)
            return IsRegistered(id) ? Accepted(id) : new SignInResult(SignInAnswer.Refused, id);
        var given = request.Password ?? ReadOnlyMemory<byte>.Empty;
        return SasToken.IsOne(given.Span)
            ? CheckToken(id, SasToken.Parse(given.Span), request, clock.GetUtcNow())
            : await CheckPasswordAsync(id, given, request, cancellation).ConfigureAwait(false);
    }

    /// <summary>Takes one of the places for slow checks until the result is disposed of.</summary>
    public async Task<IDisposable> TakeSlowCheckAsync(CancellationToken cancellation = default)
    {
        await slowChecks.WaitAsync(cancellation).ConfigureAwait(false);
        return new Place(slowChecks);
    }

    public void Dispose() => slowChecks.Dispose();

    private static SignInResult Accepted(DeviceId id) => new(SignInAnswer.Accepted, id, new Proof.Password());

    private SignInResult CheckToken(DeviceId id, SasToken? token, SignInRequest request, DateTimeOffset now)
    {
        if (token is null || token.ExpiresAt <= now || !token.IsFor(id))
            return new SignInResult(SignInAnswer.Refused, id);
        if (Signer(id, token) is not { } key)
        {
            devices.Refresh(state, [id]);
            key = Signer(id, token);
        }
        if (key is not null)
            return new SignInResult(SignInAnswer.Accepted, id, new Proof.Token(key) { ExpiresAt = token.ExpiresAt });
        return enrolment?.Check(id, token, request, now) ?? new SignInResult(SignInAnswer.Refused, id);
    }

    /// <summary>The device's key that a token is signed with, encrypted; null where none is.</summary>
    private byte[]? Signer(DeviceId id, SasToken token)
    {
        byte[]? found = null;
        foreach (var row in devices.Find(id)?.Keys ?? [])
        {
            try
            {
                if (seal is not null && token.IsSignedBy(seal.Open(row.Sealed, CredentialStore.PurposeOf(id.Value, row.Kind))))
                    found = row.Sealed;
            }
            catch (StorageException e)
            {
                Log.KeyUnreadable(logger, id.Value, e.Message);
            }
        }
        return found;
    }

    private async ValueTask<SignInResult> CheckPasswordAsync(
        DeviceId id, ReadOnlyMemory<byte> given, SignInRequest request, CancellationToken cancellation)
    {
        if (IsQuicklyRight(id, given.Span))
            return Accepted(id);
        // Registered or given another password a moment ago? A refusal is worth a look into the registry.
        devices.Refresh(state, [id]);
        if (IsQuicklyRight(id, given.Span))
            return Accepted(id);
        if (enrolment?.Check(id, given, request, clock.GetUtcNow()) is { } enrolling)
            return enrolling;
        var secret = devices.Find(id)?.Secret;
        if (secret is null || verifier.TryVerifyQuickly(id, secret, given.Span) is false)
            return await RefuseAsync(id, cancellation).ConfigureAwait(false);
        return await SlowlyAsync(id, () => verifier.Verify(id, secret, given.Span), cancellation).ConfigureAwait(false);
    }

    private bool IsQuicklyRight(DeviceId id, ReadOnlySpan<byte> password) =>
        devices.Find(id)?.Secret is { } secret && verifier.TryVerifyQuickly(id, secret, password) is true;

    private bool IsRegistered(DeviceId id)
    {
        if (devices.Find(id) is null)
            devices.Refresh(state, [id]);
        return devices.Find(id) is not null;
    }

    private async ValueTask<SignInResult> RefuseAsync(DeviceId id, CancellationToken cancellation) => devices.HasSlowSecrets
        ? await SlowlyAsync(id, () => DeviceSecrets.Verify(decoy.Value, []) && false, cancellation).ConfigureAwait(false)
        : new SignInResult(SignInAnswer.Refused, id);

    private async ValueTask<SignInResult> SlowlyAsync(DeviceId id, Func<bool> check, CancellationToken cancellation)
    {
        try
        {
            if (Interlocked.Increment(ref waiting) > options.MaxWaitingPasswordChecks)
                return new SignInResult(SignInAnswer.Busy, id);
            using var place = await TakeSlowCheckAsync(cancellation).ConfigureAwait(false);
            // Not on the thread that serves other devices' connections meanwhile.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            return check() ? Accepted(id) : new SignInResult(SignInAnswer.Refused, id);
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
