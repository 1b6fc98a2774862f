using B2D.Console;

namespace B2D.Host.Desks;

/// <summary>How the program itself is, for /readyz and /metrics.</summary>
internal sealed class HostHealth(Installation installation) : IHealth
{
    /// <summary>Evaluation further behind than this is not ready.</summary>
    private static readonly TimeSpan MostLag = TimeSpan.FromSeconds(30);

    public IReadOnlyList<NotReady> NotReady
    {
        get
        {
            var found = installation.Problems.Select(p => new NotReady(p.Loop, p.Reason)).ToList();
            if (Lag > MostLag)
                found.Add(new NotReady("worker", $"evaluation is {Lag.TotalSeconds:0} s behind"));
            return found;
        }
    }

    public TimeSpan Lag
    {
        get
        {
            var behind = installation.Stores.Log.LastOffset - installation.Worker.Lanes.Position;
            return behind <= 0 ? TimeSpan.Zero : installation.Stores.Log.SealedUntil - installation.Worker.Lanes.AppliedUntil;
        }
    }

    public IReadOnlyList<Measure> Measures
    {
        get
        {
            var gateway = installation.Gateway.Counters;
            var measures = new List<Measure>
            {
                Counter("b2d_readings_total", "Readings taken from devices", gateway.Readings.Value),
                Counter("b2d_entries_total", "Entries written to the log", gateway.Entries.Value),
                Counter("b2d_log_batches_total", "Transactions of the log", gateway.Batches.Value),
                Counter("b2d_messages_acknowledged_total", "Messages acknowledged after they were on disk", gateway.Acknowledged.Value),
                Counter("b2d_connects_total", "Connections of devices", gateway.Connects.Value),
                Counter("b2d_bad_passwords_total", "Connections refused for their password", gateway.BadPasswords.Value),
                Counter("b2d_sign_ins_held_off_total", "Attempts to connect refused unchecked after too many failures", gateway.AttemptsHeldOff.Value),
                Counter("b2d_commands_sent_total", "Commands sent to devices", gateway.CommandsSent.Value),
                Counter("b2d_notices_sent_total", "Notices that a channel took since the start", installation.Worker.Sender.Sent),
                Counter("b2d_notice_failures_total", "Tries to send a notice that failed since the start", installation.Worker.Sender.Failures),
                Counter("b2d_entries_applied_total", "Entries evaluated since the start", installation.Worker.Lanes.Applied),
                Gauge("b2d_connected_devices", "Devices connected", installation.Gateway.ConnectedDevices),
                Gauge("b2d_queue_depth", "Submissions that wait for the log", installation.Entries.Count),
                Gauge("b2d_evaluation_lag_seconds", "How far evaluation is behind arrival", Lag.TotalSeconds),
                Gauge("b2d_log_offset", "Last offset of the log", installation.Stores.Log.LastOffset),
            };
            measures.AddRange(OfMqtt());
            foreach (var (reason, count) in installation.Stores.Log.CountDeadLetters())
                measures.Add(new Measure("b2d_dead_letters_total", "Messages that could not be read", MeasureKind.Counter, count, [new("reason", reason)]));
            return measures;
        }
    }

    private IEnumerable<Measure> OfMqtt()
    {
        var counted = installation.Gateway.MqttCounters;
        yield return Counter("b2d_mqtt_connections_opened_total", "MQTT connections opened", counted.ConnectionsOpened);
        foreach (var reason in Enum.GetValues<Mqtt.EndReason>().Where(r => r != Mqtt.EndReason.None))
            yield return new Measure("b2d_mqtt_connections_ended_total", "MQTT connections that ended, each for one reason", MeasureKind.Counter, counted.Ended(reason), [new("reason", reason.ToString())]);
        yield return Counter("b2d_mqtt_connects_accepted_total", "MQTT CONNECTs accepted", counted.ConnectsAccepted);
        yield return Counter("b2d_mqtt_connects_refused_total", "MQTT CONNECTs refused", counted.ConnectsRefused);
        yield return Counter("b2d_mqtt_publishes_in_total", "MQTT PUBLISHes from clients", counted.PublishesFromClients);
        yield return Counter("b2d_mqtt_publishes_out_total", "MQTT PUBLISHes to clients", counted.PublishesToClients);
        yield return Counter("b2d_mqtt_messages_dropped_total", "MQTT messages that a session had no room or no connection for", counted.MessagesDropped);
        var (connections, sessions, retained, subscriptions) = installation.Gateway.MqttHolds;
        yield return Gauge("b2d_mqtt_connections", "MQTT connections open now", connections);
        yield return Gauge("b2d_mqtt_sessions", "MQTT sessions remembered", sessions);
        yield return Gauge("b2d_mqtt_retained", "MQTT retained messages kept", retained);
        yield return Gauge("b2d_mqtt_subscriptions", "MQTT subscriptions", subscriptions);
        yield return Gauge("b2d_process_memory_bytes", "Resident memory of the process", Environment.WorkingSet);
    }

    private static Measure Counter(string name, string help, double value) => new(name, help, MeasureKind.Counter, value, []);

    private static Measure Gauge(string name, string help, double value) => new(name, help, MeasureKind.Gauge, value, []);
}
