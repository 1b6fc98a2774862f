using B2D.Console.Access;
using B2D.Console.Shell;
using B2D.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Backups;

/// <summary>Where a backup is to go: a full path on the machine that the program runs on.</summary>
internal sealed record BackupWords
{
    public string? Folder { get; init; }
}

/// <summary>A backup as the API shows it.</summary>
internal sealed record BackupItem(string Folder, string State, string File, long Bytes, long Of, string Problem, string? Since);

/// <summary>/api/backups, from this very machine only: who may change something may not yet have files written to any place by somebody else's hand.</summary>
internal static class BackupsApi
{
    public static void Map(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/backups/latest", (IBackups backups) => backups.Latest is { } latest ? Results.Ok(Item(latest)) : Refusals.Of(404, "No backup was made since the start."))
            .WithTags("backups").WithSummary("The backup that is being made, or the last one since the start").Produces<BackupItem>();
        write.MapPost("/backups", (BackupWords words, HttpContext http, IBackups backups) =>
        {
            if (!Loopback.Is(http))
                return Refusals.Of(403, "A backup is asked for on the machine itself.");
            if (words.Folder is not { Length: > 0 and <= 1000 } folder || !Path.IsPathFullyQualified(folder))
                return Refusals.Of(400, "folder must be a full path.");
            return backups.Start(folder, http.User.Identity?.Name ?? "") switch
            {
                ActOutcome.Rejected rejected => Refusals.Of(422, rejected.Reason),
                ActOutcome.Conflict conflict => Refusals.Of(409, conflict.What),
                _ => Results.Json(Item(backups.Latest!), statusCode: StatusCodes.Status202Accepted),
            };
        }).WithTags("backups").WithSummary("Begin a backup into a folder of this machine").Produces<BackupItem>(StatusCodes.Status202Accepted);
        write.MapDelete("/backups/latest", (HttpContext http, IBackups backups) =>
        {
            if (!Loopback.Is(http))
                return Refusals.Of(403, "A backup is called off on the machine itself.");
            backups.Cancel();
            return Results.NoContent();
        }).WithTags("backups").WithSummary("Call off the backup that is being made");
    }

    private static BackupItem Item(BackupState state) =>
        new(state.Folder, state.Running ? "running" : state.Problem.Length > 0 ? "failed" : "whole", state.File, state.Bytes, state.Of, state.Problem, Words.IsoOrNull(state.Since.EpochMs));
}
