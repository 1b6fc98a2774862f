using System.Diagnostics;
using System.Reflection;
using B2D.Bus;
using B2D.Console;
using B2D.Core.Alarms;
using B2D.Mqtt;

namespace B2D.Host.Metrics;

/// <summary>
/// Every number that the roles and the process have about themselves, one line each: a new one is a line here and a line in the table of docs/operations.md,
/// which a test compares. What is counted in the state database stands in the console's <c>StateMetrics</c>.
/// </summary>
internal static class HostMetrics
{
    public static IReadOnlyList<Measure> Of(Installation b2d)
    {
        var list = new MetricList();
        Gateway(list, b2d);
        Mqtt(list, b2d);
        Log(list, b2d);
        Evaluation(list, b2d);
        Notices(list, b2d);
        Care(list, b2d);
        OfProcess(list, b2d);
        return list.Measures;
    }

    private static void Gateway(MetricList list, Installation b2d)
    {
        var counted = b2d.Gateway.Counters;
        list.Counter("b2d_readings_total", "Readings written to the log.", counted.Readings.Value);
        list.Counter("b2d_messages_acknowledged_total", "Messages acknowledged (QoS 0: taken) after they were on disk.", counted.Acknowledged.Value);
        list.Counter("b2d_messages_unacknowledged_total", "Messages not acknowledged because the log could not be written.", counted.Unacknowledged.Value);
        list.Counters("b2d_dead_letters_total", "Messages that could not be read, by reason.", "reason", Enum.GetValues<RejectReason>().Select(r => (r.ToString(), (double)counted.Rejected(r).Value)));
        list.Counter("b2d_messages_not_authorized_total", "Messages and subscriptions that a device had no right to.", counted.NotAuthorized.Value);
        list.Counter("b2d_repeated_names_total", "Metrics named twice in one object.", counted.RepeatedNames.Value);
        list.Counter("b2d_connects_total", "Connections of devices accepted.", counted.Connects.Value);
        list.Counter("b2d_bad_passwords_total", "Connections refused for user name or password.", counted.BadPasswords.Value);
        list.Counter("b2d_sign_ins_held_off_total", "Attempts to connect refused unchecked after too many failures.", counted.AttemptsHeldOff.Value);
        list.Counter("b2d_commands_sent_total", "Commands sent to devices, repetitions included.", counted.CommandsSent.Value);
        list.Counter("b2d_commands_delivered_total", "Commands that a device acknowledged.", counted.CommandsDelivered.Value);
        list.Counter("b2d_commands_dropped_total", "Commands given up by the gateway: expired, or more than a device may have.", counted.CommandsDropped.Value);
        list.Gauge("b2d_connected_devices", "Devices connected now.", b2d.Gateway.ConnectedDevices);
        list.Gauge("b2d_held_refusals", "Connections whose refusal is held back.", b2d.Gateway.HeldRefusals);
        list.Gauge("b2d_pending_commands", "Commands that wait for their device or for its acknowledgement.", b2d.Gateway.PendingCommands);
        list.Counter("b2d_messages_shed_total", "Messages of QoS 0 not taken because too much waited for the disk.", counted.Shed.Value);
    }

    private static void Mqtt(MetricList list, Installation b2d)
    {
        var counted = b2d.Gateway.MqttCounters;
        list.Counter("b2d_mqtt_connections_opened_total", "Transport connections opened.", counted.ConnectionsOpened);
        list.Counters("b2d_mqtt_connections_ended_total", "Connections that ended, each for one reason.", "reason",
            Enum.GetValues<EndReason>().Where(r => r != EndReason.None).Select(r => (r.ToString(), (double)counted.Ended(r))));
        list.Counter("b2d_mqtt_connects_accepted_total", "CONNECTs accepted.", counted.ConnectsAccepted);
        list.Counter("b2d_mqtt_connects_refused_total", "CONNECTs refused.", counted.ConnectsRefused);
        list.Counter("b2d_mqtt_publishes_in_total", "PUBLISHes from clients, without repetitions of QoS 2.", counted.PublishesFromClients);
        list.Counter("b2d_mqtt_publishes_in_bytes_total", "Bytes of their payloads.", counted.BytesFromClients);
        list.Counter("b2d_mqtt_publishes_out_total", "PUBLISHes to clients, repetitions included.", counted.PublishesToClients);
        list.Counter("b2d_mqtt_messages_dropped_total", "Messages that a session had no room or no connection for.", counted.MessagesDropped);
        list.Counter("b2d_mqtt_retained_refused_total", "Retained messages not kept because of a limit.", counted.RetainedRefused);
        var (connections, sessions, retained, subscriptions) = b2d.Gateway.MqttHolds;
        list.Gauge("b2d_mqtt_connections", "Connections open now.", connections);
        list.Gauge("b2d_mqtt_sessions", "Sessions remembered.", sessions);
        list.Gauge("b2d_mqtt_retained_messages", "Retained messages kept.", retained);
        list.Gauge("b2d_mqtt_subscriptions", "Subscriptions.", subscriptions);
    }

