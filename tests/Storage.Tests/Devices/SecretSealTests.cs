using System.Security.Cryptography;
using System.Text;
using B2D.Storage.Devices;
using Xunit;

namespace B2D.Storage.Tests.Devices;

public sealed class SecretSealTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("b2d-seal").FullName;

    private string File1 => Path.Combine(folder, "b2d.key");

    public void Dispose() => Directory.Delete(folder, true);

    [Fact]
    public void Open_Sealed_IsTheSecretAgainAlsoInTheNextProcess()
    {
        var box = new SecretSeal(File1).Seal("a key"u8, "sas-primary of pump");

        Assert.Equal("a key"u8, new SecretSeal(File1).Open(box, "sas-primary of pump"));
        Assert.DoesNotContain("a key", Encoding.Latin1.GetString(box), StringComparison.Ordinal);
    }

    [Fact]
    public void Seal_Twice_LooksDifferent()
    {
        var seal = SecretSeal.InMemory();

        Assert.NotEqual(seal.Seal("a key"u8, "x"), seal.Seal("a key"u8, "x"));
    }

    [Fact]
    public void KeyFile_FirstUse_IsMadeForItsOwnerAlone()
    {
        var seal = new SecretSeal(File1);
        Assert.False(File.Exists(File1));

        seal.Seal([1], "x");

        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(File1));
        Assert.Equal(32, Convert.FromBase64String(File.ReadAllText(File1).Trim()).Length);
    }

    [Fact]
    public void Open_ForAnotherPurpose_IsRefused()
    {
        var seal = SecretSeal.InMemory();
        var box = seal.Seal([1, 2, 3], "sas-primary of pump");

        Assert.Equal(StorageProblem.Damaged, Assert.Throws<StorageException>(() => seal.Open(box, "sas-primary of valve")).Problem);
    }

    [Fact]
    public void Open_AnyByteChanged_IsRefused()
    {
        var seal = SecretSeal.InMemory();
        var box = seal.Seal([1, 2, 3], "x");
        for (var i = 0; i < box.Length; i++)
        {
            var changed = box.ToArray();
            changed[i] ^= 1;
            Assert.Throws<StorageException>(() => seal.Open(changed, "x"));
        }
        for (var length = 0; length < box.Length; length++)
            Assert.Throws<StorageException>(() => seal.Open(box.AsSpan(0, length), "x"));
    }

    [Fact]
    public void Open_KeyFileMissingOrAnothers_SaysWhichFile()
    {
        var box = new SecretSeal(File1).Seal([1], "x");
        File.Delete(File1);
        Assert.Contains(File1, Assert.Throws<StorageException>(() => new SecretSeal(File1).Open(box, "x")).Message, StringComparison.Ordinal);

        new SecretSeal(File1).Seal([1], "x");
        Assert.Contains("not the one", Assert.Throws<StorageException>(() => new SecretSeal(File1).Open(box, "x")).Message, StringComparison.Ordinal);

        File.WriteAllText(File1, Convert.ToBase64String(RandomNumberGenerator.GetBytes(16)));
        Assert.Contains("no key file", Assert.Throws<StorageException>(() => new SecretSeal(File1).Open(box, "x")).Message, StringComparison.Ordinal);
    }
}
