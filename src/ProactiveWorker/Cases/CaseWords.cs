using B2D.Core;
using B2D.Core.Cases;
using B2D.Core.Links;
using B2D.ProactiveWorker.Links;
using B2D.ProactiveWorker.Notices;
using B2D.Storage.Cases;
using B2D.Storage.Contacts;

namespace B2D.ProactiveWorker.Cases;

/// <summary>What customers hear of a case from people, and what people promised them to hear.</summary>
internal static class CaseWords
{
    private const int MaxText = 1_000;
    private const int MaxWhat = 200;

    /// <summary>Words to the customer, through the ledger; they are the promised ones where some were.</summary>
    public static CaseDoing Write(CaseAct.Write e)
    {
        if (e.Text.Length is 0 or > MaxText)
            return CaseDoing.Wrong($"what is written has 1 to {MaxText:N0} characters");
        if (e.What.Length > MaxWhat)
            return TooLong;
        return new("Write", $"Wrote to the customer: {e.Text}", (db, row, now) =>
        {
            if (row.State == "Closed")
                return (row, "the case is closed, and that is final");
            if (row.Customer.Length == 0)
                return (row, "the device has no known owner; there is nobody to write to");
            var promises = e.NextAt > ServerTime.Zero;
            if (promises && NextWord.Refusal(e.NextAt, now) is { Length: > 0 } refusal)
                return (row, refusal);
            if (promises && row.State == "Resolved")
                return (row, "the work is done; reopen the case before you promise another word");
            var written = row with { Words = row.Words + 1, WordAt = e.NextAt.EpochMs, WordWhat = promises ? e.What : "", WordMissed = 0, AskFirst = row.AskFirst || promises };
            NoticePlanner.PlanCase(db, written, e.Text, now);
            ContactStore.ReadOf(db, row.Customer, row.Id, 0);
            return (written, "");
        });
    }

    /// <summary>What was promised in another way, on the telephone for instance.</summary>
    public static CaseDoing Promise(CaseAct.PromiseWord e) => e.What.Length > MaxWhat
        ? TooLong
        : new("PromiseWord", $"Promised the customer a word{(e.What.Length > 0 ? ": " + e.What : "")}", (_, row, now) =>
        {
            if (row.State is "Resolved" or "Closed")
                return (row, "the case is not open; reopen it first");
            if (row.Customer.Length == 0)
                return (row, "the device has no known owner; there is nobody to promise it to");
            return NextWord.Refusal(e.At, now) is { Length: > 0 } refusal ? (row, refusal) : (row with { WordAt = e.At.EpochMs, WordWhat = e.What, WordMissed = 0, AskFirst = true }, "");
        })
        { Detail = new { at = e.At.EpochMs } };

    /// <summary>They no longer wait for it, because they were told on the telephone for instance.</summary>
    public static CaseDoing TakeBack(string why) => why.Length is 0 or > MaxWhat
        ? CaseDoing.Wrong($"why has 1 to {MaxWhat} characters")
        : new("TakeBackWord", $"The customer no longer waits for the promised word: {why}", (_, row, _) =>
            row.WordAt == 0 ? (row, "no word is promised") : (row with { WordAt = 0, WordWhat = "", WordMissed = 0 }, ""));

    /// <summary>Somebody comes, as agreed on the telephone for instance: a place in a slot, and a promise on the case.</summary>
    public static CaseDoing Book(CaseAct.BookVisit e, string who) => e.Text.Length > MaxText
        ? CaseDoing.Wrong($"what is written has at most {MaxText:N0} characters")
        : new("BookVisit", e.Text.Length > 0 ? "Booked a visit for the customer, and wrote so to them" : "Booked a visit for the customer", (db, row, now) =>
        {
            if (row.State is "Resolved" or "Closed")
                return (row, "the case is not open; reopen it first");
            if (row.Customer.Length == 0)
                return (row, "the device has no known owner; there is nobody to visit");
            var before = LinkVisits.Ahead(db, row.Id, now)?.Slot;
            var moved = before?.StartAt > now.EpochMs;
            if (moved && before!.Id != e.Slot && e.Text.Length == 0)
                return (row, "the customer waits for another visit; write them when it is now");
            // The team knows its technicians: unlike the customer they can book the next hour, and change what begins soon.
            var reason = LinkVisits.Take(db, row, row.Customer, e.Slot, who, mayChange: true, TimeSpan.Zero, now);
            if (reason != SlotReason.Free)
                return (row, Words(reason));
            var slot = LinkVisits.Ahead(db, row.Id, now)!.Value.Slot;
            TimelineStore.Add(db, new TimelineRow
            {
                Subject = $"case:{row.Id}",
                At = now.EpochMs,
                Kind = "visit",
                Text = $"The visit is {(moved ? "now " : "")}from {new ServerTime(slot.StartAt)} to {new ServerTime(slot.EndAt)}{(e.Text.Length > 0 ? $". The customer reads: {e.Text}" : "")}",
                Who = who,
            });
            var booked = row with { AskFirst = true };
            if (e.Text.Length == 0)
                return (booked, "");
            booked = booked with { Words = row.Words + 1 };
            NoticePlanner.PlanCase(db, booked, e.Text, now);
            return (booked, "");
        })
        { Detail = new { slot = e.Slot } };

    /// <summary>Nobody comes: the place is somebody else's, and the customer reads why they need not wait at home.</summary>
    public static CaseDoing CallOff(string text) => text.Length is 0 or > MaxText
        ? CaseDoing.Wrong($"what is written has 1 to {MaxText:N0} characters")
        : new("CallOffVisit", "Called the visit off, and wrote so to the customer", (db, row, now) =>
        {
            if (!LinkVisits.NotNeeded(db, row.Id, "called off", now))
                return (row, "no visit is booked that is still to come");
            var written = row with { Words = row.Words + 1 };
            NoticePlanner.PlanCase(db, written, text, now);
            return (written, "");
        });

    private static string Words(SlotReason reason) => reason switch
    {
        SlotReason.AlreadyTheirs => "the visit is booked in that slot already",
        SlotReason.Full => "the last place of that slot was just taken; take another",
        SlotReason.Closed => "nobody can take a place in that slot any more",
        SlotReason.TooLate => "that slot has begun",
        _ => "there is no such slot where the customer lives",
    };

    private static CaseDoing TooLong => CaseDoing.Wrong($"what the next word is about has at most {MaxWhat} characters");
}
