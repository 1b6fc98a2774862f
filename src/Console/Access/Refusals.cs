using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace B2D.Console.Access;

/// <summary>Refusals of the API as problem+json (RFC 9457), in plain words.</summary>
internal static class Refusals
{
    public static Task Write(HttpContext http, int status, string? detail = null) =>
        http.Response.HasStarted ? Task.CompletedTask : Of(status, detail).ExecuteAsync(http);

    /// <summary>The answer for a status; without <paramref name="detail"/> in the usual words for it.</summary>
    public static IResult Of(int status, string? detail = null) => Results.Problem(Describe(status, detail));

    private static ProblemDetails Describe(int status, string? detail)
    {
        var (title, usual) = status switch
        {
            400 => ("This cannot be read", "The request has another form than the one described in /api/openapi.json."),
            401 => ("Sign in first", "Send an API key as 'Authorization: Bearer b2d_…' or 'X-Api-Key: b2d_…', or sign in at /signin. "
                + "Keys are made with 'b2d keys create NAME --scope ROLE', or by an administrator on the page Keys."),
            403 => ("Not allowed", "This key or user may not do this."),
            404 => ("Not there", "There is nothing at this address."),
            405 => ("Not this way", "This address does not know that method."),
            409 => ("Somebody else was first", "It has changed since it was read. Read it again and decide again."),
            413 => ("Too large", "The body is larger than this address takes."),
            415 => ("Not this form", "Send JSON with 'Content-Type: application/json'."),
            422 => ("Not possible as things are", "Nothing was done."),
            429 => ("Too often", "Wait a little and try again."),
            503 => ("Not now", "Try again in a little while."),
            _ => ("Something went wrong", "It has been written to the log."),
        };
        return new ProblemDetails { Status = status, Title = title, Detail = detail ?? usual, Type = "about:blank" };
    }
}
