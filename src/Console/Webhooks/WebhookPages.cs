using System.Collections.Immutable;
using System.Globalization;
using B2D.Console.Access;
using B2D.Console.Api;
using B2D.Console.Lists;
using B2D.Console.Shell;
using B2D.Core.Webhooks;
using B2D.Storage;
using B2D.Storage.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Webhooks;

/// <summary>A receiver with what waits for it.</summary>
public sealed record ReceiverLine(ReceiverRow Row, long Waiting, long WaitingSince);

/// <summary>All receivers.</summary>
public sealed record WebhooksModel(IReadOnlyList<ReceiverLine> Lines);

/// <summary>One receiver with its deliveries.</summary>
public sealed record WebhookModel(ReceiverLine Line, ListPage<DeliveryRow> Deliveries);

/// <summary>What a receiver is to be.</summary>
internal sealed record ReceiverBody
{
    public string Name { get; init; } = "";

    /// <summary>An absolute https address.</summary>
    public string Url { get; init; } = "";

    /// <summary>Types that it wants to know of.</summary>
    public ImmutableArray<string> Events { get; init; } = [];

    /// <summary>The version that was read; without it the present one.</summary>
    public int? Version { get; init; }

    public ReceiverWords ToWords() => new(Name, Url.Trim(), Events.IsDefault ? [] : Events);
}

/// <summary>What is done to a receiver: pause, resume, test or new-secret.</summary>
internal sealed record ReceiverActBody
{
    public string Act { get; init; } = "";
    public int? Version { get; init; }
}

/// <summary>A receiver as the API shows it; its secret is shown once, when it is made. State is on or paused.</summary>
internal sealed record ReceiverItem(long Id, string Name, string Url, ImmutableArray<string> Events, string State, string Reason, long Failures, string? LastOkAt, string LastError, long Waiting, string? WaitingSince, long Version);

/// <summary>A receiver that was made, or has another secret; it is in this answer only.</summary>
internal sealed record ReceiverSecret(long Id, string Secret);

/// <summary>A message as the API shows it. State is waiting, delivered or failed.</summary>
internal sealed record DeliveryItem(long Id, string MessageId, string Type, string Subject, string State, long Attempts, string? NextAt, string? CreatedAt, string? DoneAt, string LastError);

/// <summary>Other systems that are told what happens: pages and API.</summary>
internal static class WebhookPages
{
    public static readonly ListDefinition Deliveries = new()
    {
        Select = "*",
        From = "webhook_deliveries",
        Fields =
        [
            new("state", "state", FieldMatch.Whole, "waiting, delivered or failed"),
            new("type", "type", FieldMatch.Pattern, "case.opened, outage.*, with *"),
            new("subject", "subject", FieldMatch.Pattern, "case:12, outage:3, with *"),
            new("receiver", "receiver", FieldMatch.Number, "the receiver’s number"),
        ],
        Text = ["subject", "type", "message_id"],
        TextWords = "subject, type and message id",
        Order = "id DESC",
        Key = ListKey.NumberDown,
        KeyColumn = "id",
        Views = [new("All", ""), new("Waiting", "state:waiting"), new("Failed", "state:failed"), new("Delivered", "state:delivered")],
        Example = "state:failed outage.*",
    };

