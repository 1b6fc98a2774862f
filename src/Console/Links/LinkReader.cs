using System.Globalization;
using B2D.Console.Shell;
using B2D.Core.Links;
using B2D.Core.Outages;
using B2D.Core.Rules;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Notices;
using B2D.Storage.Outages;
using NodaTime;

namespace B2D.Console.Links;

/// <summary>How what a page is about stands, in people's words.</summary>
public enum LinkStanding : byte { Down = 1, Watched = 2, OnIt = 3, WaitsForYou = 4, WaitsForParts = 5, WaitsForOthers = 6, LooksWell = 7, Over = 8 }

/// <summary>What a customer's page says: the facts of the notices, and nothing from before the customer's time. Times are epoch milliseconds, 0 for none.</summary>
public sealed record LinkFacts
{
    public string Title { get; init; } = "";
    public string Place { get; init; } = "";
    public string Device { get; init; } = "";
    public LinkStanding Standing { get; init; }
    public long Since { get; init; }
    public long Until { get; init; }
    public bool OwnIsBack { get; init; }
    public string Cause { get; init; } = "";
    public string Workaround { get; init; } = "";
    public string StillWorks { get; init; } = "";
    public string Warning { get; init; } = "";
    public string SelfHelp { get; init; } = "";
    public long EstimateFrom { get; init; }
    public long EstimateUntil { get; init; }
    public long NextWord { get; init; }
    public string Reference { get; init; } = "";

    /// <summary>Of an outage that goes on: there is nothing to choose.</summary>
    public bool IsDown => Standing is LinkStanding.Down or LinkStanding.Watched;

    /// <summary>Latest first.</summary>
    public IReadOnlyList<(long At, string Title, string Text)> Told { get; init; } = [];
}

/// <summary>A customer's page.</summary>
public sealed record LinkModel(string Token, CustomerLink Link, LinkText Text, LinkFacts Facts, LinkChoices Choices)
{
    private readonly DateTimeZone named = DateTimeZoneProviders.Tzdb[Link.TimeZone];
    private readonly TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(Link.TimeZone);
    private readonly CultureInfo culture = CultureInfo.GetCultureInfo(Link.Language);

    /// <summary>Day, time and zone, so that the time cannot be mistaken; as notices, which stand on the page, have them.</summary>
    public string At(long at) => $"{Briefly(at)} {named.GetZoneInterval(Instant.FromUnixTimeMilliseconds(at)).Name}";

    /// <summary>The same without the zone, for choices; the page says it once.</summary>
    public string Briefly(long at) => Words.Briefly(at, zone, culture);

    /// <summary>From when to when.</summary>
    public string Span(long from, long until) => $"{Briefly(from)}–{Words.Local(until, zone).ToString("HH:mm", culture)}";
}

/// <summary>Reads what a customer's page says.</summary>
internal sealed class LinkReader(Stores stores, IRuleView rules, IServiceProvider services)
{
    private const int MostTold = 10;

    public LinkFacts Read(CustomerLink link)
    {
        var (facts, told) = stores.State.Read(db => link.OutageId > 0 ? OfOutage(db, link) : OfCase(db, link));
        var words = services.GetService<INoticeWords>();
        return facts with { Told = [.. told.Select(n => (n.SentAt, Words: words?.Of(n.Id))).Where(n => n.Words is not null).Select(n => (n.SentAt, n.Words!.Title, n.Words.Text))] };
    }

