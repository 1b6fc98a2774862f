using B2D.Bus;
using B2D.Core.Telemetry;

namespace B2D.DeviceGateway.Telemetry;

/// <summary>What a message turned out to say.</summary>
/// <param name="Entries">In the order of the message.</param>
/// <param name="Rejects">What of it could not be read.</param>
/// <param name="RepeatedNames">How often a metric was named twice in one object; the last one counted.</param>
internal sealed record Decoded(IReadOnlyList<Entry> Entries, IReadOnlyList<Reject> Rejects, int RepeatedNames = 0)
{
    /// <summary>A message that says nothing, and may.</summary>
    public static readonly Decoded Nothing = new([], []);

    /// <summary>One entry.</summary>
    public static Decoded Of(Entry entry) => new([entry], []);

    /// <summary>One refusal of the whole message.</summary>
    public static Decoded Refused(string device, string topic, Flaw flaw, ReadOnlySpan<byte> payload) => new([], [flaw.Of(device, topic, payload)]);
}

/// <summary>Why something could not be read; <c>default</c> is no flaw.</summary>
internal readonly record struct Flaw(RejectReason Reason, string Detail)
{
    /// <summary>Bytes of a message that its dead letter keeps.</summary>
    public const int KeptBytes = 64 * 1024;

    /// <summary>True where something is wrong.</summary>
    public bool Is => Reason != 0;

    /// <summary>The reject that is kept.</summary>
    public Reject Of(string device, string topic, ReadOnlySpan<byte> payload) =>
        new(device, topic, Reason, Detail, payload[..Math.Min(payload.Length, KeptBytes)].ToArray(), payload.Length);
}
