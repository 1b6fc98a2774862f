using B2D.Core.Notices;
using B2D.ProactiveWorker.Webhooks;

namespace B2D.ProactiveWorker.Notices;

/// <summary>How customers are reached.</summary>
public sealed record NoticeOptions
{
    /// <summary>Who writes, as customers know it; 1 to 100 characters, default <c>Service</c>.</summary>
    public string Sender { get; init; } = "Service";

    /// <summary>How to reach a person, in words: a telephone number or an address; at most 200 characters.</summary>
    public string Contact { get; init; } = "";

    /// <summary>Language of customers who have none: <c>en</c> (default), <c>de</c> or <c>pt</c>.</summary>
    public string Language { get; init; } = "en";

    /// <summary>Zone of customers who have none, a name of the tz database; default <c>Etc/UTC</c>.</summary>
    public string TimeZone { get; init; } = "Etc/UTC";

    public EmailOptions Email { get; init; } = new();

    public WebhookOptions Webhook { get; init; } = new();

    /// <summary>A provider of texts with an interface of its own.</summary>
    public SmsOptions Sms { get; init; } = new();

    /// <summary>Links in mails.</summary>
    public LinkOptions Links { get; init; } = new();

    /// <summary>Other systems that are told what happens.</summary>
    public ReceiverOptions Receivers { get; init; } = new();

    /// <summary>Notices on their way at once; 1 to 256, default 16.</summary>
    public int AtOnce { get; init; } = 16;

    /// <summary>Hours in which customers who say nothing else are not woken, in their own zone, or <c>none</c>; default <c>22:00-07:30</c>: what was promised for
    /// the morning is there in time.</summary>
    public string QuietHours { get; init; } = "22:00-07:30";

    /// <summary>Reminders that come from use go only to those who said yes; default false: to all who have not said no.</summary>
    public bool UsageNeedsConsent { get; init; }

    /// <summary>How many notices of a class one customer gets within a day.</summary>
    public CapOptions Caps { get; init; } = new();

    /// <summary>Tries after which another channel is taken, where there is one; 1 to 24, default 6: about five minutes.</summary>
    public int FallBackAfter { get; init; } = 6;

    /// <summary>The longest wait before a channel that did not take a notice is tried again: tries are 5 s apart, then twice as long each time; 5 s to 24 h, default 4 h: 24 tries are two days.</summary>
    public TimeSpan RetryMost { get; init; } = NoticeStep.LongestDelay;

    /// <summary>Where no channel is left and nobody can be called, a letter is offered for printing; default false.</summary>
    public bool Letters { get; init; }

    /// <summary>Within what time a person is to call a customer who cannot be told otherwise; 1 min to 7 days, default 2 h.</summary>
    public TimeSpan CallWithin { get; init; } = TimeSpan.FromHours(2);

    /// <summary>The same where somebody may come to harm or depends on it; 1 min to 1 day, default 15 min.</summary>
    public TimeSpan CallAtOnceWithin { get; init; } = TimeSpan.FromMinutes(15);

    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        if (Sender.Length is 0 or > 100)
            problems.Add($"Notices:Sender has {Sender.Length} characters, allowed are 1 to 100");
        if (Contact.Length > 200)
            problems.Add($"Notices:Contact has {Contact.Length} characters, at most 200 are allowed");
        if (!Templates.Languages.Contains(Language))
            problems.Add($"Notices:Language is '{Language}', allowed are {string.Join(", ", Templates.Languages)}");
        if (NodaTime.DateTimeZoneProviders.Tzdb.GetZoneOrNull(TimeZone) is null)
            problems.Add($"Notices:TimeZone is '{TimeZone}', allowed are names of the tz database such as Europe/Lisbon");
        if (AtOnce is < 1 or > 256)
            problems.Add($"Notices:AtOnce is {AtOnce}, allowed is 1 to 256");
        if (Core.Notices.QuietHours.Parse(QuietHours, out var wrong) is null && wrong.Length > 0)
            problems.Add($"Notices:QuietHours is '{QuietHours}', allowed is 22:00-07:30 or {Core.Notices.QuietHours.None}");
        if (FallBackAfter is < 1 or > 24)
            problems.Add($"Notices:FallBackAfter is {FallBackAfter}, allowed is 1 to 24 tries");
        if (RetryMost < TimeSpan.FromSeconds(5) || RetryMost > TimeSpan.FromDays(1))
            problems.Add($"Notices:RetryMost is {RetryMost}, allowed is 5 s to 24 h");
        if (CallWithin < TimeSpan.FromMinutes(1) || CallWithin > TimeSpan.FromDays(7))
            problems.Add($"Notices:CallWithin is {CallWithin}, allowed is 1 min to 7 days");
        if (CallAtOnceWithin < TimeSpan.FromMinutes(1) || CallAtOnceWithin > TimeSpan.FromDays(1))
            problems.Add($"Notices:CallAtOnceWithin is {CallAtOnceWithin}, allowed is 1 min to 1 day");
        problems.AddRange(Caps.Validate());
        problems.AddRange(Links.Validate());
        problems.AddRange(Email.Validate());
        problems.AddRange(Webhook.Validate());
        problems.AddRange(Sms.Validate());
        problems.AddRange(Receivers.Validate());
        return problems;
    }
}

