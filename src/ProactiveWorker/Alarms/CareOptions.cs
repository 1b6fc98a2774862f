using System.Net.Mail;
using B2D.Core.Alarms;
using B2D.ProactiveWorker.Notices;

namespace B2D.ProactiveWorker.Alarms;

/// <summary>When B2D raises alarms of its own, and who is told. Durations are written as <c>00:00:30</c>.</summary>
public sealed record CareOptions
{
    /// <summary>Oldest entry that may wait for its evaluation; 1 s to 1 h, default 30 s. Ten times as much is critical.</summary>
    public TimeSpan EvaluationLag { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Failed tries to send a notice since the last that was sent; 1 to 10,000, default 5.</summary>
    public int NoticeFailures { get; init; } = 5;

    /// <summary>Free on the disk of the data folder, below which it is a warning; 0 (never) to 1,000,000 MiB, default 2,048.</summary>
    public int DiskWarnMegabytes { get; init; } = 2048;

    /// <summary>Below which it is critical; 0 (never) to <see cref="DiskWarnMegabytes"/>, default 512.</summary>
    public int DiskCriticalMegabytes { get; init; } = 512;

    /// <summary>
    /// Below which ingest stops, so that cases can still be worked on; 0 (only when the disk is full) to <see cref="DiskCriticalMegabytes"/>, default 128.
    /// </summary>
    public int DiskReserveMegabytes { get; init; } = 128;

    /// <summary>A difference between the system clock and the time that passed; 1 s to 1 day, default 30 s.</summary>
    public TimeSpan ClockJump { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a jump is shown; 1 min to 7 days, default 1 h.</summary>
    public TimeSpan ClockJumpShown { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Connections that were there at once, so that none is worth an alarm; 1 to 10,000,000, default 10.</summary>
    public int ManyConnections { get; init; } = 10;

    /// <summary>How long none is there; 10 s to 1 day, default 10 min.</summary>
    public TimeSpan NoConnectionsFor { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Between two words on the same alarm while it lasts; 1 min to 7 days, default 4 h.</summary>
    public TimeSpan Repeat { get; init; } = TimeSpan.FromHours(4);

    /// <summary>Addresses that alarms are mailed to, parted by commas; default none.</summary>
    public string MailTo { get; init; } = "";

    /// <summary>The mail server for alarms; without a host the one of <c>Notices:Email</c>.</summary>
    public EmailOptions Mail { get; init; } = new();

    /// <summary>Where alarms are posted to, signed; default none.</summary>
    public WebhookOptions Webhook { get; init; } = new();

    /// <summary>The sign of life that goes out while all is well; who hears none any more knows that B2D, its machine or its network is down.</summary>
    public HeartbeatOptions Heartbeat { get; init; } = new();

    /// <summary>Addresses of <see cref="MailTo"/>.</summary>
    public IReadOnlyList<string> Receivers => MailTo.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>As Core takes them.</summary>
    public AlarmLimits Limits => new()
    {
        EvaluationLag = EvaluationLag,
        NoticeFailures = NoticeFailures,
        DiskWarn = (long)DiskWarnMegabytes << 20,
        DiskCritical = (long)DiskCriticalMegabytes << 20,
        ClockJump = ClockJump,
        ClockJumpShown = ClockJumpShown,
        ManyConnections = ManyConnections,
        NoConnectionsFor = NoConnectionsFor,
    };

    /// <summary>Everything that is wrong, one line each: option, value and what is allowed.</summary>
    /// <param name="notices">Whose mail server serves where there is no own one.</param>
    public IReadOnlyList<string> Validate(EmailOptions notices)
    {
        var problems = new List<string>();
        Check(EvaluationLag >= TimeSpan.FromSeconds(1) && EvaluationLag <= TimeSpan.FromHours(1), nameof(EvaluationLag), EvaluationLag, "1 s to 1 h");
        Check(NoticeFailures is >= 1 and <= 10_000, nameof(NoticeFailures), NoticeFailures, "1 to 10,000 tries");
        Check(DiskWarnMegabytes is >= 0 and <= 1_000_000, nameof(DiskWarnMegabytes), DiskWarnMegabytes, "0 to 1,000,000 MiB");
        Check(DiskCriticalMegabytes >= 0 && DiskCriticalMegabytes <= DiskWarnMegabytes, nameof(DiskCriticalMegabytes), DiskCriticalMegabytes, $"0 to DiskWarnMegabytes, which is {DiskWarnMegabytes}");
        Check(DiskReserveMegabytes >= 0 && DiskReserveMegabytes <= DiskCriticalMegabytes, nameof(DiskReserveMegabytes), DiskReserveMegabytes, $"0 to DiskCriticalMegabytes, which is {DiskCriticalMegabytes}");
        Check(ClockJump >= TimeSpan.FromSeconds(1) && ClockJump <= TimeSpan.FromDays(1), nameof(ClockJump), ClockJump, "1 s to 1 day");
        Check(ClockJumpShown >= TimeSpan.FromMinutes(1) && ClockJumpShown <= TimeSpan.FromDays(7), nameof(ClockJumpShown), ClockJumpShown, "1 min to 7 days");
        Check(ManyConnections is >= 1 and <= 10_000_000, nameof(ManyConnections), ManyConnections, "1 to 10,000,000");
        Check(NoConnectionsFor >= TimeSpan.FromSeconds(10) && NoConnectionsFor <= TimeSpan.FromDays(1), nameof(NoConnectionsFor), NoConnectionsFor, "10 s to 1 day");
        Check(Repeat >= TimeSpan.FromMinutes(1) && Repeat <= TimeSpan.FromDays(7), nameof(Repeat), Repeat, "1 min to 7 days");
        problems.AddRange(Receivers.Where(r => !MailAddress.TryCreate(r, out _)).Select(r => $"Care:MailTo has '{r}', which is no e-mail address"));
        if (Receivers.Count > 0 && !Mail.Enabled && !notices.Enabled)
            problems.Add("Care:MailTo is given, but there is no mail server: set Care:Mail:Host or Notices:Email:Host");
        problems.AddRange(Mail.Validate("Care:Mail"));
        problems.AddRange(Webhook.Validate("Care:Webhook"));
        problems.AddRange(Heartbeat.Validate());
        return problems;

        void Check(bool good, string name, object value, string range)
        {
            if (!good)
                problems.Add($"Care:{name} is {value}, allowed is {range}");
        }
    }
}

/// <summary>Where the sign of life goes.</summary>
public sealed record HeartbeatOptions
{
    /// <summary>Address; empty: none is sent (default). Plain http only on loopback.</summary>
    public string Url { get; init; } = "";

    /// <summary>GET (default) or POST.</summary>
    public string Method { get; init; } = "GET";

    /// <summary>Between two; 10 s to 1 h, default 1 min.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Until an answer; 1 s to 1 min, default 10 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    public bool Enabled => Url.Length > 0;

    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        if (!Enabled)
            return problems;
        if (!Uri.TryCreate(Url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            problems.Add($"Care:Heartbeat:Url is '{Url}', it must be an absolute https address");
        else if (uri.Scheme == "http" && !uri.IsLoopback)
            problems.Add($"Care:Heartbeat:Url is '{Url}'; plain http is allowed to this machine only");
        if (Method is not ("GET" or "POST"))
            problems.Add($"Care:Heartbeat:Method is '{Method}', allowed are GET and POST");
        if (Every < TimeSpan.FromSeconds(10) || Every > TimeSpan.FromHours(1))
            problems.Add($"Care:Heartbeat:Every is {Every}, allowed is 10 s to 1 h");
        if (Timeout < TimeSpan.FromSeconds(1) || Timeout > TimeSpan.FromMinutes(1))
            problems.Add($"Care:Heartbeat:Timeout is {Timeout}, allowed is 1 s to 1 min");
        return problems;
    }
}
