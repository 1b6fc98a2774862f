using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using B2D.Core;
using B2D.Core.Customers;
using B2D.Core.Devices;
using B2D.Core.Notices;
using B2D.Core.Rules;
using B2D.ProactiveWorker.Links;
using B2D.ProactiveWorker.Notices;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Cases;
using B2D.Storage.Customers;
using B2D.Storage.Devices;
using B2D.Storage.Notices;
using B2D.Storage.Outbox;
using B2D.Storage.Search;

namespace B2D.ProactiveWorker.Customers;

/// <summary>
/// Erases customers: one transaction, in which what waits for them ends, what says who they are goes, and the rest stays with an id that says nothing any more. What
/// people wrote on their cases is listed for a person to read. The audit has ids and counts only.
/// </summary>
public sealed class PrivacyDesk(Database state, TimeProvider time) : IPrivacyDesk
{
    private const string Gone = "the customer was erased";
    private static readonly string[] Waiting = ["Due", "Held", "Retrying", "Calling"];

    /// <summary>Lines that have words to the customer, or theirs.</summary>
    private static readonly string[] Theirs = ["write", "complain", "acknowledgecomplaint", "answercomplaint", "contact", LinkCases.Customer];

    /// <summary>Told of devices that are nobody's now, after it is stored. Default: nobody, and the next start does so.</summary>
    public Action<IReadOnlyList<Device>> Changed { get; set; } = _ => { };

    public ErasurePlan? Plan(string customer) => state.Read(db => CustomerStore.Find(db, customer) is null ? null : Planned(db, customer));

    public ActOutcome Erase(string customer, string reason, string who)
    {
        if (reason.Trim().Length is 0 or > Erasure.MaxReason)
            return new ActOutcome.Rejected($"say why, in at most {Erasure.MaxReason} characters and without their name");
        var now = ServerTime.From(time.GetUtcNow());
        var freed = new List<Device>();
        var outcome = state.Write<ActOutcome>(db =>
        {
            if (CustomerStore.Find(db, customer) is null)
                return new ActOutcome.Unknown();
            var plan = Planned(db, customer);
            if (plan.Refusal.Length > 0)
                return new ActOutcome.Rejected(plan.Refusal);
            var cases = CasesOf(db, customer);
            EndNotices(db, customer, now);
            EndCases(db, customer, cases, now);
            // While their devices are theirs: what was told of these goes too.
            CustomerStore.Erase(db, customer);
            // Page by page, until none is theirs.
            while (DeviceStore.List(db, new DeviceFilter { Customer = customer, Limit = Page.MaxRows }) is { Count: > 0 } page)
            {
                foreach (var device in page.Select(row => row.ToDevice() with { Customer = "" }))
                {
                    DeviceStore.Put(db, device, now.EpochMs);
                    freed.Add(device);
                }
            }
            var written = cases.Where(id => ErasureStore.Written(db, id).Count > 0).ToArray();
            var id = ErasureStore.Add(db, new ErasureRow
            {
                Customer = customer,
                At = now.EpochMs,
                Who = who,
                Reason = reason.Trim(),
                Cases = string.Join('\n', written.Select(c => c.ToString(CultureInfo.InvariantCulture))),
                ReviewedBy = written.Length == 0 ? "B2D" : "",
                ReviewedAt = written.Length == 0 ? now.EpochMs : 0,
            });
            AuditStore.Append(db, now.EpochMs, who, "customer.Erase", $"customer:{customer}",
                JsonSerializer.Serialize(new { erasure = id, devices = freed.Count, cases = cases.Count, toReview = written.Length }));
            return new ActOutcome.Done((int)id);
        });
        if (outcome is ActOutcome.Done && freed.Count > 0)
            Changed(freed);
        return outcome;
    }

    public ActOutcome Review(long erasure, string key, string who)
    {
        var now = ServerTime.From(time.GetUtcNow()).EpochMs;
        return state.Write<ActOutcome>(db =>
        {
            if (ErasureStore.Find(db, erasure) is not { } row)
                return new ActOutcome.Unknown();
            if (key.Length == 0 ? !ErasureStore.SetReviewed(db, erasure, who, now) : !ErasureStore.BlankOut(db, row.ToCaseIds(), key))
                return new ActOutcome.Rejected(key.Length == 0 ? "it was reviewed already" : "these words are not there any more");
            AuditStore.Append(db, now, who, key.Length == 0 ? "customer.Reviewed" : "customer.BlankText", $"customer:{row.Customer}", JsonSerializer.Serialize(new { erasure, text = key }));
            return new ActOutcome.Done(0);
        });
    }