    public static void Map(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/webhooks", (Stores stores) => Html.Page<WebhooksPage>(new WebhooksModel(stores.State.Read(db => WebhookStore.List(db).Select(r => LineOf(db, r)).ToArray())))).ExcludeFromDescription();
        read.MapGet("/webhooks/{id:long}", (long id, HttpContext http, Stores stores) =>
        {
            var model = stores.State.Read(db => WebhookStore.Find(db, id) is not { } row ? null : new WebhookModel(LineOf(db, row),
                (Deliveries with { From = string.Create(CultureInfo.InvariantCulture, $"(SELECT * FROM webhook_deliveries WHERE receiver = {id}) AS of_receiver") }).Page<DeliveryRow>(db, ListRequest.Of(http.Request, Deliveries.Usual))));
            return model is null ? Html.Missing($"receiver {id}", "/webhooks") : Html.Page<WebhookPage>(model);
        }).ExcludeFromDescription();
        write.MapForm("/webhooks", (http, form) =>
        {
            var outcome = Desk(http).Add(WordsOf(form), Who(http));
            return outcome.Secret.Length > 0
                ? Forms.Back(http, PathOf(outcome.Id), $"It is told from now on. Its secret is shown this once; copy it now: {outcome.Secret}")
                : Forms.Back(http, "/webhooks", outcome.Outcome, "");
        });
        write.MapForm("/webhooks/{id:long}", Act);
        write.MapForm("/webhooks/{id:long}/deliveries/{delivery:long}", (http, _) =>
            Forms.Back(http, PathOf(Number(http, "id")), Desk(http).Resend(Number(http, "id"), Number(http, "delivery"), Who(http)), "It is on its way again, under its old id."));
    }

    public static void MapApi(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/webhooks", (Stores stores) => stores.State.Read(db => WebhookStore.List(db).Select(r => Item(LineOf(db, r))).ToArray()))
            .WithTags("webhooks").WithSummary("Other systems that are told what happens").Produces<ReceiverItem[]>();
        read.MapGet("/webhooks/{id:long}", (long id, Stores stores) => stores.State.Read(db => WebhookStore.Find(db, id) is { } row ? Results.Ok(Item(LineOf(db, row))) : Refusals.Of(404, $"There is no receiver {id}.")))
            .WithTags("webhooks").WithSummary("One of them").Produces<ReceiverItem>();
        read.MapList<DeliveryRow, DeliveryItem>("webhook-deliveries", "Messages to other systems, newest first", Deliveries, d => d.Id.ToString(CultureInfo.InvariantCulture), Item);
        write.MapPost("/webhooks", (ReceiverBody body, HttpContext http) =>
        {
            var made = Desk(http).Add(body.ToWords(), Who(http));
            return made.Secret.Length > 0 ? Results.Json(new ReceiverSecret(made.Id, made.Secret), statusCode: StatusCodes.Status201Created) : Acts.Answer(made.Outcome);
        }).WithTags("webhooks").WithSummary("Tell another system what happens").Produces<ReceiverSecret>(StatusCodes.Status201Created)
            .WithDescription($"name; url, https; events: {string.Join(", ", WebhookEvents.All.Select(e => e.Type))}. The secret (Standard Webhooks 1.0) is in this answer only.");
        write.MapPut("/webhooks/{id:long}", (long id, ReceiverBody body, HttpContext http, Stores stores) => Acts.Answer(Desk(http).Change(id, body.Version ?? VersionOf(stores, id), body.ToWords(), Who(http))))
            .WithTags("webhooks").WithSummary("Change what a system is told, and where").Produces<Acted>();
        write.MapDelete("/webhooks/{id:long}", (long id, HttpContext http, Stores stores) => Acts.Answer(Desk(http).Act(id, VersionOf(stores, id), ReceiverAct.Remove, Who(http))))
            .WithTags("webhooks").WithSummary("Tell it no more; what waits for it is gone").Produces<Acted>();
        write.MapPost("/webhooks/{id:long}/acts", (long id, ReceiverActBody body, HttpContext http, Stores stores) =>
        {
            var version = body.Version ?? VersionOf(stores, id);
            if (body.Act == "new-secret")
                return Desk(http).NewSecret(id, version, Who(http)) is { Secret.Length: > 0 } made ? Results.Ok(new ReceiverSecret(id, made.Secret)) : Refusals.Of(404, $"There is no receiver {id}, or it changed meanwhile.");
            return ActOf(body.Act) is { } act ? Acts.Answer(Desk(http).Act(id, version, act, Who(http))) : Refusals.Of(400, $"'{Words.Cut(body.Act, 40)}' is nothing that can be done: pause, resume, test, new-secret.");
        }).WithTags("webhooks").WithSummary("Pause, resume or try a receiver, or give it another secret").Produces<Acted>();
        write.MapPost("/webhooks/{id:long}/deliveries/{delivery:long}/resend", (long id, long delivery, HttpContext http) => Acts.Answer(Desk(http).Resend(id, delivery, Who(http))))
            .WithTags("webhooks").WithSummary("Send a message again under its old id").Produces<Acted>();
    }

