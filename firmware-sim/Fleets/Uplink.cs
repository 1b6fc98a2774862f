using System.Buffers;
using System.Text;
using System.Text.Json;
using B2D.FirmwareSim.Faults;
using B2D.FirmwareSim.Signals;
using B2D.FirmwareSim.Truth;

namespace B2D.FirmwareSim.Fleets;

/// <summary>Puts what devices have to say on the wire and into the truth, and lets the network's disturbances at it.</summary>
internal sealed class Uplink(GroundTruth truth, Agenda agenda, FleetOptions options)
{
    private static readonly byte[] Online = Encoding.UTF8.GetBytes("online");
    private static readonly byte[] OfflineText = Encoding.UTF8.GetBytes("offline");
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly double _intervalMs = options.TelemetryInterval.TotalMilliseconds;
    private List<FleetOutput> _outputs = [];
    private long _id;

    public bool HasOutputs => _outputs.Count > 0;

    public List<FleetOutput> Take()
    {
        var taken = _outputs;
        _outputs = [];
        return taken;
    }

    public static DeviceSession SessionOf(SimulatedDevice device) => new(
        device.Id,
        device.Definition.Password,
        $"devices/{device.Id}/status",
        OfflineText,
        [.. device.Children.Prepend(device).Select(d => $"devices/{d.Id}/commands/+")]);

    /// <summary>Connects the device if nothing stands in the way; says so, and sends what waited.</summary>
    public void Connect(SimulatedDevice device, long now)
    {
        if (device.Gateway is not null || device.Connected || !device.CanConnect) return;
        device.Connected = true;
        _outputs.Add(new FleetOutput.Connect(now, SessionOf(device)));
        foreach (var one in device.Children.Prepend(device))
        {
            EndSilence(one, now);
            Status(one, Online, now);
            foreach (var deliver in one.Deferred.ToList()) deliver(now);
            one.Deferred.Clear();
            Backfill(one, now);
        }
    }

    /// <summary>Ends the connection. A clean end says offline first; the other leaves that to the will.</summary>
    public void Disconnect(SimulatedDevice device, bool clean, string reason, long now)
    {
        if (device.Gateway is not null || !device.Connected) return;
        foreach (var one in device.Children.Prepend(device))
        {
            if (clean) Status(one, OfflineText, now);
            one.OpenSilence = truth.AddSilence(one.Id, reason, now);
        }

        device.Connected = false;
        _outputs.Add(new FleetOutput.Disconnect(now, device.Id, clean));
    }

    public void Telemetry(SimulatedDevice device, SentReading reading, long now)
    {
        var message = Record(device, MessageKind.Telemetry, [reading], null, reading.DeviceTimeMs, now, backfill: false);
        var payload = Written(writer => WriteReading(writer, reading));
        var deliver = Delivery(device, $"devices/{device.Id}/telemetry", payload, message);
        // A script that lives from its samples' alternation must not lose one of them: it would become a real fault.
        var fragile = device.Active?.Kind is InjectionKind.Flap or InjectionKind.Spike;
        if (!fragile && options.Disturbances.HasFlag(Disturbances.Late) && device.Dice.Chance(options.LateShare))
        {
            message.Late = true;
            agenda.Add(now + (long)(_intervalMs * device.Dice.Between(2, 6)), deliver);
            return;
        }

        deliver(now);
        Duplicate(device, deliver, now);
    }

