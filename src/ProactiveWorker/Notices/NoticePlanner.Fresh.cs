using System.Text.Json;
using B2D.Core;
using B2D.Core.Customers;
using B2D.Core.Notices;
using B2D.Core.Outages;
using B2D.ProactiveWorker.Subscriptions;
using B2D.Storage;
using B2D.Storage.Customers;
using B2D.Storage.Notices;
using B2D.Storage.Outages;

namespace B2D.ProactiveWorker.Notices;

/// <summary>What notices of outages say when they leave, which may be hours after they were written.</summary>
public sealed partial class NoticePlanner
{
    /// <summary>
    /// What the word of an outage says when it leaves: all that is known at that time. Its news are what this customer has not heard, and the estimate before is the one that they heard.
    /// Null where it says what it said: it may have arrived, is about something else, or is the end.
    /// </summary>
    internal string? FactsNow(Db db, NoticeRow row, CustomerRow customer, ServerTime now)
    {
        if (row.State == nameof(NoticePhase.Sending) || row.Status is not ("opened" or "update") || row.Subject.Split(':', 2) is not ["outage", var number]
            || OutageStore.FindWhole(db, long.Parse(number, System.Globalization.CultureInfo.InvariantCulture)) is not { } outage)
        {
            return null;
        }
        var facts = ledger.Promised(customer, NoticeClass.Service, FactsNow(row, FactsOf(outage), outage), now);
        if (row.Status == "update")
            facts = SinceHeard(db, row, outage, facts);
        var said = JsonSerializer.Serialize(facts);
        return said == row.Facts ? null : said;
    }

    /// <summary>Whoever calls, or prints, says what is known by now, and when the next word comes by now.</summary>
    private void SayNow(Db db, OutageRow outage, ServerTime now)
    {
        foreach (var row in OutageStore.Parts(db, outage.Id).Append(outage).SelectMany(o => All(db, new NoticeFilter { Subject = $"outage:{o.Id}", States = [nameof(NoticePhase.Calling)] })))
        {
            if (Recipients.Find(db, row.Customer) is { } customer && FactsNow(db, row, customer, now) is { } facts)
                ledger.SayInstead(db, row with { Facts = facts }, customer, now);
        }
    }

    /// <summary>What a person wrote of an outage, for who heard all that was told before.</summary>
    internal NoticeFacts NewsOf(Db db, OutageRow outage)
    {
        var isOther = outage.ToldEstimateUntil > 0 && (outage.ToldEstimateFrom, outage.ToldEstimateUntil) != (outage.EstimateFrom, outage.EstimateUntil);
        return FactsOf(outage) with
        {
            News = true,
            Monitoring = outage.State == nameof(OutagePhase.Monitoring),
            CauseGone = outage.Cause.Length == 0 && (Last("update") ?? Last("opened")) is { Cause.Length: > 0 },
            EstimateWasFrom = isOther ? outage.ToldEstimateFrom : 0,
            EstimateWasUntil = isOther ? outage.ToldEstimateUntil : 0,
        };

        // What the newest of them said is what those said who were told before.
        NoticeFacts? Last(string status) => NoticeStore.List(db, new NoticeFilter { Subject = $"outage:{outage.Id}", Status = status, States = [nameof(NoticePhase.Sent)], Limit = 1 }) is [var told]
            ? JsonSerializer.Deserialize<NoticeFacts>(told.Facts)
            : null;
    }

    private static NoticeFacts SinceHeard(Db db, NoticeRow row, OutageRow outage, NoticeFacts facts)
    {
        var now = facts with
        {
            Monitoring = outage.State == nameof(OutagePhase.Monitoring),
            Back = Subscribers.IdOf(row.Customer) == 0 && !OutageStore.Touches(db, outage.Id, Carer.CustomerOf(row.Customer)),
        };
        var rows = OutageStore.Parts(db, outage.Id).Append(outage).SelectMany(o => NoticeStore.List(db, new NoticeFilter { Subject = $"outage:{o.Id}", Customer = row.Customer }));
        if (rows.Where(n => n.WasTold && n.Status is "opened" or "update" && n.Id != row.Id).MaxBy(n => (n.SentAt, n.CreatedAt)) is not { } last)
            return now;
        var heard = JsonSerializer.Deserialize<NoticeFacts>(last.Facts)!;
        var isOther = heard.EstimateUntil > 0 && (heard.EstimateFrom, heard.EstimateUntil) != (now.EstimateFrom, now.EstimateUntil);
        return now with
        {
            News = now.News || (now.Cause, now.Workaround) != (heard.Cause, heard.Workaround) || (now.EstimateUntil > 0 && (now.EstimateFrom, now.EstimateUntil) != (heard.EstimateFrom, heard.EstimateUntil)),
            CauseGone = heard.Cause.Length > 0 && now.Cause.Length == 0,
            EstimateWasFrom = isOther ? heard.EstimateFrom : 0,
            EstimateWasUntil = isOther ? heard.EstimateUntil : 0,
        };
    }
}