    private static ErasurePlan Planned(Db db, string customer)
    {
        var lines = CustomerTraces.All.Where(t => t.Table != "erasures").Select(t => new ErasureLine(t.Fate, t.What, CustomerTraces.Count(db, t, customer), t.Why)).Where(l => l.Count > 0);
        var texts = CasesOf(db, customer).Sum(id => ErasureStore.Written(db, id).Count(t => !t.Key.StartsWith("case_handoffs.", StringComparison.Ordinal)));
        var facts = new ErasureFacts(
            db.Scalar<long>("SELECT count(*) FROM cases WHERE customer = @customer AND complaint_due_at > 0", new { customer }),
            db.Scalar<long>("SELECT count(*) FROM grants WHERE customer = @customer AND state = 'Asked'", new { customer }),
            db.Scalar<long>("SELECT count(*) FROM cases WHERE customer = @customer AND class = @safety AND state IN ('New', 'Working', 'Waiting')", new { customer, safety = (int)FaultClass.Safety }));
        return new ErasurePlan(customer, [.. lines, .. texts > 0 ? [new ErasureLine(ErasureFate.Read, "notes and other words that people wrote on their cases", texts, "they may name somebody")] : Array.Empty<ErasureLine>()], Erasure.Refusal(facts));
    }

    /// <summary>Cases that are theirs, those that were and went over with their device, and those of which they were told or said something.</summary>
    private static IReadOnlyList<long> CasesOf(Db db, string customer) =>
    [
        .. db.Query<long>(
            """
            SELECT id FROM cases WHERE customer = @customer UNION SELECT case_id FROM contacts WHERE customer = @customer AND case_id > 0
            UNION SELECT case_id FROM complaints WHERE customer = @customer UNION SELECT case_id FROM case_handoffs WHERE customer = @customer
            UNION SELECT CAST(substr(subject, 6) AS BIGINT) FROM notices WHERE customer = @customer AND subject LIKE 'case:%'
            UNION SELECT CAST(substr(subject, 6) AS BIGINT) FROM customer_links WHERE customer = @customer AND subject LIKE 'case:%'
            """,
            new { customer }).Concat(TimelineStore.GoneFrom(db, customer)).Distinct().Order(),
    ];

    /// <summary>What waits is not sent, and calls are not made; in what was sent no word of a person stays.</summary>
    private static void EndNotices(Db db, string customer, ServerTime now)
    {
        foreach (var notice in db.Query<NoticeRow>("SELECT * FROM notices WHERE customer = @customer", new { customer }))
        {
            if (Waiting.Contains(notice.State))
                NoticeStore.Mark(db, notice.Id, nameof(NoticePhase.Suppressed), reason: Gone);
            PhoneTaskClock.Close(db, notice, Gone, now);
            if (notice.Subject.StartsWith("case:", StringComparison.Ordinal) && JsonNode.Parse(notice.Facts) is JsonObject facts && facts[nameof(NoticeFacts.Words)]?.GetValue<string>() is { Length: > 0 })
            {
                facts[nameof(NoticeFacts.Words)] = Erasure.Blank;
                db.Execute("UPDATE notices SET facts = @facts WHERE id = @Id", new { facts = facts.ToJsonString(), notice.Id });
            }
        }
    }

    /// <summary>What was promised to them ends, and what is on its way to them; their own words and those to them go.</summary>
    private static void EndCases(Db db, string customer, IReadOnlyList<long> cases, ServerTime now)
    {
        foreach (var id in cases)
        {
            var row = CaseStore.Find(db, id);
            if (row is not null && row.Customer == customer && (row.WordAt > 0 || row.AskFirst || row.WordWhat.Length > 0 || row.Care))
                CaseStore.Update(db, row with { WordAt = 0, WordWhat = "", WordMissed = 0, AskFirst = false, AskedAt = 0, Care = false });
            foreach (var waiting in OutboxStore.Under(db, $"{NoticePlanner.CaseKind}/{id}/").Where(o => NoticePlanner.IsFor(o, customer)))
            {
                OutboxStore.Done(db, waiting.Id, now.EpochMs, Gone);
                db.Execute("UPDATE outbox SET body = '{}' WHERE id = @Id", new { waiting.Id });
            }
            // A line that has somebody's words says whose; the others are of whoever had the case when they were written.
            var owners = TimelineStore.OwnersOf(db, id);
            foreach (var line in TimelineStore.Every(db, $"case:{id}").Where(l => Theirs.Contains(l.Kind)
                && (l.ToSaid() is { Length: > 0 } said ? said == customer : l.Kind != "contact" && Ownership.At(l.Id, owners, row?.Customer ?? "") == customer)))
                db.Execute("UPDATE timeline SET text = @text WHERE id = @Id", new { text = Erasure.Blank, line.Id });
            SearchStore.LaterCase(db, id);
        }
        foreach (var line in db.Query<TimelineRow>(
            $"""
            SELECT * FROM timeline WHERE kind IN ('contact', '{LinkCases.Customer}') AND subject IN (
              SELECT 'outage:' || outage_id FROM contacts WHERE customer = @customer AND outage_id > 0
              UNION SELECT subject FROM customer_links WHERE customer = @customer AND subject LIKE 'outage:%'
              UNION SELECT subject FROM notices WHERE customer = @customer AND subject LIKE 'outage:%')
            """,
            new { customer })
            .Where(l => l.ToSaid() == customer))
            db.Execute("UPDATE timeline SET text = @text WHERE id = @Id", new { text = Erasure.Blank, line.Id });
    }
}
