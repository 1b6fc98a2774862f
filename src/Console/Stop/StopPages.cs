using B2D.Console.Api;
using B2D.Console.Shell;
using B2D.Core;
using B2D.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Stop;

/// <summary>The switch and what it would hold back now.</summary>
public sealed record StopModel(StopState State, long Notices, long Customers, long Commands);

/// <summary>The switch as the API shows it.</summary>
internal sealed record StopItem(bool Stopped, string? Since, string Who, string Reason);

/// <summary>Why everything is stopped.</summary>
internal sealed record StopWords
{
    public string? Reason { get; init; }
}

/// <summary>The page with the one switch for all notices and remedies.</summary>
internal static class StopPages
{
    /// <summary>What is typed to confirm.</summary>
    public const string Confirm = "STOP";

    public static void Map(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/stop", (Stores stores, IStopSwitch stop) =>
        {
            // The switch is asked before: it reads the same database.
            var state = stop.State;
            return Html.Page<StopPage>(stores.State.Read(db => new StopModel(
                state,
                db.Scalar<long>("SELECT count(*) FROM notices WHERE state IN ('Due', 'Held', 'Retrying')"),
                db.Scalar<long>("SELECT count(DISTINCT customer) FROM notices WHERE state IN ('Due', 'Held', 'Retrying')"),
                db.Scalar<long>("SELECT count(*) FROM commands WHERE state = 'Queued'"))));
        }).ExcludeFromDescription();
        write.MapForm("/stop", (http, form) =>
        {
            if (!string.Equals(form.Text("confirm", 20), Confirm, StringComparison.OrdinalIgnoreCase))
                return Forms.Back(http, "/stop", $"Nothing was stopped: type {Confirm} to confirm.", bad: true);
            http.RequestServices.GetRequiredService<IStopSwitch>().Stop(http.User.Identity?.Name ?? "", form.Text("reason", 500));
            return Forms.Back(http, "/stop", "Stopped. No notice and no remedy goes out until somebody lets them run again.");
        });
        write.MapForm("/stop/resume", (http, _) =>
        {
            http.RequestServices.GetRequiredService<IStopSwitch>().Resume(http.User.Identity?.Name ?? "");
            return Forms.Back(http, "/stop", "Notices and remedies run again.");
        });
    }
}

/// <summary>/api/stop</summary>
internal static class StopApi
{
    public static void Map(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/stop", (IStopSwitch stop) => Results.Ok(Item(stop.State))).WithTags("stop").WithSummary("Whether all notices and remedies are stopped")
            .Produces<StopItem>();
        write.MapPost("/stop", (StopWords words, HttpContext http, IStopSwitch stop) =>
        {
            stop.Stop(http.User.Identity?.Name ?? "", Words.Cut(words.Reason ?? "", 500));
            return Results.Ok(Item(stop.State));
        }).WithTags("stop").WithSummary("Stop all notices and remedies at once").Produces<StopItem>();
        write.MapDelete("/stop", (HttpContext http, IStopSwitch stop) =>
        {
            stop.Resume(http.User.Identity?.Name ?? "");
            return Results.Ok(Item(stop.State));
        }).WithTags("stop").WithSummary("Let notices and remedies run again").Produces<StopItem>();
    }

    private static StopItem Item(StopState state) => new(state.Stopped, Words.IsoOrNull(state.Since.EpochMs), state.Who, state.Reason);
}
