using B2D.Core;
using B2D.Core.Cases;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Cases;

namespace B2D.ProactiveWorker.Cases;

/// <summary>What customers are given as goodwill, and where leads look at it afterwards or are asked first.</summary>
public sealed class GrantDesk(Database state, TimeProvider time) : IGrantDesk
{
    private const int MaxReason = 500;

    internal static CaseDoing Give(CaseAct.Grant e, string who, GrantOptions options)
    {
        if (e.Amount < 1)
            return CaseDoing.Wrong("the amount is at least 1");
        if (e.Reason.Length is 0 or > MaxReason)
            return CaseDoing.Wrong($"what it is given for has 1 to {MaxReason} characters");
        var unit = e.Kind == GrantKind.Money ? options.Currency : "days";
        return new("Grant", $"Goodwill of {e.Amount} {unit}: {e.Reason}", (db, row, now) =>
        {
            if (row.State == "Closed")
                return (row, "the case is closed, and that is final");
            if (row.Customer.Length == 0)
                return (row, "the device has no known owner; there is nobody to give it to");
            var before = GrantStore.OfCase(db, row.Id).Where(g => g.Kind == e.Kind.ToString() && g.State != nameof(GrantPhase.Refused)).Sum(g => g.Amount);
            var reason = Grants.Decide(e.Amount, before, options.Of(e.Role, e.Kind));
            GrantStore.Add(db, new GrantRow
            {
                CaseId = row.Id,
                Customer = row.Customer,
                Kind = e.Kind.ToString(),
                Amount = e.Amount,
                Unit = unit,
                Reason = e.Reason,
                State = Grants.Of(reason).ToString(),
                Who = who,
                Role = e.Role,
                At = now.EpochMs,
            });
            if (reason == GrantReason.Asks)
                TimelineStore.Add(db, new TimelineRow { Subject = $"case:{row.Id}", At = now.EpochMs, Kind = "grant", Text = "A lead is asked first: nothing of it is given yet", Who = "B2D" });
            return (row, "");
        })
        { Detail = new { kind = e.Kind.ToString(), amount = e.Amount, unit } };
    }

    public ActOutcome Act(long grantId, GrantVerdict verdict, string who) => state.Write<ActOutcome>(db =>
    {
        var now = ServerTime.From(time.GetUtcNow());
        if (GrantStore.Find(db, grantId) is not { } row)
            return new ActOutcome.Unknown();
        var (phase, accepted) = Grants.Step(Enum.Parse<GrantPhase>(row.State), verdict);
        if (!accepted)
            return new ActOutcome.Rejected("nobody waits for a verdict on it");
        if (row.Who == who)
            return new ActOutcome.Rejected("somebody else looks at what you gave");
        GrantStore.Update(db, row with { State = phase.ToString(), DecidedBy = who, DecidedAt = now.EpochMs });
        TimelineStore.Add(db, new TimelineRow { Subject = $"case:{row.CaseId}", At = now.EpochMs, Kind = "grant", Text = $"{row.Amount} {row.Unit}: {Words(phase)}", Who = who });
        AuditStore.Append(db, now.EpochMs, who, $"grant.{verdict}", $"case:{row.CaseId}");
        return new ActOutcome.Done(0);
    });

    private static string Words(GrantPhase phase) => phase switch
    {
        GrantPhase.Reviewed => "looked at and approved",
        GrantPhase.Objected => "looked at: it was too much",
        GrantPhase.Granted => "approved",
        _ => "refused",
    };
}
