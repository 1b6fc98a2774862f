using B2D.Console.Lists;
using B2D.Console.Shell;
using B2D.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Notices;

/// <summary>A notice as a line of the ledger.</summary>
public sealed record NoticeLine
{
    public string Id { get; init; } = "";
    public string Customer { get; init; } = "";
    public string Subject { get; init; } = "";
    public string Status { get; init; } = "";
    public long Revision { get; init; }
    public string Channel { get; init; } = "";
    public string Template { get; init; } = "";
    public string State { get; init; } = "";
    public string Reason { get; init; } = "";
    public long DueAt { get; init; }
    public int Attempts { get; init; }
    public long NextAttemptAt { get; init; }
    public long SentAt { get; init; }
    public string LastError { get; init; } = "";
    public long CreatedAt { get; init; }
    public string? CustomerName { get; init; }

    /// <summary>The words, for the rows that are shown.</summary>
    public NoticeWords? Words { get; init; }

    /// <summary>What it is about in words: outage O-3, fault pump-blocked of HP-1.</summary>
    public string About => Subject.Split(':', 2) is ["fault", var fault] && fault.Split('/', 2) is [var device, var rule]
        ? $"{rule} of {device}" : Subject.Replace("outage:", "outage O-", StringComparison.Ordinal).Replace("maintenance:", "maintenance M-", StringComparison.Ordinal).Replace(":", " ", StringComparison.Ordinal);

    /// <summary>The page of what it is about; empty where it has none.</summary>
    public string Page => Subject.Split(':', 2) is [var kind, var id] ? kind switch
    {
        "case" => "/cases/" + id,
        "outage" => "/outages/" + id,
        "maintenance" => "/maintenance/" + id,
        "fault" or "device" => "/devices/" + Uri.EscapeDataString(id.Split('/')[0]),
        "due" => "/dues?q=id:" + id,
        _ => "",
    } : "";
}

/// <summary>The page of the ledger.</summary>
public sealed record NoticesModel(ListPage<NoticeLine> Page, long Waiting, long Failed, long Sent);

/// <summary>The ledger of notices as a page.</summary>
internal static class NoticePages
{
    public static void Map(IEndpointRouteBuilder read) => read.MapGet("/notices", (HttpContext http, Stores stores, IServiceProvider services) =>
    {
        var model = stores.State.Read(db => new NoticesModel(
            (NoticeLists.Definition with { Select = "n.*, cu.name AS customer_name" })
                .Page<NoticeLine>(db, ListRequest.Of(http.Request, NoticeLists.Definition.Usual)),
            db.Scalar<long>("SELECT count(*) FROM notices WHERE state IN ('Due', 'Held', 'Sending', 'Retrying')"),
            db.Scalar<long>("SELECT count(*) FROM notices WHERE state = 'Failed'"),
            db.Scalar<long>("SELECT count(*) FROM notices WHERE state = 'Sent'")));
        var words = services.GetService<INoticeWords>();
        if (words is not null)
            model = model with { Page = model.Page with { Rows = [.. model.Page.Rows.Select(r => r with { Words = words.Of(r.Id) })] } };
        return Html.Page<NoticesPage>(model);
    }).ExcludeFromDescription();
}
