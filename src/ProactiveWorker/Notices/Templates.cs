using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using B2D.Core;
using B2D.Core.Customers;
using B2D.Core.Notices;
using B2D.Core.Rules;
using B2D.ProactiveWorker.Links;
using B2D.Storage;
using B2D.Storage.Customers;
using B2D.Storage.Notices;
using NodaTime;

namespace B2D.ProactiveWorker.Notices;

/// <summary>A notice in words, and the text that it was made of.</summary>
/// <param name="Key">Language and channel of the text, not of the customer.</param>
/// <param name="Version">0: the program's own.</param>
public sealed record RenderedNotice(string Subject, string Text, TemplateKey Key, long Version)
{
    /// <summary>As it is kept for the pages that show what customers were told.</summary>
    internal NoticeWordsRow ToRow(NoticeRow notice, ServerTime now) => new()
    {
        Notice = notice.Id,
        Customer = notice.Customer,
        Subject = Subject,
        Text = Text,
        Template = Key.Name,
        Language = Key.Language,
        Channel = Key.Channel,
        Version = Version,
        At = now.EpochMs,
    };
}

/// <summary>
/// The texts of notices, by name, language and channel: what operators put live, and under it the program's own, whose first line is the subject. What they say
/// stands alone, without links.
/// </summary>
public sealed class Templates(NoticeOptions options)
{
    /// <summary>Texts that are kept read; so many are never live at once.</summary>
    private const int MostRead = 500;

    /// <summary>Languages that every template exists in.</summary>
    public static readonly IReadOnlyList<string> Languages = ["en", "de", "pt"];

