using System.Text.Json;
using System.Text.Json.Serialization;
using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.FirmwareSim.Faults;
using B2D.FirmwareSim.Truth;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Dues;
using B2D.Storage.Faults;
using B2D.Storage.Notices;
using B2D.Storage.Outages;

namespace B2D.Host.Demo;

/// <summary>What a run without people did, computed from the simulator's truth and the databases, not from the worker's own counters.</summary>
public sealed record DemoReport(ReadingFigures Readings, FaultFigures Faults, CaseFigures Cases, OutageFigures Outages, DueFigures Dues, NoticeFigures Notices, LatencyFigures LatencyMs)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>What a storm adds; null for any other run.</summary>
    public StormFigures? Storm { get; init; }

    /// <summary>The report as its file has it.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>The figures that have to be 0 and are not, by name.</summary>
    public IReadOnlyList<string> Broken()
    {
        (string Name, long Value)[] zero =
        [
            ("readings.lost", Readings.Lost), ("faults.missed", Faults.Missed), ("faults.false", Faults.False), ("cases.duplicates", Cases.Duplicates), ("cases.false", Cases.False),
            ("outages.wrongSegment", Outages.WrongSegment), ("outages not opened", Math.Max(0, Outages.Injected - Outages.Opened)), ("outages not resolved", Math.Max(0, Outages.Opened - Outages.Resolved)),
            ("dues.missed", Dues.Missed), ("notices.repeated", Notices.Repeated), ("notices.toUnaffected", Notices.ToUnaffected), ("notices.allClearsMissing", Notices.AllClearsMissing),
            ("cases missing", Storm is null ? 0 : Math.Max(0, Faults.Injected - Cases.Opened)), ("storm.keysTwice", Storm?.KeysTwice ?? 0),
        ];
        return [.. zero.Where(z => z.Value != 0).Select(z => $"{z.Name} = {z.Value}")];
    }
}

/// <summary>Values of metrics: sent at least once, acknowledged, stored; acknowledged but not stored; deliveries of stored ones ignored; messages refused.</summary>
public sealed record ReadingFigures(long Sent, long Acknowledged, long Stored, long Lost, long DuplicatesIgnored, long Rejected);

/// <summary>Faults put in that had to be seen; seen; not seen; and raised without a cause.</summary>
public sealed record FaultFigures(long Injected, long Detected, long Missed, long False);

/// <summary>Cases; second ones for one fault; ones without a cause.</summary>
public sealed record CaseFigures(long Opened, long Duplicates, long False);

/// <summary>Cabinets cut; outages found; over; on another segment or for nothing.</summary>
public sealed record OutageFigures(long Injected, long Opened, long Resolved, long WrongSegment);

/// <summary>Dues reached; owners told; owners not told.</summary>
public sealed record DueFigures(long Injected, long Told, long Missed);

/// <summary>Rows of the ledger that had to go; messages on phones; the same telling twice; to people it does not concern; told and never given the all-clear.</summary>
public sealed record NoticeFigures(long Due, long Sent, long Repeated, long ToUnaffected, long AllClearsMissing);

/// <summary>Milliseconds from publishing to the case on disk, and from the fault to the phone.</summary>
public sealed record LatencyFigures(Percentiles PublishToCase, Percentiles FaultToNotice);

/// <summary>Median and 99th percentile; 0 where there was nothing to measure.</summary>
public sealed record Percentiles(double P50, double P99)
{
    public static Percentiles Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? new Percentiles(0, 0) : new Percentiles(At(0.5), At(0.99));

        double At(double share) => Math.Round(sorted[(int)Math.Min(sorted.Length - 1, Math.Ceiling(share * sorted.Length) - 1)], 1);
    }
}

