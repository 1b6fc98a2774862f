using System.Net.Sockets;
using System.Text;

namespace B2D.FirmwareSim.Load;

/// <summary>One connection of a load: MQTT 3.1.1 by hand, so that the generator costs less than what it measures.</summary>
internal sealed class LoadConnection : IDisposable
{
    private const int OutBytes = 1 << 16;

    private readonly LoadOptions _options;
    private readonly LoadClock _clock;
    private readonly LoadDevice[] _devices;
    private readonly InFlightWindow _window;
    private readonly AckedLog.Page? _acked;
    private readonly Lock _gate = new();
    private readonly byte[] _out = new byte[OutBytes];
    private readonly long _quota;
    private readonly int _index;
    private Socket? _socket;
    private Task _sender = Task.CompletedTask;
    private int _outLength;
    private int _nextDevice;
    private long _due;
    private bool _sending;
    private bool _stopped;
    private bool _pinged;
    private bool _pongReceived;
    private uint _dice;

    public LoadConnection(int index, LoadDevice[] devices, long quota, LoadOptions options, LoadClock clock, AckedLog? log)
    {
        (_index, _devices, _quota, _options, _clock) = (index, devices, quota, options, clock);
        _window = new InFlightWindow(options.InFlight, options.Reconnect ? devices.Max(d => d.Length) : 0);
        _due = options.Rate > 0 ? 0 : long.MaxValue;
        _acked = log is null ? null : new AckedLog.Page(log);
        _dice = (uint)((options.Seed * 7919) + index);
    }

    public long Sent { get; private set; }

    public long Acknowledged { get; private set; }

    public long Resent { get; private set; }

    public long Reconnects { get; private set; }

    public long Unexpected { get; private set; }

    public LatencyHistogram Latency { get; } = new();

    /// <summary>Why it ended early; empty where it did not.</summary>
    public string Trouble { get; private set; } = "";

    private bool IsSent => Sent >= _quota || _stopped;

    private bool IsDone => IsSent && (_options.QoS > 0 ? _window.Count == 0 : _pongReceived);

    private bool HasWork => _window.ToResend > 0 || (!IsSent && Sent < _due && (_options.QoS == 0 || !_window.IsFull))
        || (IsSent && _options.QoS == 0 && !_pinged);

