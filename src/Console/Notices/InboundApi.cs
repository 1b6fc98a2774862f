using System.Collections.Immutable;
using B2D.Console.Access;
using B2D.Core.Notices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Notices;

/// <summary>What a customer wrote, as a provider hands it on.</summary>
internal sealed record InboundWords
{
    private const int MaxText = 10_000;

    /// <summary>The provider's number of it; the same one is taken once.</summary>
    public string Id { get; init; } = "";

    /// <summary>sms or email.</summary>
    public string Channel { get; init; } = "";

    /// <summary>The sender's number with the country's code, or address.</summary>
    public string From { get; init; } = "";

    public string Text { get; init; } = "";

    /// <summary>The message, or what is wrong with it in a sentence.</summary>
    public (InboundMessage? Message, string Problem) Read()
    {
        if (Id.Trim().Length is 0 or > 200)
            return (null, "id is missing or longer than 200 characters: the provider's number of the message.");
        if (ConsentText.ChannelOf(Channel) is not (Core.Notices.Channel.Sms or Core.Notices.Channel.Email))
            return (null, $"'{Shell.Words.Cut(Channel, 40)}' is no channel that customers write by: sms, email.");
        if (From.Trim().Length is 0 or > 254)
            return (null, "from is missing or longer than 254 characters: the sender's number or address.");
        return Text.Length > MaxText
            ? (null, "text has at most 10,000 characters.")
            : (new InboundMessage(Id.Trim(), ConsentText.ChannelOf(Channel)!.Value, From.Trim(), Text), "");
    }
}

/// <summary>What became of it. Meaning: stop, start or other; classes: what ended or begins again; asked: the customer was asked which; repeated: it had come before.</summary>
internal sealed record InboundItem(string Meaning, ImmutableArray<string> Customers, ImmutableArray<string> Classes, bool Asked, bool Repeated);

/// <summary>/api/messages</summary>
internal static class InboundApi
{
    public static void Map(IEndpointRouteBuilder write) =>
        write.MapPost("/messages/inbound", (InboundWords words, HttpContext http, IInboundDesk desk) =>
        {
            var (message, problem) = words.Read();
            if (message is null)
                return Refusals.Of(400, problem);
            var outcome = desk.Take(message, http.User.Identity?.Name ?? "");
            return Results.Ok(new InboundItem(outcome.Kind.ToString().ToLowerInvariant(), outcome.Customers, [.. outcome.Classes.Select(c => c.Word())], outcome.Asked, outcome.Repeated));
        }).WithTags("messages").WithSummary("Take what a customer wrote").Produces<InboundItem>()
            .WithDescription("id: the provider's number, by which it is taken once; channel: sms or email; from: the sender's number or address; text. STOP and START in any "
                + "wording are done and answered at once; everything else is a contact of the customer, which joins their case or outage and waits until somebody has read it.");
}
