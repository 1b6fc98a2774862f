using B2D.Console.Access;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace B2D.Console.Shell;

/// <summary>What somebody gets who may not, asks for what is not there, or meets a fault of ours: words on a page, problem+json in the API.</summary>
internal static class Failures
{
    public static Task Unhandled(HttpContext http)
    {
        var error = http.Features.Get<IExceptionHandlerFeature>()?.Error;
        var status = error is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status500InternalServerError;
        return IsApi(http)
            ? Refusals.Write(http, status)
            : Show(http, status, "Something went wrong", "It is our fault, not yours, and has been written to the log. Nothing was changed halfway.");
    }

    public static Task Status(HttpContext http)
    {
        var status = http.Response.StatusCode;
        if (IsApi(http))
            return Refusals.Write(http, status);
        return status switch
        {
            _ when http.Request.Path.StartsWithSegments("/events") || http.Request.Path.StartsWithSegments("/assets") => Task.CompletedTask,
            404 => Show(http, status, "There is no such page", "The address may be mistyped, or what it showed is gone."),
            _ => Show(http, status, "This did not work", "The request was refused. Go back and try again."),
        };
    }

    /// <summary>Pages lead to the sign-in; the API and the event stream answer 401.</summary>
    public static Task SignInFirst(HttpContext http)
    {
        if (IsApi(http))
        {
            http.Response.Headers.WWWAuthenticate = "Bearer realm=\"b2d\"";
            return Refusals.Write(http, StatusCodes.Status401Unauthorized);
        }
        if (http.Request.Path.StartsWithSegments("/events"))
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        }
        var back = HttpMethods.IsGet(http.Request.Method) ? http.Request.Path + http.Request.QueryString : "/";
        http.Response.Redirect("/signin" + (back == "/" ? "" : "?back=" + Uri.EscapeDataString(back)));
        return Task.CompletedTask;
    }

    public static Task NotAllowed(HttpContext http) => IsApi(http)
        ? Refusals.Write(http, StatusCodes.Status403Forbidden, Rights.Refusal(http))
        : Show(http, StatusCodes.Status403Forbidden, "You may not do this", Rights.Refusal(http));

    /// <summary>Refused for another reason than the role.</summary>
    public static Task NotAllowed(HttpContext http, string why) => IsApi(http)
        ? Refusals.Write(http, StatusCodes.Status403Forbidden, why)
        : Show(http, StatusCodes.Status403Forbidden, "You may not do this", why);

    /// <summary>There is no such thing, as far as who asks is concerned.</summary>
    public static Task NotThere(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Status(http);
    }

    private static bool IsApi(HttpContext http) => http.Request.Path.StartsWithSegments("/api") || http.Request.Path.StartsWithSegments("/metrics")
        || http.Request.Path.StartsWithSegments("/readyz");

    private static Task Show(HttpContext http, int status, string title, string text) =>
        http.Response.HasStarted ? Task.CompletedTask : Html.Page<Problem>(new ProblemModel(title, text), status).ExecuteAsync(http);
}
