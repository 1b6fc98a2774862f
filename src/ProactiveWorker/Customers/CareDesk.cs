using System.Globalization;
using System.Text.Json;
using B2D.Core;
using B2D.Core.Customers;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Customers;

namespace B2D.ProactiveWorker.Customers;

/// <summary>Keeps what makes customers depend on their devices: one transaction with its line in the audit, which has no word about the person.</summary>
public sealed class CareDesk(Database state, TimeProvider time) : ICareDesk
{
    public ActOutcome Set(string customer, string what, string until, bool consent, string who)
    {
        var now = time.GetUtcNow();
        DateOnly? last = DateOnly.TryParseExact(until, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
        if (Care.Refusal(what, last, consent, DateOnly.FromDateTime(now.UtcDateTime)) is { Length: > 0 } refusal)
            return new ActOutcome.Rejected(refusal);
        return state.Write<ActOutcome>(db =>
        {
            if (!CustomerStore.SetCare(db, customer, what, what.Length > 0 ? until : "", what.Length > 0 ? who : ""))
                return new ActOutcome.Unknown();
            AuditStore.Append(db, now.ToUnixTimeMilliseconds(), who, what.Length > 0 ? "customer.Care" : "customer.CareEnded", $"customer:{customer}", JsonSerializer.Serialize(new { until, consent }));
            return new ActOutcome.Done(0);
        });
    }
}
