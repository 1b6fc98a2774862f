using B2D.Core;
using B2D.Core.Links;
using B2D.Core.Notices;
using B2D.ProactiveWorker.Notices;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Customers;
using B2D.Storage.Devices;
using B2D.Storage.Links;
using B2D.Storage.Notices;

namespace B2D.ProactiveWorker.Links;

/// <summary>Visits that customers book, or the team for them: a place in a slot, and a promise on the case.</summary>
internal sealed class LinkVisits(LinkCases cases, LinkOptions options)
{
    private const int MostOffered = 12;

    /// <summary>Slots that a customer can take for a case, soonest first.</summary>
    public IReadOnlyList<SlotChoice> Offered(Db db, CaseRow row, ServerTime now) => Free(db, row, options.BookBefore, now);

    /// <summary>Slots that can be taken for a case, soonest first.</summary>
    /// <param name="before">They begin no sooner than so long from now.</param>
    public static IReadOnlyList<SlotChoice> Free(Db db, CaseRow row, TimeSpan before, ServerTime now)
    {
        var (place, segment) = Where(db, row);
        var theirs = Ahead(db, row.Id, now)?.Slot.Id ?? 0;
        var from = (now + before).EpochMs;
        // Which words mean a place is decided here; which slots are of those words, by the database, however many there are elsewhere.
        string[] places = [.. SlotStore.Places(db, from).Where(p => SlotDecision.IsAt(p, place))];
        return [.. SlotStore.Free(db, from, places, SlotDecision.Above(segment), MostOffered + 1).Where(s => SlotDecision.Pick(s.ToSlot(), s.Id == theirs, place, segment, before, now) == SlotReason.Free)
            .Take(MostOffered).Select(s => new SlotChoice(s.Id, new ServerTime(s.StartAt), new ServerTime(s.EndAt)))];
    }

    /// <summary>The visit that is to be made, or is being made, for a case; null for none.</summary>
    public static (VisitRow Visit, SlotRow Slot)? Ahead(Db db, long caseId, ServerTime now) =>
        SlotStore.VisitOf(db, caseId) is { } visit && SlotStore.Find(db, visit.SlotId) is { } slot && slot.EndAt > now.EpochMs ? (visit, slot) : null;

    /// <summary>Whether a visit is booked for a case that has not begun.</summary>
    public static bool ToCome(Db db, long caseId, ServerTime now) => Ahead(db, caseId, now) is var (_, slot) && slot.StartAt > now.EpochMs;

    /// <summary>The visit that is booked for a case by its customer; null for none.</summary>
    public BookedVisit? Booked(Db db, CaseRow row, ServerTime now)
    {
        if (Ahead(db, row.Id, now) is not var (visit, slot) || visit.Customer != row.Customer)
            return null;
        var start = new ServerTime(slot.StartAt);
        return new BookedVisit(start, new ServerTime(slot.EndAt), start - options.ChangeBefore, SlotDecision.MayChange(start, options.ChangeBefore, now));
    }

    public LinkOutcome Pick(Db db, CustomerLinkRow link, LinkSubject about, long slotId, ServerTime now)
    {
        if (about.Case is not { } row || about.IsDown || !CaseStore.OpenStates.Contains(row.State))
            return LinkOutcome.NotPossible;
        var had = Ahead(db, row.Id, now);
        var mayChange = had is not var (_, slot) || SlotDecision.MayChange(new ServerTime(slot.StartAt), options.ChangeBefore, now);
        switch (Take(db, row, link.Customer, slotId, LinkCases.Customer, mayChange, options.BookBefore, now))
        {
            case SlotReason.Free:
                var taken = Ahead(db, row.Id, now)!.Value.Slot;
                cases.Promise(db, row, $"The customer {(had is null ? "booked a visit" : "moved the visit")}: {new ServerTime(taken.StartAt)} to {new ServerTime(taken.EndAt)}", "pick-slot", link, now);
                return LinkOutcome.Booked;
            case SlotReason.AlreadyTheirs:
                return LinkOutcome.AlreadyBooked;
            case SlotReason.Fixed:
                return LinkOutcome.Fixed;
            case SlotReason.Full:
                return LinkOutcome.Full;
            default:
                return LinkOutcome.NotPossible;
        }
    }

