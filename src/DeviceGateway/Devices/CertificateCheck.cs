using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using B2D.Core.Devices;
using B2D.DeviceGateway.Listeners;
using B2D.Storage;
using B2D.Storage.Devices;
using Microsoft.Extensions.Logging;

namespace B2D.DeviceGateway.Devices;

/// <summary>What a client's certificate says about who connects.</summary>
internal enum CertificateAnswer : byte
{
    /// <summary>Nothing: none was shown, or it names no device; a password decides.</summary>
    Silent = 1,

    /// <summary>It is this device.</summary>
    Device = 2,

    /// <summary>The listener wants a certificate, and this one is unknown, expired or taken back.</summary>
    Refused = 3,
}

/// <summary>
/// Finds the device behind a client's certificate: the one that its thumbprint is registered for, or else the one that its subject's CN names where the
/// listener's authorities issued it. The handshake has proved the private key. A device with registered thumbprints is known by those alone.
/// </summary>
internal sealed class CertificateCheck
{
    private const string CommonName = "2.5.4.3";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>Certificates remembered as issued by the authorities, about 200 bytes each; when there are more, all are forgotten.</summary>
    private const int MaxRemembered = 100_000;

    /// <summary>How long; an authority's own certificate may run out meanwhile.</summary>
    private static readonly TimeSpan RememberedFor = TimeSpan.FromHours(1);

    private readonly DeviceDirectory devices;
    private readonly Database state;
    private readonly ConcurrentDictionary<string, (X509Certificate2Collection By, DateTimeOffset At)> issued = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (ClientCertificates Wanted, ReloadedFile<X509Certificate2Collection>? Authorities)> rules;

    public CertificateCheck(GatewayOptions options, DeviceDirectory devices, Database state, TimeProvider clock, ILogger logger)
    {
        (this.devices, this.state) = (devices, state);
        rules = options.AllListeners.ToDictionary(l => l.Name, l => (l.ClientCertificates, Authorities(l, clock, logger)), StringComparer.Ordinal);
    }

    /// <summary>Judges a certificate that came in by a listener.</summary>
    public (CertificateAnswer Answer, DeviceId Device, Proof? Proof) Judge(string listener, X509Certificate2? shown, DateTimeOffset now)
    {
        var (wanted, authorities) = rules.GetValueOrDefault(listener);
        if (wanted == ClientCertificates.None)
            return (CertificateAnswer.Silent, default, null);
        var otherwise = (wanted == ClientCertificates.Required ? CertificateAnswer.Refused : CertificateAnswer.Silent, default(DeviceId), (Proof?)null);
        if (shown is null || now < new DateTimeOffset(shown.NotBefore.ToUniversalTime()) || now >= Expiry(shown))
            return otherwise;
        var thumbprint = Convert.ToHexStringLower(SHA256.HashData(shown.RawDataMemory.Span));
        if (Registered(thumbprint) is { } known)
            return (CertificateAnswer.Device, known, new Proof.Certificate(thumbprint, ByIssuer: false) { ExpiresAt = Expiry(shown) });
        if (authorities is null || !IsIssuedBy(authorities.Current, shown, thumbprint, now))
            return otherwise;
        if (NameOf(shown) is not { } named || Find(named) is not { } device)
            return (CertificateAnswer.Silent, default, null);
        var proof = new Proof.Certificate(thumbprint, ByIssuer: true) { ExpiresAt = Expiry(shown) };
        return proof.HoldsFor(device) ? (CertificateAnswer.Device, named, proof) : otherwise;
    }

    private static DateTimeOffset Expiry(X509Certificate2 certificate) => new(certificate.NotAfter.ToUniversalTime());

    private static ReloadedFile<X509Certificate2Collection>? Authorities(ListenerOptions listener, TimeProvider clock, ILogger logger)
    {
        var path = listener.ClientCertificateAuthorities;
        return path.Length == 0 ? null : new ReloadedFile<X509Certificate2Collection>([path], () => ListenerCertificate.LoadAuthorities(path), clock, logger);
    }

    /// <summary>Building a chain takes a millisecond, which counts when a whole fleet comes back at once; a good one is remembered for a while.</summary>
    private bool IsIssuedBy(X509Certificate2Collection authorities, X509Certificate2 shown, string thumbprint, DateTimeOffset now)
    {
        if (issued.TryGetValue(thumbprint, out var known) && ReferenceEquals(known.By, authorities) && (now - known.At).Duration() < RememberedFor)
            return true;
        if (!IsIssuedBy(authorities, shown, now))
            return false;
        if (issued.Count >= MaxRemembered)
            issued.Clear();
        issued[thumbprint] = (authorities, now);
        return true;
    }

    /// <summary>By one of the authorities, for clients (where it says for whom), at this time.</summary>
    private static bool IsIssuedBy(X509Certificate2Collection authorities, X509Certificate2 shown, DateTimeOffset now)
    {
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(authorities);
        policy.RevocationMode = X509RevocationMode.NoCheck; // taken back is what the registry says
        policy.DisableCertificateDownloads = true;
        policy.VerificationTime = now.UtcDateTime;
        policy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        return chain.Build(shown);
    }

    /// <summary>The subject's CN where it is a device id; null where there is none, or more than one.</summary>
    private static DeviceId? NameOf(X509Certificate2 certificate)
    {
        string? name = null;
        foreach (var part in certificate.SubjectName.EnumerateRelativeDistinguishedNames())
        {
            if (part.HasMultipleElements || part.GetSingleElementType().Value != CommonName)
                continue;
            if (name is not null)
                return null;
            name = part.GetSingleElementValue();
        }
        return DeviceId.TryParse(name, out var id, out _) ? id : null;
    }

    private DeviceId? Registered(string thumbprint)
    {
        if (devices.FindByThumbprint(thumbprint) is { } known)
            return known;
        // Registered a moment ago? What is not known is worth a look into the registry.
        if (state.Read(db => CredentialStore.DeviceOf(db, thumbprint)) is not { } id)
            return null;
        devices.Refresh(state, [DeviceId.Parse(id)]);
        return devices.FindByThumbprint(thumbprint);
    }

    private KnownDevice? Find(DeviceId id)
    {
        if (devices.Find(id) is null)
            devices.Refresh(state, [id]);
        return devices.Find(id);
    }
}
