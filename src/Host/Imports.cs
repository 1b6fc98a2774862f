using B2D.Core;
using B2D.Core.Customers;
using B2D.Core.Devices;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Customers;
using B2D.Storage.Devices;

namespace B2D.Host;

/// <summary>What came of an import: how many rows were applied, or every bad row and nothing applied.</summary>
public sealed record ImportResult(int Applied, IReadOnlyList<ImportProblem> Problems);

/// <summary>Applies import files: checked as a whole, written in one transaction, told to the log so that every lane knows.</summary>
/// <param name="seal">Encrypts devices' keys.</param>
public sealed class Imports(Database state, TimeProvider time, SecretSeal seal)
{
    /// <summary>Told of changed devices after they are stored; it sees to it that the log hears of them. Default: nobody, and the next start does so.</summary>
    public Action<IReadOnlyList<Device>> Changed { get; init; } = _ => { };

    /// <summary>Told of devices that can sign in with something else now. Default: nobody, and the next start does so.</summary>
    public Action<IReadOnlyCollection<DeviceId>> CredentialsChanged { get; init; } = _ => { };

    /// <summary>What is wrong with a row, for those who say its line themselves.</summary>
    public static string WithoutLine(ImportProblem p) => $"{(p.Column.Length > 0 ? p.Column + ": " : "")}{p.Message}{(p.Hint.Length > 0 ? $" ({p.Hint})" : "")}";

    /// <summary>Imports customers from CSV text.</summary>
    public ImportResult Customers(string csv, string who)
    {
        var reading = CustomerImport.Read(csv);
        if (!reading.Problems.IsEmpty)
            return new ImportResult(0, reading.Problems);
        var now = ServerTime.From(time.GetUtcNow()).EpochMs;
        return new ImportResult(state.Write(db =>
        {
            var count = CustomerStore.Upsert(db, reading.Rows, now);
            AuditStore.Append(db, now, who, "customers.import", "customers", $$"""{"rows":{{reading.Rows.Length}}}""");
            return count;
        }), []);
    }

    /// <summary>Imports devices from CSV text.</summary>
    /// <param name="hashing">How passwords are kept; PBKDF2 unless they are made by a machine and have 128 bits.</param>
    public ImportResult Devices(string csv, string who, SecretHashing hashing = SecretHashing.Pbkdf2)
    {
        var reading = DeviceImport.Read(csv);
        if (!reading.Problems.IsEmpty)
            return new ImportResult(0, reading.Problems);
        var parents = reading.Rows.Select(r => r.Parent ?? "").Where(p => p.Length > 0);
        IReadOnlyList<ImportProblem> problems =
        [
            .. DeviceImport.CheckParents(reading.Rows, state.Read(db => DeviceStore.Known(db, parents))),
            .. state.Read(db => CredentialStore.CheckThumbprints(db, reading.Rows)),
        ];
        if (problems.Count > 0)
            return new ImportResult(0, [.. problems.OrderBy(p => p.Line)]);
        var secrets = DeviceSecrets.HashAll(reading.Rows, hashing);
        var now = ServerTime.From(time.GetUtcNow()).EpochMs;
        var (changed, credentials) = state.Write(db =>
        {
            var devices = DeviceStore.Upsert(db, reading.Rows, secrets, now);
            var others = CredentialStore.Upsert(db, reading.Rows, seal, now);
            AuditStore.Append(db, now, who, "devices.import", "devices", $$"""{"rows":{{reading.Rows.Length}}}""");
            return (devices, others);
        });
        Changed(changed);
        if (credentials.Count > 0)
            CredentialsChanged(credentials);
        return new ImportResult(reading.Rows.Length, []);
    }
}
