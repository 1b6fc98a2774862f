namespace B2D.Storage.Tests.Places;

/// <summary>Somewhere to keep data. Every store passes one suite in each of them.</summary>
public abstract class Place : IDisposable
{
    /// <summary>Opens what is kept here; again after the last one was disposed of.</summary>
    public abstract Stores Open();

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
