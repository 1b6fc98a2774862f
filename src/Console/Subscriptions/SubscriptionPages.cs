using B2D.Console.Access;
using B2D.Console.Links;
using B2D.Console.Shell;
using B2D.Console.Status;
using B2D.Core.Subscriptions;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Subscriptions;

/// <summary>The page behind the link of the mail by which somebody confirms.</summary>
/// <param name="Done">They have.</param>
public sealed record SubscriptionModel(LinkText Text, string Token, string Place, bool Done);

/// <summary>Hearing of a place by e-mail: asked for on the status page, confirmed by a form behind the link of a mail, so that no program that follows links confirms it.</summary>
internal static class SubscriptionPages
{
    private const string Back = "/status#hear";
    private const long MostBytes = 4096;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var open = routes.MapGroup("").AllowAnonymous().ExcludeFromDescription().AddEndpointFilter(LinkPages.Private);
        open.MapPost("/status/subscriptions", Ask).DisableAntiforgery().WithMetadata(new RequestSizeLimitAttribute(MostBytes));
        open.MapGet("/status/subscriptions/{token}", (string token, HttpContext http, ISubscriptionDesk desk) => Page(http, token, desk.PlaceOf(token), done: false));
        open.MapPost("/status/subscriptions/{token}", async (string token, HttpContext http, ISubscriptionDesk desk, IAntiforgery antiforgery) => await antiforgery.IsRequestValidAsync(http)
            ? Page(http, token, desk.Confirm(token), done: true) : Page(http, token, desk.PlaceOf(token), done: false)).DisableAntiforgery().WithMetadata(new RequestSizeLimitAttribute(MostBytes));
    }

    private static async Task<IResult> Ask(HttpContext http, ISubscriptionDesk desk, SubscriptionGate gate, IAntiforgery antiforgery)
    {
        var spoken = LinkText.Speak(http);
        var text = StatusText.In(spoken.Language);
        if (!await antiforgery.IsRequestValidAsync(http))
            return Html.Page<Problem>(new ProblemModel(text.Title, spoken.TooOld) { Back = "/status" }, StatusCodes.Status400BadRequest);
        var address = AddressGate.Of(http);
        if (gate.Wait(address) > TimeSpan.Zero)
            return Forms.Back(http, Back, text.TooMany, bad: true);
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        gate.Failed(address);
        return desk.Ask(form.Text("email", SubscriptionDecision.MaxAddress), form.Text("place", SubscriptionDecision.MaxPlace), text.Language) switch
        {
            SubscriptionReason.NoAddress => Forms.Back(http, Back, text.NoAddress, bad: true),
            SubscriptionReason.NoPlace => Forms.Back(http, Back, text.NoPlace, bad: true),
            // Whether the address gets a mail or not: nobody learns here who hears of what.
            _ => Forms.Back(http, Back, text.Asked),
        };
    }

    private static IResult Page(HttpContext http, string token, string? place, bool done)
    {
        var text = LinkText.Speak(http);
        return place is null
            ? Html.Page<CodePage>(new CodeModel(text, true, "", Asks: false), StatusCodes.Status404NotFound)
            : Html.Page<SubscriptionPage>(new SubscriptionModel(text, token, place, done));
    }
}

/// <summary>How often an address of the network may ask for something: ten times an hour.</summary>
internal sealed class SubscriptionGate(TimeProvider time) : AddressGate(10, TimeSpan.FromHours(1), time);
