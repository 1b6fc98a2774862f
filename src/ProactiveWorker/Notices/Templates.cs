using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using B2D.Core.Rules;
using B2D.Storage.Customers;
using B2D.Storage.Notices;
using HandlebarsDotNet;
using NodaTime;

namespace B2D.ProactiveWorker.Notices;

/// <summary>The texts of notices, by name and language. The first line is the subject; the rest stands alone, without links.</summary>
public sealed class Templates(NoticeOptions options)
{
    /// <summary>Languages that every template exists in.</summary>
    public static readonly IReadOnlyList<string> Languages = ["en", "de", "pt"];

    /// <summary>Names of templates, as rules name them.</summary>
    public static readonly IReadOnlyList<string> Names = [.. Resources().Select(r => r.Split('.')[0]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private readonly IHandlebars handlebars = Handlebars.Create(new HandlebarsConfiguration { NoEscape = true });
    private readonly ConcurrentDictionary<string, HandlebarsTemplate<object, object>> compiled = new(StringComparer.Ordinal);

    /// <summary>Renders a notice for a customer: subject and text in the customer's language and time zone.</summary>
    public (string Subject, string Text) Render(NoticeRow row, CustomerRow customer)
    {
        var language = LanguageOf(customer);
        var template = compiled.GetOrAdd($"{row.Template}.{language}", name => handlebars.Compile(Text(name)));
        var facts = JsonSerializer.Deserialize<NoticeFacts>(row.Facts)!;
        var text = template(Words(facts, customer, language)).Trim();
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        return end < 0 ? (text, text) : (text[..end].Trim(), Tidy(text[(end + 1)..]));
    }

    private static IEnumerable<string> Resources() => Assembly.GetExecutingAssembly().GetManifestResourceNames()
        .Where(n => n.EndsWith(".hbs", StringComparison.Ordinal))
        .Select(n => n[(n.IndexOf("Templates.", StringComparison.Ordinal) + "Templates.".Length)..]);

    private static string Text(string name)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var full = Array.Find(assembly.GetManifestResourceNames(), n => n.EndsWith($"Templates.{name}.hbs", StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"there is no template '{name}'; the names are {string.Join(", ", Names)}");
        using var reader = new StreamReader(assembly.GetManifestResourceStream(full)!);
        return reader.ReadToEnd();
    }

    /// <summary>Sentences that fell away leave no empty lines and double spaces behind.</summary>
    private static string Tidy(string text) => string.Join('\n', text.Split('\n')
        .Select(l => string.Join(' ', l.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
        .Where(l => l.Length > 0));

    private string LanguageOf(CustomerRow customer)
    {
        var tag = customer.Language.Split('-')[0].ToLowerInvariant();
        return Languages.Contains(tag) ? tag : options.Language;
    }

    private object Words(NoticeFacts facts, CustomerRow customer, string language)
    {
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(customer.TimeZone) ?? DateTimeZoneProviders.Tzdb[options.TimeZone];
        var culture = CultureInfo.GetCultureInfo(language);
        var own = facts.ByLanguage.TryGetValue(language, out var found) ? found : new RuleWords();
        string Window(long from, long until) => until == 0 ? "" : $"{At(from, zone, culture)} – {At(until, zone, culture)}";
        string Spans(IReadOnlyList<WorkTime> times) => string.Join("; ", times.Select(t => Window(t.From, t.Until)));
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