    /// <summary>Takes a place in a slot for a case, in place of the one that it has, which is somebody else's then; anything but <see cref="SlotReason.Free"/> is why not, and nothing was done.</summary>
    /// <param name="who">The customer, or the person of the team who books it for them.</param>
    /// <param name="mayChange">The visit that it has, if any, can still be changed.</param>
    /// <param name="bookBefore">The slot begins no sooner than so long from now.</param>
    public static SlotReason Take(Db db, CaseRow row, string customer, long slotId, string who, bool mayChange, TimeSpan bookBefore, ServerTime now)
    {
        if (SlotStore.Find(db, slotId) is not { } slot)
            return SlotReason.Elsewhere;
        var before = Ahead(db, row.Id, now)?.Visit;
        var (place, segment) = Where(db, row);
        var reason = SlotDecision.Pick(slot.ToSlot(), before?.SlotId == slotId, place, segment, bookBefore, now);
        if (reason != SlotReason.AlreadyTheirs && before is not null && !mayChange)
            return SlotReason.Fixed;
        if (reason != SlotReason.Free)
            return reason;
        // One that was made, or is being made, is no place to give back.
        var toCome = ToCome(db, row.Id, now) ? before : null;
        var made = toCome is null ? SlotStore.VisitOf(db, row.Id) : null;
        if (made is not null)
            SlotStore.Made(db, made, now.EpochMs);
        if (SlotStore.Take(db, new VisitRow { SlotId = slotId, CaseId = row.Id, Customer = customer, MadeAt = now.EpochMs }, toCome) is not { } id)
        {
            if (made is not null)
                SlotStore.NotMade(db, made);
            return SlotReason.Full;
        }
        if (before is not null)
            EndFact(db, before, now);
        OutsideFactStore.Put(db, new OutsideFactRow
        {
            Key = KeyOf(id),
            Kind = OutsideFact.WordOf(FactKind.VisitBooked),
            Subject = $"case:{row.Id}",
            FromAt = now.EpochMs,
            UntilAt = slot.EndAt,
            Who = who,
            CreatedAt = now.EpochMs,
        });
        return SlotReason.Free;
    }

    public LinkOutcome GiveBack(Db db, CustomerLinkRow link, LinkSubject about, ServerTime now)
    {
        if (about.Case is not { } row || Ahead(db, row.Id, now) is not var (visit, slot))
            return LinkOutcome.NothingBooked;
        if (!SlotDecision.MayChange(new ServerTime(slot.StartAt), options.ChangeBefore, now))
            return LinkOutcome.Fixed;
        End(db, visit, "given back by the customer", now);
        LinkCases.Line(db, $"case:{row.Id}", $"The customer gave the visit back: {new ServerTime(slot.StartAt)}", "give-back", link, now);
        return LinkOutcome.GivenBack;
    }

    /// <summary>A visit that was not made yet is not needed any more: somebody else can have its place. Says whether there was one.</summary>
    public static bool NotNeeded(Db db, long caseId, string why, ServerTime now)
    {
        if (!ToCome(db, caseId, now) || Ahead(db, caseId, now) is not var (visit, slot))
            return false;
        End(db, visit, why, now);
        TimelineStore.Add(db, new TimelineRow { Subject = $"case:{caseId}", At = now.EpochMs, Kind = "visit", Text = $"The visit of {new ServerTime(slot.StartAt)} was given back: {why}", Who = "B2D" });
        return true;
    }

    private static void End(Db db, VisitRow visit, string why, ServerTime now)
    {
        SlotStore.GiveBack(db, visit, why, now.EpochMs);
        EndFact(db, visit, now);
    }

    private static void EndFact(Db db, VisitRow visit, ServerTime now)
    {
        if (OutsideFactStore.Find(db, KeyOf(visit.Id)) is { } fact)
            OutsideFactStore.End(db, fact.Id, now.EpochMs);
    }

    /// <summary>No other system's: those cannot have a blank in front.</summary>
    private static string KeyOf(long visit) => $" visit {visit}";

    private static (string Place, string Segment) Where(Db db, CaseRow row) => (CustomerStore.Find(db, row.Customer)?.Place ?? "", DeviceStore.Find(db, row.Device)?.Segment ?? row.Segment);
}
