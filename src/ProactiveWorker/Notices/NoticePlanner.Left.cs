using System.Collections.Immutable;
using System.Text.Json;
using B2D.Core;
using B2D.Core.Customers;
using B2D.Core.Rules;
using B2D.ProactiveWorker.Outages;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Devices;
using B2D.Storage.Faults;
using B2D.Storage.Links;
using B2D.Storage.Notices;
using B2D.Storage.Outages;
using B2D.Storage.Outbox;

namespace B2D.ProactiveWorker.Notices;

/// <summary>The end of an outage that is none for some: they hear so, somebody looks at theirs, and the all-clear comes when it answers.</summary>
public sealed partial class NoticePlanner
{
    /// <summary>The status of the word that an outage is over, and that a customer's own does not work yet.</summary>
    internal const string Left = "left";

    /// <summary>A fault ended: where its device was left over of an outage, its owner is to hear the end after the quiet time.</summary>
    internal void PlanBack(Db db, FaultRow fault, ServerTime now)
    {
        foreach (var outage in OutageStore.LeftWith(db, fault.Device))
        {
            Put(db, $"{OutageKind}/{outage.Id}/{Left}/{fault.Device}/{fault.Rule}/{fault.Episode}", OutageKind, $"outage:{outage.Id}", now + (RuleOf(outage.Rule) is OutageRule rule ? rule.ResolvedAfter : TimeSpan.Zero), now,
                new OutageIntent("all-clear", 1) { Device = fault.Device, UpAt = now.EpochMs });
        }
    }

    /// <summary>A fault began: where its device was left over of an outage, it was no end that it answered for a moment, and somebody goes on looking at it.</summary>
    internal void DownAgain(Db db, FaultRow fault, ServerTime now)
    {
        foreach (var outage in OutageStore.LeftWith(db, fault.Device).Where(o => KindsOf(o).Contains(fault.Rule)))
        {
            OutageStore.SetEpisode(db, outage.Id, fault.Device, fault.Episode);
            LeftCases.Again(db, outage, fault, now);
        }
    }

    /// <summary>A device that was left over of an outage is another's: whoever was told of it hears the end, which was owed to them.</summary>
    internal static void PlanSold(Db db, OwnerChangeRow change, ServerTime now)
    {
        foreach (var outage in OutageStore.LeftWith(db, change.Device).Where(_ => change.FromCustomer.Length > 0))
            Put(db, $"{OutageKind}/{outage.Id}/sold/{change.Id}", OutageKind, $"outage:{outage.Id}", now, now, new OutageIntent("all-clear", 1) { Device = change.Device, Seller = change.FromCustomer });
    }

    /// <summary>Why the word that theirs does not answer is not to be sent any more; null while it is so, or nobody knows yet whether it is.</summary>
    internal static string? NoLongerLeft(Db db, NoticeRow notice, long outageId) =>
        OutageStore.FindWhole(db, outageId) is not { } row || IsLeft(db, notice, row) || MayBeBack(db, notice, row) ? null : "it was over before it";

    /// <summary>Whether theirs answers, and not yet for long enough that they hear the end.</summary>
    internal static bool MayBeBack(Db db, NoticeRow notice, long outageId) =>
        OutageStore.FindWhole(db, outageId) is { } row && !IsLeft(db, notice, row) && MayBeBack(db, notice, row);

    private static bool MayBeBack(Db db, NoticeRow notice, OutageRow outage) => OutageStore.DevicesOf(db, outage.Id, Carer.CustomerOf(notice.Customer))
        .Any(d => d.UpAt == 0 && OutboxStore.Under(db, $"{OutageKind}/{outage.Id}/{Left}/{d.Device}/").Any(e => e.DoneAt == 0));

    /// <summary>What they said themselves no device can speak against.</summary>
    private static bool IsLeft(Db db, NoticeRow notice, OutageRow outage) =>
        JsonSerializer.Deserialize<NoticeFacts>(notice.Facts)!.Back || OutageStore.StillDown(db, outage.Id, [], Carer.CustomerOf(notice.Customer)).Count > 0;

    /// <summary>For whom an outage is not over: what of theirs does not answer; nothing where all of it does, and they said after that that it does not work.</summary>
    private Dictionary<string, IReadOnlyList<OutageDeviceRow>> LeftOf(Db db, OutageRow outage, IReadOnlyList<OutageRow> family, IReadOnlyDictionary<string, (long DownAt, long UpAt)> times)
    {
        var left = OutageStore.StillDown(db, outage.Id, KindsOf(outage)).GroupBy(d => d.Customer, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => (IReadOnlyList<OutageDeviceRow>)[.. g], StringComparer.Ordinal);
        foreach (var link in family.SelectMany(o => CustomerLinkStore.Broken(db, $"outage:{o.Id}")).Where(l => IsStillSo(l, times)))
            left.TryAdd(link.Customer, []);
        return left;
    }