/// <summary>How many notices of a class one customer gets within a day, 0 to 1,000. Danger, the first word of an outage, all-clears, promised words and answers are not counted.</summary>
public sealed record CapOptions
{
    /// <summary>Default 12.</summary>
    public int Service { get; init; } = 12;

    /// <summary>Default 12.</summary>
    public int Case { get; init; } = 12;

    /// <summary>Default 2.</summary>
    public int Usage { get; init; } = 2;

    /// <summary>Default 1.</summary>
    public int Offer { get; init; } = 1;

    /// <summary>Default 1.</summary>
    public int Survey { get; init; } = 1;

    /// <summary>The most of a class.</summary>
    public int Of(NoticeClass noticeClass) => noticeClass switch
    {
        NoticeClass.Service => Service,
        NoticeClass.Case => Case,
        NoticeClass.Usage => Usage,
        NoticeClass.Offer => Offer,
        NoticeClass.Survey => Survey,
        _ => int.MaxValue,
    };

    public IReadOnlyList<string> Validate() =>
    [
        .. NoticeClasses.WithConsent.Where(c => Of(c) is < 0 or > 1000).Select(c => $"Notices:Caps:{c} is {Of(c)}, allowed is 0 to 1,000"),
    ];
}

/// <summary>The mail server that notices go through.</summary>
public sealed record EmailOptions
{
    /// <summary>Host name; empty switches e-mail off (default).</summary>
    public string Host { get; init; } = "";

    /// <summary>1 to 65,535, default 25.</summary>
    public int Port { get; init; } = 25;

    /// <summary>Encrypted, default on; without it only on loopback.</summary>
    public bool Tls { get; init; } = true;

    /// <summary>From the first byte, as on port 465; default false: by STARTTLS.</summary>
    public bool TlsFromStart { get; init; }

    /// <summary>A file of certificates (PEM) that the server's must come from; empty: those that the system trusts (default).</summary>
    public string Authorities { get; init; } = "";

    /// <summary>Empty: no authentication.</summary>
    public string User { get; init; } = "";

    public string Password { get; init; } = "";

    /// <summary>The sender's address.</summary>
    public string From { get; init; } = "";

    /// <summary>Until a server's answer; 1 s to 5 min, default 30 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    public bool Enabled => Host.Length > 0;

    /// <param name="prefix">Where the options stand.</param>
    public IReadOnlyList<string> Validate(string prefix = "Notices:Email")
    {
        var problems = new List<string>();
        if (!Enabled)
            return problems;
        if (Port is < 1 or > 65535)
            problems.Add($"{prefix}:Port is {Port}, allowed is 1 to 65,535");
        if (!System.Net.Mail.MailAddress.TryCreate(From, out _))
            problems.Add($"{prefix}:From is '{From}', it must be an e-mail address such as service@example.com");
        if (!Tls && Host is not ("localhost" or "127.0.0.1" or "::1"))
            problems.Add($"{prefix}:Tls is off for the host '{Host}'; mail without TLS is allowed to this machine only");
        if (TlsFromStart && !Tls)
            problems.Add($"{prefix}:TlsFromStart is on, but {prefix}:Tls is off");
        if (Authorities.Length > 0 && !File.Exists(Authorities))
            problems.Add($"{prefix}:Authorities is '{Authorities}'; there is no such file");
        if (Timeout < TimeSpan.FromSeconds(1) || Timeout > TimeSpan.FromMinutes(5))
            problems.Add($"{prefix}:Timeout is {Timeout}, allowed is 1 s to 5 min");
        return problems;
    }
}

/// <summary>The provider that sends texts, or any other system that takes signed webhooks.</summary>
public sealed record WebhookOptions
{
    /// <summary>Address; empty switches webhooks and SMS off (default). Plain http only on loopback.</summary>
    public string Url { get; init; } = "";

    /// <summary><c>whsec_</c> and the base64 of 24 to 64 bytes: the key of the signature (Standard Webhooks 1.0).</summary>
    public string Secret { get; init; } = "";

    /// <summary>Until an answer; 1 s to 5 min, default 15 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>E-mail goes through the receiver too, for providers that send both; default false.</summary>
    public bool CarriesEmail { get; init; }

    public bool Enabled => Url.Length > 0;

    /// <param name="prefix">Where the options stand.</param>
    public IReadOnlyList<string> Validate(string prefix = "Notices:Webhook")
    {
        var problems = new List<string>();
        if (!Enabled)
            return problems;
        if (!Uri.TryCreate(Url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            problems.Add($"{prefix}:Url is '{Url}', it must be an absolute https address");
        else if (uri.Scheme == "http" && !uri.IsLoopback)
            problems.Add($"{prefix}:Url is '{Url}'; plain http is allowed to this machine only");
        if (!WebhookSignature.TryKey(Secret, out _))
            problems.Add($"{prefix}:Secret must be whsec_ and the base64 of 24 to 64 bytes");
        if (Timeout < TimeSpan.FromSeconds(1) || Timeout > TimeSpan.FromMinutes(5))
            problems.Add($"{prefix}:Timeout is {Timeout}, allowed is 1 s to 5 min");
        return problems;
    }
}
