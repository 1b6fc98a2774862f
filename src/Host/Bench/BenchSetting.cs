namespace B2D.Host.Bench;

/// <summary>What is measured, and for how long.</summary>
/// <param name="Parts">Out of <see cref="AllParts"/>.</param>
/// <param name="Each">How long each figure is measured, after a shorter time to warm up; 1 s to 10 min.</param>
/// <param name="Peer">Path of mosquitto's program; null to measure B2D alone.</param>
/// <param name="Folder">Where the temporary installation is made.</param>
internal sealed record BenchSetting(IReadOnlyList<string> Parts, TimeSpan Each, string? Peer, string Folder)
{
    public static readonly IReadOnlyList<string> AllParts = ["throughput", "latency", "recovery", "storage"];
}

/// <summary>A shape of load: one core's worth of what fleets look like.</summary>
internal sealed record LoadShape(string Name, int Connections, int InFlight)
{
    public static readonly IReadOnlyList<LoadShape> All = [new("50c i20", 50, 20), new("1000c i10", 1000, 10), new("1000c i1", 1000, 1)];
}