    private static void Log(MetricList list, Installation b2d)
    {
        var counted = b2d.Gateway.Counters;
        list.Counter("b2d_entries_total", "Entries written to the log.", counted.Entries.Value);
        list.Counter("b2d_log_batches_total", "Transactions of the log.", counted.Batches.Value);
        list.Counter("b2d_log_failed_batches_total", "Turns in which the log could not be written.", counted.FailedBatches.Value);
        list.Counter("b2d_log_forgotten_total", "Entries of B2D's own given up because the log could not be written for too long.", counted.Forgotten.Value);
        list.Gauge("b2d_queue_depth", "Submissions that wait for the log.", counted.QueueDepth());
        list.Gauge("b2d_ingest_linger_seconds", "How long the writer lets messages gather before it writes; 0 without load.", b2d.Gateway.Linger.TotalSeconds);
        list.Counter("b2d_ingest_slowed_total", "Turns in which messages were left waiting because evaluation was too far behind.", counted.Slowed.Value);
        list.Gauge("b2d_log_offset", "Last offset of the log.", b2d.Stores.Log.LastOffset);
        list.Gauge("b2d_log_sealed_timestamp_seconds", "Up to when the log is complete, seconds since 1970.", b2d.Stores.Log.SealedUntil.EpochMs / 1000.0);
        list.Gauge("b2d_ingest_up", "1 while the log takes what devices send, else 0.", b2d.Gateway.Health.IsGood ? 1 : 0);
        list.Gauges("b2d_file_bytes", "Length of a database with its write-ahead log.", "file", Files(b2d.Options.Data));
    }

    private static void Evaluation(MetricList list, Installation b2d)
    {
        var lanes = b2d.Worker.Lanes;
        list.Counter("b2d_entries_applied_total", "Entries evaluated since the start.", lanes.Applied);
        list.Gauge("b2d_evaluated_offset", "Last offset that is evaluated and committed.", lanes.Position);
        list.Gauge("b2d_evaluation_lag_seconds", "How far evaluation is behind the log.", b2d.Lag.TotalSeconds);
        list.Gauge("b2d_oldest_unevaluated_seconds", "Age of the oldest entry that waits for its evaluation.", b2d.Alarms.Loop.OldestUnevaluated.TotalSeconds);
        list.Gauge("b2d_telemetry_offset", "Offset up to which the readings of every partition are in blocks on disk; from there a start replays the log.", b2d.Stores.Telemetry.NeedsLogFrom.Position);
        list.Gauge("b2d_telemetry_tail_bytes", "Memory of readings that are not in blocks on disk yet.", b2d.Stores.Telemetry.TailBytes);
        list.Gauge("b2d_telemetry_pending_cuts", "Cuts of partitions that are not on disk yet.", b2d.Stores.Telemetry.PendingCuts);
        list.Counter("b2d_telemetry_readings_total", "Readings arranged, of all times.", b2d.Stores.Telemetry.CountReadingsEver());
        list.Counter("b2d_telemetry_duplicates_total", "Readings that were sent again, of all times.", b2d.Stores.Telemetry.CountDuplicateReadings());
        list.Counter("b2d_reorder_full_total", "Times that more messages of a device waited for rules with lateness than can.", lanes.ReorderFull);
        list.Counter("b2d_back_dated_passes_total", "Looks of back-dated passes at what a device told too late.", b2d.Worker.BackDating.Passes);
        list.Counter("b2d_back_dated_faults_total", "Faults that back-dated passes found.", b2d.Worker.BackDating.Found);
        list.Gauge("b2d_rules", "Rules in force.", b2d.Worker.Rules.Current.Set is var set ? set.Faults.Length + set.Dues.Length + set.Outages.Length + set.Defects.Length : 0);
    }

