namespace B2D.FirmwareSim.Load;

/// <summary>The time of a load, in ticks of 100 ns since it was made.</summary>
internal sealed class LoadClock(TimeProvider time, double rate)
{
    private readonly long _started = time.GetTimestamp();
    private long _begun;

    public TimeProvider Time => time;

    public long Now => time.GetElapsedTime(_started).Ticks;

    public long EpochMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Planned times count from now.</summary>
    public void Begin() => _begun = Now;

    /// <summary>When the message of this number, over all connections, is to be sent.</summary>
    public long Planned(long number) => _begun + (long)(number / rate * TimeSpan.TicksPerSecond);

    /// <summary>How many messages are to be sent by now.</summary>
    public long Due => (long)((Now - _begun) * rate / TimeSpan.TicksPerSecond) + 1;
}
