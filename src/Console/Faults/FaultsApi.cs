using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using B2D.Console.Access;
using B2D.Console.Api;
using B2D.Console.Cases;
using B2D.Console.Lists;
using B2D.Console.Shell;
using B2D.Core;
using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.Storage;
using B2D.Storage.Faults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Faults;

/// <summary>One episode of a fault as the API shows it. Onset is device time.</summary>
internal sealed record FaultItem(
    long Id, string Device, string Rule, string RuleVersion, string Title, string Episode, string Kind, string Family, string Severity, bool Safety,
    string Phase, bool Open,
    string? RaisedAt, string? OnsetAt, long OnsetAtMs, string? ClearedAt, string ClearReason, string AcknowledgedBy, string? AcknowledgedAt, string ShelvedBy,
    string? ShelvedUntil,
    string ShelveReason, string SuppressedBy, long? CaseId, long? OutageId, string RemedyState, JsonElement? Evidence, bool Late, bool Shadow, string Segment,
    string Customer)
{
    /// <summary>When it was over by the device's clock; null while it is open, or where it is not known.</summary>
    public string? EndedAt { get; init; }

    /// <summary>It was found in readings that came too late to be evaluated as they came; nobody was told of it.</summary>
    public bool BackDated { get; init; }
}

/// <summary>What is done to a fault: acknowledge, shelve (until, reason), unshelve, out-of-service, in-service.</summary>
internal sealed record FaultActWords
{
    public string Act { get; init; } = "";

    /// <summary>ISO 8601 or epoch milliseconds.</summary>
    public string? Until { get; init; }

    public string? Reason { get; init; }

    public (FaultAct? Act, string Problem) Read(ServerTime? until) => Act switch
    {
        "acknowledge" => (new FaultAct.Acknowledge(), ""),
        "unshelve" => (new FaultAct.Unshelve(), ""),
        "out-of-service" => (new FaultAct.OutOfService(), ""),
        "in-service" => (new FaultAct.InService(), ""),
        "shelve" when until is null => (null, "until is missing or no time: when the silence ends."),
        "shelve" when string.IsNullOrWhiteSpace(Reason) => (null, "reason is missing: why it is silenced."),
        "shelve" => (new FaultAct.Shelve(until.Value, Reason.Trim()), ""),
        _ => (null, $"'{Act}' is nothing that can be done to a fault: acknowledge, shelve, unshelve, out-of-service, in-service."),
    };

    public static string Done(FaultAct act) => act switch
    {
        FaultAct.Acknowledge => "Noted that you have seen it.",
        FaultAct.Shelve => "It is silent until then.",
        FaultAct.Unshelve => "It is heard again.",
        FaultAct.OutOfService => "Out of service: it counts for nothing until it is back.",
        _ => "In service again.",
    };
}

/// <summary>/api/faults</summary>
internal static class FaultsApi
{
    public static readonly ListDefinition Definition = new()
    {
        Select = "*",
        From = "faults",
        Fields =
        [
            new("state", "phase", FieldMatch.Whole, "open, cleared, active, chattering or latched")
            {
                Meanings = ImmutableDictionary<string, string>.Empty.Add("open", "cleared_at = 0").Add("cleared", "cleared_at > 0"),
            },
            new("device", "device", FieldMatch.Pattern, "the device’s id, with *"),
            new("rule", "rule", FieldMatch.Pattern, "the rule’s id, with *"),
            new("severity", "severity", FieldMatch.Number, "critical, high, medium or low") { Meanings = CaseLists.Severities("severity") },
            new("class", "", FieldMatch.Meaning, "safety or ordinary") { Meanings = CaseLists.Classes("class") },
            new("segment", "segment", FieldMatch.Path, "a segment and everything below it"),
            new("customer", "customer", FieldMatch.Whole, "the customer’s id"),
            new("case", "case_id", FieldMatch.Number, "a case’s number"),
            new("outage", "outage_id", FieldMatch.Number, "an outage’s number"),
        ],
        Text = ["title", "device", "rule", "customer"],
        TextWords = "title, device, rule and customer",
        Order = "CASE WHEN cleared_at = 0 THEN 0 ELSE 1 END, class DESC, severity DESC, raised_at DESC, id DESC",
        Key = ListKey.NumberDown,
        KeyColumn = "id",
    };

    public static void Map(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapList<FaultRow, FaultItem>("faults", "Faults by episode, newest first", Definition, f => f.Id.ToString(CultureInfo.InvariantCulture), Item);
        read.MapGet("/faults/{id:long}", (long id, Stores stores) => stores.State.Read(db => FaultStore.Find(db, id)) is { } row
            ? Results.Ok(Item(row)) : Refusals.Of(404, $"There is no fault {id}.")).WithTags("faults").WithSummary("One fault").Produces<FaultItem>();
        read.MapGet("/faults/{id:long}/explanation", (long id, Stores stores) => FaultStory.Of(stores, id) is { } story
            ? Results.Ok(story) : Refusals.Of(404, $"There is no fault {id}.")).WithTags("faults")
            .WithSummary("Why a fault was raised when it was, from what is stored").Produces<StoryItem>();
        write.MapPost("/faults/{id:long}/acts", (long id, FaultActWords words, HttpContext http, IFaultDesk desk) =>
        {
            var (act, problem) = words.Read(Times.Read(words.Until));
            return act is null ? Refusals.Of(400, Words.Sentence(problem)) : Acts.Answer(desk.Act(id, act, http.User.Identity?.Name ?? ""));
        }).WithTags("faults").WithSummary("Do something to a fault")
            .WithDescription("act: acknowledge, shelve (until, reason), unshelve, out-of-service, in-service.").Produces<Acted>();
    }

    /// <summary>The form of a fault on the page of its device.</summary>
    public static void MapForms(IEndpointRouteBuilder write) => write.MapForm("/faults/{id:long}/act", (http, form) =>
    {
        var services = http.RequestServices;
        var words = new FaultActWords { Act = form.Text("act", 40), Reason = form.Text("reason", 500) };
        var (act, problem) = words.Read(form.Time("until", services.GetRequiredService<View>().Zone));
        var back = Forms.LocalOr(form.Text("back"), "/");
        var id = long.Parse((string)http.Request.RouteValues["id"]!, CultureInfo.InvariantCulture);
        return act is null
            ? Forms.Back(http, back, Words.Sentence(problem), bad: true)
            : Forms.Back(http, back, services.GetRequiredService<IFaultDesk>().Act(id, act, http.User.Identity?.Name ?? ""), FaultActWords.Done(act));
    });

    public static FaultItem Item(FaultRow f) => new(
        f.Id, f.Device, f.Rule, f.RuleVersion, f.Title, f.Episode, f.Kind, f.Family, f.Severity.ToString().ToLowerInvariant(), f.Class == FaultClass.Safety,
        f.Phase, f.ClearedAt == 0,
        Words.IsoOrNull(f.RaisedAt), Words.IsoOrNull(f.OnsetAt), f.OnsetAt, Words.IsoOrNull(f.ClearedAt), f.ClearReason, f.AcknowledgedBy,
        Words.IsoOrNull(f.AcknowledgedAt), f.ShelvedBy,
        Words.IsoOrNull(f.ShelvedUntil), f.ShelveReason, f.SuppressedBy, f.CaseId == 0 ? null : f.CaseId, f.OutageId == 0 ? null : f.OutageId, f.RemedyState,
        Json.OrNull(f.Evidence),
        f.Late, f.Shadow, f.Segment, f.Customer)
    {
        EndedAt = Words.IsoOrNull(f.EndedAt),
        BackDated = f.BackDated,
    };
}
