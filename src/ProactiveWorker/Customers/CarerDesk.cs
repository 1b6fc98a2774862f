using System.Text.Json;
using B2D.Core;
using B2D.Core.Customers;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Customers;

namespace B2D.ProactiveWorker.Customers;

/// <summary>Names carers: one transaction with its line in the audit, which has no word about the person.</summary>
public sealed class CarerDesk(Database state, TimeProvider time) : ICarerDesk
{
    public ActOutcome Name(string customer, Carer carer, bool consent, string who) => carer.Refusal(consent) is { Length: > 0 } refusal
        ? new ActOutcome.Rejected(refusal)
        : state.Write<ActOutcome>(db =>
        {
            if (CustomerStore.Find(db, customer) is null)
                return new ActOutcome.Unknown();
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            CarerStore.Put(db, new CarerRow
            {
                Customer = customer,
                Name = carer.Name.Trim(),
                Email = carer.Email,
                Phone = carer.Phone,
                Channel = carer.Channel,
                Language = carer.Language,
                Who = who,
                At = now,
            });
            AuditStore.Append(db, now, who, "customer.Carer", $"customer:{customer}", JsonSerializer.Serialize(new { channel = carer.Channel, consent }));
            return new ActOutcome.Done(0);
        });

    public ActOutcome Remove(string customer, string who) => state.Write<ActOutcome>(db =>
    {
        if (!CarerStore.Remove(db, customer))
            return new ActOutcome.Unknown();
        AuditStore.Append(db, time.GetUtcNow().ToUnixTimeMilliseconds(), who, "customer.CarerEnded", $"customer:{customer}");
        return new ActOutcome.Done(0);
    });
}
