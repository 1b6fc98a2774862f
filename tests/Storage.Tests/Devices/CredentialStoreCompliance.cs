using System.Globalization;
using B2D.Core.Devices;
using B2D.Storage.Devices;
using B2D.Storage.Tests.Places;
using Xunit;

namespace B2D.Storage.Tests.Devices;

public abstract class CredentialStoreCompliance<TPlace> : Compliance<TPlace>
    where TPlace : Place, new()
{
    private const string Key1 = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", Key2 = "ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=";

    private readonly SecretSeal seal = SecretSeal.InMemory();

    private static string Thumbprint(int n) => n.ToString("x64", CultureInfo.InvariantCulture);

    private string[] Import(string csv, long now)
    {
        var reading = DeviceImport.Read(csv);
        Assert.Empty(reading.Problems);
        return [.. Write(db => CredentialStore.Upsert(db, reading.Rows, seal, now)).Select(d => d.Value)];
    }

    private string Shown(string device) => string.Join(' ', Read(db => CredentialStore.OfDevices(db, [device])).Select(c => c.Kind == CredentialStore.Certificate
        ? $"{c.Name.TrimStart('0')}{(c.RevokedAt > 0 ? $"-{c.RevokedAt}" : "")}"
        : $"{c.Kind}={Convert.ToBase64String(seal.Open(c.Sealed, CredentialStore.PurposeOf(device, c.Kind)))}"));

    [Fact]
    public void Upsert_Thumbprints_ThoseThatAreMissingAreTakenBack()
    {
        Assert.Equal(["a"], Import($"id,thumbprint\na,{Thumbprint(1)} {Thumbprint(2)}\n", 10));
        Assert.Equal("1 2", Shown("a"));
        Assert.Equal([], Import($"id,thumbprint\na,{Thumbprint(2)} {Thumbprint(1)}\n", 11));
        Assert.Equal([], Import("id,model\na,M\n", 12));

        Assert.Equal(["a"], Import($"id,thumbprint\na,{Thumbprint(2)} {Thumbprint(3)}\n", 13));
        Assert.Equal("1-13 2 3", Shown("a"));
        Assert.Equal(["a"], Import("id,thumbprint\na,\n", 14));
        Assert.Equal("1-13 2-14 3-14", Shown("a"));

        Assert.Equal(["a"], Import($"id,thumbprint\na,{Thumbprint(1)}\n", 15));
        Assert.Equal("1 2-14 3-14", Shown("a"));
        Assert.Equal("a", Read(db => CredentialStore.DeviceOf(db, Thumbprint(1))));
        Assert.Null(Read(db => CredentialStore.DeviceOf(db, Thumbprint(2))));
    }

    [Fact]
    public void Upsert_Keys_AreKeptEncryptedChangedAndTakenAway()
    {
        Assert.Equal(["a", "b"], Import($"id,sas_primary,sas_secondary\na,{Key1},{Key2}\nb,{Key1},\nc,,\n", 10));
        Assert.Equal($"sas-primary={Key1} sas-secondary={Key2}", Shown("a"));
        Assert.Equal($"sas-primary={Key1}", Shown("b"));
        Assert.All(Read(db => CredentialStore.OfDevices(db, ["a", "b"])), c => Assert.Equal(-1, c.Sealed.AsSpan().IndexOf("0123456789abcdef"u8)));

        Assert.Equal([], Import($"id,sas_primary\na,{Key1}\n", 11));
        Assert.Equal(["a"], Import("id,sas_primary\na,\n", 12));
        Assert.Equal(["b"], Import($"id,sas_primary\nb,{Key2}\n", 13));

        Assert.Equal($"sas-secondary={Key2}", Shown("a"));
        Assert.Equal($"sas-primary={Key2}", Shown("b"));
    }

    [Fact]
    public void CheckThumbprints_AnotherDevicesCertificate_IsAProblem()
    {
        Import($"id,thumbprint\na,{Thumbprint(1)}\n", 10);
        var rows = DeviceImport.Read($"id,thumbprint\na,{Thumbprint(1)}\nb,{Thumbprint(1)}\nc,{Thumbprint(2)}\nd,{Thumbprint(2)}\n").Rows;

        var problems = Read(db => CredentialStore.CheckThumbprints(db, rows));

        Assert.Equal([(3, "the certificate is that of a already"), (5, "the certificate is that of c already")], problems.Select(p => (p.Line, p.Message)));
    }

    [Fact]
    public void Remove_Device_TakesItsCredentialsAlong()
    {
        Write(db => DeviceStore.Put(db, new Device(DeviceId.Parse("a")), 1));
        Import($"id,thumbprint,sas_primary\na,{Thumbprint(1)},{Key1}\n", 10);

        Write(db => DeviceStore.Remove(db, "a"));

        Assert.Equal("", Shown("a"));
    }
}

public sealed class CredentialStoreOnSqliteFiles : CredentialStoreCompliance<SqliteFiles>;

public sealed class CredentialStoreInSqliteMemory : CredentialStoreCompliance<SqliteMemory>;

public sealed class CredentialStoreOnPostgres : CredentialStoreCompliance<PostgresSchemas>;