    /// <summary>Announces a code; true if it could be sent at once.</summary>
    public bool Event(SimulatedDevice device, string code, string state, long now)
    {
        var deviceTime = now + device.ClockOffsetMs;
        var message = Record(device, MessageKind.Event, [], new SentEvent(code, state, deviceTime), deviceTime, now, backfill: false);
        var payload = Written(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("code", code);
            writer.WriteString("state", state);
            writer.WriteNumber("ts", deviceTime);
            writer.WriteEndObject();
        });
        var deliver = Delivery(device, $"devices/{device.Id}/events", payload, message);
        var connected = device.Connected;
        deliver(now);
        Duplicate(device, deliver, now);
        return connected;
    }

    public void Reply(SimulatedDevice device, string commandId, CommandAnswer answer, long now)
    {
        var message = Record(device, MessageKind.Reply, [], null, now, now, backfill: false);
        var payload = Written(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("status", answer.Status);
            if (answer.Detail is not null) writer.WriteString("detail", answer.Detail);
            writer.WriteEndObject();
        });
        Delivery(device, $"devices/{device.Id}/commands/{commandId}/reply", payload, message)(now);
    }

    private void Status(SimulatedDevice device, byte[] payload, long now)
    {
        var message = Record(device, MessageKind.Status, [], null, now, now, backfill: false);
        message.MarkCopied();
        _outputs.Add(new FleetOutput.Publish(now, (device.Gateway ?? device).Id, $"devices/{device.Id}/status", payload, true, message, false));
    }

    /// <summary>What was measured while offline, oldest first, as arrays.</summary>
    private void Backfill(SimulatedDevice device, long now)
    {
        while (device.Backlog.Count > 0)
        {
            List<SentReading> batch = [];
            while (batch.Count < options.BackfillBatch && device.Backlog.TryDequeue(out var reading)) batch.Add(reading);
            var message = Record(device, MessageKind.Telemetry, batch, null, batch[0].DeviceTimeMs, now, backfill: true);
            var payload = Written(writer =>
            {
                writer.WriteStartArray();
                foreach (var reading in batch) WriteReading(writer, reading);
                writer.WriteEndArray();
            });
            var deliver = Delivery(device, $"devices/{device.Id}/telemetry", payload, message);
            deliver(now);
            Duplicate(device, deliver, now);
        }
    }

    private void Duplicate(SimulatedDevice device, Action<long> deliver, long now)
    {
        if (!options.Disturbances.HasFlag(Disturbances.DuplicateReading) || !device.Dice.Chance(options.DuplicateShare)) return;
        var delay = device.Dice.Chance(0.5) ? 0 : (long)(_intervalMs * device.Dice.Between(0.2, 3));
        agenda.Add(now + delay, deliver);
    }

    private Action<long> Delivery(SimulatedDevice device, string topic, ReadOnlyMemory<byte> payload, SentMessage message)
    {
        void Deliver(long at)
        {
            if (!device.Connected)
            {
                device.Deferred.Add(Deliver);
                return;
            }

            var copy = message.Copies > 0;
            message.MarkCopied();
            _outputs.Add(new FleetOutput.Publish(at, (device.Gateway ?? device).Id, topic, payload, false, message, copy));
        }

        return Deliver;
    }

    private SentMessage Record(
        SimulatedDevice device, MessageKind kind, IReadOnlyList<SentReading> readings, SentEvent? code, long deviceTime, long now, bool backfill)
    {
        var message = new SentMessage
        {
            Id = ++_id,
            Device = device.Id,
            Sequence = ++device.Sequence,
            Kind = kind,
            Readings = options.KeepReadings ? readings : [],
            Event = code,
            DeviceTimeMs = deviceTime,
            ValueCount = code is null ? readings.Sum(r => r.Values.Count) : 1,
            CreatedMs = now,
            Backfill = backfill,
        };
        truth.AddMessage(message);
        return message;
    }

    private static void EndSilence(SimulatedDevice device, long now)
    {
        if (device.OpenSilence is null) return;
        device.OpenSilence.ToMs = now;
        device.OpenSilence = null;
    }

    private byte[] Written(Action<Utf8JsonWriter> write)
    {
        _buffer.ResetWrittenCount();
        using (var writer = new Utf8JsonWriter(_buffer)) write(writer);
        return _buffer.WrittenSpan.ToArray();
    }

    private static void WriteReading(Utf8JsonWriter writer, SentReading reading) => TelemetryJson.Write(writer, reading.DeviceTimeMs, reading.Values);
}
