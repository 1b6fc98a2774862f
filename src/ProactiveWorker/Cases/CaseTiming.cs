using B2D.Core;
using B2D.Core.Cases;
using B2D.Core.Devices;
using B2D.Core.Rules;
using B2D.ProactiveWorker.Links;
using B2D.ProactiveWorker.Rules;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Customers;
using B2D.Storage.Devices;
using NodaTime;

namespace B2D.ProactiveWorker.Cases;

/// <summary>What is promised of cases and how their clocks stand: noted as it happens, counted anew whenever something of it changes.</summary>
public sealed class CaseTiming(RuleBook rules, WorkerOptions options, CaseEnds? ends = null)
{
    /// <summary>Rules that promise anything.</summary>
    internal IReadOnlyList<string> PromisingRules => [.. rules.Current.Set.Faults.Where(f => f.Case?.Promises is not null).Select(f => f.Id)];

    /// <summary>Of the rules by which promises are judged.</summary>
    internal string RulesHash => rules.Current.Set.Hash;

    /// <summary>A case that opens now, with what its rule promises.</summary>
    internal CaseRow Opened(Db db, CaseRow row, CasePolicy policy, ServerTime now) => Counted(Promised(db, row, policy.Promises), [], now).Row;

    /// <summary>Whether a contract of a device or of its owner stood when a fault began, by the day of <c>always</c>.</summary>
    internal bool HasContract(DeviceRow? device, CustomerRow? owner, ServerTime onset) => OwedContract.Of(device?.ToContract() ?? DeviceContract.None, owner?.Contract ?? "", owner?.ContractUntil ?? "",
        Day(onset, rules.Current.Set.Calendar(BusinessCalendar.AlwaysName).Zone)).Source != ContractSource.None;

    /// <summary>A case after something happened to it: its wait is noted as it begins or ends.</summary>
    /// <param name="before">As it is stored.</param>
    internal CaseRow Moved(Db db, CaseRow before, CaseRow after, string who, ServerTime now)
    {
        if (before.WaitingSinceAt > 0 && after.WaitingSinceAt == 0)
            WaitStore.End(db, before.Id, EndOf(before, now));
        if (before.WaitingSinceAt == 0 && after.WaitingSinceAt > 0)
            Note(db, after, after.WaitingKind, after.WaitingFor, after.WaitingSinceAt, 0, who);
        // While it was taken for done nobody owed anything.
        if (before.State == "Resolved" && CaseStore.OpenStates.Contains(after.State))
            Note(db, after, WaitKinds.Name(WaitKind.Resolved), "", before.ResolvedAt, now.EpochMs, who);
        if (CaseStore.OpenStates.Contains(before.State) && !CaseStore.OpenStates.Contains(after.State))
            ends?.Ended(db, after, now);
        if (before.AskedAt == 0 && after.AskedAt > 0 && !CaseFactsOf.Row(after).EndsByPerson)
            ends?.Asks(db, after, now);
        return Counted(db, after, now).Row;
    }

    /// <summary>The same case with what is promised of it now: by the rule as it is now, where that still is, and the contract as it stood at the fault's onset.</summary>
    internal CaseRow PromisedAnew(Db db, CaseRow row) =>
        rules.Current.FaultOf(row.Rule) is >= 0 and var index ? Promised(db, row, rules.Current.Set.Faults[index].Case?.Promises) : row;

    /// <summary>The same case with its clocks as of now, and what they say.</summary>
    internal (CaseRow Row, CaseClockReadings Clocks) Counted(Db db, CaseRow row, ServerTime now) =>
        Counted(row, row.RespondMs + row.RepairMs == 0 ? [] : [.. WaitStore.List(db, row.Id).Select(WaitKinds.Wait)], now);

    private (CaseRow Row, CaseClockReadings Clocks) Counted(CaseRow row, IReadOnlyList<CaseWait> waits, ServerTime now)
    {
        var clocks = CaseClocks.Read(row.ToClockFacts(waits), row.ToPromise(), rules.Current.Set.Calendar(row.Hours), options.EscalateAt, now);
        var isOpen = CaseStore.OpenStates.Contains(row.State);
        return (row with
        {
            ResponseDueAt = clocks.Response.DueAt.EpochMs,
            RepairDueAt = clocks.Repair.DueAt.EpochMs,
            NextDueAt = isOpen ? clocks.NextDueAt.EpochMs : 0,
            Late = isOpen && clocks.IsLate,
            ClockAt = isOpen ? clocks.LookAt((ClockStage)row.ResponseSaid, (ClockStage)row.RepairSaid).EpochMs : 0,
        }, clocks);
    }

    private CaseRow Promised(Db db, CaseRow row, CasePromises? promises)
    {
        if (promises is null)
            return row with { Contract = "", RespondMs = 0, RepairMs = 0, Hours = "", FromOpening = false };
        var customer = row.Customer.Length > 0 ? CustomerStore.Find(db, row.Customer) : null;
        var zone = rules.Current.Set.Calendar(promises.Usual.Hours).Zone;
        var device = DeviceStore.Find(db, row.Device);
        var onset = new ServerTime(row.OnsetAt > 0 ? row.OnsetAt : row.OpenedAt);
        var owed = OwedContract.Of(device?.ToContract() ?? DeviceContract.None, customer?.Contract ?? "", customer?.ContractUntil ?? "", Day(onset, zone));
        // Of a customer who was erased it stands on the case what they had.
        var (promise, contract) = customer is null && row.Contract.Length > 0 && owed.Source == ContractSource.None
            ? promises.At(row.Contract, "", ServerTime.Zero, zone)
            : promises.At(owed.Name, owed.Until, onset, zone);
        return row with
        {
            Contract = contract,
            RespondMs = (long)promise.Respond.TotalMilliseconds,
            RepairMs = (long)promise.Repair.TotalMilliseconds,
            Hours = promise.Hours,
            FromOpening = promise.FromOpening,
        };
    }

    private static DateOnly Day(ServerTime at, DateTimeZone zone) => Instant.FromUnixTimeMilliseconds(at.EpochMs).InZone(zone).Date.ToDateOnly();

    /// <summary>A wait counts no longer than it was meant to.</summary>
    private static long EndOf(CaseRow row, ServerTime now) =>
        Math.Max(row.WaitingSinceAt, row.WaitingUntil > 0 ? Math.Min(row.WaitingUntil, now.EpochMs) : now.EpochMs);

    private static void Note(Db db, CaseRow row, string kind, string waitingFor, long from, long until, string who) =>
        WaitStore.Add(db, new WaitRow { CaseId = row.Id, Kind = kind, WaitingFor = waitingFor, FromAt = from, UntilAt = until, Who = who });
}
