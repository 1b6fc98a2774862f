using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.Storage.Devices;
using B2D.Storage.Tests.Places;
using Xunit;

namespace B2D.Storage.Tests.Sqlite;

/// <summary>A data folder that is read while somebody else has it.</summary>
public sealed class OpenToReadTests : IDisposable
{
    private readonly SqliteFiles place = new();

    [Fact]
    public void OpenToRead_BesideAWriter_SeesTheInstantOfItsOpeningAndNothingLater()
    {
        using var writer = place.Open();
        Put(writer, "before");
        using var reader = Stores.OpenToRead(place.Folder);
        Put(writer, "after");

        Assert.Equal(["before"], Names(reader));
        Assert.Equal((1, 1), (reader.Log.LastOffset, reader.Log.Read(0, 10).Count));
        Assert.Equal(["after", "before"], Names(writer));
        using var later = Stores.OpenToRead(place.Folder);
        Assert.Equal(["after", "before"], Names(later));
    }

    [Fact]
    public void OpenToRead_NobodyHasIt_ReadsAndLeavesNoLock()
    {
        using (var writer = place.Open())
            Put(writer, "one");
        File.Delete(Path.Combine(place.Folder, "b2d.lock"));
        using (var reader = Stores.OpenToRead(place.Folder))
            Assert.Equal(["one"], Names(reader));

        Assert.False(File.Exists(Path.Combine(place.Folder, "b2d.lock")));
    }

    [Fact]
    public void Write_OfWhatIsOnlyRead_Refused()
    {
        place.Open().Dispose();
        using var reader = Stores.OpenToRead(place.Folder);

        Assert.Throws<InvalidOperationException>(() => Put(reader, "one"));
        Assert.Throws<InvalidOperationException>(() => reader.Log.Seal(new ServerTime(5)));
        Assert.Throws<InvalidOperationException>(() => reader.Telemetry.Database.Write(db => db.Execute("DELETE FROM heads")));
        Assert.Empty(Names(reader));
    }

    [Theory]
    [InlineData("DELETE FROM schema_version WHERE version = (SELECT max(version) FROM schema_version)", StorageProblem.OlderData, "start this program over it once")]
    [InlineData("INSERT INTO schema_version (version, name) VALUES (1000, 'later')", StorageProblem.NewerData, "use the newer program")]
    public void OpenToRead_OfAnotherSchema_SaysWhatToDo(string change, StorageProblem problem, string advice)
    {
        using (var writer = place.Open())
            writer.State.Write(db => db.Execute(change));

        var refused = Assert.Throws<StorageException>(() => Stores.OpenToRead(place.Folder));

        Assert.Equal(problem, refused.Problem);
        Assert.Contains("state.db has schema version", refused.Message, StringComparison.Ordinal);
        Assert.Contains(advice, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OpenToRead_ADatabaseIsMissingOrNone_SaysWhich()
    {
        place.Open().Dispose();
        File.WriteAllText(Path.Combine(place.Folder, "log.db"), "this is no database, and longer than the head of one would have to be, by some");
        Assert.Contains("log.db cannot be opened as a SQLite database", Assert.Throws<StorageException>(() => Stores.OpenToRead(place.Folder)).Message, StringComparison.Ordinal);
        File.Delete(Path.Combine(place.Folder, "log.db"));
        Assert.Contains("log.db is missing", Assert.Throws<StorageException>(() => Stores.OpenToRead(place.Folder)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => place.Dispose();

    private static void Put(Stores stores, string name)
    {
        var device = new Device(DeviceId.Parse(name));
        stores.State.Write(db => DeviceStore.Put(db, device, 0));
        stores.Log.Append(new ServerTime(1), [new Entry.Registered(device)], []);
    }

    private static IEnumerable<string> Names(Stores stores) => DeviceStore.Each(stores.State).Select(d => d.Id).Order(StringComparer.Ordinal);
}
