using B2D.Core.Alarms;
using B2D.DeviceGateway;
using B2D.Host.Loops;
using B2D.ProactiveWorker;
using B2D.ProactiveWorker.Alarms;
using B2D.ProactiveWorker.Notices;
using B2D.ProactiveWorker.Notices.Smtp;
using B2D.Storage;
using Microsoft.Extensions.Logging;

namespace B2D.Host.Alarms;

/// <summary>B2D's own alarms put together, with threads of their own: none of them waits for a database, a mail server or one of the loops it watches.</summary>
internal sealed class AlarmThreads : IAsyncDisposable
{
    private readonly PumpThread look;
    private readonly PumpThread record;
    private readonly PumpTask tell;
    private readonly PumpTask beat;
    private readonly AlarmRecorder recorder;

    public AlarmThreads(Installation b2d, DiskRoom room, HttpClient http, ILoggerFactory loggers, ILogger log)
    {
        var (care, notices) = (b2d.Options.Care, b2d.Options.Notices);
        Loop = new AlarmLoop(care, () => Facts(b2d, room), b2d.Time, loggers.CreateLogger<AlarmLoop>());
        recorder = new AlarmRecorder(b2d.Stores.State, Loop, b2d.Time);
        var mail = care.Mail.Enabled ? care.Mail : notices.Email;
        List<INoticeChannel> channels = [];
        if (mail.Enabled)
            channels.Add(new EmailChannel(mail, "B2D"));
        if (care.Webhook.Enabled)
            channels.Add(new WebhookChannel(http, care.Webhook, b2d.Time));
        Sender = new AlarmSender(Loop, care, channels, Environment.MachineName, b2d.Time, loggers.CreateLogger<AlarmSender>());
        Heartbeat = new Heartbeat(http, care.Heartbeat, () => Loop.Level < AlarmLevel.Critical && b2d.Gateway.Health.IsGood, b2d.Time, loggers.CreateLogger<Heartbeat>());
        look = new PumpThread("alarms", AlarmLoop.Every, Loop.Pump, log);
        record = new PumpThread("alarm-records", AlarmRecorder.Every, recorder.Pump, log);
        tell = new PumpTask("alarm-sender", AlarmSender.Every, Sender.PumpAsync, b2d.Time, log);
        beat = new PumpTask("heartbeat", Heartbeat.Every, Heartbeat.PumpAsync, b2d.Time, log);
        Loop.Changed = () =>
        {
            record.Wake();
            tell.Wake();
        };
    }

    public AlarmLoop Loop { get; }

    public AlarmSender Sender { get; }

    public Heartbeat Heartbeat { get; }

    /// <summary>Those of its threads that fail now. That alarms cannot be recorded follows from what is wrong with the database, and is no alarm of its own.</summary>
    public IEnumerable<(string Loop, string Reason)> Problems => new[] { (look.Name, look.Problem), (tell.Name, tell.Problem), (beat.Name, beat.Problem) };

    public void Start()
    {
        recorder.Start();
        look.Start();
        record.Start();
        tell.Start();
        beat.Start();
    }

    public async ValueTask DisposeAsync()
    {
        Loop.Changed = null;
        look.Dispose();
        record.Dispose();
        await tell.DisposeAsync();
        await beat.DisposeAsync();
    }

    private static AlarmFacts Facts(Installation b2d, DiskRoom room) => new()
    {
        IngestProblem = b2d.Gateway.Health.Reason,
        // The position first: what is evaluated by then is in the log by then.
        EvaluatedOffset = b2d.Worker.Lanes.Position,
        LogOffset = b2d.Stores.Log.LastOffset,
        NoticesSent = b2d.Worker.Sender.Sent,
        NoticeFailures = b2d.Worker.Sender.Failures,
        DiskFree = room.Free,
        FailingLoops = [.. b2d.Problems],
        Connections = b2d.Options.Has("gateway") ? b2d.Gateway.ConnectedDevices : null,
    };
}
