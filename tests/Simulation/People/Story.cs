using System.Globalization;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Faults;
using B2D.Storage.Notices;
using B2D.Storage.Outages;

namespace B2D.Simulation.People;

/// <summary>What happened in a town of people, for whoever looks into a seed that failed. Times are since the town's start.</summary>
internal static class Story
{
    /// <summary>A time as hours, minutes and seconds since the start.</summary>
    public static string At(PeopleTown town, long at) => at == 0 ? "never" : TimeSpan.FromMilliseconds(at - town.Start.ToUnixTimeMilliseconds()).ToString("d\\.hh\\:mm\\:ss", CultureInfo.InvariantCulture);

    public static IEnumerable<string> Of(PeopleTown town)
    {
        yield return $"seed {town.Setting.Seed}: nights {town.Setting.Nights}, few {town.Setting.FewNotices}, offered {town.Setting.Offered}, guarded {town.Setting.Guarded}, failing {town.Setting.Failing}, restarts {town.Setting.Restarts}; starts {town.Start:O}";
        var (outages, faults, cases, notices, lines) = town.State.Read(db => (OutageStore.List(db, [], Page.MaxRows), FaultStore.List(db, new FaultFilter { Limit = Page.MaxRows }),
            CaseStore.List(db, new CaseFilter { Limit = Page.MaxRows }), NoticeStore.List(db, new NoticeFilter { Limit = Page.MaxRows }), db.Query<TimelineRow>("SELECT * FROM timeline ORDER BY id")));
        foreach (var row in outages.Reverse())
            yield return $"  outage {row.Id} on {row.Segment}: began {At(town, row.BeganAt)}, opened {At(town, row.OpenedAt)}, told {At(town, row.ToldAt)}, over {At(town, row.ResolvedAt)}, {row.Devices} devices, {row.State}, guard {row.Guard}, in {row.MergedInto}";
        foreach (var row in faults.Reverse())
            yield return $"  fault {row.Id} {row.Rule} of {row.Device}: {At(town, row.RaisedAt)} to {At(town, row.ClearedAt)}, case {row.CaseId}, outage {row.OutageId}, customer {row.Customer}, episode {row.Episode}";
        foreach (var row in cases.Reverse())
            yield return $"  case {row.Id} of {row.Device} {row.Family} for {row.Customer}: {At(town, row.OpenedAt)}, {row.State} {row.Disposition} by {row.ResolvedBy} at {At(town, row.ResolvedAt)}, in {row.MergedInto}, word {At(town, row.WordAt)}";
        var told = notices.Select(n => (n.CreatedAt, $"notice {n.Status}/{n.Revision} to {n.Customer} by {n.Channel} about {n.Subject} episode {n.Episode} ({n.Class}): {n.State} sent {At(town, n.SentAt)}, {n.Attempts} tries, {n.Reason}, {n.LastError}"));
        var done = town.Book.Deeds.Select(d => (d.At, $"{d.Who} {d.Area} {d.Subject} seen {d.Seen}: {d.Act} -> {d.Outcome}"));
        var sold = town.Book.Sales.Select(s => (s.At, $"sold {s.Device} from {s.From} to {s.To}"));
        var said = town.Book.Wishes.Select(w => (w.At, $"wish of {w.Customer}: {w.Class} {w.Channel} {w.Wants} by {w.Source}"));
        var tried = town.Tries.Select(t => (t.At, $"try {t.Status} to {t.Recipient} by {t.Channel} about {t.About}: {t.Mood}"));
        var written = lines.Select(l => (l.At, $"line {l.Subject} {l.Kind} {l.Who}: {l.Text}"));
        foreach (var (at, text) in told.Concat(town.Happened).Concat(done).Concat(sold).Concat(said).Concat(tried).Concat(written).OrderBy(e => e.Item1))
            yield return $"  {At(town, at)} {text}";
    }
}
