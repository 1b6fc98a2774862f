using B2D.Console.Telemetry;
using B2D.Core;
using B2D.Core.Cases;
using B2D.Core.Customers;
using B2D.Core.Devices;
using B2D.Core.Rules;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Cases;
using B2D.Storage.Customers;
using B2D.Storage.Devices;
using B2D.Storage.Faults;
using B2D.Storage.Notices;
using B2D.Storage.Outages;
using B2D.Storage.Remedies;

namespace B2D.Console.Cases;

/// <summary>Reads everything about one case in one consistent look at the state database, then the readings around its onset.</summary>
internal sealed class CaseReader(Stores stores, IRuleView rules, IServiceProvider services, ConsoleOptions options, TimeProvider time)
{
    private const int MostNotices = 20;
    private const int MostLines = 200;

    /// <summary>The case with all that belongs to it; null where there is none.</summary>
    public CaseRecord? Find(long id)
    {
        var record = stores.State.Read(db => CaseStore.Find(db, id) is { } row ? Read(db, row) : null);
        if (record is null)
            return null;
        var words = services.GetService<INoticeWords>();
        var told = record with { Notices = [.. record.Notices.Select(n => n with { Words = words?.Of(n.Row.Id) })] };
        return told with { Draft = CaseHandOffWords.Draft(told, Now.EpochMs, Zone) };
    }

    /// <summary>The same with charts, as its page shows it.</summary>
    public CaseRecord? FindWithCharts(long id, long now, TimeZoneInfo zone) =>
        Find(id) is { } record ? record with { Charts = OnsetCharts.Of(stores.Telemetry, record, rules.Current, now, zone) } : null;

    private ServerTime Now => ServerTime.From(time.GetUtcNow());

    private TimeZoneInfo Zone => TimeZoneInfo.FindSystemTimeZoneById(options.TimeZone);

