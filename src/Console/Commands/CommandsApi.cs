using System.Globalization;
using System.Text.Json;
using B2D.Console.Access;
using B2D.Console.Api;
using B2D.Console.Lists;
using B2D.Console.Shell;
using B2D.Storage;
using B2D.Storage.Remedies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Commands;

/// <summary>A command as the API shows it.</summary>
internal sealed record CommandItem(
    string Id, string Device, string Name, JsonElement? Args, string State, string RequestedBy, string Rule, string Episode, string Reason, string? CreatedAt,
    string? ExpiresAt,
    string? SentAt, string? DeliveredAt, string? AnsweredAt, string Answer, string? VerdictAt);

/// <summary>What is asked of a device.</summary>
internal sealed record CommandWords
{
    public string Device { get; init; } = "";

    /// <summary>The command's name, as the device knows it.</summary>
    public string Name { get; init; } = "";

    /// <summary>A JSON object; nothing means no arguments.</summary>
    public JsonElement? Args { get; init; }
}

/// <summary>/api/commands</summary>
internal static class CommandsApi
{
    /// <summary>Longest arguments of a command, in characters of JSON.</summary>
    public const int MaxArgs = 16 * 1024;

    /// <summary>Longest name of a command, in characters.</summary>
    public const int MaxName = 64;

    public static readonly ListDefinition Definition = new()
    {
        Select = "*",
        From = "commands",
        Fields =
        [
            new("state", "state", FieldMatch.Whole, "queued, sent, delivered, answered, verified, notverified, failed, expired or stopped"),
            new("device", "device", FieldMatch.Pattern, "the device’s id, with *"),
            new("name", "name", FieldMatch.Whole, "the command’s name"),
            new("rule", "rule", FieldMatch.Pattern, "the rule’s id, with *"),
            new("by", "requested_by", FieldMatch.Whole, "who asked for it"),
        ],
        Text = ["id", "device", "name", "rule", "requested_by", "reason"],
        TextWords = "device, name, rule, person and reason",
        Order = "created_at DESC, id DESC",
        Key = ListKey.TimeAndTextDown,
        KeyColumn = "id",
        TimeColumn = "created_at",
    };

    public static void Map(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapList<CommandRow, CommandItem>("commands", "Commands to devices, newest first", Definition,
            c => string.Create(CultureInfo.InvariantCulture, $"{c.CreatedAt}.{c.Id}"), Item);
        read.MapGet("/commands/{id}", (string id, Stores stores) => stores.State.Read(db => CommandStore.Find(db, id)) is { } row
            ? Results.Ok(Item(row)) : Refusals.Of(404, $"There is no command {id}.")).WithTags("commands").WithSummary("One command").Produces<CommandItem>();
        write.MapPost("/commands", (CommandWords words, HttpContext http, ICommandDesk desk, Stores stores) =>
        {
            var args = words.Args is { } given ? given.GetRawText() : "{}";
            if (Problem(words.Name, args) is { Length: > 0 } problem)
                return Refusals.Of(400, problem);
            if (!Sights.Sees(http, "devices", words.Device))
                return Refusals.Of(422, "there is no such device");
            var outcome = desk.Send(words.Device, words.Name, args, http.User.Identity?.Name ?? "");
            if (outcome.Id.Length == 0)
                return Refusals.Of(422, outcome.Problem);
            var row = stores.State.Read(db => CommandStore.Find(db, outcome.Id));
            return Results.Accepted($"/api/commands/{Uri.EscapeDataString(outcome.Id)}", row is null ? new CommandId(outcome.Id) : Item(row));
        }).WithTags("commands").WithSummary("Send a command to a device").Produces<CommandItem>(StatusCodes.Status202Accepted);
    }

    public static CommandItem Item(CommandRow c) => new(
        c.Id, c.Device, c.Name, Json.OrNull(c.Args), c.State, c.RequestedBy, c.Rule, c.Episode, c.Reason, Words.IsoOrNull(c.CreatedAt),
        Words.IsoOrNull(c.ExpiresAt), Words.IsoOrNull(c.SentAt),
        Words.IsoOrNull(c.DeliveredAt), Words.IsoOrNull(c.AnsweredAt), c.Answer, Words.IsoOrNull(c.VerdictAt));

    /// <summary>What is wrong with a command; empty where nothing is.</summary>
    public static string Problem(string name, string args)
    {
        if (name.Length is 0 or > MaxName || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.')))
            return $"A command's name has 1 to {MaxName} letters, digits and _ - .";
        if (args.Length > MaxArgs)
            return $"The arguments have {args.Length} characters, at most {MaxArgs} are allowed.";
        return Json.OrNull(args) is { ValueKind: JsonValueKind.Object } ? "" : "The arguments are a JSON object, {\"percent\": 50}.";
    }

    private sealed record CommandId(string Id);
}
