using B2D.Console.Shell;
using B2D.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Cases;

/// <summary>What the page of queues shows.</summary>
public sealed record QueuesModel(IReadOnlyList<QueueLine> Queues);

/// <summary>The queues with their counts.</summary>
internal static class QueuePages
{
    public static void Map(IEndpointRouteBuilder read) =>
        read.MapGet("/queues", (Stores stores) => Html.Page<QueuesPage>(new QueuesModel(stores.State.Read(QueueReader.Read)))).ExcludeFromDescription();
}

/// <summary>A queue as the API shows it: how many of its cases are open, of these with nobody on them, late, and waiting.</summary>
internal sealed record QueueItem(string Queue, long Open, long Unassigned, long Late, long Waiting, string? OldestAt);

/// <summary>/api/queues</summary>
internal static class QueuesApi
{
    public static void Map(IEndpointRouteBuilder read) => read.MapGet("/queues", (Stores stores) => Results.Ok(stores.State.Read(QueueReader.Read)
            .Select(q => new QueueItem(q.Queue, q.Open, q.Unassigned, q.Late, q.Waiting, Words.IsoOrNull(q.OldestAt)))))
        .WithTags("cases").WithSummary("Queues with what is open in them").Produces<IReadOnlyList<QueueItem>>();
}