    private CaseRecord Read(Db db, CaseRow row)
    {
        var device = DeviceStore.Find(db, row.Device);
        var customer = row.Customer.Length > 0 ? CustomerStore.Find(db, row.Customer) : null;
        var steps = StepStore.List(db, row.Id);
        var merged = CaseStore.MergedHere(db, row.Id);
        string[] subjects = [.. merged.Append(row.Id).Select(id => $"case:{id}")];
        var faults = FaultStore.List(db, new FaultFilter { CaseId = row.Id, Limit = 50 });
        if (faults.Count == 0 && FaultStore.Find(db, row.Device, row.Rule, row.Episode) is { } fault)
            faults = [fault];
        var opened = faults.FirstOrDefault(f => f.Episode == row.Episode && f.Rule == row.Rule) ?? (faults.Count > 0 ? faults[^1] : null);
        var ownerSince = device?.OwnerSince ?? 0;
        var owned = Ownership.Of(row.Customer, row.OpenedAt, device?.Customer ?? "", ownerSince);
        bool IsTheirs(string whose) => owned != OwnerTime.WentOver || whose == row.Customer;
        IReadOnlyList<GrantRow> grants = [.. merged.Append(row.Id).SelectMany(id => GrantStore.OfCase(db, id)).Where(g => IsTheirs(g.Customer))];
        var notices = NoticeStore.OfCases(db, subjects, [.. faults.Select(f => $"fault:{f.Device}/{f.Rule}").Append($"fault:{row.Device}/{row.Rule}").Distinct()],
            [.. faults.Select(f => f.Episode).Append(row.Episode).Distinct()], MostNotices);
        // Of an outage they were told under its own number, and under those of what became part of it.
        if (row.OutageId > 0 && row.Customer.Length > 0)
        {
            string[] outages = [.. OutageStore.Parts(db, row.OutageId).Select(o => o.Id).Append(row.OutageId).Select(id => FormattableString.Invariant($"outage:{id}"))];
            notices = [.. outages.SelectMany(o => new[] { row.Customer, Carer.Prefix + row.Customer }.SelectMany(c => NoticeStore.List(db, new NoticeFilter { Subject = o, Customer = c, Limit = MostNotices })))
                .Concat(notices).OrderByDescending(n => n.CreatedAt).ThenByDescending(n => n.Id, StringComparer.Ordinal).Take(MostNotices)];
        }
        var contract = OwedContract.Of(device?.ToContract() ?? DeviceContract.None, customer?.Contract ?? row.Contract, customer?.ContractUntil ?? "", Day(row));
        var owed = EntitlementDecision.At(device?.WarrantyUntil ?? "", contract.Name, contract.Until, Day(row));
        var complaint = ComplaintStore.Last(db, row.Id);
        var handOff = HandOffStore.Last(db, row.Id);
        var over = faults.Count > 0 && faults.All(f => f.ClearedAt > 0) ? faults.Max(f => f.ClearedAt) : row.ResolvedAt;
        var since = Math.Min(opened?.RaisedAt ?? row.OpenedAt, row.OpenedAt);
        return new CaseRecord
        {
            Case = row,
            Line = db.First<CaseLine>($"SELECT {CaseLists.Definition.Select} FROM {CaseLists.Definition.From} WHERE c.id = @Id", new { row.Id }),
            Device = device,
            Presence = LiveStore.Find(db, row.Device),
            Customer = customer,
            Faults = faults,
            Steps = steps,
            Owned = owned,
            LeftOut = notices.Count(n => !IsTheirs(n.Customer)),
            Complaint = owned == OwnerTime.WentOver && complaint?.RaisedAt < ownerSince ? null : complaint,
            People = [.. UserStore.List(db).Where(u => u.LockedAt == 0 && u.Role != "viewer").Select(u => u.Name)],
            Grants = grants,
            Compensation = Compensation.Owed(new ServerTime(owned == OwnerTime.WentOver ? Math.Max(row.OnsetAt, ownerSince) : row.OnsetAt), new ServerTime(over), options.CompensationAfter, options.CompensationPerDay,
                grants.Where(g => g.Kind == nameof(GrantKind.Money) && g.State != nameof(GrantPhase.Refused)).Sum(g => g.Amount), Now),
            Heals = [.. HealStore.List(db, row.Device, row.Rule, row.OpenedAt - (long)TimeSpan.FromDays(14).TotalMilliseconds).Where(h => h.At <= Math.Max(row.OpenedAt, row.LastSeenAt))],
            Objections = [.. ObjectionStore.OfCase(db, row.Id).Select(o => ObjectionLine.Of(o, rules))],
            Links = LinkStore.Of(db, row.Id),
            LinkedBy = LinkStore.To(db, $"case:{row.Id}"),
            Merged = merged,
            HandOff = owned == OwnerTime.WentOver && handOff?.At < ownerSince ? null : handOff,
            Next = Next(db, row, device?.Model ?? "", steps, owed),
            Owed = owed,
            Contract = contract,
            Standard = [.. StandardStepStore.List(db, row.Rule, ["Proposed", "Accepted"]).Where(s => s.Model == (device?.Model ?? ""))],
            Clocks = CaseClocks.Read(row.ToClockFacts([.. WaitStore.List(db, row.Id).Select(WaitKinds.Wait)]), row.ToPromise(), rules.Current.Calendar(row.Hours),
                CaseClockWords.RiskShare, Now),
            Timeline = [.. TimelineStore.OfCases(db, subjects, row.Device, since, row.OpenedAt, MostLines).Where(l => Ownership.ShowsLine(owned, ownerSince, l.At, l.Who, l.Kind))],
            Notices = [.. notices.Where(n => IsTheirs(n.Customer)).Select(n => new ToldNotice(n, null))],
            Tried = db.Query<CommandRow>(
                "SELECT * FROM commands WHERE device = @Device AND rule IN (@Rule, '') AND created_at >= @since ORDER BY created_at DESC, id DESC LIMIT 20",
                new { row.Device, row.Rule, since }),
            Before = db.Query<CaseRow>(
                "SELECT * FROM cases WHERE device = @Device AND family = @Family AND id < @Id ORDER BY id DESC LIMIT 5",
                new { row.Device, row.Family, row.Id }),
            Rule = rules.Current.Faults.FirstOrDefault(r => r.Id == row.Rule),
            Evidence = Evidence.Parse(opened?.Evidence ?? ""),
            Condition = Evidence.Condition(opened?.Evidence ?? ""),
        };
    }

    /// <summary>What costs the owner something waits for their consent; danger does not.</summary>
    private NextStepChoice Next(Db db, CaseRow row, string model, IReadOnlyList<StepRow> steps, Entitlement owed)
    {
        var odds = NextStep.Count(StandardStepStore.Outcomes(db, row.Rule, model, (Now - options.OddsWithin).EpochMs, row.Id));
        return NextStep.Choose([.. steps.Where(s => s.State == "Open").Select(s => new OpenStep(s.Id, s.Text))], [.. steps.Where(s => s.State != "Open").Select(s => s.Text)], odds, options.OddsFloor,
            owed == Entitlement.Quote && row.Class != FaultClass.Safety ? CaseNextWords.Quote : "");
    }

    /// <summary>The day on which it began, in the console's zone.</summary>
    private DateOnly Day(CaseRow row) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(row.OnsetAt > 0 ? row.OnsetAt : row.OpenedAt), Zone).DateTime);
}