    /// <summary>Opens the connection and signs in.</summary>
    /// <exception cref="IOException">Nobody listens, or the server refused it.</exception>
    public async Task ConnectAsync(CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(_options.Host, _options.Port, cancellation).ConfigureAwait(false);
            await socket.SendAsync(ConnectPacket(), SocketFlags.None, cancellation).ConfigureAwait(false);
            var answer = new byte[4];
            for (var got = 0; got < answer.Length;)
            {
                var count = await socket.ReceiveAsync(answer.AsMemory(got), SocketFlags.None, cancellation).ConfigureAwait(false);
                if (count == 0) throw new IOException("the server closed the connection without an answer");
                got += count;
            }

            if (answer is not [0x20, 2, _, 0]) throw new IOException($"the server refused connection {_index}: CONNACK {Convert.ToHexString(answer)}");
            _socket = socket;
        }
        catch (SocketException wrong)
        {
            socket.Dispose();
            throw new IOException($"{_options.Host}:{_options.Port}: {wrong.Message}", wrong);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends and takes acknowledgements until everything is acknowledged, or the connection is lost for good.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                Pump();
                var lost = await ReceiveAsync(cancellation).ConfigureAwait(false);
                if (lost is null) break;
                if (!_options.Reconnect)
                {
                    Trouble = lost;
                    break;
                }

                await ReconnectAsync(cancellation).ConfigureAwait(false);
            }
        }
        catch (IOException wrong)
        {
            Trouble = wrong.Message;
        }
        finally
        {
            await CloseAsync().ConfigureAwait(false);
            _acked?.Flush();
        }
    }

    /// <summary>So many messages of this connection are due now.</summary>
    public void Due(long messages)
    {
        lock (_gate) _due = messages;
        Pump();
    }

    /// <summary>No new message from now on.</summary>
    public void Stop()
    {
        lock (_gate) _stopped = true;
        Pump();
        // Nothing in flight: no acknowledgement would wake the receiver.
        lock (_gate)
        {
            if (IsDone) _socket?.Shutdown(SocketShutdown.Receive);
        }
    }

    public void Dispose() => _socket?.Dispose();

    private byte[] ConnectPacket()
    {
        var first = _devices[0].Number;
        var flags = 2 | (_options.User.Length > 0 ? 0x80 : 0) | (_options.Password is not null ? 0x40 : 0);
        List<byte> body = [0, 4, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', 4, (byte)flags, 0, 0];
        Text(_options.ClientId);
        if (_options.User.Length > 0) Text(_options.User);
        if (_options.Password is { } password) Text(password);
        List<byte> packet = [0x10];
        LoadDevice.AddLength(packet, body.Count);
        return [.. packet, .. body];

        void Text(string template)
        {
            var bytes = Encoding.UTF8.GetBytes(PayloadTemplate.Name(template, first, _index));
            body.AddRange([(byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes]);
        }
    }

    private void Pump()
    {
        lock (_gate)
        {
            if (_sending || _socket is null || !HasWork) return;
            _sending = true;
            Fill();
            _sender = SendAsync(_socket);
        }
    }

    private async Task SendAsync(Socket socket)
    {
        try
        {
            while (true)
            {
                for (var sent = 0; sent < _outLength;)
                    sent += await socket.SendAsync(_out.AsMemory(sent, _outLength - sent), SocketFlags.None).ConfigureAwait(false);
                lock (_gate)
                {
                    _outLength = 0;
                    _sending = HasWork;
                    if (!_sending) return;
                    Fill();
                }
            }
        }
        catch (Exception wrong) when (wrong is SocketException or ObjectDisposedException)
        {
            // The receiver sees it too, and says why.
            lock (_gate) (_outLength, _sending) = (0, false);
        }
    }

    /// <summary>Writes what may be sent, as much as there is room for. Under the lock.</summary>
    private void Fill()
    {
        var (now, nowMs) = (_clock.Now, _clock.EpochMs);
        while (_window.NextToResend(_out.AsSpan(_outLength)) is var length and > 0)
        {
            _outLength += length;
            Resent++;
        }

        while (_window.ToResend == 0 && !IsSent && Sent < _due && (_options.QoS == 0 || !_window.IsFull))
        {
            var device = _devices[_nextDevice];
            if (_outLength + device.Length > OutBytes) return;
            _nextDevice = (_nextDevice + 1) % _devices.Length;
            var id = _options.QoS > 0 ? _window.Take() : 0;
            var packet = _out.AsSpan(_outLength, device.Length);
            var number = device.Write(packet, id, nowMs, ref _dice);
            if (id > 0)
                _window.Put(id, new Flight(device.Number, _options.FirstSequence + number, _options.Rate > 0 ? _clock.Planned((Sent * _options.Connections) + _index) : now), packet);
            _outLength += device.Length;
            Sent++;
        }

        if (IsSent && _options.QoS == 0 && !_pinged && _outLength + 2 <= OutBytes)
        {
            (_out[_outLength], _out[_outLength + 1]) = (0xC0, 0);
            _outLength += 2;
            _pinged = true;
        }
    }

    /// <summary>Takes acknowledgements until everything is acknowledged.</summary>
    /// <returns>Null then; why the connection was lost else.</returns>
    private async Task<string?> ReceiveAsync(CancellationToken cancellation)
    {
        var buffer = new byte[1 << 13];
        var kept = 0;
        try
        {
            while (true)
            {
                lock (_gate)
                {
                    if (IsDone) return null;
                }

                var count = await _socket!.ReceiveAsync(buffer.AsMemory(kept), SocketFlags.None, cancellation).ConfigureAwait(false);
                if (count == 0)
                {
                    lock (_gate) return IsDone ? null : "the server closed the connection";
                }

                kept += count;
                var used = Take(buffer.AsSpan(0, kept));
                buffer.AsSpan(used, kept - used).CopyTo(buffer);
                kept -= used;
                Pump();
            }
        }
        catch (SocketException wrong)
        {
            return wrong.Message;
        }
    }

    private int Take(ReadOnlySpan<byte> bytes)
    {
        var used = 0;
        lock (_gate)
        {
            var now = _clock.Now;
            for (; bytes.Length - used >= 2 && bytes.Length - used >= 2 + bytes[used + 1]; used += 2 + bytes[used + 1])
            {
                if (bytes[used] == 0xD0)
                {
                    _pongReceived = true;
                    Acknowledged = Sent;
                }
                else if (bytes[used] == 0x40 && _window.Remove((bytes[used + 2] << 8) | bytes[used + 3]) is { } flight)
                {
                    Acknowledged++;
                    Latency.Add(TimeSpan.FromTicks(Math.Max(0, now - flight.At)));
                    _acked?.Add(flight.Device, flight.Sequence);
                }
                else
                {
                    Unexpected++;
                }
            }
        }

        return used;
    }

    private async Task ReconnectAsync(CancellationToken cancellation)
    {
        await CloseAsync().ConfigureAwait(false);
        var since = _clock.Now;
        while (true)
        {
            try
            {
                await ConnectAsync(cancellation).ConfigureAwait(false);
                break;
            }
            catch (IOException) when (TimeSpan.FromTicks(_clock.Now - since) < _options.GiveUpAfter)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), _clock.Time, cancellation).ConfigureAwait(false);
            }
        }

        lock (_gate)
        {
            Reconnects++;
            _pinged = false;
            _window.ResendAll();
        }
    }

    private async Task CloseAsync()
    {
        Socket? socket;
        lock (_gate) (socket, _socket) = (_socket, null);
        if (socket is null) return;
        try
        {
            if (Trouble.Length == 0 && IsDone) await socket.SendAsync(new byte[] { 0xE0, 0 }, SocketFlags.None).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            // It is closed either way.
        }

        socket.Dispose();
        await _sender.ConfigureAwait(false);
    }
}
