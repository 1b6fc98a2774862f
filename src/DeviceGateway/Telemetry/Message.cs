using B2D.Bus;
using B2D.Core.Telemetry;

namespace B2D.DeviceGateway.Telemetry;

/// <summary>One message while it is read: what came of it so far.</summary>
internal sealed class Message(NativeTopic topic, ushort packetId, bool redelivered, FormatLimits limits)
{
    private readonly List<Entry> entries = new(1);
    private readonly List<Reject> rejects = [];
    private int furtherRejects;

    public NativeTopic Topic { get; } = topic;

    public FormatLimits Limits { get; } = limits;

    /// <summary>Where the dotted names of its metrics are put together, one object after the other.</summary>
    public char[] NameBuffer => field ??= new char[Limits.MaxNameLength];

    /// <summary>Metrics named twice in one object so far.</summary>
    public int RepeatedNames { get; set; }

    /// <summary>Takes what one object said; an entry without a device time gets the delivery by which a repeat is known.</summary>
    /// <param name="index">Place in the array, from 0; -1 where the message is no array.</param>
    public void Add(Entry? entry, Flaw flaw, int index, ReadOnlySpan<byte> element)
    {
        if (flaw.Is)
            Refuse(index < 0 ? flaw : flaw with { Detail = $"[{index}] {flaw.Detail}" }, element);
        else if (entry is Entry.Telemetry { At: null } telemetry)
            entries.Add(telemetry with { Delivery = DeliveryOf(index, element) });
        else if (entry is Entry.Event { At: null } @event)
            entries.Add(@event with { Delivery = DeliveryOf(index, element) });
        else
            entries.Add(entry!);
    }

    public Decoded Finish()
    {
        if (furtherRejects > 0)
            rejects[^1] = rejects[^1] with { Detail = $"{rejects[^1].Detail}; and {furtherRejects} further objects of this message were refused" };
        return new Decoded(entries, rejects, RepeatedNames);
    }

    private void Refuse(Flaw flaw, ReadOnlySpan<byte> element)
    {
        if (rejects.Count < FormatLimits.MaxRejects)
            rejects.Add(flaw.Of(Topic.Device.Value, Topic.Text, element));
        else
            furtherRejects++;
    }

    private Delivery DeliveryOf(int index, ReadOnlySpan<byte> element) => new(packetId, redelivered, Fingerprint.Of(Topic.Text, Math.Max(index, 0), element));
}
