using System.Globalization;
using B2D.Console.Access;
using B2D.Console.Api;
using B2D.Console.Lists;
using B2D.Console.Shell;
using B2D.Core.Notices;
using B2D.Storage;
using B2D.Storage.Notices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Approvals;

/// <summary>Somebody who is to be told.</summary>
public sealed record Recipient
{
    public string Customer { get; init; } = "";
    public string? Name { get; init; }
    public string? Place { get; init; }
    public string Channel { get; init; } = "";
    public string Language { get; init; } = "";
}

/// <summary>A notice to many with its text, in each language that some of them read, and its list.</summary>
public sealed record ApprovalModel(ApprovalRow Row, IReadOnlyList<(string Language, NoticeWords Words)> Texts, IReadOnlyList<Recipient> Recipients, string Filter);

/// <summary>What is decided: let-go, stop (reason), or again.</summary>
internal sealed record ApprovalActWords
{
    public string Act { get; init; } = "";

    /// <summary>Why, for <c>stop</c>; at most 500 characters.</summary>
    public string? Reason { get; init; }

    /// <summary>The version that was read; without it the present one.</summary>
    public int? Version { get; init; }

    /// <summary>The act, or what is missing for it in a sentence.</summary>
    public (ApprovalAct? Act, string Problem) Read() => Act switch
    {
        "let-go" => (new ApprovalAct.LetGo(), ""),
        "stop" when string.IsNullOrWhiteSpace(Reason) => (null, "reason is missing: why it is stopped."),
        "stop" => (new ApprovalAct.Stop(Words.Cut(Reason.Trim(), 500)), ""),
        "again" => (new ApprovalAct.Again(), ""),
        _ => (null, $"'{Words.Cut(Act, 40)}' is nothing that can be decided: let-go, stop, again."),
    };
}

/// <summary>An approval as the API shows it. Phase: offered, letgo, stopped, wentbyitself or over.</summary>
internal sealed record ApprovalItem(long Id, string Subject, string Status, string Phase, long Recipients, string? OfferedAt, string? GoesAt, string? DecidedAt, string Who, string Reason, long Version);

/// <summary>Notices to many that a person may stop before they go out.</summary>
internal static class ApprovalPages
{
    private const int MostShown = 200;

    private static readonly ListDefinition Definition = new()
    {
        Select = "*",
        From = "approvals",
        Fields = [new("phase", "phase", FieldMatch.Whole, "offered, letgo, stopped, wentbyitself or over"), new("subject", "subject", FieldMatch.Pattern, "outage:3, with *")],
        Text = ["subject", "reason", "who"],
        TextWords = "subject, reason and who",
        Order = "id DESC",
        Key = ListKey.NumberDown,
        KeyColumn = "id",
    };

    public static void Map(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/approvals/{id:long}", (long id, Stores stores, IServiceProvider services) =>
        {
            var found = stores.State.Read(db => ApprovalStore.Find(db, id) is { } known ? Read(db, known) : null);
            if (found is not { } shown)
                return Html.Missing($"approval {id}", "/");
            var (row, recipients, samples) = shown;
            var words = services.GetService<INoticeWords>();
            var texts = new List<(string Language, NoticeWords Words)>();
            foreach (var sample in samples)
            {
                if (words?.Of(sample.Id) is { } text)
                    texts.Add((sample.Language.Length == 0 ? "usual language" : sample.Language, text));
            }
            return Html.Page<ApprovalPage>(new ApprovalModel(row, texts, recipients, $"subject:{row.Subject} status:{row.Status}"));
        }).ExcludeFromDescription();
        write.MapForm("/approvals/{id:long}/act", (http, form) =>
        {
            var id = long.Parse((string)http.Request.RouteValues["id"]!, CultureInfo.InvariantCulture);
            var (act, problem) = new ApprovalActWords { Act = form.Text("act", 20), Reason = form.Text("reason", 500) }.Read();
            return act is null
                ? Forms.Back(http, $"/approvals/{id}", problem, bad: true)
                : Forms.Back(http, $"/approvals/{id}", http.RequestServices.GetRequiredService<IApprovalDesk>().Act(id, form.Number("version"), act, http.User.Identity?.Name ?? ""),
                    act switch { ApprovalAct.Stop => "Stopped: nobody is told.", ApprovalAct.Again => "Offered again, with what is known now.", _ => "It goes out now." });
        });
    }

    public static void MapApi(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapList<ApprovalRow, ApprovalItem>("approvals", "Notices to many that a person may stop, newest first", Definition, a => a.Id.ToString(CultureInfo.InvariantCulture), a => new ApprovalItem(
            a.Id, a.Subject, a.Status, a.Phase, a.Recipients, Words.IsoOrNull(a.OfferedAt), Words.IsoOrNull(a.GoesAt), Words.IsoOrNull(a.DecidedAt), a.Who, a.Reason, a.Version));
        write.MapPost("/approvals/{id:long}/acts", (long id, ApprovalActWords words, HttpContext http, IApprovalDesk desk, Stores stores) =>
        {
            var (act, problem) = words.Read();
            if (act is null)
                return Refusals.Of(400, problem);
            var version = words.Version is > 0 and var seen ? seen : (int)(stores.State.Read(db => ApprovalStore.Find(db, id))?.Version ?? 0);
            return Acts.Answer(desk.Act(id, version, act, http.User.Identity?.Name ?? ""));
        }).WithTags("approvals").WithSummary("Let a notice to many go, stop it, or offer what was stopped again").Produces<Acted>()
            .WithDescription("act: let-go, stop (reason), or again: of an outage, with what is known by now, to those who are without by now.");
    }

    private static (ApprovalRow Row, IReadOnlyList<Recipient> Recipients, IReadOnlyList<NoticeRow> Samples)? Read(Db db, ApprovalRow row)
    {
        var recipients = db.Query<Recipient>(
            $"""
            SELECT n.customer, n.channel, n.language, cu.name, cu.place FROM notices n LEFT JOIN customers cu ON cu.id = n.customer
            WHERE n.subject = @Subject AND n.status = @Status AND NOT EXISTS (SELECT 1 FROM notices later
              WHERE later.customer = n.customer AND later.subject = n.subject AND later.episode = n.episode AND later.status = n.status AND later.revision > n.revision) ORDER BY n.customer LIMIT {MostShown}
            """,
            new { row.Subject, row.Status });
        var first = db.Query<string>("SELECT COALESCE(min(CASE WHEN state <> 'Suppressed' THEN id END), min(id)) FROM notices WHERE subject = @Subject AND status = @Status GROUP BY language", new { row.Subject, row.Status });
        return (row, recipients, [.. first.Select(id => NoticeStore.Find(db, id)).OfType<NoticeRow>().OrderBy(n => n.Language)]);
    }
}
