using System.Security.Cryptography;
using B2D.Core.Devices;

namespace B2D.Storage.Devices;

/// <summary>One thing that a device can sign in with, besides the password in its own row.</summary>
public sealed record CredentialRow
{
    public string Device { get; init; } = "";

    /// <summary><see cref="CredentialStore.Certificate"/>, <see cref="CredentialStore.SasPrimary"/> or <see cref="CredentialStore.SasSecondary"/>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Of a certificate its SHA-256 thumbprint, 64 hexadecimal digits in lower case; of a key empty.</summary>
    public string Name { get; init; } = "";

    /// <summary>Of a key the key, encrypted for <see cref="CredentialStore.PurposeOf"/>; of a certificate empty.</summary>
    public byte[] Sealed { get; init; } = [];

    /// <summary>When it was taken back, 0 where it holds. Certificates stay in the list, so that no other way lets them in.</summary>
    public long RevokedAt { get; init; }
    public long ChangedAt { get; init; }
}

/// <summary>Devices' certificates and keys.</summary>
public static class CredentialStore
{
    public const string Certificate = "certificate";
    public const string SasPrimary = "sas-primary";
    public const string SasSecondary = "sas-secondary";

    private static readonly string Select = $"SELECT {Columns<CredentialRow>.All} FROM device_credentials";

    /// <summary>What a device's key is sealed for.</summary>
    public static string PurposeOf(string device, string kind) => $"{kind} of {device}";

    /// <summary>Everything of these devices (at most 1,000), what was taken back included.</summary>
    public static IReadOnlyList<CredentialRow> OfDevices(Db db, IReadOnlyCollection<string> devices)
    {
        if (devices.Count == 0)
            return [];
        Page.Rows(devices.Count);
        var where = new Where().In("device", devices);
        return db.Query<CredentialRow>($"{Select}{where} ORDER BY device, kind, name", where.Args);
    }

    /// <summary>The device that a certificate is registered for; null where it is for none.</summary>
    public static string? DeviceOf(Db db, string thumbprint) => db.FirstOrDefault<string>(
        "SELECT device FROM device_credentials WHERE name = @thumbprint AND kind = 'certificate' AND revoked_at = 0", new { thumbprint });

    /// <summary>
    /// Certificates of the rows that are another device's already, for the refusal of an import. Within the rows themselves too.
    /// </summary>
    public static IReadOnlyList<ImportProblem> CheckThumbprints(Db db, IReadOnlyList<DeviceImportRow> rows)
    {
        var problems = new List<ImportProblem>();
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            foreach (var thumbprint in row.Thumbprints ?? [])
            {
                var owner = owners.GetValueOrDefault(thumbprint) ?? DeviceOf(db, thumbprint);
                if (owner is not null && owner != row.Id.Value)
                    problems.Add(new ImportProblem(row.Line, "thumbprint", $"the certificate is that of {owner} already", "give every device a certificate of its own"));
                owners.TryAdd(thumbprint, row.Id.Value);
            }
        }
        return problems;
    }

    /// <summary>
    /// Applies what an import says of certificates and keys; a column that it does not have stays as it is, an empty one takes away. Returns the devices that
    /// can sign in with something else now.
    /// </summary>
    /// <exception cref="StorageException">A key cannot be encrypted with the key file.</exception>
    public static IReadOnlyList<DeviceId> Upsert(Db db, IReadOnlyList<DeviceImportRow> rows, SecretSeal seal, long now)
    {
        var changed = new List<DeviceId>();
        foreach (var chunk in rows.Where(r => r.Thumbprints is not null || r.SasPrimary is not null || r.SasSecondary is not null).Chunk(Page.MaxRows))
        {
            var of = OfDevices(db, [.. chunk.Select(r => r.Id.Value)]).ToLookup(c => c.Device, StringComparer.Ordinal);
            foreach (var row in chunk)
            {
                var before = of[row.Id.Value].ToList();
                var any = row.Thumbprints is { } thumbprints && SetThumbprints(db, row.Id.Value, before, thumbprints, now);
                any |= row.SasPrimary is { } primary && SetKey(db, row.Id.Value, SasPrimary, before, primary, seal, now);
                any |= row.SasSecondary is { } secondary && SetKey(db, row.Id.Value, SasSecondary, before, secondary, seal, now);
                if (any)
                    changed.Add(row.Id);
            }
        }
        return changed;
    }

    /// <summary>A device that is gone has nothing to sign in with.</summary>
    internal static void Remove(Db db, string device) => db.Execute("DELETE FROM device_credentials WHERE device = @device", new { device });

    private static bool SetThumbprints(Db db, string device, List<CredentialRow> before, IReadOnlyList<string> thumbprints, long now)
    {
        var valid = before.Where(c => c.Kind == Certificate && c.RevokedAt == 0).Select(c => c.Name).ToList();
        var revoked = valid.Except(thumbprints, StringComparer.Ordinal).ToList();
        var added = thumbprints.Except(valid, StringComparer.Ordinal).ToList();
        foreach (var name in revoked)
            Put(db, new CredentialRow { Device = device, Kind = Certificate, Name = name, RevokedAt = now, ChangedAt = now });
        foreach (var name in added)
            Put(db, new CredentialRow { Device = device, Kind = Certificate, Name = name, ChangedAt = now });
        return revoked.Count + added.Count > 0;
    }

    private static bool SetKey(Db db, string device, string kind, List<CredentialRow> before, string base64, SecretSeal seal, long now)
    {
        var old = before.Find(c => c.Kind == kind);
        if (base64.Length == 0)
        {
            return old is not null
                && db.Execute("DELETE FROM device_credentials WHERE device = @device AND kind = @kind", new { device, kind }) > 0;
        }
        var key = Convert.FromBase64String(base64);
        // The same key again is no change: connections that it let in go on.
        if (old is not null && IsSame(old, key, seal))
            return false;
        Put(db, new CredentialRow { Device = device, Kind = kind, Sealed = seal.Seal(key, PurposeOf(device, kind)), ChangedAt = now });
        return true;
    }

    private static bool IsSame(CredentialRow old, byte[] key, SecretSeal seal)
    {
        try
        {
            return CryptographicOperations.FixedTimeEquals(seal.Open(old.Sealed, PurposeOf(old.Device, old.Kind)), key);
        }
        catch (StorageException)
        {
            return false; // what cannot be read any more is written anew
        }
    }

    private static void Put(Db db, CredentialRow row) => db.Execute(
        $"""
        INSERT INTO device_credentials ({Columns<CredentialRow>.All}) VALUES ({Columns<CredentialRow>.Values})
        ON CONFLICT (device, kind, name) DO UPDATE SET sealed = excluded.sealed, revoked_at = excluded.revoked_at, changed_at = excluded.changed_at
        """,
        row);
}
