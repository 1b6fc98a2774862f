using System.Collections.Immutable;
using B2D.Core.Devices;
using B2D.Storage.Devices;

namespace B2D.DeviceGateway.Devices;

/// <summary>What the gateway needs of a registered device.</summary>
/// <param name="Parent">The gateway device that speaks for it, if any.</param>
/// <param name="Secret">What its password is checked against; null for one without.</param>
internal sealed record KnownDevice(DeviceId Id, DeviceId? Parent, DeviceSecret? Secret)
{
    /// <summary>Thumbprints of its certificates.</summary>
    public ImmutableArray<string> Thumbprints { get; init; } = [];

    /// <summary>Thumbprints of certificates that are its own no more.</summary>
    public ImmutableArray<string> Revoked { get; init; } = [];

    /// <summary>Its keys, encrypted, the primary one first.</summary>
    public ImmutableArray<CredentialRow> Keys { get; init; } = [];

    /// <summary>From the registry's rows.</summary>
    public static KnownDevice From(DeviceRow row, IEnumerable<CredentialRow> credentials)
    {
        var device = new KnownDevice(
            DeviceId.Parse(row.Id),
            row.Parent.Length == 0 ? null : DeviceId.Parse(row.Parent),
            row.SecretKind.Length == 0 ? null : new DeviceSecret { Kind = row.SecretKind, Hash = row.Secret, Salt = row.Salt });
        ImmutableArray<CredentialRow> all = [.. credentials];
        return all.IsEmpty ? device : device with
        {
            Thumbprints = [.. all.Where(c => c.Kind == CredentialStore.Certificate && c.RevokedAt == 0).Select(c => c.Name)],
            Revoked = [.. all.Where(c => c.Kind == CredentialStore.Certificate && c.RevokedAt != 0).Select(c => c.Name)],
            Keys = [.. all.Where(c => c.Kind != CredentialStore.Certificate)],
        };
    }
}

/// <summary>What a connection was let in by, as long as it holds.</summary>
internal abstract record Proof
{
    private Proof()
    {
    }

    /// <summary>When it ends by itself; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Whether it still holds for the device as it is registered now.</summary>
    public abstract bool HoldsFor(KnownDevice device);

    /// <summary>A password: holds for connections that are open, whatever becomes of it.</summary>
    public sealed record Password : Proof
    {
        public override bool HoldsFor(KnownDevice device) => true;
    }

    /// <summary>None yet: the session was taken up after a restart, and nobody is connected.</summary>
    public sealed record Kept : Proof
    {
        public override bool HoldsFor(KnownDevice device) => true;
    }

    /// <summary>The key of a fleet: good for fetching a credential, and for nothing else.</summary>
    public sealed record Fleet : Proof
    {
        public override bool HoldsFor(KnownDevice device) => true;
    }

    /// <summary>A certificate with this thumbprint; either registered, or good by its issuer as long as none is registered.</summary>
    public sealed record Certificate(string Thumbprint, bool ByIssuer) : Proof
    {
        public override bool HoldsFor(KnownDevice device) => device.Thumbprints.Contains(Thumbprint)
            || (ByIssuer && device.Thumbprints.IsEmpty && !device.Revoked.Contains(Thumbprint));
    }

    /// <summary>A token signed with this (encrypted) key.</summary>
    public sealed record Token(byte[] SealedKey) : Proof
    {
        public override bool HoldsFor(KnownDevice device) => device.Keys.Any(k => k.Sealed.AsSpan().SequenceEqual(SealedKey));
    }
}
