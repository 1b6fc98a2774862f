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

/// <summary>
/// Applies import files: checked as a whole, then written a few rows at a time, so that neither cases nor acknowledgements wait for a long file, and told to the
/// log so that every lane knows. Where the program ends in the middle, the rows before stay; the same file once more makes it whole.
/// </summary>
/// <param name="seal">Encrypts devices' keys.</param>
public sealed class Imports(Database state, TimeProvider time, SecretSeal seal)
{
    /// <summary>Rows of one transaction: some 2 ms. The thread gives way to all others, and whoever else writes waits until it is done.</summary>
    private const int AtOnce = 50;

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
        Audit(who, "customers", reading.Rows.Length, now);
        return new ImportResult(reading.Rows.Chunk(AtOnce).Sum(rows => state.Write(db => CustomerStore.Upsert(db, rows, now))), []);
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
        var now = ServerTime.From(time.GetUtcNow()).EpochMs;
        Audit(who, "devices", reading.Rows.Length, now);
        foreach (var rows in DeviceImport.ParentsFirst(reading.Rows).Chunk(AtOnce))
            Apply(rows, DeviceSecrets.HashAll(rows, hashing), now);
        return new ImportResult(reading.Rows.Length, []);
    }

    private void Apply(DeviceImportRow[] rows, IReadOnlyDictionary<string, DeviceSecret> secrets, long now)
    {
        var (changed, credentials) = state.Write(db => (DeviceStore.Upsert(db, rows, secrets, now), CredentialStore.Upsert(db, rows, seal, now)));
        if (changed.Count > 0)
            Changed(changed);
        if (credentials.Count > 0)
            CredentialsChanged(credentials);
    }

    private void Audit(string who, string what, int rows, long now) =>
        state.Write(db => AuditStore.Append(db, now, who, what + ".import", what, $$"""{"rows":{{rows}}}"""));
}
