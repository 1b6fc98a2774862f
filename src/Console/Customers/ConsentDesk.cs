using System.Text.Json;
using B2D.Core;
using B2D.Core.Notices;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Customers;

namespace B2D.Console.Customers;

/// <summary>Where it is written down what customers want to hear: the tables are all that the worker looks at.</summary>
internal sealed class ConsentDesk(Stores stores, TimeProvider time)
{
    /// <summary>Writes down what a customer said of notices of a class, as <paramref name="who"/>.</summary>
    /// <param name="channel">Null: whatever the channel.</param>
    public ActOutcome Set(string customer, NoticeClass noticeClass, Channel? channel, bool given, string who) => Write(customer, who, given ? "consent.given" : "consent.withdrawn",
        new { noticeClass = noticeClass.Word(), channel = WordOf(channel) },
        (db, now) => ConsentStore.Set(db, new ConsentRow
        {
            Customer = customer,
            Class = noticeClass.Word(),
            Channel = WordOf(channel),
            Given = given,
            Source = Consent.Person,
            Who = who,
            At = now,
        }));

    /// <summary>Writes down in which hours a customer is not woken.</summary>
    /// <param name="hours"><c>21:00-09:00</c>, <c>none</c>, or empty for the installation's.</param>
    public ActOutcome SetQuietHours(string customer, string hours, string who)
    {
        if (hours.Length > 0 && QuietHours.Parse(hours, out var problem) is null && problem.Length > 0)
            return new ActOutcome.Rejected(problem);
        return Write(customer, who, "customer.quiet-hours", new { hours }, (db, _) => CustomerStore.SetQuietHours(db, customer, hours));
    }

    private static string WordOf(Channel? channel) => channel?.ToString().ToLowerInvariant() ?? "";

    private ActOutcome Write(string customer, string who, string action, object detail, Func<Db, long, bool> change)
    {
        var now = ServerTime.From(time.GetUtcNow()).EpochMs;
        return stores.State.Write<ActOutcome>(db =>
        {
            if (CustomerStore.Find(db, customer) is null)
                return new ActOutcome.Unknown();
            if (!change(db, now))
                return new ActOutcome.Rejected("it is so already");
            AuditStore.Append(db, now, who, action, $"customer:{customer}", JsonSerializer.Serialize(detail));
            return new ActOutcome.Done(0);
        });
    }
}