    /// <summary>The types in a row's events.</summary>
    public static ImmutableArray<string> EventsOf(ReceiverRow row) => [.. row.Events.Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    private static IResult Act(HttpContext http, IFormCollection form)
    {
        var (id, version, desk) = (Number(http, "id"), form.Number("version"), Desk(http));
        switch (form.Text("act", 20))
        {
            case "change":
                return Forms.Back(http, PathOf(id), desk.Change(id, version, WordsOf(form), Who(http)), "Changed.");
            case "new-secret":
                var made = desk.NewSecret(id, version, Who(http));
                return made.Secret.Length > 0
                    ? Forms.Back(http, PathOf(id), $"What is sent from now on is signed with another secret. It is shown this once; copy it now: {made.Secret}")
                    : Forms.Back(http, PathOf(id), made.Outcome, "");
            case var word when ActOf(word) is { } act:
                return Forms.Back(http, act == ReceiverAct.Remove ? "/webhooks" : PathOf(id), desk.Act(id, version, act, Who(http)), act switch
                {
                    ReceiverAct.Pause => "Nothing is sent there; what happens waits.",
                    ReceiverAct.Resume => "It is told again, what waited first.",
                    ReceiverAct.Test => "A test is on its way; it stands below with what came of it.",
                    _ => "It is not told any more.",
                });
            default:
                return Forms.Back(http, PathOf(id), "Nothing was done: that is no act.", bad: true);
        }
    }

    private static ReceiverAct? ActOf(string word) => word switch { "pause" => ReceiverAct.Pause, "resume" => ReceiverAct.Resume, "test" => ReceiverAct.Test, "remove" => ReceiverAct.Remove, _ => null };

    private static ReceiverWords WordsOf(IFormCollection form) => new(form.Text("name", 100), form.Text("url", 501), [.. form["events"].OfType<string>().Take(20)]);

    private static ReceiverLine LineOf(Db db, ReceiverRow row)
    {
        var (count, since) = WebhookStore.Waiting(db, row.Id);
        return new ReceiverLine(row, count, since);
    }

    private static ReceiverItem Item(ReceiverLine line) => new(line.Row.Id, line.Row.Name, line.Row.Url, EventsOf(line.Row), line.Row.State.ToLowerInvariant(), line.Row.Reason, line.Row.Failures, Words.IsoOrNull(line.Row.LastOkAt),
        line.Row.LastError, line.Waiting, Words.IsoOrNull(line.WaitingSince), line.Row.Version);

    private static DeliveryItem Item(DeliveryRow d) => new(d.Id, d.MessageId, d.Type, d.Subject, d.State.ToLowerInvariant(), d.Attempts, d.State == "Waiting" ? Words.IsoOrNull(d.NextAt) : null, Words.IsoOrNull(d.CreatedAt), Words.IsoOrNull(d.DoneAt), d.LastError);

    private static int VersionOf(Stores stores, long id) => (int)(stores.State.Read(db => WebhookStore.Find(db, id))?.Version ?? 0);

    private static string PathOf(long id) => string.Create(CultureInfo.InvariantCulture, $"/webhooks/{id}");

    private static long Number(HttpContext http, string name) => long.Parse((string)http.Request.RouteValues[name]!, CultureInfo.InvariantCulture);

    private static IWebhookDesk Desk(HttpContext http) => http.RequestServices.GetRequiredService<IWebhookDesk>();

    private static string Who(HttpContext http) => http.User.Identity?.Name ?? "";
}
