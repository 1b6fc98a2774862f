using System.Globalization;
using B2D.Console.Api;
using B2D.Console.Lists;
using B2D.Console.Shell;
using B2D.Storage;
using B2D.Storage.Links;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Links;

/// <summary>An answer with its case.</summary>
public sealed record SurveyLine
{
    public long CaseId { get; init; }
    public string Customer { get; init; } = "";
    public long Score { get; init; }
    public string Words { get; init; } = "";
    public long AskedAt { get; init; }
    public long AnsweredAt { get; init; }
    public string? Title { get; init; }
    public string? Queue { get; init; }
}

/// <summary>The page: all answers put together, of the last 90 days and ever, and one by one.</summary>
public sealed record SurveysModel(ListPage<SurveyLine> List, SurveyTally Lately, SurveyTally Ever);

/// <summary>An answer as the API shows it.</summary>
internal sealed record SurveyItem(long CaseId, string Customer, long Score, string Words, string Title, string Queue, string? AskedAt, string? AnsweredAt);

/// <summary>How hard it was for customers: /surveys and /api/surveys.</summary>
internal static class SurveyPages
{
    public const int LatelyDays = 90;

    private static readonly ListDefinition Definition = new()
    {
        Select = "s.case_id, s.customer, s.score, s.words, s.asked_at, s.answered_at, c.title AS title, c.queue AS queue",
        From = "surveys s JOIN cases c ON c.id = s.case_id AND s.answered_at > 0",
        Fields =
        [
            new("score", "s.score", FieldMatch.Number, "1 very easy to 7 very hard"),
            new("queue", "c.queue", FieldMatch.Whole, "the case’s queue"),
            new("rule", "c.rule", FieldMatch.Pattern, "the case’s rule, with *"),
            new("case", "s.case_id", FieldMatch.Number, "the case’s number"),
        ],
        Text = ["s.words", "c.title"],
        TextWords = "their words and the case’s title",
        Order = "s.answered_at DESC, s.case_id DESC",
        Key = ListKey.NumberDown,
        KeyColumn = "s.case_id",
        Views = [new("All", ""), new("Very hard", "score:7")],
        Example = "score:7 pump",
    };

    /// <summary>Filters and views for the page.</summary>
    public static ListDefinition List => Definition;

    public static void Map(IEndpointRouteBuilder read) => read.MapGet("/surveys", (HttpContext http, Stores stores, View view) => Html.Page<SurveysPage>(stores.State.Read(db => new SurveysModel(
        Definition.Page<SurveyLine>(db, ListRequest.Of(http.Request, Definition.Usual)),
        SurveyStore.Tally(db, view.Now - (LatelyDays * 24L * 3_600_000)), SurveyStore.Tally(db, 0))))).ExcludeFromDescription();

    public static void MapApi(IEndpointRouteBuilder read) => read.MapList<SurveyLine, SurveyItem>("surveys", "How hard it was for customers, case by case, newest case first", Definition,
        s => s.CaseId.ToString(CultureInfo.InvariantCulture), s => new SurveyItem(s.CaseId, s.Customer, s.Score, s.Words, s.Title ?? "", s.Queue ?? "", Words.IsoOrNull(s.AskedAt), Words.IsoOrNull(s.AnsweredAt)));
}
