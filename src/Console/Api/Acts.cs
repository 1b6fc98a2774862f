using B2D.Console.Access;
using B2D.Core;
using Microsoft.AspNetCore.Http;

namespace B2D.Console.Api;

/// <summary>An act was done; the version that the thing has now, 0 where it has none.</summary>
internal sealed record Acted(int Version);

/// <summary>Outcomes of acts as answers of the API.</summary>
internal static class Acts
{
    public static IResult Answer(ActOutcome outcome) => outcome switch
    {
        ActOutcome.Done done => Results.Ok(new Acted(done.Version)),
        ActOutcome.Conflict conflict => Refusals.Of(409, $"{conflict.What} It is at version {conflict.Version} now."),
        ActOutcome.Rejected rejected => Refusals.Of(422, rejected.Reason),
        _ => Refusals.Of(404),
    };
}
