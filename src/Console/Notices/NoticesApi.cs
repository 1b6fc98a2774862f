using System.Text.Json;
using B2D.Console.Access;
using B2D.Console.Api;
using B2D.Console.Shell;
using B2D.Storage;
using B2D.Storage.Notices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Notices;

/// <summary>A notice as the API shows it. Title and text are the words as they went to the customer, or would go now; null where they cannot be told. Made: the text and version that they were made of.</summary>
internal sealed record NoticeItem(
    string Id, string Customer, string Subject, string Status, long Revision, string Channel, string State, string Reason, string Template, string Language,
    JsonElement? Facts,
    string? DueAt, int Attempts, string? NextAttemptAt, string? SentAt, string LastError, string? CreatedAt, string? Title, string? Text, string? Made);

/// <summary>/api/notices</summary>
internal static class NoticesApi
{
    public static void Map(IEndpointRouteBuilder read)
    {
        read.MapList<NoticeRow, NoticeItem>("notices", "The ledger of notices, newest first", NoticeLists.Definition, NoticeLists.Cursor, n => Item(n, null));
        read.MapGet("/notices/{id}", (string id, Stores stores, IServiceProvider services) => stores.State.Read(db => NoticeStore.Find(db, id)) is { } row
            ? Results.Ok(Item(row, services.GetService<INoticeWords>()?.Of(id)))
            : Refusals.Of(404, $"There is no notice {id}.")).WithTags("notices").WithSummary("One notice with its words").Produces<NoticeItem>();
    }

    public static NoticeItem Item(NoticeRow n, NoticeWords? words) => new(
        n.Id, n.Customer, n.Subject, n.Status, n.Revision, n.Channel, n.State, n.Reason, n.Template, n.Language, Json.OrNull(n.Facts), Words.IsoOrNull(n.DueAt),
        n.Attempts,
        Words.IsoOrNull(n.NextAttemptAt), Words.IsoOrNull(n.SentAt), n.LastError, Words.IsoOrNull(n.CreatedAt), words?.Title, words?.Text, words?.Made is { Length: > 0 } made ? made : null);
}
