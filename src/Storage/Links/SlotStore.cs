using B2D.Core;
using B2D.Core.Links;

namespace B2D.Storage.Links;

/// <summary>A time at which visits can be made.</summary>
public sealed record SlotRow
{
    public long Id { get; init; }

    /// <summary>In people's words; empty: not by place.</summary>
    public string Place { get; init; } = "";

    /// <summary>With all below it; empty: not by segment.</summary>
    public string Segment { get; init; } = "";
    public long StartAt { get; init; }
    public long EndAt { get; init; }
    public long Capacity { get; init; }
    public long Taken { get; init; }

    /// <summary>Since when nobody can take a place any more; 0: they can.</summary>
    public long ClosedAt { get; init; }
    public string Who { get; init; } = "";
    public long CreatedAt { get; init; }

    public Slot ToSlot() => new(Place, Segment, new ServerTime(StartAt), new ServerTime(EndAt), (int)Capacity, (int)Taken, ClosedAt > 0);
}

/// <summary>A place in a slot that a customer took for a case.</summary>
public sealed record VisitRow
{
    public long Id { get; init; }
    public long SlotId { get; init; }
    public long CaseId { get; init; }
    public string Customer { get; init; } = "";
    public long MadeAt { get; init; }

    /// <summary>0: it is to be made.</summary>
    public long EndedAt { get; init; }
    public string EndedWhy { get; init; } = "";
}

/// <summary>Slots and the visits in them. A place is taken and given back by one conditional statement, and the table itself refuses more than there are.</summary>
public static class SlotStore
{
    private static readonly string Select = $"SELECT {Columns<SlotRow>.All} FROM slots";
    private static readonly string SelectVisit = $"SELECT {Columns<VisitRow>.All} FROM visits";

    public static long Add(Db db, SlotRow row) => db.First<long>($"INSERT INTO slots ({Columns<SlotRow>.New}) VALUES ({Columns<SlotRow>.NewValues}) RETURNING id", row);

    public static SlotRow? Find(Db db, long id) => db.FirstOrDefault<SlotRow>($"{Select} WHERE id = @id", new { id });

    /// <summary>Places of those that begin from a time on and are not closed, each once; the first 10,000.</summary>
    public static IReadOnlyList<string> Places(Db db, long from) => db.Query<string>("SELECT DISTINCT place FROM slots WHERE start_at >= @from AND closed_at = 0 ORDER BY place LIMIT 10000", new { from });

    /// <summary>Those that begin from a time on with a place left, in the order of their begin.</summary>
    /// <param name="places">For one of these; the empty one is for those that are not by place. At most 500 count.</param>
    /// <param name="segments">And for one of these, likewise.</param>
    public static IReadOnlyList<SlotRow> Free(Db db, long from, IReadOnlyCollection<string> places, IReadOnlyCollection<string> segments, int limit)
    {
        if (places.Count == 0 || segments.Count == 0)
            return [];
        var where = new Where().And("start_at >= @from", "from", from).And("closed_at = 0").And("taken < capacity").In("place", [.. places.Take(500)]).In("segment", [.. segments.Take(500)]);
        return db.Query<SlotRow>($"{Select}{where} ORDER BY start_at, id LIMIT {Page.Rows(limit)}", where.Args);
    }

    /// <summary>Nobody can take a place any more; false where it was so already, or there is no such slot.</summary>
    public static bool Close(Db db, long id, long now) => db.Execute("UPDATE slots SET closed_at = @now WHERE id = @id AND closed_at = 0", new { id, now }) == 1;

    /// <summary>Takes a place for a case, and gives back the one that it has; null, and nothing changed, where none is left.</summary>
    /// <param name="before">The visit that it has.</param>
    public static long? Take(Db db, VisitRow visit, VisitRow? before)
    {
        if (db.Execute("UPDATE slots SET taken = taken + 1 WHERE id = @SlotId AND closed_at = 0 AND taken < capacity", visit) != 1)
            return null;
        if (before is not null)
            GiveBack(db, before, "changed", visit.MadeAt);
        return db.First<long>($"INSERT INTO visits ({Columns<VisitRow>.New}) VALUES ({Columns<VisitRow>.NewValues}) RETURNING id", visit);
    }

    /// <summary>The visit that is to be made for a case; null for none.</summary>
    public static VisitRow? VisitOf(Db db, long caseId) => db.FirstOrDefault<VisitRow>($"{SelectVisit} WHERE case_id = @caseId AND ended_at = 0", new { caseId });

    /// <summary>Gives a place back; false where it was before.</summary>
    public static bool GiveBack(Db db, VisitRow visit, string why, long now)
    {
        if (db.Execute("UPDATE visits SET ended_at = @now, ended_why = @why WHERE id = @Id AND ended_at = 0", new { visit.Id, why, now }) != 1)
            return false;
        db.Execute("UPDATE slots SET taken = taken - 1 WHERE id = @SlotId", visit);
        return true;
    }

    /// <summary>It was made, or its time is over.</summary>
    public static void Made(Db db, VisitRow visit, long now) => db.Execute("UPDATE visits SET ended_at = @now, ended_why = 'made' WHERE id = @Id AND ended_at = 0", new { visit.Id, now });

    /// <summary>It is to be made still: no other was taken for it.</summary>
    public static void NotMade(Db db, VisitRow visit) => db.Execute("UPDATE visits SET ended_at = 0, ended_why = '' WHERE id = @Id AND ended_why = 'made'", new { visit.Id });

    /// <summary>The visit of a case that was merged is made for the case that remains, where that has none ahead.</summary>
    public static void Merge(Db db, long from, long into, long now)
    {
        // What is over was made, whether anybody said so or not.
        db.Execute("UPDATE visits SET ended_at = @now, ended_why = 'made' WHERE case_id IN (@from, @into) AND ended_at = 0 AND slot_id IN (SELECT id FROM slots WHERE end_at <= @now)", new { from, into, now });
        if (VisitOf(db, into) is null)
            db.Execute("UPDATE visits SET case_id = @into WHERE case_id = @from AND ended_at = 0", new { from, into });
    }

    /// <summary>Visits of a customer who is erased stay in their slots without them.</summary>
    internal static void Erase(Db db, string customer) => db.Execute("UPDATE visits SET customer = '' WHERE customer = @customer", new { customer });

    /// <summary>Visits that are to be made in a slot, in order.</summary>
    public static IReadOnlyList<VisitRow> VisitsIn(Db db, long slotId) => db.Query<VisitRow>($"{SelectVisit} WHERE slot_id = @slotId AND ended_at = 0 ORDER BY id LIMIT {Page.MaxRows}", new { slotId });
}
