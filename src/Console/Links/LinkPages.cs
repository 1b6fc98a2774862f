using System.Net;
using B2D.Console.Access;
using B2D.Console.Shell;
using B2D.Core;
using B2D.Core.Links;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Links;

/// <summary>The page on which a code is typed, or that says that there is nothing behind an address.</summary>
/// <param name="Missing">Behind an address there is nothing.</param>
/// <param name="Problem">What was wrong with what was typed; empty for nothing.</param>
/// <param name="Asks">A code can be typed.</param>
public sealed record CodeModel(LinkText Text, bool Missing, string Problem, bool Asks);

/// <summary>
/// Customers' pages, for whoever has the link or the code: beside the status page the one thing that nobody signs in for. Reading changes nothing, since programs that
/// look through mails follow links; every act is a form with its token.
/// </summary>
internal static class LinkPages
{
    private const long MostBytes = 16 * 1024;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var open = routes.MapGroup("").AllowAnonymous().ExcludeFromDescription().AddEndpointFilter(Private);
        open.MapGet("/l/{token}", (string token, HttpContext http, ILinkDesk desk, LinkGate gate) => Show(http, desk, gate, token));
        open.MapPost("/l/{token}", Act).DisableAntiforgery().WithMetadata(new RequestSizeLimitAttribute(MostBytes));
        open.MapGet("/k", (HttpContext http) => Code(http, ""));
        open.MapGet("/k/{code}", (string code, HttpContext http, ILinkDesk desk, LinkGate gate) => ByCode(http, desk, gate, code));
        open.MapPost("/k", Typed).DisableAntiforgery().WithMetadata(new RequestSizeLimitAttribute(MostBytes));
    }

    /// <summary>Nothing keeps the page, finds it, or learns its address from it.</summary>
    internal static ValueTask<object?> Private(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var headers = context.HttpContext.Response.Headers;
        headers["Referrer-Policy"] = "no-referrer";
        headers["X-Robots-Tag"] = "noindex, nofollow";
        headers.CacheControl = "no-store";
        return next(context);
    }

    private static IResult Show(HttpContext http, ILinkDesk desk, LinkGate gate, string token)
    {
        if (desk.Open(token) is not { } link)
            return Missing(http, desk, gate, token);
        var text = LinkText.In(link.Language);
        http.RequestServices.GetRequiredService<View>().Language = text.Language;
        return Html.Page<LinkPage>(new LinkModel(token, link, text, http.RequestServices.GetRequiredService<LinkReader>().Read(link), desk.ChoicesOf(link)));
    }

    private static async Task<IResult> Act(string token, HttpContext http, ILinkDesk desk, LinkGate gate, IAntiforgery antiforgery)
    {
        if (desk.Open(token) is not { } link)
            return Missing(http, desk, gate, token);
        if (Refused(http, gate.WaitToAct(link.Id)) is { } refused)
            return refused;
        var text = LinkText.In(link.Language);
        var flash = http.RequestServices.GetRequiredService<Flash>();
        if (!await antiforgery.IsRequestValidAsync(http))
            flash.Put(http, new Said(text.TooOld, true));
        else if (Read(await http.Request.ReadFormAsync(http.RequestAborted)) is { } act)
        {
            var outcome = desk.Act(token, act);
            flash.Put(http, new Said(text.Of(outcome), LinkText.IsBad(outcome)));
        }
        return Results.LocalRedirect($"/l/{token}");
    }

    private static async Task<IResult> Typed(HttpContext http, ILinkDesk desk, LinkGate gate, IAntiforgery antiforgery) =>
        await antiforgery.IsRequestValidAsync(http) ? ByCode(http, desk, gate, (await http.Request.ReadFormAsync(http.RequestAborted)).Text("code", 40)) : Code(http, LinkText.Speak(http).TooOld);

    private static IResult ByCode(HttpContext http, ILinkDesk desk, LinkGate gate, string code)
    {
        if (Refused(http, gate.Wait(AddressGate.Of(http), code: true)) is { } refused)
            return refused;
        if (desk.TokenOf(code) is { } token)
            return Results.LocalRedirect($"/l/{token}");
        gate.Failed(AddressGate.Of(http), code: true);
        return Code(http, LinkText.Speak(http).CodeWrong, StatusCodes.Status404NotFound);
    }

    private static LinkAct? Read(IFormCollection form) => form.Text("act", 20) switch
    {
        "broken" => new LinkAct.StillBroken(form.Text("words", 1000)),
        "works" => new LinkAct.WorksAgain(),
        "slot" => new LinkAct.Pick(form.Long("slot")),
        "give-back" => new LinkAct.GiveBack(),
        "call" => new LinkAct.CallMe(new ServerTime(form.Long("by"))),
        "no-call" => new LinkAct.NoCall(),
        "survey" => new LinkAct.Answer(form.Number("score"), form.Text("words", SurveyDecision.MaxWords)),
        _ => null,
    };

    private static IResult? Refused(HttpContext http, TimeSpan wait)
    {
        if (wait <= TimeSpan.Zero)
            return null;
        http.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        var text = LinkText.Speak(http);
        return Html.Page<CodePage>(new CodeModel(text, false, text.Wait((int)Math.Ceiling(wait.TotalMinutes)), Asks: false), (int)HttpStatusCode.TooManyRequests);
    }

    /// <summary>The same whether it never was, has ended or is another's. Whoever guesses waits, and nobody who shares their address and has a link, or had one.</summary>
    private static IResult Missing(HttpContext http, ILinkDesk desk, LinkGate gate, string token)
    {
        if (!desk.IsOurs(token))
        {
            if (Refused(http, gate.Wait(AddressGate.Of(http), code: false)) is { } refused)
                return refused;
            gate.Failed(AddressGate.Of(http), code: false);
        }
        return Html.Page<CodePage>(new CodeModel(LinkText.Speak(http), true, "", Asks: true), StatusCodes.Status404NotFound);
    }

    private static IResult Code(HttpContext http, string problem, int status = 200) => Html.Page<CodePage>(new CodeModel(LinkText.Speak(http), false, problem, Asks: true), status);
}
