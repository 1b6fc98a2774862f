namespace B2D.Host.Tests;

/// <summary>The machine's clock, set to another time at its beginning; it goes on like any clock.</summary>
internal sealed class ClockFrom(DateTimeOffset start) : TimeProvider
{
    private readonly long began = System.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => start + System.GetElapsedTime(began);
}
