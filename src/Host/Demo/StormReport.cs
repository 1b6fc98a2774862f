using B2D.Core;
using B2D.FirmwareSim.Truth;
using B2D.Storage;
using B2D.Storage.Notices;
using B2D.Storage.Outages;

namespace B2D.Host.Demo;

/// <summary>What a storm did. Times are milliseconds since the first device fell silent.</summary>
/// <param name="Offered">Outages whose notices were offered to a person first.</param>
/// <param name="KeysTwice">Rows of the ledger that say the same to the same person a second time, on whatever channel; has to be 0.</param>
/// <param name="FirstNoticeMs">When the first customer was told; 0 where nobody was.</param>
/// <param name="LastNoticeMs">When the last one was, without all-clears.</param>
/// <param name="WallSeconds">From the start of the program to the report.</param>
public sealed record StormFigures(
    int Devices, int Customers, IReadOnlyList<StormOutage> Outages, int Offered, long KeysTwice, long FirstNoticeMs, long LastNoticeMs, long LastAllClearMs, ConsoleFigures Console,
    double WallSeconds);

/// <summary>One outage of it, as it was in the end. Revisions: how often what it covers changed.</summary>
public sealed record StormOutage(string Segment, int Depth, long Devices, long Customers, long Revisions, long OpenedMs, long FirstNoticeMs, long LastNoticeMs);

/// <summary>How long pages of the console took meanwhile, in milliseconds, and which was the slowest.</summary>
public sealed record ConsoleFigures(int Pages, double P50Ms, double P95Ms, double MaxMs, string Slowest);

/// <summary>Works out what a storm did from the databases and the phones.</summary>
internal static class StormReport
{
    public static StormFigures Of(DemoRun run, int offered, ConsoleFigures console, TimeSpan wall)
    {
        var truth = run.Fleet.Truth;
        var began = truth.Outages.Min(o => o.BeganMs);
        var rows = run.Installation.Stores.State.Read(db => OutageStore.List(db, [], Page.MaxRows, null));
        var phones = run.Phones.Received;
        var told = phones.Where(p => p.Status == "opened").ToLookup(p => p.About, StringComparer.Ordinal);
        var outages = truth.WholeOutages.SelectMany(t => rows.Where(o => o.Segment == t.Segment && o.ToldAt > 0)).OrderBy(o => o.Segment.Length)
            .Select(o => new StormOutage(o.Segment, o.Segment.Count(c => c == '/') + 1, o.Devices, o.Customers, o.Revision, o.OpenedAt - began,
                After(told[$"outage:{o.Id}"], first: true), After(told[$"outage:{o.Id}"], first: false))).ToArray();
        var news = phones.Where(p => p.Status is not ("all-clear" or "left")).ToArray();
        return new StormFigures(run.Town.Devices.Count, run.Town.Customers.Count, outages, offered, KeysTwice(run.Installation.Stores), After(news, first: true), After(news, first: false),
            After(phones.Where(p => p.Status == "all-clear"), first: false), console, Math.Round(wall.TotalSeconds, 1));

        long After(IEnumerable<ReceivedNotice> notices, bool first) =>
            notices.Select(n => n.AtMs - began).DefaultIfEmpty(0).Aggregate((a, b) => first ? Math.Min(a, b) : Math.Max(a, b));
    }

    private static long KeysTwice(Stores stores) => stores.State.Read(db => db.Scalar<long>("""
        SELECT count(*) FROM (
          SELECT customer FROM notices WHERE state <> 'Suppressed' GROUP BY customer, subject, episode, status, revision HAVING count(*) > 1) twice
        """));
}