    private static void Notices(MetricList list, Installation b2d)
    {
        list.Counter("b2d_notices_sent_total", "Notices that a channel took.", b2d.Worker.Sender.Sent);
        list.Counter("b2d_notice_failures_total", "Tries to send a notice that failed.", b2d.Worker.Sender.Failures);
        list.Gauge("b2d_stopped", "1 while all notices and remedies are stopped, else 0.", b2d.Worker.Stop.Read().Stopped ? 1 : 0);
    }

    private static void Care(MetricList list, Installation b2d)
    {
        var (loop, sender, beat) = (b2d.Alarms.Loop, b2d.Alarms.Sender, b2d.Alarms.Heartbeat);
        var open = loop.Open;
        list.Gauges("b2d_own_alarms", "Alarms of B2D's own that last, by kind.", "kind",
            Enum.GetNames<AlarmKind>().Union(open.Select(a => a.Kind)).Select(k => (k, (double)open.Count(a => a.Kind == k))));
        list.Gauge("b2d_own_alarm_level", "The worst of them: 0 none, 1 warning, 2 critical.", (int)loop.Level);
        list.Counter("b2d_own_alarms_raised_total", "Alarms of B2D's own raised.", loop.Raised);
        list.Counter("b2d_operator_messages_sent_total", "Words on them that operators were sent.", sender.Sent);
        list.Counter("b2d_operator_message_failures_total", "Tries to send operators words that failed.", sender.Failures);
        list.Counter("b2d_heartbeats_sent_total", "Signs of life that were taken.", beat.Sent);
        list.Counter("b2d_heartbeat_failures_total", "Signs of life that nobody took.", beat.Failures);
        list.Gauge("b2d_loops_failing", "Loops whose last turn failed.", b2d.Problems.Count());
        list.Gauge("b2d_disk_free_bytes", "Free on the disk of the data folder.", b2d.Room.Free ?? double.NaN);
        list.Gauge("b2d_disk_size_bytes", "Size of that disk.", b2d.Room.Total ?? double.NaN);
        list.Gauge("b2d_disk_full_in_seconds", "When it is full at the pace of the last hour; +Inf where it does not fill.", loop.DiskFullIn?.TotalSeconds ?? double.PositiveInfinity);
        list.Gauge("b2d_backup_taken_timestamp_seconds", "When the last whole backup since the start was taken, seconds since 1970; 0: none.", b2d.Backups.LastWholeAt / 1000.0);
    }

    private static void OfProcess(MetricList list, Installation b2d)
    {
        using var process = Process.GetCurrentProcess();
        list.Gauge("b2d_process_memory_bytes", "Resident memory.", Environment.WorkingSet);
        list.Gauge("b2d_process_heap_bytes", "Managed memory in use, as of the last collection.", GC.GetGCMemoryInfo().HeapSizeBytes);
        list.Gauge("b2d_process_committed_bytes", "Managed memory taken from the system.", GC.GetGCMemoryInfo().TotalCommittedBytes);
        list.Counter("b2d_process_allocated_bytes_total", "Managed memory allocated.", GC.GetTotalAllocatedBytes());
        list.Counters("b2d_process_collections_total", "Garbage collections, by generation.", "generation", Enumerable.Range(0, GC.MaxGeneration + 1).Select(g => ($"{g}", (double)GC.CollectionCount(g))));
        list.Counter("b2d_process_collection_pause_seconds_total", "Time in which collections stopped all threads.", GC.GetTotalPauseDuration().TotalSeconds);
        list.Gauge("b2d_process_threads", "Threads.", process.Threads.Count);
        list.Gauge("b2d_process_pool_threads", "Threads of the pool.", ThreadPool.ThreadCount);
        list.Gauge("b2d_process_pool_queue", "Work that waits for a thread of the pool.", ThreadPool.PendingWorkItemCount);
        list.Counter("b2d_process_cpu_seconds_total", "Processor time used.", process.TotalProcessorTime.TotalSeconds);
        list.Gauge("b2d_process_start_timestamp_seconds", "When the roles were started, seconds since 1970.", b2d.StartedAt.EpochMs / 1000.0);
        list.Gauges("b2d_build", "1, with the version of the program.", "version", [(Assembly.GetExecutingAssembly().GetName().Version!.ToString(3), 1)]);
    }

    private static IEnumerable<(string File, double Bytes)> Files(string data) => new[] { "log.db", "state.db", "telemetry.db", "sessions.db" }
        .Select(f => (f, (double)(Length(Path.Combine(data, f)) + Length(Path.Combine(data, f + "-wal")))));

    private static long Length(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;
}
