using System.Text.Json;
using B2D.Core;
using B2D.Core.Links;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Cases;
using B2D.Storage.Links;

namespace B2D.ProactiveWorker.Links;

/// <summary>Where operators keep slots: every change is one transaction with its line in the audit.</summary>
public sealed class SlotDesk(Database state, TimeProvider time) : ISlotDesk
{
    public IReadOnlyList<SlotChoice> FreeFor(long caseId) => state.Read(db =>
        CaseStore.Find(db, caseId) is { Customer.Length: > 0 } row && CaseStore.OpenStates.Contains(row.State) ? LinkVisits.Free(db, row, TimeSpan.Zero, ServerTime.From(time.GetUtcNow())) : []);

    public (long Id, string Refused) Add(Slot slot, string who)
    {
        // As segments and places are written everywhere else, whichever way it was sent.
        slot = slot with { Place = slot.Place.Trim(), Segment = slot.Segment.Trim('/', ' ') };
        var now = ServerTime.From(time.GetUtcNow());
        if (SlotDecision.Refusal(slot, now) is { Length: > 0 } refusal)
            return (0, refusal);
        return state.Write(db =>
        {
            var id = SlotStore.Add(db, new SlotRow
            {
                Place = slot.Place,
                Segment = slot.Segment,
                StartAt = slot.Start.EpochMs,
                EndAt = slot.End.EpochMs,
                Capacity = slot.Capacity,
                Who = who,
                CreatedAt = now.EpochMs,
            });
            AuditStore.Append(db, now.EpochMs, who, "slot.add", $"slot:{id}", JsonSerializer.Serialize(new { place = slot.Place, segment = slot.Segment, start = slot.Start.EpochMs, end = slot.End.EpochMs, capacity = slot.Capacity }));
            return (id, "");
        });
    }

    public ActOutcome Close(long slotId, string who) => state.Write<ActOutcome>(db =>
    {
        var now = ServerTime.From(time.GetUtcNow());
        if (SlotStore.Find(db, slotId) is null)
            return new ActOutcome.Unknown();
        if (!SlotStore.Close(db, slotId, now.EpochMs))
            return new ActOutcome.Rejected("it is closed already");
        AuditStore.Append(db, now.EpochMs, who, "slot.close", $"slot:{slotId}");
        return new ActOutcome.Done(0);
    });
}
