using System.Text;
using B2D.Core.Devices;
using B2D.Storage.Devices;
using Xunit;

namespace B2D.Storage.Tests.Devices;

public sealed class DeviceSecretsTests
{
    private static readonly DeviceId Pump = DeviceId.Parse("pump");

    /// <summary>One iteration, so that a test of something else than the cost takes no time.</summary>
    private static DeviceSecret Cheap(string password)
    {
        var salt = Encoding.ASCII.GetBytes("salt");
        return new DeviceSecret
        {
            Kind = "pbkdf2:1",
            Salt = salt,
            Hash = System.Security.Cryptography.Rfc2898DeriveBytes.Pbkdf2(password, salt, 1, System.Security.Cryptography.HashAlgorithmName.SHA256, 32),
        };
    }

    [Fact]
    public void Make_Secrets_Have192BitsAndDiffer()
    {
        var made = Enumerable.Range(0, 100).Select(_ => DeviceSecrets.Make()).ToArray();

        Assert.Equal(100, made.Distinct().Count());
        Assert.All(made, s => Assert.Matches("^[A-Za-z0-9_-]{32}$", s));
    }

    [Theory]
    [InlineData("pbkdf2:1", "120fb6cffcf8b32c43e7225256c4f837a86548c92ccc35480805987cb70be17b")]
    [InlineData("pbkdf2:4096", "c5e478d59288c841aa530db6845c4c8d962893a001ce4e11a4963873aa98134a")]
    public void Verify_PublishedPbkdf2Vectors_AreRight(string kind, string hash) // password "password", salt "salt", HMAC-SHA256
    {
        var secret = new DeviceSecret { Kind = kind, Hash = Convert.FromHexString(hash), Salt = Encoding.ASCII.GetBytes("salt") };

        Assert.True(DeviceSecrets.Verify(secret, "password"u8));
        Assert.False(DeviceSecrets.Verify(secret, "passwore"u8));
    }

    [Fact]
    public void Verify_Sha256_IsRight()
    {
        var secret = new DeviceSecret { Kind = "sha256",
            Hash = Convert.FromHexString("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad") }; // FIPS 180-2, "abc"

        Assert.True(DeviceSecrets.Verify(secret, "abc"u8));
        Assert.False(DeviceSecrets.Verify(secret, "abd"u8));
        Assert.False(DeviceSecrets.Verify(secret, ""u8));
    }

    [Fact]
    public void Hash_Password_NamesItsIterationsAndHasItsOwnSalt()
    {
        var (one, two) = (DeviceSecrets.Hash("geheim", SecretHashing.Pbkdf2), DeviceSecrets.Hash("geheim", SecretHashing.Pbkdf2));

        Assert.Equal("pbkdf2:100000", one.Kind);
        Assert.NotEqual(one.Hash, two.Hash);
        Assert.True(DeviceSecrets.Verify(one, "geheim"u8));
        Assert.False(DeviceSecrets.Verify(two, "Geheim"u8));
    }

    [Theory]
    [InlineData("")]
    [InlineData("md5")]
    [InlineData("pbkdf2:")]
    [InlineData("pbkdf2:0")]
    [InlineData("pbkdf2:-5")]
    [InlineData("pbkdf2:10000001")]
    public void Verify_UnknownKind_IsDamagedData(string kind) =>
        Assert.Equal(StorageProblem.Damaged, Assert.Throws<StorageException>(() => DeviceSecrets.Verify(new DeviceSecret { Kind = kind }, "x"u8)).Problem);

    [Fact]
    public void Verifier_AfterOneSlowCheck_AnswersQuickly()
    {
        var verifier = new SecretVerifier();
        var secret = Cheap("right");
        Assert.Null(verifier.TryVerifyQuickly(Pump, secret, "right"u8));

        Assert.True(verifier.Verify(Pump, secret, "right"u8));

        Assert.True(verifier.TryVerifyQuickly(Pump, secret, "right"u8));
        Assert.False(verifier.TryVerifyQuickly(Pump, secret, "wrong"u8));
        Assert.Null(verifier.TryVerifyQuickly(DeviceId.Parse("other"), secret, "right"u8));
    }

    [Fact]
    public void Verifier_WrongPassword_IsNotRemembered()
    {
        var verifier = new SecretVerifier();

        Assert.False(verifier.Verify(Pump, Cheap("right"), "wrong"u8));

        Assert.Equal(0, verifier.Count);
    }

    [Fact]
    public void Verifier_ChangedSecret_IsNotAnsweredFromMemory()
    {
        var verifier = new SecretVerifier();
        verifier.Verify(Pump, Cheap("old"), "old"u8);

        Assert.Null(verifier.TryVerifyQuickly(Pump, Cheap("new"), "old"u8));
        Assert.False(verifier.Verify(Pump, Cheap("new"), "old"u8));
        Assert.True(verifier.Verify(Pump, Cheap("new"), "new"u8));
        Assert.Equal(1, verifier.Count);
    }

    [Fact]
    public void Verifier_Dropped_AsksAgain()
    {
        var verifier = new SecretVerifier();
        verifier.Verify(Pump, Cheap("p"), "p"u8);

        verifier.Drop(Pump);
        verifier.Drop(Pump);

        Assert.Null(verifier.TryVerifyQuickly(Pump, Cheap("p"), "p"u8));
    }

    [Fact]
    public void Verifier_Full_ForgetsTheOldest()
    {
        var verifier = new SecretVerifier(capacity: 2);
        foreach (var name in new[] { "a", "b", "c" })
            verifier.Verify(DeviceId.Parse(name), Cheap("p"), "p"u8);

        Assert.Equal(2, verifier.Count);
        Assert.Null(verifier.TryVerifyQuickly(DeviceId.Parse("a"), Cheap("p"), "p"u8));
        Assert.True(verifier.TryVerifyQuickly(DeviceId.Parse("c"), Cheap("p"), "p"u8));
    }

    [Fact]
    public void Verifier_Sha256_NeedsNoMemory()
    {
        var verifier = new SecretVerifier();
        var secret = DeviceSecrets.Hash("made", SecretHashing.Sha256);

        Assert.True(verifier.TryVerifyQuickly(Pump, secret, "made"u8));
        Assert.False(verifier.TryVerifyQuickly(Pump, secret, "other"u8));
        Assert.Equal(0, verifier.Count);
    }
}