    /// <summary>Names of templates, as rules name them.</summary>
    public static readonly IReadOnlyList<string> Names = [.. Resources().Select(r => r.Split('.')[0]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static readonly ConcurrentDictionary<string, string?> Texts = new(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<string, TemplateText> read = new(StringComparer.Ordinal);

    /// <summary>Renders a notice for a customer with the program's own texts: subject and text in the customer's language and time zone.</summary>
    /// <exception cref="InvalidOperationException">There is no such template.</exception>
    public (string Subject, string Text) Render(NoticeRow row, CustomerRow customer)
    {
        var (key, words) = BuiltIn(row.Template, LanguageOf(customer.Language, options), row.Channel)
            ?? throw new InvalidOperationException($"there is no template '{row.Template}'; the names are {string.Join(", ", Names)}");
        return Render(words, key.Language, row.Facts, customer);
    }

    /// <summary>Renders a notice for a customer with the texts that are live; null where there is no such template.</summary>
    public RenderedNotice? Render(Db db, NoticeRow row, CustomerRow customer, LinkWords? addresses = null)
    {
        if (Find(db, row.Template, customer, row.Channel) is not var (key, words, version))
            return null;
        var (subject, text) = Render(words, key.Language, row.Facts, customer, addresses);
        // Whoever cares for a customer has to know for whom it is meant.
        if (Carer.Is(row.Customer))
            text = PlainText.Of(CaresFor(CustomerStore.Find(db, Carer.CustomerOf(row.Customer))?.Name ?? "", key.Language)) + "\n" + text;
        return new RenderedNotice(subject, text, key, version);
    }

    /// <summary>A text with the facts of a notice in it, for a customer.</summary>
    /// <param name="language">Of the text.</param>
    /// <param name="addresses">Which there are: the text has a place for each; null: none.</param>
    public (string Subject, string Text) Render(TemplateWords words, string language, string facts, CustomerRow customer, LinkWords? addresses = null)
    {
        var said = Said(Words(JsonSerializer.Deserialize<NoticeFacts>(facts)!, customer, language));
        // A subject is one line, whatever stands in its facts, and has no addresses.
        var subject = Tidy(Read(words.Subject).Render(said).Replace('\n', ' '));
        var places = (addresses ?? LinkWords.None).Places();
        (said["link"], said["typed"], said["unsubscribe"], said["confirm"]) = (places.Page, places.Typed, places.Unsubscribe, places.Confirm);
        return (subject, Tidy(Read(words.Text).Render(said)));
    }

    /// <summary>The program's own text for a language and channel, or for every channel; null where there is none.</summary>
    public static (TemplateKey Key, TemplateWords Words)? BuiltIn(string name, string language, string channel)
    {
        if (!Languages.Contains(language) || !Names.Contains(name))
            return null;
        foreach (var of in channel.Length > 0 ? (string[])[channel, ""] : [""])
        {
            if (Text(of.Length > 0 ? $"{name}.{of}.{language}" : $"{name}.{language}") is not { } text)
                continue;
            var end = text.IndexOf('\n', StringComparison.Ordinal);
            return (new TemplateKey(name, language, of), end < 0 ? new TemplateWords(text, text) : new TemplateWords(text[..end].Trim(), text[(end + 1)..]));
        }
        return null;
    }

    /// <summary>The program's own texts.</summary>
    public static IReadOnlyList<TemplateKey> BuiltIns { get; } =
    [
        .. Resources().Select(r => r.Split('.')).Select(p => p is [var name, var channel, var language, _] ? new TemplateKey(name, language, channel) : new TemplateKey(p[0], p[1], ""))
            .OrderBy(k => k.Name, StringComparer.Ordinal).ThenBy(k => k.Language, StringComparer.Ordinal).ThenBy(k => k.Channel, StringComparer.Ordinal),
    ];

    /// <summary>The text that is sent: an operator's for the channel, an operator's for every channel, the program's; in the customer's language, else in the installation's.</summary>
    private (TemplateKey Key, TemplateWords Words, long Version)? Find(Db db, string name, CustomerRow customer, string channel)
    {
        var own = customer.Language.Split('-')[0].ToLowerInvariant();
        foreach (var language in (string[])[own, options.Language])
        {
            var live = TemplateStore.LiveTexts(db, name, language);
            if ((live.FirstOrDefault(t => t.Channel == channel) ?? live.FirstOrDefault(t => t.Channel.Length == 0)) is { } text)
                return (new TemplateKey(name, language, text.Channel), new TemplateWords(text.Subject, text.Text), text.Version);
            if (BuiltIn(name, language, channel) is var (key, words))
                return (key, words, 0);
        }
        return null;
    }

    private TemplateText Read(string text)
    {
        if (read.Count > MostRead)
            read.Clear();
        return read.GetOrAdd(text, t => TemplateText.Parse(t, out _));
    }

    private static IEnumerable<string> Resources() => Assembly.GetExecutingAssembly().GetManifestResourceNames()
        .Where(n => n.EndsWith(".hbs", StringComparison.Ordinal))
        .Select(n => n[(n.IndexOf("Templates.", StringComparison.Ordinal) + "Templates.".Length)..]);

    private static string? Text(string name) => Texts.GetOrAdd(name, Load);

    private static string? Load(string name)
    {
        var assembly = Assembly.GetExecutingAssembly();
        if (Array.Find(assembly.GetManifestResourceNames(), n => n.EndsWith($"Templates.{name}.hbs", StringComparison.Ordinal)) is not { } full)
            return null;
        using var reader = new StreamReader(assembly.GetManifestResourceStream(full)!);
        return reader.ReadToEnd().Trim();
    }

    /// <summary>
    /// The facts as they may stand in a text. They come from devices, files and people: signs that cannot be seen or that turn the direction of what follows
    /// are gone, and only what is written in several lines keeps them.
    /// </summary>
    private static Dictionary<string, string> Said(object words) => words.GetType().GetProperties().ToDictionary(p => p.Name,
        p => p.GetValue(words) switch { bool flag => flag ? "yes" : "", string text => PlainText.Of(text, lines: p.Name is "words" or "self_help" or "workaround" or "cause"), _ => "" },
        StringComparer.Ordinal);

    /// <summary>Sentences that fell away leave no empty lines and double spaces behind.</summary>
    private static string Tidy(string text) => string.Join('\n', text.Split('\n')
        .Select(l => string.Join(' ', l.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
        .Where(l => l.Length > 0));

    /// <summary>The language of texts for somebody who speaks <paramref name="language"/>.</summary>
    internal static string LanguageOf(string language, NoticeOptions options)
    {
        var tag = language.Split('-')[0].ToLowerInvariant();
        return Languages.Contains(tag) ? tag : options.Language;
    }

    private object Words(NoticeFacts facts, CustomerRow customer, string language)
    {
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(customer.TimeZone) ?? DateTimeZoneProviders.Tzdb[options.TimeZone];
        var culture = CultureOf(language);
        var own = facts.ByLanguage.TryGetValue(language, out var found) ? found : new RuleWords();
        string Window(long from, long until) => until == 0 ? "" : $"{At(from, zone, culture)} – {At(until, zone, culture)}";
        string Spans(IReadOnlyList<WorkTime> times) => string.Join("; ", times.Select(t => t.More > 0 ? More(t.More, At(t.Until, zone, culture), language) : Window(t.From, t.Until)));
        return new
        {
            sender = options.Sender,
            contact = options.Contact,
            name = customer.Name,
            device = facts.Device,
            title = own.Title.Length > 0 ? own.Title : facts.Title,
            place = facts.Place,
            words = own.Customer.Length > 0 ? own.Customer : facts.Words,
            self_help = own.SelfHelp.Length > 0 ? own.SelfHelp : facts.SelfHelp,
            still_works = own.StillWorks.Length > 0 ? own.StillWorks : facts.StillWorks,
            warning = own.Warning.Length > 0 ? own.Warning : facts.Warning,
            classes = string.Join(", ", facts.Classes.Select(c => ClassWord(c, language))),
            safety = facts.Safety,
            since = At(facts.Since, zone, culture),
            until = At(facts.Until, zone, culture),
            lasted = Lasted(facts.Until - facts.Since, language),
            next_update = At(facts.NextUpdate, zone, culture),
            news = facts.News,
            monitoring = facts.Monitoring,
            back = facts.Back,
            cause = facts.Cause.TrimEnd('.'),
            cause_gone = facts.CauseGone,
            workaround = facts.Workaround.TrimEnd('.'),
            estimate = Window(facts.EstimateFrom, facts.EstimateUntil),
            estimate_was = Window(facts.EstimateWasFrom, facts.EstimateWasUntil),
            used = facts.Used.ToString("N0", culture),
            every = facts.Every.ToString("N0", culture),
            share = facts.Every > 0 ? Math.Round(100 * facts.Used / facts.Every).ToString(culture) : "",
            unit = facts.Unit,
            owed = facts.Owed > 0 ? $"{facts.Owed.ToString("N0", culture)} {facts.Currency}" : "",
            times = Spans(facts.Times),
            times_were = Spans(facts.TimesWere),
            why = facts.Why,
            over = facts.Over,
            after_work = facts.AfterWork > 0 ? $"M-{facts.AfterWork}" : "",
            reference = facts.Work > 0 ? $"M-{facts.Work}" : facts.Outage > 0 ? $"O-{facts.Outage}" : facts.Case > 0 ? $"C-{facts.Case}" : facts.Device,
        };
    }

    private static CultureInfo CultureOf(string language)
    {
        try
        {
            return CultureInfo.GetCultureInfo(language, predefinedOnly: true);
        }
        catch (CultureNotFoundException)
        {
            return CultureInfo.InvariantCulture;
        }
    }

    /// <summary>Times that are not named.</summary>
    private static string More(int times, string until, string language) => language switch
    {
        "de" => $"und {times} weitere bis {until}",
        "pt" => $"e mais {times} até {until}",
        _ => $"and {times} more until {until}",
    };

    private static string CaresFor(string name, string language) => language switch
    {
        "de" => $"Sie sind als Vertrauensperson von {name} genannt. Diese Nachricht ging an {name}:",
        "pt" => $"Foi indicado como pessoa de contacto de {name}. Esta mensagem é para {name}:",
        _ => $"{name} named you as the person to tell. This message is for {name}:",
    };

    /// <summary>A class of notices in the customer's language.</summary>
    private static string ClassWord(string noticeClass, string language) => (noticeClass, language) switch
    {
        ("service", "de") => "Störungen",
        ("service", "pt") => "avarias",
        ("service", _) => "outages",
        ("case", "de") => "Fehler Ihrer Geräte",
        ("case", "pt") => "falhas dos seus equipamentos",
        ("case", _) => "faults of your devices",
        ("usage", "de") => "Erinnerungen",
        ("usage", "pt") => "lembretes",
        ("usage", _) => "reminders",
        ("offer", "de") => "Angebote",
        ("offer", "pt") => "ofertas",
        ("offer", _) => "offers",
        (_, "de") => "Umfragen",
        (_, "pt") => "inquéritos",
        _ => "surveys",
    };

    /// <summary>Day, time and zone, so that the time cannot be mistaken.</summary>
    private static string At(long epochMs, DateTimeZone zone, CultureInfo culture)
    {
        if (epochMs == 0)
            return "";
        var local = Instant.FromUnixTimeMilliseconds(epochMs).InZone(zone);
        var name = zone.GetZoneInterval(local.ToInstant()).Name;
        return $"{local.ToString("ddd d MMM HH:mm", culture)} {name}";
    }

    private static string Lasted(long ms, string language)
    {
        var minutes = Math.Max(1, (long)Math.Round(ms / 60_000.0));
        return (minutes, language) switch
        {
            ( < 120, _) => $"{minutes} min",
            (_, "de") => $"{minutes / 60} Std. {minutes % 60} min",
            _ => $"{minutes / 60} h {minutes % 60} min",
        };
    }
}