    /// <summary>They said that it does not work after all of theirs answered.</summary>
    private static bool IsStillSo(CustomerLinkRow link, IReadOnlyDictionary<string, (long DownAt, long UpAt)> times) =>
        link.Said == "Broken" && times.TryGetValue(link.Customer, out var theirs) && theirs.UpAt > 0 && link.SaidAt > theirs.UpAt;

    /// <summary>A customer hears that it is over, but not for them, and it becomes a case. False where they are gone.</summary>
    /// <param name="down">What does not answer; empty: they say so.</param>
    private bool TellLeft(Db db, NoticeRow notice, OutageRow of, OutageRow whole, IReadOnlyList<OutageDeviceRow> down, IReadOnlyDictionary<string, (long DownAt, long UpAt)> times, ServerTime now)
    {
        if (Recipients.Find(db, notice.Customer) is not { } customer)
            return false;
        var theirs = Carer.CustomerOf(notice.Customer);
        if (down.Count > 0)
            LeftCases.Silent(db, whole, RuleOf(whole.Rule) as OutageRule, down, now);
        else
            LeftCases.Said(db, whole, theirs, now);
        var facts = FactsOf(whole) with { Since = times.GetValueOrDefault(theirs).DownAt, Until = whole.ResolvedAt, Back = down.Count == 0 };
        ledger.Write(db, new Telling(customer, $"outage:{of.Id}", of.Episode, Left, 1, "outage-left", facts), now);
        return true;
    }

    private static void LeftLine(Db db, OutageRow outage, int customers, ServerTime now) => TimelineStore.Add(db, new TimelineRow
    {
        Subject = $"outage:{outage.Id}",
        At = now.EpochMs,
        Kind = Left,
        Text = $"Not over for {customers} of those who were told: they hear that theirs does not work yet, and somebody looks at it",
        Who = "B2D",
        EffectId = $"outage/{outage.Episode}/{Left}",
    });

    /// <summary>What was left over answers again: the customer gets the all-clear, where nothing else of theirs is left.</summary>
    private string ClearLeft(Db db, OutageRow outage, OutageIntent intent, ServerTime now)
    {
        if (intent.Seller.Length > 0)
            return TellBack(db, outage, intent.Seller, now);
        if (OutageStore.FindDevice(db, outage.Id, intent.Device) is not { } device || StillDown(db, outage, device.Customer).Any(d => d.Device == device.Device))
            return "it does not answer";
        if (!OutageStore.SetUp(db, outage.Id, device.Device, intent.UpAt))
            return "it is known to answer";
        return device.Customer.Length == 0 ? "nobody to tell" : TellBack(db, outage, device.Customer, now);
    }

    /// <summary>A customer who was told gets the all-clear, unless something of theirs is left.</summary>
    private string TellBack(Db db, OutageRow outage, string customer, ServerTime now)
    {
        if (StillDown(db, outage, customer).Count > 0)
            return "something of theirs does not answer";
        var family = OutageStore.Parts(db, outage.Id).Append(outage).ToArray();
        var times = OutageStore.Without(db, [.. family.Select(o => o.Id)], customer);
        if (family.Any(o => CustomerLinkStore.Find(db, customer, $"outage:{o.Id}") is { } link && IsStillSo(link, times)))
            return "they say that it does not work; they are asked";
        var written = 0;
        foreach (var (recipient, of) in new[] { customer, Carer.Prefix + customer }.SelectMany(r => family.Select(o => (r, o))))
        {
            var rows = NoticeStore.List(db, new NoticeFilter { Subject = $"outage:{of.Id}", Customer = recipient, Limit = Page.MaxRows });
            foreach (var waits in rows.Where(n => n.Status == Left && n.State is "Due" or "Retrying" or "Calling"))
            {
                NoticeStore.Mark(db, waits.Id, "Suppressed", reason: "it was over before it");
                PhoneTaskClock.Close(db, waits, "it was over before it", now);
            }
            if (rows.FirstOrDefault(n => n.Status == "opened" && n.WasTold) is { } told && TellClear(db, told, of, outage, times, now))
                written++;
        }
        return $"{written} customers";
    }

    /// <summary>Kinds of faults that an outage explains; none where its rule is gone.</summary>
    private ImmutableArray<string> KindsOf(OutageRow outage) => RuleOf(outage.Rule) is OutageRule rule ? rule.Of : [];

    private IReadOnlyList<OutageDeviceRow> StillDown(Db db, OutageRow outage, string customer) => OutageStore.StillDown(db, outage.Id, KindsOf(outage), customer);
}
