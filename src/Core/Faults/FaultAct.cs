namespace B2D.Core.Faults;

/// <summary>What a person does to a fault.</summary>
public abstract record FaultAct
{
    private FaultAct() { }

    /// <summary>A person has seen it.</summary>
    public sealed record Acknowledge : FaultAct;

    /// <summary>Silences it until <paramref name="Until"/>.</summary>
    public sealed record Shelve(ServerTime Until, string Reason) : FaultAct;

    /// <summary>Ends the silence.</summary>
    public sealed record Unshelve : FaultAct;

    /// <summary>The device is being worked on; its fault under this rule counts for nothing.</summary>
    public sealed record OutOfService : FaultAct;

    /// <summary>It counts again.</summary>
    public sealed record InService : FaultAct;
}
