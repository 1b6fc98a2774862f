namespace B2D.FirmwareSim.Running;

/// <summary>A message on its way; it stays with its connection until it is acknowledged or refused.</summary>
internal abstract class Outbound(string topic, ReadOnlyMemory<byte> payload, bool retain)
{
    public string Topic { get; } = topic;

    public ReadOnlyMemory<byte> Payload { get; } = payload;

    public bool Retain { get; } = retain;

    /// <summary>It is in flight on the present link.</summary>
    public bool InFlight { get; set; }

    /// <summary>It was handed to a link before.</summary>
    public bool Tried { get; set; }

    /// <summary>Called once, when the server has answered.</summary>
    public abstract void Answered(PublishOutcome outcome, long nowMs);

    /// <summary>Called each time it is sent again.</summary>
    public virtual void SentAgain()
    {
    }
}

/// <summary>What a connection is asked to do, in order.</summary>
internal abstract record Wish
{
    public sealed record Connect : Wish;

    public sealed record Disconnect(bool Clean) : Wish;

    public sealed record Send(Outbound Message) : Wish;
}
