using B2D.Console.Access;
using B2D.Console.Api;
using B2D.Console.Shell;
using B2D.Core;
using B2D.Core.Cases;
using B2D.Storage;
using B2D.Storage.Cases;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Cases;

/// <summary>An objection with what came of it.</summary>
public sealed record ObjectionLine(ObjectionRow Row, ObjectionOutcome Outcome)
{
    /// <summary>Something came of it that whoever said it has not seen.</summary>
    public bool IsNews => Outcome != ObjectionOutcome.Open && Row.SeenAt == 0;

    /// <summary>What came of it, in a sentence.</summary>
    public string Came => Outcome switch
    {
        ObjectionOutcome.Answered => $"{Row.AnsweredBy} answered: {Row.Outcome}",
        ObjectionOutcome.RuleChanged => "The rule was changed since.",
        ObjectionOutcome.RuleRemoved => "The rule is not in force any more.",
        _ => "Nothing yet.",
    };

    public static ObjectionLine Of(ObjectionRow row, IRuleView rules) => new(row, Objections.Of(row.Outcome, row.RuleVersion, rules.Current.Faults.FirstOrDefault(f => f.Id == row.Rule || f.Was == row.Rule)?.Version));

    /// <summary>A reason in words.</summary>
    public static string Words(string reason) => reason switch
    {
        "false-alarm" => "nothing was wrong",
        "nobody-needed" => "it passes by itself, nobody is needed",
        "too-early" => "it came too early",
        "other-team" => "it is another team’s",
        "known-already" => "it was known already",
        _ => "another reason",
    };
}

/// <summary>An objection as the API shows it. Outcome: open, answered, ruleChanged or ruleRemoved.</summary>
internal sealed record ObjectionItem(long Id, long CaseId, string Rule, string RuleVersion, string Who, string? At, string Reason, string Text, string Outcome, string Answer, string AnsweredBy);

/// <summary>An answer to an objection.</summary>
internal sealed record AnswerWords
{
    public string Text { get; init; } = "";
}

/// <summary>Answers to objections: the forms on a rule's page, and /api/objections.</summary>
internal static class ObjectionPages
{
    public static void MapForms(IEndpointRouteBuilder write) => write.MapForm("/rules/{id}/objections", (http, form) =>
        Forms.Back(http, $"/rules/{Uri.EscapeDataString((string)http.Request.RouteValues["id"]!)}",
            !Sights.Sees(http, "objections", form.Long("objection")) ? new ActOutcome.Unknown() : http.RequestServices.GetRequiredService<IObjectionDesk>().Answer(form.Long("objection"), form.Text("text", 1000), http.User.Identity?.Name ?? ""), "Answered; whoever said it reads it."));

    public static void MapApi(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/rules/{id}/objections", (string id, Stores stores, IRuleView rules) =>
            Results.Ok(new ListAnswer<ObjectionItem>([.. stores.State.Read(db => ObjectionStore.OfRule(db, id, 1000)).Select(o => Item(ObjectionLine.Of(o, rules)))], null)))
            .WithTags("rules").WithSummary("What agents said about cases of a rule that should not have reached them").Produces<ListAnswer<ObjectionItem>>();
        write.MapPost("/objections/{id:long}/answer", (long id, AnswerWords words, HttpContext http, IObjectionDesk desk) => Acts.Answer(desk.Answer(id, words.Text, http.User.Identity?.Name ?? "")))
            .WithTags("rules").WithSummary("Answer an objection; whoever made it reads the answer on their list").Produces<Acted>();
    }

    private static ObjectionItem Item(ObjectionLine line) => new(line.Row.Id, line.Row.CaseId, line.Row.Rule, line.Row.RuleVersion, line.Row.Who, Words.IsoOrNull(line.Row.At), line.Row.Reason, line.Row.Text,
        char.ToLowerInvariant(line.Outcome.ToString()[0]) + line.Outcome.ToString()[1..], line.Row.Outcome, line.Row.AnsweredBy);
}
