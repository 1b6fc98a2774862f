using System.Collections.Immutable;
using System.Text.Json;
using B2D.Core;
using B2D.Core.Links;
using B2D.Core.Notices;
using B2D.ProactiveWorker.Links;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Customers;
using B2D.Storage.Notices;

namespace B2D.ProactiveWorker.Notices;

/// <summary>Keeps the texts that operators write: every save is a version, with who and why, and any can be sent again.</summary>
public sealed class TemplateDesk(Database state, Templates templates, NoticeOptions options, TimeProvider time) : ITemplateDesk
{
    /// <summary>Versions of one text.</summary>
    public const int MaxVersions = 1000;

    private const int MaxWhy = 200;

    private static readonly string SampleToken = "1043." + new string('x', 22);

    private static readonly long Monday = new DateTimeOffset(2026, 11, 2, 9, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    public ImmutableArray<TemplateKey> BuiltIns { get; } = [.. Templates.BuiltIns];

    public TemplateWords? BuiltIn(TemplateKey key) => Templates.BuiltIn(key.Name, key.Language, key.Channel)?.Words;

    public TemplatePreview Try(TemplateTrial trial) => TemplateCheck.TooLong(trial.Words) is { Length: > 0 } tooLong ? new TemplatePreview(null, "it is too long", null, tooLong) : state.Read(db =>
    {
        var (facts, customer, of) = FactsFor(db, trial);
        var problems = Check(trial.Key, trial.Words);
        if (facts.Length == 0)
            return new TemplatePreview(null, of, null, problems);
        var (subject, text) = Render(trial.Key, trial.Words, facts, customer);
        return new TemplatePreview(new TemplateWords(subject, text), of, trial.Key.Channel is "" or "sms" ? SmsText.Fit(text, options.Sms.MostParts) : null, problems);
    });

    public ActOutcome Save(TemplateKey key, TemplateWords words, string why, int basedOn, bool live, string who)
    {
        words = new TemplateWords(words.Subject.Trim(), words.Text.ReplaceLineEndings("\n").Trim());
        if (why.Trim().Length is 0 or > MaxWhy)
            return new ActOutcome.Rejected($"say why it is changed, in 1 to {MaxWhy} characters");
        if (words.Subject.Length > TemplateCheck.MaxSubject || words.Text.Length > TemplateCheck.MaxText || words.Text.Length == 0)
            return new ActOutcome.Rejected($"a text has 1 to {TemplateCheck.MaxText} characters, its subject at most {TemplateCheck.MaxSubject}");
        if (live && ErrorsOf(key, words) is { Length: > 0 } errors)
            return new ActOutcome.Rejected($"it can be saved, but not sent: {errors}");
        return state.Write<ActOutcome>(db =>
        {
            var now = ServerTime.From(time.GetUtcNow());
            var latest = (int)TemplateStore.Latest(db, key.Name, key.Language, key.Channel);
            if (latest != basedOn)
                return new ActOutcome.Conflict(latest, "somebody else saved a version in the meantime");
            if (latest >= MaxVersions)
                return new ActOutcome.Rejected($"there are {MaxVersions} versions of this text; no more are kept");
            var version = TemplateStore.Add(db, new TemplateRow
            {
                Name = key.Name,
                Language = key.Language,
                Channel = key.Channel,
                Subject = words.Subject,
                Text = words.Text,
                Who = who,
                Why = why.Trim(),
                At = now.EpochMs,
            });
            AuditStore.Append(db, now.EpochMs, who, "templates.save", SubjectOf(key), JsonSerializer.Serialize(new { version, why = why.Trim() }));
            if (live)
                SetLive(db, key, version, why, who, now);
            return new ActOutcome.Done((int)version);
        });
    }

    public ActOutcome PutLive(TemplateKey key, int version, string why, string who) => state.Write<ActOutcome>(db =>
    {
        if (why.Trim().Length is 0 or > MaxWhy)
            return new ActOutcome.Rejected($"say why it is changed, in 1 to {MaxWhy} characters");
        if (version < 0 || (version > 0 && TemplateStore.Find(db, key.Name, key.Language, key.Channel, version) is null))
            return new ActOutcome.Unknown();
        if (version > 0 && TemplateStore.Find(db, key.Name, key.Language, key.Channel, version) is { } row && ErrorsOf(key, new TemplateWords(row.Subject, row.Text)) is { Length: > 0 } errors)
            return new ActOutcome.Rejected($"it cannot be sent: {errors}");
        SetLive(db, key, version, why, who, ServerTime.From(time.GetUtcNow()));
        return new ActOutcome.Done(version);
    });

    /// <summary>What the audit calls a text.</summary>
    internal static string SubjectOf(TemplateKey key) => $"template:{key.Name}/{key.Language}/{key.ChannelWord}";

    /// <summary>Facts for a trial, and whose they are; empty facts where there are none of that subject.</summary>
    internal (string Facts, CustomerRow Customer, string Of) FactsFor(Db db, TemplateTrial trial)
    {
        var customer = trial.Customer.Length > 0 ? CustomerStore.Find(db, trial.Customer) : null;
        if (trial.Customer.Length > 0 && customer is null)
            return ("", new CustomerRow(), "there is no such customer");
        if (trial.Subject.Length == 0)
            return (Sample(trial.Key.Name), customer ?? SampleCustomer(trial.Key.Language), customer is null ? "sample facts" : $"sample facts for {trial.Customer}");
        var told = NoticeStore.List(db, new NoticeFilter { Subject = trial.Subject, Customer = customer?.Id, Limit = Page.MaxRows });
        if (told.Count == 0 && customer is not null)
            told = NoticeStore.List(db, new NoticeFilter { Subject = trial.Subject, Limit = Page.MaxRows });
        if ((told.FirstOrDefault(n => n.Template == trial.Key.Name) ?? (told.Count > 0 ? told[0] : null)) is not { } row)
            return ("", new CustomerRow(), $"nothing was told or planned of {trial.Subject} yet");
        var whose = customer ?? CustomerStore.Find(db, row.Customer) ?? SampleCustomer(trial.Key.Language);
        return (row.Facts, whose, $"{trial.Subject}, as for {whose.Id}");
    }

    private static void SetLive(Db db, TemplateKey key, long version, string why, string who, ServerTime now)
    {
        TemplateStore.SetLive(db, new TemplateLiveRow { Name = key.Name, Language = key.Language, Channel = key.Channel, Version = version, Who = who, At = now.EpochMs });
        AuditStore.Append(db, now.EpochMs, who, "templates.live", SubjectOf(key), JsonSerializer.Serialize(new { version, why = why.Trim() }));
    }

    private string ErrorsOf(TemplateKey key, TemplateWords words) =>
        string.Join("; ", Check(key, words).Where(p => p.IsError).Select(p => p.Line > 0 ? $"{p.Where}, line {p.Line}: {p.Message}" : p.Message).Take(5));

    private ImmutableArray<TemplateProblem> Check(TemplateKey key, TemplateWords words) =>
        TemplateCheck.Check(key, words, Render(key, words, Sample(key.Name), SampleCustomer(key.Language)).Text, options.Sms.MostParts);

    /// <summary>As long as a customer gets it: with addresses that open nothing where notices of it carry links.</summary>
    internal (string Subject, string Text) Render(TemplateKey key, TemplateWords words, string facts, CustomerRow customer)
    {
        var addresses = options.Links is { Enabled: true, Pages: true } && HasPage(key.Name)
            ? LinkWords.None with { Page = $"{options.Links.Url.TrimEnd('/')}/l/{SampleToken}", Typed = $"{options.Links.TypedAddress}/{new string('x', LinkToken.CodeLength)}" } : LinkWords.None;
        var (subject, text) = templates.Render(words, key.Language, facts, customer, addresses);
        return (subject, addresses.Into(text));
    }

    /// <summary>Facts of which every text can be made.</summary>
    private static string Sample(string template) => JsonSerializer.Serialize(new NoticeFacts
    {
        Device = "HP-0211",
        Title = IsOfPlaces(template) ? "The internet does not work" : template.StartsWith("filter", StringComparison.Ordinal) ? "Change the filter" : "Pump blocked",
        Place = IsOfPlaces(template) ? "Bonfim, Porto" : "",
        Since = Monday,
        Until = Monday + (long)TimeSpan.FromMinutes(95).TotalMilliseconds,
        Case = 1043,
        Outage = template.StartsWith("outage", StringComparison.Ordinal) ? 3 : 0,
        Words = template.StartsWith("case", StringComparison.Ordinal) ? "We have ordered a new fan; it comes on Thursday." : "It gives no heat until the pump turns again.",
        SelfHelp = IsOfPlaces(template) ? "" : "Switch on the emergency heater.",
        StillWorks = IsOfPlaces(template) ? "Mobile networks are not affected." : "",
        NextUpdate = Monday + (long)TimeSpan.FromHours(1).TotalMilliseconds,
        Work = template.StartsWith("planned", StringComparison.Ordinal) ? 12 : 0,
        Times = [new WorkTime(Monday + (long)TimeSpan.FromDays(5).TotalMilliseconds, Monday + (long)TimeSpan.FromDays(5.1).TotalMilliseconds)],
        TimesWere = [new WorkTime(Monday + (long)TimeSpan.FromDays(4).TotalMilliseconds, Monday + (long)TimeSpan.FromDays(4.1).TotalMilliseconds)],
        News = true,
        Used = 1090,
        Every = 1200,
        Unit = "litres",
        Classes = ["usage", "offer"],
    });

    private static bool HasPage(string template) => template.Split('-')[0] is "outage" or "case" or "device" or "survey";

    private static bool IsOfPlaces(string template) => template.StartsWith("outage", StringComparison.Ordinal) || template.StartsWith("planned", StringComparison.Ordinal)
        || template.StartsWith("subscription", StringComparison.Ordinal);

    private CustomerRow SampleCustomer(string language) => new() { Id = "sample", Name = "Ana Lopes", Language = language, TimeZone = options.TimeZone, Email = "ana@example.org", Phone = "+351910000001" };
}
