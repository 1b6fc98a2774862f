using B2D.Core;
using B2D.Core.Notices;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Notices;

namespace B2D.ProactiveWorker.Cases;

/// <summary>Visits that are booked in any system.</summary>
internal static class CaseVisits
{
    /// <summary>Whether a visit is booked about a case, one that was merged into it, or its device.</summary>
    public static bool IsBooked(Db db, CaseRow row, ServerTime now) =>
        OutsideFactStore.InForce(db, [$"device:{row.Device}", $"case:{row.Id}", .. CaseStore.MergedHere(db, row.Id).Select(id => $"case:{id}")], now.EpochMs).Any(f => f.ToKind() == FactKind.VisitBooked);
}
