namespace B2D.Core.Faults;

/// <summary>
/// Which device may want a tick when, the earliest first; those of one instant in order of device id, whatever put them in first. A device has one place
/// that counts. What it wants later than that waits until the place comes up, so that a device that keeps reporting does not go through the queue each time.
/// </summary>
internal sealed class WakeQueue
{
    private readonly PriorityQueue<DeviceLane, Place> places = new();

    /// <summary>When the first place comes up; past every instant where there is none.</summary>
    public ServerTime First { get; private set; } = Never;

    private static ServerTime Never { get; } = new(long.MaxValue);

    /// <summary>Gives a device a place, unless it has an earlier one.</summary>
    public void Add(DeviceLane lane, ServerTime at)
    {
        if (lane.QueuedAt != ServerTime.Zero && lane.QueuedAt <= at)
            return;
        lane.QueuedAt = at;
        places.Enqueue(lane, new Place(at, lane.Device.Id.Value));
        First = at < First ? at : First;
    }

    /// <summary>Takes out the first place; false where it no longer counts: the device gave it up for an earlier one, or is gone.</summary>
    public bool TryTake(out DeviceLane lane, out ServerTime at)
    {
        places.TryDequeue(out lane!, out var place);
        First = places.TryPeek(out _, out var next) ? next.At : Never;
        at = place.At;
        if (lane.QueuedAt != at)
            return false;
        lane.QueuedAt = ServerTime.Zero;
        return true;
    }

    /// <summary>The device is gone.</summary>
    public void Forget(DeviceLane lane) => lane.QueuedAt = ServerTime.Zero;

    private readonly record struct Place(ServerTime At, string Device) : IComparable<Place>
    {
        public int CompareTo(Place other) => At != other.At ? At.CompareTo(other.At) : string.CompareOrdinal(Device, other.Device);
    }
}
