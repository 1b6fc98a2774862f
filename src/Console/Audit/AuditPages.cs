using System.Globalization;
using System.Text.Json;
using B2D.Console.Api;
using B2D.Console.Lists;
using B2D.Console.Shell;
using B2D.Storage;
using B2D.Storage.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Audit;

/// <summary>An act as the API shows it; hash is SHA-256 in hex over the row and the hash before.</summary>
internal sealed record AuditItem(long Seq, string At, string Who, string Action, string Subject, JsonElement? Detail, string Hash);

/// <summary>Whether the chain is whole; else the first row that is not what was written.</summary>
internal sealed record ChainAnswer(bool Whole, long? FirstBroken);

/// <summary>
/// The page of the audit. <paramref name="Checked"/>: the chain was followed; <paramref name="Broken"/>: the first row that is not what was written.
/// </summary>
public sealed record AuditModel(ListPage<AuditRow> Page, bool Checked, long? Broken);

/// <summary>The audit as a list.</summary>
internal static class AuditLists
{
    public static readonly ListDefinition Definition = new()
    {
        Select = "*",
        From = "audit",
        Fields =
        [
            new("who", "who", FieldMatch.Pattern, "a person, key:NAME or b2d, with *"),
            new("action", "action", FieldMatch.Pattern, "what was done, with *"),
            new("subject", "subject", FieldMatch.Pattern, "case:12, user:admin, with *"),
        ],
        Text = ["who", "action", "subject", "detail"],
        TextWords = "person, act, subject and detail",
        Order = "seq DESC",
        Key = ListKey.NumberDown,
        KeyColumn = "seq",
        Example = "who:admin subject:case:*",
    };
}

/// <summary>The page of the audit.</summary>
internal static class AuditPages
{
    public static void Map(IEndpointRouteBuilder read) => read.MapGet("/audit",
        (HttpContext http, Stores stores) => Html.Page<AuditPage>(stores.State.Read(db =>
    {
        var check = http.Request.Query.ContainsKey("check");
        return new AuditModel(AuditLists.Definition.Page<AuditRow>(db, ListRequest.Of(http.Request, "", 100)), check, check ? AuditStore.Verify(db) : null);
    }))).ExcludeFromDescription();
}

/// <summary>/api/audit</summary>
internal static class AuditApi
{
    public static void Map(IEndpointRouteBuilder read)
    {
        read.MapList<AuditRow, AuditItem>("audit", "What people and keys did, newest first", AuditLists.Definition,
            a => a.Seq.ToString(CultureInfo.InvariantCulture), Item);
        read.MapGet("/audit/chain", (Stores stores) => Chain(stores.State.Read(AuditStore.Verify)))
            .WithTags("audit").WithSummary("Follow the chain of hashes from the first row").Produces<ChainAnswer>();
    }

    private static IResult Chain(long? broken) => Results.Ok(new ChainAnswer(broken is null, broken));

    private static AuditItem Item(AuditRow a) => new(a.Seq, Words.Iso(a.At), a.Who, a.Action, a.Subject, Json.OrNull(a.Detail),
        Convert.ToHexStringLower(a.Hash));
}
