using System.Text;
using System.Text.Json;
using B2D.Console.Access;
using B2D.Console.Api;
using B2D.Console.Shell;
using B2D.Core.Notices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Notices;

/// <summary>A report as a provider's own interface can tell it.</summary>
internal sealed record BounceWords
{
    /// <summary>The Message-ID of the mail, with or without its brackets.</summary>
    public string MessageId { get; init; } = "";

    /// <summary>hard: nobody has the address; failed: this mail will not arrive; soft: it is delayed.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The address that it was sent to.</summary>
    public string Recipient { get; init; } = "";

    public string Reason { get; init; } = "";

    public (Bounce? Bounce, string Problem) Read()
    {
        var id = MessageId.Trim().TrimStart('<').Split('@')[0];
        BounceKind? kind = Kind switch { "hard" => BounceKind.NoSuchAddress, "failed" => BounceKind.NotDelivered, "soft" => BounceKind.Delayed, _ => null };
        return id.Length != 32 || !id.All(char.IsAsciiHexDigitLower) ? (null, "messageId is no message id of B2D’s.")
            : kind is null ? (null, "kind is hard, failed or soft.")
            : (new Bounce(id, kind.Value, [Recipient.Trim()], "", BounceReport.ReasonOf(Reason, Recipient.Trim())), "");
    }
}

/// <summary>What became of a report. Known: it is about a notice of ours; kind: delayed, not-delivered or no-such-address; repeated: it had come before; next: how the customer is told instead.</summary>
internal sealed record BounceAnswer(bool Known, string? Notice, string? Kind, bool Repeated, string Next, bool AddressMarked, string Why);

/// <summary>/api/notices/bounces</summary>
internal static class BouncesApi
{
    public static void Map(IEndpointRouteBuilder write)
    {
        write.MapPost("/notices/bounces", TakeAsync).WithTags("notices").WithSummary("Hand on a report about a mail that did not arrive").Produces<BounceAnswer>()
            .WithDescription("The body is the report as the mail server wrote it (RFC 3464, at most 256 KiB), or JSON with messageId, kind (hard, failed, soft), recipient and reason. What is no report "
                + "about a notice of B2D's is answered with known: false and why, so that everything that comes to the sender's address can be handed on. A key of the scope bounces may do this and nothing else.");
        write.MapPost("/customers/{id}/email-good", (string id, HttpContext http, IBounceDesk desk) => Acts.Answer(desk.AddressIsGood(id, http.User.Identity?.Name ?? "")))
            .WithTags("customers").WithSummary("Use a customer's e-mail address again from which mail came back").Produces<Acted>();
    }

    public static void MapForms(IEndpointRouteBuilder write) => write.MapForm("/customers/{id}/email-good", (http, _) =>
    {
        var id = (string)http.Request.RouteValues["id"]!;
        return Forms.Back(http, $"/customers/{Uri.EscapeDataString(id)}", http.RequestServices.GetRequiredService<IBounceDesk>().AddressIsGood(id, http.User.Identity?.Name ?? ""), "Mail goes to this address again.");
    });

    private static async Task<IResult> TakeAsync(HttpContext http, IBounceDesk desk)
    {
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await http.Request.Body.ReadAsync(buffer, http.RequestAborted) is > 0 and var length)
        {
            if (body.Length + length > BounceReport.MaxBytes)
                return Refusals.Of(413, "A report has at most 256 KiB.");
            body.Write(buffer, 0, length);
        }
        var (bounce, problem) = http.Request.HasJsonContentType() ? FromJson(body.ToArray()) : BounceReport.Read(Encoding.Latin1.GetString(body.GetBuffer(), 0, (int)body.Length), out var why) is { } read ? (read, "") : ((Bounce?)null, why);
        if (bounce is null)
            return http.Request.HasJsonContentType() ? Refusals.Of(400, problem) : Results.Ok(new BounceAnswer(false, null, null, false, "", false, Words.Sentence(problem) + "."));
        var outcome = desk.Take(bounce, http.User.Identity?.Name ?? "");
        return Results.Ok(outcome.Known
            ? new BounceAnswer(true, bounce.Notice, Words.Spaced(bounce.Kind.ToString()).Replace(' ', '-'), outcome.Repeated, outcome.Next, outcome.AddressMarked, "")
            : new BounceAnswer(false, bounce.Notice, null, false, "", false, "The ledger has no notice of this id."));
    }

    private static (Bounce? Bounce, string Problem) FromJson(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize<BounceWords>(body, JsonSerializerOptions.Web)?.Read() ?? (null, "the body is empty.");
        }
        catch (JsonException)
        {
            return (null, "the body is no JSON of messageId, kind, recipient and reason.");
        }
    }
}
