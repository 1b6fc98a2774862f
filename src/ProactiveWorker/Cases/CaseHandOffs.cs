using B2D.Core;
using B2D.Core.Cases;
using B2D.Storage;
using B2D.Storage.Cases;

namespace B2D.ProactiveWorker.Cases;

/// <summary>What agents leave to each other: kept as it was written, and shown first to whoever has the case until they have read it.</summary>
internal static class CaseHandOffs
{
    public static void Add(Db db, CaseRow row, CaseAct.HandOff e, string who, ServerTime now) => HandOffStore.Add(db, new HandOffRow
    {
        CaseId = row.Id,
        Customer = row.Customer,
        At = now.EpochMs,
        FromWho = who,
        ToWho = e.To,
        Finished = e.Finished,
        StillOpen = e.Open,
        Promised = e.Promised,
    });

    public static CaseDoing Read(string who) => new("ReadHandOff", $"{who} has read what was left to them", (db, row, now) =>
    {
        if (row.HandedAt == 0)
            return (row, "nothing waits to be read");
        if (row.Assignee != who)
            return (row, row.Assignee.Length == 0 ? "take the case first" : $"it was left to {row.Assignee}");
        HandOffStore.SetRead(db, row.Id, who, now.EpochMs);
        return (row with { HandedAt = 0 }, "");
    });
}
