using B2D.Console.Links;
using B2D.Console.Live;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Notices;
using B2D.Storage.Outages;

namespace B2D.Console.Health;

/// <summary>Numbers that stand in the state database, as of now; a new one is a line here and a line in the table of docs/operations.md.</summary>
internal static class StateMetrics
{
    private static readonly string[] CaseStates = ["New", "Working", "Waiting", "Resolved", "Closed"];
    private static readonly string[] GrantStates = ["Granted", "ToReview", "Reviewed", "Objected", "Asked", "Refused"];
    private static readonly string[] OutageStates = ["Held", "Investigating", "Identified", "Monitoring", "Resolved"];
    private static readonly string[] NoticeStates = ["Due", "Held", "Sending", "Sent", "Retrying", "Failed", "Suppressed", "Calling"];

    public static IEnumerable<Measure> Of(Stores stores, LiveEvents live, LinkGate links, long now)
    {
        var (cases, outages, notices, grants, numbers) = stores.State.Read(db => (
            CaseStore.CountByState(db), OutageStore.CountByState(db), NoticeStore.CountByState(db), GrantStore.CountByState(db), db.First<Numbers>(
                """
                SELECT (SELECT count(*) FROM devices) AS devices,
                  (SELECT count(*) FROM device_live WHERE online = TRUE) AS online,
                  (SELECT count(*) FROM faults WHERE cleared_at = 0) AS faults,
                  (SELECT count(*) FROM held_faults) AS held,
                  (SELECT count(*) FROM cases WHERE late = TRUE) AS late_cases,
                  (SELECT count(*) FROM dues WHERE state IN ('Due', 'Told', 'Booked', 'Ordered', 'Overdue')) AS dues,
                  (SELECT count(*) FROM defects WHERE state <> 'Over') AS defects,
                  (SELECT count(*) FROM maintenance WHERE state = 'Running') AS maintenance,
                  (SELECT count(*) FROM maintenance WHERE felt = TRUE AND state <> 'Over') AS felt,
                  (SELECT count(*) FROM outage_reviews WHERE state = 'Open') AS reviews,
                  (SELECT count(*) FROM outage_reviews WHERE state = 'Open' AND due_at < @now) AS late_reviews,
                  (SELECT count(*) FROM late_devices) AS late,
                  (SELECT count(*) FROM outbox WHERE done_at = 0) AS outbox,
                  (SELECT count(*) FROM commands WHERE state IN ('Queued', 'Sent', 'Delivered', 'Answered')) AS commands,
                  (SELECT count(*) FROM phone_tasks WHERE state = 'Open') AS calls,
                  (SELECT count(*) FROM phone_tasks WHERE state = 'Open' AND late = TRUE) AS late_calls,
                  (SELECT count(*) FROM customer_links WHERE ended_at = 0) AS links,
                  (SELECT count(*) FROM visits WHERE ended_at = 0) AS visits,
                  (SELECT count(*) FROM surveys) AS surveys,
                  (SELECT count(*) FROM surveys WHERE answered_at > 0) AS answers,
                  (SELECT count(*) FROM subscriptions WHERE confirmed_at > 0) AS subscriptions,
                  (SELECT count(*) FROM cases WHERE complaint_due_at > 0) AS complaints,
                  (SELECT count(*) FROM cases WHERE complaint_due_at > 0 AND complaint_late = TRUE) AS late_complaints,
                  (SELECT count(*) FROM erasures WHERE reviewed_at = 0) AS to_review,
                  (SELECT count(*) FROM heals) AS heals
                """, new { now })));
        foreach (var measure in ByState("b2d_cases", "Cases, by state.", CaseStates, cases))
            yield return measure;
        yield return Gauge("b2d_cases_open", "Cases that are new, being worked on or waiting.", CaseStates[..3].Sum(s => cases.GetValueOrDefault(s)));
        yield return Gauge("b2d_cases_late", "Open cases of which a promised response or repair is late.", numbers.LateCases);
        yield return Gauge("b2d_complaints_open", "Complaints on which the acknowledgement or the final answer is owed.", numbers.Complaints);
        yield return Gauge("b2d_complaints_late", "The same, where its time has passed.", numbers.LateComplaints);
        foreach (var measure in ByState("b2d_grants", "What customers were given, or is asked for them, by state.", GrantStates, grants))
            yield return measure;
        yield return Gauge("b2d_erasures_to_review", "Erased customers on whose cases nobody has read yet what people wrote.", numbers.ToReview);
        foreach (var measure in ByState("b2d_outages", "Outages, by state.", OutageStates, outages))
            yield return measure;
        yield return Gauge("b2d_outages_open", "Outages that are not resolved.", OutageStates[..4].Sum(s => outages.GetValueOrDefault(s)));
        yield return Gauge("b2d_defects_open", "Defects that are not over.", numbers.Defects);
        yield return Gauge("b2d_maintenance_running", "Maintenance that runs.", numbers.Maintenance);
        yield return Gauge("b2d_maintenance_felt", "Maintenance that customers feel and that is not over.", numbers.Felt);
        yield return Gauge("b2d_reviews_open", "Reviews of outages that are not done.", numbers.Reviews);
        yield return Gauge("b2d_reviews_late", "The same, where the time has passed.", numbers.LateReviews);
        yield return Gauge("b2d_late_devices", "Devices whose late messages wait for a back-dated pass.", numbers.Late);
        foreach (var measure in ByState("b2d_notices", "Notices of the ledger, by state.", NoticeStates, notices))
            yield return measure;
        yield return Gauge("b2d_notices_waiting", "Notices that are not sent yet.", new[] { "Due", "Held", "Sending", "Retrying" }.Sum(s => notices.GetValueOrDefault(s)));
        yield return Gauge("b2d_calls_open", "Calls that people are to make because of notices.", numbers.Calls);
        yield return Gauge("b2d_calls_late", "The same, where the time has passed.", numbers.LateCalls);
        yield return Gauge("b2d_links", "Links to pages of customers that were not ended before their time.", numbers.Links);
        yield return new Measure("b2d_links_wrong_total", "Links and codes that were named and are none of ours.", MeasureKind.Counter, links.Wrong, []);
        yield return Gauge("b2d_visits_booked", "Visits that are booked and were not given back.", numbers.Visits);
        yield return Gauge("b2d_surveys", "Cases whose customer was asked how hard it was.", numbers.Surveys);
        yield return Gauge("b2d_surveys_answered", "The same, where they answered.", numbers.Answers);
        yield return Gauge("b2d_subscriptions", "Places of which somebody confirmed that they want to hear.", numbers.Subscriptions);
        yield return Gauge("b2d_devices", "Devices registered.", numbers.Devices);
        yield return Gauge("b2d_devices_online", "Devices that are connected, as evaluation has it.", numbers.Online);
        yield return Gauge("b2d_faults_open", "Faults that have not cleared.", numbers.Faults);
        yield return Gauge("b2d_faults_held_by_maintenance", "What would be a fault but for people who work on the device.", numbers.Held);
        yield return Gauge("b2d_dues_open", "Dues under way.", numbers.Dues);
        yield return Gauge("b2d_outbox_waiting", "Effects that were decided and not carried out yet.", numbers.Outbox);
        yield return Gauge("b2d_commands_open", "Commands under way, remedies among them.", numbers.Commands);
        yield return Gauge("b2d_heals", "Faults that a remedy mended.", numbers.Heals);
        yield return Gauge("b2d_console_live_streams", "Pages that are kept current now.", live.Open);
    }

    private static IEnumerable<Measure> ByState(string name, string help, string[] states, IReadOnlyDictionary<string, long> counts) =>
        states.Select(s => new Measure(name, help, MeasureKind.Gauge, counts.GetValueOrDefault(s), [new("state", s)]));

    private static Measure Gauge(string name, string help, double value) => new(name, help, MeasureKind.Gauge, value, []);

    private sealed record Numbers
    {
        public long Devices { get; init; }
        public long Online { get; init; }
        public long Faults { get; init; }
        public long Maintenance { get; init; }
        public long Felt { get; init; }
        public long Reviews { get; init; }
        public long LateReviews { get; init; }
        public long Held { get; init; }
        public long Late { get; init; }
        public long LateCases { get; init; }
        public long Dues { get; init; }
        public long Defects { get; init; }
        public long Outbox { get; init; }
        public long Commands { get; init; }
        public long Heals { get; init; }
        public long Links { get; init; }
        public long Visits { get; init; }
        public long Surveys { get; init; }
        public long Answers { get; init; }
        public long Subscriptions { get; init; }
        public long Complaints { get; init; }
        public long LateComplaints { get; init; }
        public long ToReview { get; init; }
        public long Calls { get; init; }
        public long LateCalls { get; init; }
    }
}
