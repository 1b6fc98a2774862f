using B2D.Core.Telemetry;

namespace B2D.Core.Faults;

/// <summary>What one device's earlier messages say about the next one's time. Moved on by judging alone, in log order.</summary>
internal sealed class ArrivalMemory
{
    /// <summary>Messages without a time of their own that are remembered, to know a redelivered one; clients keep 20 in flight by default.</summary>
    public const int MaxRecent = 32;

    public ClockEstimate Clock { get; set; }

    /// <summary>Oldest first.</summary>
    public IReadOnlyCollection<Delivery> Recent => recent is null ? [] : recent;

    /// <summary>Nothing is remembered.</summary>
    public bool IsNew => Clock == default && recent is null;

    private Queue<Delivery>? recent;

    /// <summary>For <see cref="MemoryFetch"/>.</summary>
    public long Fetch() => Clock.OffsetMs;

    /// <summary>A delivery that will be known when it comes again; the oldest is forgotten for it.</summary>
    public void Remember(Delivery delivery)
    {
        recent ??= new Queue<Delivery>();
        if (recent.Count == MaxRecent)
            recent.Dequeue();
        recent.Enqueue(delivery);
    }

    /// <summary>The device connected again: its clock may be another one.</summary>
    public void OnConnected() => Clock = Arrival.OnConnected(Clock);

    /// <summary>The time that counts for a message, and whether it is a packet that came before.</summary>
    public Judgement Judge(DeviceTime? sent, Delivery delivery, ServerTime now, ArrivalOptions options)
    {
        var arrived = Arrival.Judge(sent, now, Clock, options);
        Clock = arrived.Clock;
        // A message with a time of its own is known by that; QoS 0 is never delivered again.
        if (sent is not null || delivery.PacketId == 0)
            return new Judgement(arrived.At, arrived.IsLive, false, arrived.Quality);
        var key = delivery with { Redelivered = false };
        if (delivery.Redelivered && recent is not null && recent.Contains(key))
            return new Judgement(arrived.At, arrived.IsLive, true, arrived.Quality);
        Remember(key);
        return new Judgement(arrived.At, arrived.IsLive, false, arrived.Quality);
    }
}
