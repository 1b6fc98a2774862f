namespace B2D.FirmwareSim.Load;

/// <summary>A message that is not acknowledged yet.</summary>
/// <param name="At">When it was sent, or to be sent, in the clock's ticks.</param>
internal readonly record struct Flight(int Device, long Sequence, long At);

/// <summary>Messages in flight by packet id, with their packets where they may have to be sent again. Not thread-safe.</summary>
internal sealed class InFlightWindow
{
    private readonly Flight[] _flights;
    private readonly bool[] _taken;
    private readonly byte[][] _packets;
    private readonly int[] _lengths;
    private readonly Queue<int> _free;
    private readonly Queue<int> _resend = new();

    /// <param name="packetBytes">Longest packet to keep; 0 to keep none.</param>
    public InFlightWindow(int size, int packetBytes)
    {
        _flights = new Flight[size + 1];
        _taken = new bool[size + 1];
        _lengths = new int[size + 1];
        _packets = packetBytes == 0 ? [] : [.. Enumerable.Range(0, size + 1).Select(_ => new byte[packetBytes])];
        _free = new Queue<int>(Enumerable.Range(1, size));
    }

    /// <summary>Messages in flight.</summary>
    public int Count => _flights.Length - 1 - _free.Count;

    public bool IsFull => _free.Count == 0;

    /// <summary>Messages that wait to be sent again.</summary>
    public int ToResend => _resend.Count;

    /// <summary>A free packet id.</summary>
    public int Take() => _free.Dequeue();

    /// <summary>A message is on its way.</summary>
    public void Put(int id, Flight flight, ReadOnlySpan<byte> packet)
    {
        (_flights[id], _taken[id], _lengths[id]) = (flight, true, packet.Length);
        if (_packets.Length > 0) packet.CopyTo(_packets[id]);
    }

    /// <summary>The message that an acknowledgement is for; null where there is none.</summary>
    public Flight? Remove(int id)
    {
        if (id <= 0 || id >= _taken.Length || !_taken[id]) return null;
        _taken[id] = false;
        _free.Enqueue(id);
        return _flights[id];
    }

    /// <summary>Everything in flight is to be sent again, in order of first sending.</summary>
    public void ResendAll()
    {
        _resend.Clear();
        foreach (var id in Enumerable.Range(1, _taken.Length - 1).Where(i => _taken[i]).OrderBy(i => _flights[i].Sequence)) _resend.Enqueue(id);
    }

    /// <summary>Writes the next packet to be sent again.</summary>
    /// <returns>Its length; 0 where there is none, or no room.</returns>
    public int NextToResend(Span<byte> to)
    {
        while (_resend.TryPeek(out var id))
        {
            if (!_taken[id])
            {
                _resend.Dequeue();
                continue;
            }

            if (_lengths[id] > to.Length) return 0;
            _resend.Dequeue();
            _packets[id].AsSpan(0, _lengths[id]).CopyTo(to);
            return _lengths[id];
        }

        return 0;
    }
}
