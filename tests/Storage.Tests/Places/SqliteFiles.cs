namespace B2D.Storage.Tests.Places;

public sealed class SqliteFiles : Place
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("b2d-storage-").FullName;

    public override Stores Open() => Stores.Open(new StorageOptions { DataFolder = Folder });

    protected override void Dispose(bool disposing) => Directory.Delete(Folder, recursive: true);
}