    private (LinkFacts, IReadOnlyList<NoticeRow>) OfCase(Db db, CustomerLink link)
    {
        var row = CaseStore.Find(db, link.CaseId)!;
        // A new owner sees nothing from before their time.
        var theirs = db.Scalar<long?>("SELECT max(at) FROM timeline WHERE subject = @subject AND kind = 'owner'", new { subject = $"case:{row.Id}" }) ?? 0;
        var rule = RuleOf(row.Rule);
        var words = WordsOf(rule, link.Language);
        var told = db.Query<NoticeRow>(
            $"""
            SELECT * FROM notices WHERE customer = @customer AND state = 'Sent' AND channel <> 'phone' AND created_at >= @since AND (subject = @subject
              OR subject IN (SELECT 'fault:' || device || '/' || rule FROM faults WHERE case_id = @id)) ORDER BY created_at DESC, id DESC LIMIT {MostTold}
            """,
            new { customer = link.Customer, subject = $"case:{row.Id}", id = row.Id, since = Math.Max(theirs, Math.Min(row.OpenedAt, row.OnsetAt)) });
        return (new LinkFacts
        {
            Title = words.Title.Length > 0 ? words.Title : row.Title,
            Device = row.Device,
            Standing = StandingOf(row),
            Since = Math.Max(row.OnsetAt > 0 ? row.OnsetAt : row.OpenedAt, theirs),
            Until = CaseStore.OpenStates.Contains(row.State) ? 0 : row.ResolvedAt,
            SelfHelp = words.SelfHelp.Length > 0 ? words.SelfHelp : (rule as FaultRule)?.Catalog.SelfHelp ?? "",
            NextWord = row.WordAt,
            Reference = $"C-{row.Id}",
        }, told);
    }

    private (LinkFacts, IReadOnlyList<NoticeRow>) OfOutage(Db db, CustomerLink link)
    {
        var row = OutageStore.Find(db, link.OutageId)!;
        var disruption = RuleOf(row.Rule) is OutageRule rule ? rule.Disruption : Disruption.None;
        var words = WordsOf(RuleOf(row.Rule), link.Language);
        string[] subjects = [$"outage:{row.Id}", .. OutageStore.Parts(db, row.Id).Select(p => $"outage:{p.Id}")];
        var told = subjects.SelectMany(subject => NoticeStore.List(db, new NoticeFilter { Customer = link.Customer, Subject = subject, States = ["Sent"], Limit = MostTold }))
            .Where(n => n.Channel != "phone").OrderByDescending(n => n.CreatedAt).Take(MostTold).ToArray();
        var isOver = row.State == "Resolved";
        var theirs = OutageStore.DevicesOf(db, row.Id, link.Customer);
        return (new LinkFacts
        {
            Title = words.Title.Length > 0 ? words.Title : PublicWords.Clean(row.Title, row.Segment, ""),
            Place = PublicWords.Clean(row.Place, row.Segment, ""),
            Standing = isOver ? LinkStanding.Over : row.State == nameof(OutagePhase.Monitoring) ? LinkStanding.Watched : LinkStanding.Down,
            Since = row.BeganAt,
            Until = isOver ? row.ResolvedAt : 0,
            OwnIsBack = !isOver && theirs.Count > 0 && theirs.All(d => d.UpAt > 0),
            Cause = PublicWords.Clean(row.Cause, row.Segment, "").TrimEnd('.'),
            Workaround = isOver ? "" : PublicWords.Clean(row.Workaround, row.Segment, "").TrimEnd('.'),
            StillWorks = isOver ? "" : words.StillWorks.Length > 0 ? words.StillWorks : disruption.StillWorks,
            Warning = isOver ? "" : words.Warning.Length > 0 ? words.Warning : disruption.Warning,
            EstimateFrom = row.EstimateFrom,
            EstimateUntil = row.EstimateUntil,
            NextWord = row.NextUpdateAt,
            Reference = $"O-{row.Id}",
        }, told);
    }

    private static LinkStanding StandingOf(CaseRow row) => row.State switch
    {
        "Resolved" or "Closed" => LinkStanding.Over,
        _ when row.AskedAt > 0 => LinkStanding.LooksWell,
        "Waiting" => row.WaitingKind switch { "customer" => LinkStanding.WaitsForYou, "parts" => LinkStanding.WaitsForParts, _ => LinkStanding.WaitsForOthers },
        _ => LinkStanding.OnIt,
    };

    private Rule? RuleOf(string id) => rules.Current.Faults.AsEnumerable<Rule>().Concat(rules.Current.Outages).FirstOrDefault(r => r.Id == id);

    private static RuleWords WordsOf(Rule? rule, string language) => rule is not null && rule.Words.TryGetValue(language, out var words) ? words : new RuleWords();
}
