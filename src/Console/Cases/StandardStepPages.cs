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

/// <summary>A standard step of a rule and model, or a proposal of one. State: proposed, accepted, declined or takenBack.</summary>
internal sealed record StandardStepItem(long Id, string Rule, string Model, string Text, string State, long CaseId, string ProposedBy, string? ProposedAt, string DecidedBy, string? DecidedAt);

/// <summary>What is decided about a standard step: accept, decline or take-back.</summary>
internal sealed record StandardStepWords
{
    public string Act { get; init; } = "";

    /// <summary>The act; null where it is none.</summary>
    public StandardStepAct? Read() => Act switch
    {
        "accept" => StandardStepAct.Accept,
        "decline" => StandardStepAct.Decline,
        "take-back" => StandardStepAct.TakeBack,
        _ => null,
    };
}

/// <summary>Where leads decide which steps come first: the forms on a rule's page, and /api/standard-steps.</summary>
internal static class StandardStepPages
{
    private const string Acts = "act is accept, decline or take-back.";

    public static void MapForms(IEndpointRouteBuilder write) => write.MapForm("/rules/{id}/steps", (http, form) =>
    {
        var back = $"/rules/{Uri.EscapeDataString((string)http.Request.RouteValues["id"]!)}";
        if (!Sights.Sees(http, "standard_steps", form.Long("step")))
            return Forms.Back(http, back, new ActOutcome.Unknown(), "");
        return new StandardStepWords { Act = form.Text("act", 20) }.Read() is { } act
            ? Forms.Back(http, back, http.RequestServices.GetRequiredService<IStandardStepDesk>().Act(form.Long("step"), act, http.User.Identity?.Name ?? ""), Done(act))
            : Forms.Back(http, back, Words.Sentence(Acts), bad: true);
    });

    public static void MapApi(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/standard-steps", (string? rule, Stores stores) =>
            Results.Ok(new ListAnswer<StandardStepItem>([.. stores.State.Read(db => StandardStepStore.List(db, rule)).Select(Item)], null)))
            .WithTags("standard-steps").WithSummary("Standard steps and proposals of them, all or of a rule").Produces<ListAnswer<StandardStepItem>>();
        write.MapPost("/standard-steps/{id:long}/acts", (long id, StandardStepWords words, HttpContext http, IStandardStepDesk desk) =>
            words.Read() is { } act ? Api.Acts.Answer(desk.Act(id, act, http.User.Identity?.Name ?? "")) : Refusals.Of(400, Words.Sentence(Acts)))
            .WithTags("standard-steps").WithSummary("Decide about a proposal: accept, decline; or take-back a standard step").Produces<Acted>();
    }

    private static string Done(StandardStepAct act) => act switch
    {
        StandardStepAct.Accept => "It comes first in new cases of this rule and model.",
        StandardStepAct.Decline => "Declined; the case says so.",
        _ => "Taken back; new cases no longer have it.",
    };

    private static StandardStepItem Item(StandardStepRow r) => new(r.Id, r.Rule, r.Model, r.Text, char.ToLowerInvariant(r.State[0]) + r.State[1..], r.CaseId, r.ProposedBy,
        Words.IsoOrNull(r.ProposedAt), r.DecidedBy, Words.IsoOrNull(r.DecidedAt));
}
