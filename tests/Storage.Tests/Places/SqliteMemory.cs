namespace B2D.Storage.Tests.Places;

public sealed class SqliteMemory : Place
{
    public override Stores Open() => Stores.InMemory();

    protected override void Dispose(bool disposing)
    {
    }
}
