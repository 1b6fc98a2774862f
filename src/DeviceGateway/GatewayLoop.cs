namespace B2D.DeviceGateway;

/// <summary>A loop of the gateway that its owner runs: on one thread, or in a test by hand.</summary>
/// <param name="name">For logs and metrics: <c>ingest</c>, <c>commands</c>, <c>mqtt</c> or <c>sessions</c>.</param>
/// <param name="every">How often it wants to be pumped at least.</param>
/// <param name="pump">One turn.</param>
public sealed class GatewayLoop(string name, TimeSpan every, Func<bool> pump)
{
    /// <summary>For logs and metrics: <c>ingest</c>, <c>commands</c>, <c>mqtt</c> or <c>sessions</c>.</summary>
    public string Name { get; } = name;

    /// <summary>How often it wants to be pumped at least, also when nothing wakes it.</summary>
    public TimeSpan Every { get; } = every;

    /// <summary>How long the owner may let more gather once it was woken and before it pumps; null for not at all.</summary>
    public Func<TimeSpan>? Linger { get; init; }

    /// <summary>Set by the owner: called, on any thread, when there is something to do. It must only signal.</summary>
    public Action? Wake { get; set; }

    /// <summary>One turn, one caller at a time. True when there is more to do at once.</summary>
    public bool Pump() => pump();

    internal void Signal() => Wake?.Invoke();
}
