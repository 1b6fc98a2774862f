using System.Globalization;
using B2D.Core;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Shell;

/// <summary>Forms of pages: guarded by a token, mostly at most 256 KiB, answered by a redirect to the page that shows what came of it.</summary>
internal static class Forms
{
    /// <summary>The hidden field that carries the token.</summary>
    public const string TokenField = "__token";

    private const long MostBytes = 256 * 1024;

    /// <summary>Maps a form; <paramref name="work"/> does it and says what came of it.</summary>
    /// <param name="mostBytes">Largest form that is read.</param>
    public static RouteHandlerBuilder MapForm(this IEndpointRouteBuilder routes, string path, Func<HttpContext, IFormCollection, IResult> work, long mostBytes = MostBytes) =>
        routes.MapForm(path, (http, form) => Task.FromResult(work(http, form)), mostBytes);

    /// <inheritdoc cref="MapForm(IEndpointRouteBuilder, string, Func{HttpContext, IFormCollection, IResult}, long)"/>
    public static RouteHandlerBuilder MapForm(this IEndpointRouteBuilder routes, string path, Func<HttpContext, IFormCollection, Task<IResult>> work, long mostBytes = MostBytes) =>
        routes.MapPost(path, async (HttpContext http, IAntiforgery antiforgery) =>
        {
            if (!await antiforgery.IsRequestValidAsync(http))
                return Html.Page<Problem>(new ProblemModel("This form is too old",
                    "It was made before a restart or in another sign-in, so nothing was done. Go back, load the page again and repeat it."), 400);
            return await work(http, await http.Request.ReadFormAsync(http.RequestAborted));
        }).WithMetadata(new RequestSizeLimitAttribute(mostBytes)).ExcludeFromDescription();

    /// <summary>Back to a page of this site with a sentence on it.</summary>
    public static IResult Back(HttpContext http, string path, string sentence, bool bad = false)
    {
        http.RequestServices.GetRequiredService<Flash>().Put(http, new Said(sentence, bad));
        return Results.LocalRedirect(LocalOr(path, "/"));
    }

    /// <summary>Back with what came of an act, in words.</summary>
    public static IResult Back(HttpContext http, string path, ActOutcome outcome, string done) => outcome switch
    {
        ActOutcome.Done => Back(http, path, done),
        ActOutcome.Conflict conflict => Back(http, path, $"Nothing was done: {conflict.What.TrimEnd('.')}. Look at it as it is now and decide again.",
            bad: true),
        ActOutcome.Rejected rejected => Back(http, path, $"Nothing was done: {rejected.Reason.TrimEnd('.')}.", bad: true),
        _ => Back(http, path, "Nothing was done: it is no longer there.", bad: true),
    };

    /// <summary>The path where it leads to this site, otherwise <paramref name="other"/>.</summary>
    public static string LocalOr(string? path, string other) =>
        path is { Length: > 0 } && path[0] == '/' && !path.StartsWith("//", StringComparison.Ordinal) && !path.StartsWith("/\\", StringComparison.Ordinal)
        && !path.Any(char.IsControl) ? path : other;

    /// <summary>A text field, trimmed and cut to <paramref name="most"/> characters, a sign of two as a whole.</summary>
    public static string Text(this IFormCollection form, string name, int most = 2000)
    {
        var text = form[name].ToString().Trim();
        // Half a sign is no text, and PostgreSQL takes none.
        return text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];
    }

    public static int Number(this IFormCollection form, string name) =>
        int.TryParse(form[name], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : 0;

    public static long Long(this IFormCollection form, string name) =>
        long.TryParse(form[name], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : 0;

    /// <summary>A field of type datetime-local, meant in the console's zone; null where it is no time.</summary>
    public static ServerTime? Time(this IFormCollection form, string name, TimeZoneInfo zone) =>
        DateTime.TryParse(form[name], CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) && !zone.IsInvalidTime(local)
            ? ServerTime.From(new DateTimeOffset(DateTime.SpecifyKind(local, DateTimeKind.Unspecified), zone.GetUtcOffset(local)))
            : null;
}
