using System.Globalization;
using System.Text.Json;
using B2D.Console.Access;
using B2D.Console.Api;
using B2D.Console.Lists;
using B2D.Console.Shell;
using B2D.Core;
using B2D.Core.Notices;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Cases;
using B2D.Storage.Notices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Facts;

/// <summary>What another system tells us.</summary>
internal sealed record FactWords
{
    /// <summary>The other system's own name of it, 1 to 200 characters: it is taken once.</summary>
    public string Key { get; init; } = "";

    /// <summary>shipped, returned, paid, visit-booked, moved or deceased.</summary>
    public string Kind { get; init; } = "";

    /// <summary>customer:ana, device:HP-1 or case:12.</summary>
    public string Subject { get; init; } = "";

    /// <summary>ISO 8601 or epoch milliseconds; without it: now.</summary>
    public string? From { get; init; }

    /// <summary>When it is not so any more; without it: without end.</summary>
    public string? Until { get; init; }

    /// <summary>The fact, or what is wrong with it in a sentence.</summary>
    public (OutsideFactRow? Row, string Problem) Read(ServerTime now, string who)
    {
        if (Key.Trim().Length is 0 or > 200)
            return (null, "key is missing or longer than 200 characters: your own name of it, by which it is taken once.");
        if (OutsideFact.KindOf(Kind) is null)
            return (null, $"'{Words.Cut(Kind, 40)}' is no kind: {string.Join(", ", OutsideFact.Kinds)}.");
        if (Subject.Length > 200 || Subject.Split(':', 2) is not ["customer" or "device" or "case", { Length: > 0 }])
            return (null, $"'{Words.Cut(Subject, 40)}' is no subject: customer:ID, device:ID or case:NUMBER.");
        var (from, until) = (Times.Read(From), Times.Read(Until));
        if ((From is { Length: > 0 } && from is null) || (Until is { Length: > 0 } && until is null))
            return (null, "from or until is no time: ISO 8601, or epoch milliseconds.");
        var begins = from ?? now;
        return until <= begins
            ? (null, "until is not after from.")
            : (new OutsideFactRow
            {
                Key = Key.Trim(),
                Kind = Kind,
                Subject = Subject,
                FromAt = begins.EpochMs,
                UntilAt = until?.EpochMs ?? 0,
                Who = who,
                CreatedAt = now.EpochMs,
            }, "");
    }
}

/// <summary>A fact as the API shows it.</summary>
internal sealed record FactItem(long Id, string Key, string Kind, string Subject, string? From, string? Until, string Who, string? CreatedAt)
{
    public static FactItem Of(OutsideFactRow f) =>
        new(f.Id, f.Key, f.Kind, f.Subject, Words.IsoOrNull(f.FromAt), Words.IsoOrNull(f.UntilAt), f.Who, Words.IsoOrNull(f.CreatedAt));
}

/// <summary>Where facts of other systems are written down: the table is all that the worker looks at.</summary>
internal sealed class FactDesk(Stores stores, TimeProvider time)
{
    /// <summary>Takes one, once: what is there under its key, whether it is new, and what is wrong.</summary>
    public (OutsideFactRow? Row, bool IsNew, string Problem) Take(OutsideFactRow row) => stores.State.Write(db =>
    {
        if (OutsideFactStore.Find(db, row.Key) is { } known)
        {
            return (known.Kind, known.Subject) == (row.Kind, row.Subject)
                ? (known, false, "")
                : ((OutsideFactRow?)null, false, $"the key '{row.Key}' stands for another fact already");
        }
        if (OutsideFactStore.Put(db, row) is not { } id)
            throw new InvalidOperationException($"the fact {row.Key} appeared inside the transaction that looked for it");
        AuditStore.Append(db, row.CreatedAt, row.Who, "fact." + row.Kind, row.Subject, JsonSerializer.Serialize(new { key = row.Key, from = row.FromAt, until = row.UntilAt }));
        if (row.Subject.Split(':', 2) is ["case", var number] && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var caseId))
            TimelineStore.Add(db, new TimelineRow { Subject = $"case:{caseId}", At = row.CreatedAt, Kind = "fact", Text = $"{row.Who} told us: {row.Kind.Replace('-', ' ')}", Who = row.Who });
        return (row with { Id = id }, true, "");
    });

    /// <summary>It is not so any more.</summary>
    public ActOutcome End(long id, string who)
    {
        var now = ServerTime.From(time.GetUtcNow()).EpochMs;
        return stores.State.Write<ActOutcome>(db =>
        {
            if (OutsideFactStore.Find(db, id) is not { } row)
                return new ActOutcome.Unknown();
            if (!OutsideFactStore.End(db, id, now))
                return new ActOutcome.Rejected("it has ended already");
            AuditStore.Append(db, now, who, "fact.end", row.Subject, JsonSerializer.Serialize(new { key = row.Key }));
            return new ActOutcome.Done(0);
        });
    }
}

/// <summary>/api/facts</summary>
internal static class FactsApi
{
    private static readonly ListDefinition Definition = new()
    {
        Select = "*",
        From = "outside_facts",
        Fields =
        [
            new("kind", "kind", FieldMatch.Whole, "shipped, returned, paid, visit-booked, moved or deceased"),
            new("subject", "subject", FieldMatch.Pattern, "customer:ana, device:HP-1, case:12, with *"),
            new("key", "key", FieldMatch.Whole, "the other system’s name of it"),
        ],
        Text = ["key", "subject"],
        TextWords = "key and subject",
        Order = "id DESC",
        Key = ListKey.NumberDown,
        KeyColumn = "id",
    };

    public static void Map(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapList<OutsideFactRow, FactItem>("facts", "What other systems told us, newest first", Definition, f => f.Id.ToString(CultureInfo.InvariantCulture), FactItem.Of);
        write.MapPost("/facts", (FactWords words, HttpContext http, FactDesk desk, TimeProvider time) =>
        {
            var (row, problem) = words.Read(ServerTime.From(time.GetUtcNow()), http.User.Identity?.Name ?? "");
            if (row is null)
                return Refusals.Of(400, Words.Sentence(problem));
            if (!Sights.Sees(http, row.Subject))
                return Refusals.Of(422, "There is no such customer, device or case.");
            var (taken, isNew, refused) = desk.Take(row);
            return taken is null ? Refusals.Of(409, Words.Sentence(refused) + ".") : isNew ? Results.Created("/api/facts", FactItem.Of(taken)) : Results.Ok(FactItem.Of(taken));
        }).WithTags("facts").WithSummary("Tell what another system knows").Produces<FactItem>().Produces<FactItem>(201)
            .WithDescription("key: your own name of it, by which it is taken once; kind: shipped, returned, paid, visit-booked, moved or deceased; subject: customer:ID, device:ID or "
                + "case:NUMBER; from (default now) and until (default without end). No notice goes out that it contradicts.");
        write.MapPost("/facts/{id:long}/end", (long id, HttpContext http, FactDesk desk) => Acts.Answer(desk.End(id, http.User.Identity?.Name ?? "")))
            .WithTags("facts").WithSummary("It is not so any more").Produces<Acted>();
    }
}