/// <summary>Compares a finished run with its truth.</summary>
/// <param name="grace">How long after its cause is gone a fault may still be seen: holds, releases and delivery. Default 25 s.</param>
/// <param name="until">When the fleet was let go: what begins later is about a fleet that fell silent because the run was over. Default: no end.</param>
/// <param name="judgedElsewhere">Rules about which the truth says nothing: what they find is neither seen nor false here. Default: none.</param>
internal sealed class ReportWriter(
    Stores stores, GroundTruth truth, IReadOnlyList<ReceivedNotice> phones, IReadOnlyDictionary<long, long> caseCommittedMs, TimeSpan grace, DateTimeOffset? until = null,
    IReadOnlySet<string>? judgedElsewhere = null)
{
    private const string SilenceRule = "router-silent";

    /// <summary>Within so long devices go down together, by the demo's rules.</summary>
    private const long TogetherMs = 15_000;
    private readonly long graceMs = (long)grace.TotalMilliseconds;
    private readonly long untilMs = until?.ToUnixTimeMilliseconds() ?? long.MaxValue;

    public DemoReport Write()
    {
        var faults = All(before => stores.State.Read(db => FaultStore.List(db, new FaultFilter { Limit = Page.MaxRows, Before = before })), f => f.Id).FindAll(f => f.RaisedAt <= untilMs && !f.BackDated && IsJudged(f.Rule));
        var cases = All(before => stores.State.Read(db => CaseStore.List(db, new CaseFilter { Limit = Page.MaxRows, Before = before })), c => c.Id).FindAll(c => c.OpenedAt <= untilMs && IsJudged(c.Rule));
        var outages = All(before => stores.State.Read(db => OutageStore.List(db, [], Page.MaxRows, before)), o => o.Id).FindAll(o => o.BeganAt <= untilMs);
        var ledger = Ledger();
        return new DemoReport(Readings(), Faults(faults), Cases(cases), Outages(outages, faults), Dues(), Notices(ledger, faults, outages), Latency(faults, cases, outages));
    }

    private ReadingFigures Readings()
    {
        var telemetry = truth.Messages.Where(m => m.Kind == MessageKind.Telemetry && m.Copies > 0).ToArray();
        long lost = 0;
        // A fleet that keeps no values can only be counted.
        if (telemetry.All(m => m.Readings.Count == 0))
            lost = Math.Max(0, telemetry.Where(m => m.Acknowledged).Sum(m => (long)m.ValueCount) - stores.Telemetry.CountReadings());
        foreach (var device in telemetry.Where(m => m.Acknowledged).GroupBy(m => m.Device, StringComparer.Ordinal))
        {
            var stored = new HashSet<(string, long, string)>();
            var id = DeviceId.Parse(device.Key);
            foreach (var metric in device.SelectMany(m => m.Readings).SelectMany(r => r.Values).Select(v => v.Key).Distinct(StringComparer.Ordinal))
            {
                foreach (var point in stores.Telemetry.Series(id, metric, new DeviceTime(0), new DeviceTime(long.MaxValue / 2), TelemetryPoints))
                    stored.Add((metric, point.At.EpochMs, point.Value.ToString()));
            }
            lost += device.SelectMany(m => m.Readings).Sum(r => r.Values.Count(v => !stored.Contains((v.Key, r.DeviceTimeMs, v.Value.ToString()))));
        }
        var rejected = stores.Log.CountDeadLetters().Values.Sum();
        return new ReadingFigures(
            telemetry.Sum(m => (long)m.ValueCount),
            telemetry.Where(m => m.Acknowledged).Sum(m => (long)m.ValueCount),
            stores.Telemetry.CountReadings(),
            lost,
            stores.Telemetry.CountDuplicateReadings(),
            rejected);
    }

    private const int TelemetryPoints = B2D.Storage.Telemetry.TelemetryStore.MaxPoints;


    private FaultFigures Faults(IReadOnlyList<FaultRow> rows)
    {
        var must = truth.Faults.Where(f => f.Expected != Expectation.None && f.VisibleMs is not null).ToArray();
        var detected = must.Count(t => rows.Any(r => IsOf(r, t)));
        var wrong = rows.Count(r => !r.Shadow && !truth.Faults.Any(t => t.Expected != Expectation.None && IsOf(r, t)) && !IsSilence(r));
        return new FaultFigures(must.Length, detected, must.Length - detected, wrong);
    }

    private bool IsJudged(string rule) => judgedElsewhere?.Contains(rule) != true;

    private bool IsOf(FaultRow row, InjectedFault fault) => row.Device == fault.Device && row.Rule == fault.Rule && Within(row.RaisedAt, fault.FromMs, fault.ToMs);

    private bool IsSilence(FaultRow row) => row.Rule == SilenceRule && truth.Silences.Any(s => s.Device == row.Device && Within(row.RaisedAt, s.FromMs, s.ToMs));

    private bool Within(long at, long from, long? to) => at >= from - 1000 && (to is null || at <= to + graceMs);

    private CaseFigures Cases(List<CaseRow> rows)
    {
        var expected = truth.Faults.Where(f => f.Expected == Expectation.Case).ToArray();
        var wrong = rows.Count(c => !expected.Any(t => t.Device == c.Device && t.Rule == c.Rule && Within(c.OpenedAt, t.FromMs, t.ToMs)));
        var second = expected.Sum(t => Math.Max(0, rows.Count(c => t.Device == c.Device && t.Rule == c.Rule && Within(c.OpenedAt, t.FromMs, t.ToMs)) - 1));
        return new CaseFigures(rows.Count, second, wrong);
    }

    private OutageFigures Outages(IReadOnlyList<OutageRow> rows, IReadOnlyList<FaultRow> faults)
    {
        var whole = truth.WholeOutages;
        var wrong = rows.Count(o => !IsHeldBack(o, faults) && !whole.Any(t => IsOf(o, t))) + whole.Sum(t => Math.Max(0, rows.Count(o => IsOf(o, t)) - 1));
        return new OutageFigures(whole.Count, whole.Count(t => rows.Any(o => IsOf(o, t))), whole.Count(t => rows.Any(o => IsOf(o, t) && o.State == "Resolved")), wrong);
    }

    /// <summary>Silences that somebody put in one after the other can be as many at once as make an outage; held back until it passed, it was told to nobody.</summary>
    private bool IsHeldBack(OutageRow row, IReadOnlyList<FaultRow> faults) => row is { ToldAt: 0, State: "Resolved" } && faults.Where(f => f.OutageId == row.Id).All(IsSilence);

    /// <summary>Opened while it lasted. A device that had fallen silent by itself just before is one of those that went down together, so that the outage began with it.</summary>
    private bool IsOf(OutageRow row, InjectedOutage outage) =>
        row.Segment == outage.Segment && Within(row.OpenedAt, outage.BeganMs, outage.ToMs) && row.BeganAt >= outage.BeganMs - TogetherMs;

    private DueFigures Dues()
    {
        var rows = All(before => stores.State.Read(db => DueStore.List(db, new DueFilter { Limit = Page.MaxRows, Before = before })), d => d.Id);
        var told = truth.Dues.Count(t => rows.Any(r => r.Device == t.Device && r.Rule == t.Due && r.ToldAt >= t.FromMs - 1000));
        return new DueFigures(truth.Dues.Count, told, truth.Dues.Count - told);
    }

    private NoticeFigures Notices(IReadOnlyList<NoticeRow> ledger, IReadOnlyList<FaultRow> faults, IReadOnlyList<OutageRow> outages)
    {
        var due = ledger.Count(n => n.State != "Suppressed");
        var repeated = phones.Count - phones.Select(p => (p.Customer, p.About, p.Status, EpisodeOf(ledger, p.Id))).Distinct().Count();
        var unaffected = phones.Count(p => !Concerns(p, faults, outages));
        return new NoticeFigures(due, phones.Select(p => p.Id).Distinct(StringComparer.Ordinal).Count(), repeated, unaffected, MissingAllClears(ledger, outages));
    }

    private static (string, long) EpisodeOf(IReadOnlyList<NoticeRow> ledger, string id) => ledger.FirstOrDefault(n => n.Id == id) is { } row ? (row.Episode, row.Revision) : ("", 0);

    private bool Concerns(ReceivedNotice message, IReadOnlyList<FaultRow> faults, IReadOnlyList<OutageRow> outages)
    {
        var (kind, rest) = (message.About.Split(':')[0], message.About[(message.About.IndexOf(':', StringComparison.Ordinal) + 1)..]);
        switch (kind)
        {
            case "outage":
                var row = outages.FirstOrDefault(o => o.Id.ToString(System.Globalization.CultureInfo.InvariantCulture) == rest);
                return row is not null && truth.Outages.Any(t => IsOf(row, t) && t.Customers.Contains(message.Customer));
            case "fault":
                var parts = rest.Split('/');
                return truth.Faults.Any(t => t.Device == parts[0] && t.Rule == parts[1] && t.Expected != Expectation.None)
                    && faults.Any(f => f.Device == parts[0] && f.Rule == parts[1] && f.Customer == message.Customer);
            default:
                return truth.Dues.Any(t => t.Customer == message.Customer);
        }
    }

    private long MissingAllClears(IReadOnlyList<NoticeRow> ledger, IReadOnlyList<OutageRow> outages)
    {
        var episodes = ledger.ToDictionary(n => n.Id, n => n.Episode, StringComparer.Ordinal);
        var cleared = phones.Where(p => p.Status is "all-clear" or "left").Select(p => (p.Customer, p.About, episodes.GetValueOrDefault(p.Id, ""))).ToHashSet();
        long missing = 0;
        foreach (var told in phones.Where(p => p.Status is "opened" or "device-fault").DistinctBy(p => p.Id))
        {
            var over = told.Status == "opened" ? IsOver(told, outages) : IsOver(told, episodes.GetValueOrDefault(told.Id, ""));
            if (over && !cleared.Contains((told.Customer, told.About, episodes.GetValueOrDefault(told.Id, ""))))
                missing++;
        }
        return missing;
    }

    private static bool IsOver(ReceivedNotice told, IReadOnlyList<OutageRow> outages) =>
        outages.FirstOrDefault(o => told.About == $"outage:{o.Id}") is { State: "Resolved" };

    /// <summary>A device's fault is over for its owner when it has stayed clear for the grace time.</summary>
    private bool IsOver(ReceivedNotice told, string episode)
    {
        var parts = told.About["fault:".Length..].Split('/');
        var rows = stores.State.Read(db => FaultStore.List(db, new FaultFilter { Device = parts[0], Rule = parts[1], Limit = Page.MaxRows }));
        var last = truth.Messages.Count > 0 ? truth.Messages[^1].CreatedMs : 0;
        return rows.Any(f => f.Episode == episode && f.ClearedAt > 0) && rows.All(f => f.ClearedAt > 0 && f.ClearedAt + graceMs < last);
    }

    private LatencyFigures Latency(IReadOnlyList<FaultRow> faults, IReadOnlyList<CaseRow> cases, IReadOnlyList<OutageRow> outages)
    {
        var sent = truth.Messages.GroupBy(m => m.Device, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Select(m => m.CreatedMs).Order().ToArray(), StringComparer.Ordinal);
        // Where a remedy came first, or a hold ended between two messages, a clock decided the case and not a message.
        var byClock = faults.Where(f => f.Evidence.Contains("InSilence", StringComparison.Ordinal)).Select(f => f.CaseId).ToHashSet();
        var publishToCase = cases
            .Where(c => caseCommittedMs.ContainsKey(c.Id) && !byClock.Contains(c.Id) && !truth.Commands.Any(r => r.Device == c.Device) && sent.ContainsKey(c.Device))
            .Select(c => (double)(caseCommittedMs[c.Id] - sent[c.Device].LastOrDefault(at => at <= c.OpenedAt, c.OpenedAt)));
        var toNotice = phones.Where(p => p.Status == "device-fault")
            .Select(p => p.About["fault:".Length..].Split('/') is var parts && faults.Where(f => f.Device == parts[0] && f.Rule == parts[1] && f.RaisedAt <= p.AtMs).MaxBy(f => f.RaisedAt) is { } fault ? p.AtMs - fault.RaisedAt : -1)
            .Concat(phones.Where(p => p.Status == "opened").Select(p => outages.FirstOrDefault(o => p.About == $"outage:{o.Id}") is { } outage ? p.AtMs - outage.BeganAt : -1))
            .Where(ms => ms >= 0)
            .Select(ms => (double)ms);
        return new LatencyFigures(Percentiles.Of(publishToCase), Percentiles.Of(toNotice));
    }

    private List<NoticeRow> Ledger()
    {
        var all = new List<NoticeRow>();
        (long, string)? before = null;
        while (true)
        {
            var page = stores.State.Read(db => NoticeStore.List(db, new NoticeFilter { Limit = Page.MaxRows, Before = before }));
            all.AddRange(page);
            if (page.Count < Page.MaxRows)
                return all;
            before = (page[^1].CreatedAt, page[^1].Id);
        }
    }

    private static List<T> All<T>(Func<long?, IReadOnlyList<T>> page, Func<T, long> idOf)
    {
        var all = new List<T>();
        long? before = null;
        while (true)
        {
            var rows = page(before);
            all.AddRange(rows);
            if (rows.Count < Page.MaxRows)
                return all;
            before = rows.Min(idOf);
        }
    }
}
