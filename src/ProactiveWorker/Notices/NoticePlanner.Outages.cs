using System.Collections.Immutable;
using System.Text.Json;
using B2D.Core;
using B2D.Core.Cases;
using B2D.Core.Customers;
using B2D.Core.Notices;
using B2D.Core.Outages;
using B2D.ProactiveWorker.Subscriptions;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Customers;
using B2D.Storage.Maintenance;
using B2D.Storage.Notices;
using B2D.Storage.Outages;

namespace B2D.ProactiveWorker.Notices;

public sealed partial class NoticePlanner
{
    /// <summary>Everybody an outage touches is to hear what became of it: at once, or everybody it still touches at <paramref name="due"/>.</summary>
    internal static void PlanOutage(Db db, long outageId, string status, long revision, ServerTime now, ServerTime due = default) =>
        Put(db, $"{OutageKind}/{outageId}/{status}/{revision}/{now.EpochMs}", OutageKind, $"outage:{outageId}", ServerTime.Max(now, due), now, new OutageIntent(status, revision));

    /// <summary>Those who are touched from now on are to hear of it after the hold-back, where it still touches them: all of one second together.</summary>
    internal static void PlanJoined(Db db, long outageId, ServerTime now, TimeSpan holdBack)
    {
        var second = new ServerTime((now.EpochMs + 999) / 1000 * 1000);
        Put(db, $"{OutageKind}/{outageId}/joined/{second.EpochMs}", OutageKind, $"outage:{outageId}", second + holdBack, now, new OutageIntent("opened", 1));
    }

    /// <summary>Everybody who was told of an outage is to hear what is new, or that nothing is.</summary>
    /// <param name="before">As it was, with the estimate that they were told.</param>
    internal static void PlanUpdate(Db db, OutageRow outage, bool isNews, OutageRow before, ServerTime now)
    {
        var isOther = before.ToldEstimateUntil > 0 && (before.ToldEstimateFrom, before.ToldEstimateUntil) != (outage.EstimateFrom, outage.EstimateUntil);
        var intent = new OutageIntent("update", outage.Revision) { News = isNews, WasFrom = isOther ? before.ToldEstimateFrom : 0, WasUntil = isOther ? before.ToldEstimateUntil : 0 };
        Put(db, $"{OutageKind}/{outage.Id}/update/{outage.Revision}/{now.EpochMs}", OutageKind, $"outage:{outage.Id}", now, now, intent);
    }

    /// <summary>A person lets what waited go, with the facts as they are now.</summary>
    internal void LetGo(Db db, OutageRow outage, ServerTime now) => LetGo(db, outage, "a person let it go", now);

    /// <summary>What many are to be told goes out, with the facts as they are now.</summary>
    internal void LetGo(Db db, ApprovalRow approval, string reason, ServerTime now)
    {
        var (kind, id) = approval.Subject.Split(':', 2) is [var k, var number] ? (k, long.Parse(number, System.Globalization.CultureInfo.InvariantCulture)) : ("", 0);
        if (kind == "maintenance")
            LetGo(db, approval.Subject, reason, held => held.Facts, now);
        else if (OutageStore.Find(db, id) is { Guard: false } outage)
            LetGo(db, outage, reason, now);
    }

    /// <summary>What a person stopped is offered again, to those who are without now; says why not.</summary>
    internal string OfferAgain(Db db, ApprovalRow stopped, ServerTime now)
    {
        if (stopped.Subject.Split(':', 2) is not ["outage", var number])
            return "work that customers are to be told of after all is planned anew";
        var id = long.Parse(number, System.Globalization.CultureInfo.InvariantCulture);
        if (OutageStore.Find(db, id) is not { State: not "Resolved" })
            return "the outage is over";
        ApprovalStore.Update(db, stopped with { Phase = nameof(ApprovalPhase.Offered), Recipients = 0, OfferedAt = now.EpochMs, GoesAt = GoesAt(now), DecidedAt = 0, Who = "", Reason = "" });
        PlanOutage(db, id, stopped.Status, 1, now);
        return "";
    }

    private long GoesAt(ServerTime now) => options.ApprovalByItself ? (now + options.ApprovalWait).EpochMs : 0;

    private void LetGo(Db db, OutageRow outage, string reason, ServerTime now)
    {
        var facts = FactsOf(outage);
        LetGo(db, $"outage:{outage.Id}", reason, held => JsonSerializer.Serialize(FactsNow(held, facts, outage)), now);
    }

    /// <param name="facts">What each of them says from now on.</param>
    private void LetGo(Db db, string subject, string reason, Func<NoticeRow, string> facts, ServerTime now)
    {
        foreach (var held in All(db, new NoticeFilter { Subject = subject, States = [nameof(NoticePhase.Held)] }))
            ledger.LetGo(db, held with { Facts = facts(held) }, reason, now);
    }

    /// <summary>What is known now, for whom it is: what was their own of it stays, and strangers read what the status page says.</summary>
    private static NoticeFacts FactsNow(NoticeRow held, NoticeFacts facts, OutageRow outage)
    {
        var was = JsonSerializer.Deserialize<NoticeFacts>(held.Facts)!;
        var theirs = facts with
        {
            Back = was.Back,
            AfterWork = was.AfterWork,
            News = was.News,
            EstimateWasFrom = was.EstimateWasFrom,
            EstimateWasUntil = was.EstimateWasUntil,
            Monitoring = was.Monitoring,
            Since = was.Since,
        };
        return Subscribers.IdOf(held.Customer) > 0 ? ForStrangers(theirs, outage) : theirs;
    }

    private string TellOutage(Db db, long outageId, OutageIntent intent, ServerTime now)
    {
        if (OutageStore.Find(db, outageId) is not { } outage)
            return "gone";
        return intent.Status != "all-clear" ? OpenOutage(db, outage, intent, now) : intent.Device.Length > 0 ? ClearLeft(db, outage, intent, now) : ClearOutage(db, outage, now);
    }

    private string OpenOutage(Db db, OutageRow outage, OutageIntent intent, ServerTime now)
    {
        if (outage.State == "Resolved")
            return "no longer true";
        var facts = FactsOf(outage);
        var parts = OutageStore.Parts(db, outage.Id);
        var ofParts = parts.SelectMany(p => Everyone(db, p.Id, "opened"));
        var down = TouchedNow(db, outage.Id);
        HashSet<string> customers = [.. down];
        IReadOnlyDictionary<string, long> again = ImmutableDictionary<string, long>.Empty;
        if (intent.Status == "opened")
        {
            var before = ofParts.Where(WasOrIsBeingTold).Select(n => n.Customer).ToHashSet(StringComparer.Ordinal);
            var isStopped = ApprovalStore.Find(db, $"outage:{outage.Id}", "opened") is null or { Phase: nameof(ApprovalPhase.Stopped) };
            before.UnionWith(NoticeStore.CustomersOf(db, $"outage:{outage.Id}", outage.Episode, "opened", again: !isStopped));
            again = NoticeStore.NotTold(db, $"outage:{outage.Id}", outage.Episode, "opened");
            customers.UnionWith(Subscribers.Touched(db, outage.Id, down, before));
            customers.ExceptWith(before);
        }
        else
        {
            // Whose first word has not left reads all that is known when it does.
            customers = [.. Everyone(db, outage.Id, "opened").Concat(ofParts).Where(n => n.WasTold || n.State == nameof(NoticePhase.Sending)).Select(n => n.Customer)];
            facts = facts with { News = intent.News, EstimateWasFrom = intent.WasFrom, EstimateWasUntil = intent.WasUntil, Monitoring = outage.State == nameof(OutagePhase.Monitoring) };
        }
        var hold = outage.Guard ? "waits for a person: too much of the fleet is silent at once" : "";
        var stopped = "";
        if (intent.Status == "opened")
        {
            // What waits for a person anyhow is let go, or not, with the guard.
            var approval = outage.Guard ? null : Approval(db, $"outage:{outage.Id}", "opened", customers.Count, now);
            if (approval is { Phase: nameof(ApprovalPhase.Offered) })
                hold = $"offered to a person first: {Math.Max(approval.Recipients, customers.Count)} customers";
            else if (approval is { Phase: nameof(ApprovalPhase.Stopped) })
                stopped = $"{approval.Who}{NoticeRow.StoppedIt}{approval.Reason}";
        }
        var written = 0;
        var times = OutageStore.Without(db, [outage.Id, .. parts.Select(p => p.Id)]);
        foreach (var customer in Customers(db, customers))
        {
            // Whoever was told of planned work hears that it is what is left of it, and not something else.
            var after = intent.Status == "opened" ? PlannedStore.Unfinished(db, customer.Id, outage.OpenedAt)?.Lead ?? 0 : 0;
            var theirs = Subscribers.IdOf(customer.Id) > 0 ? ForStrangers(facts, outage)
                : facts with { Since = times.TryGetValue(customer.Id, out var theirTimes) ? theirTimes.DownAt : facts.Since, Back = !down.Contains(customer.Id), AfterWork = after };
            ledger.Write(db, new Telling(customer, $"outage:{outage.Id}", outage.Episode, intent.Status, again.TryGetValue(customer.Id, out var last) ? last + 1 : intent.Revision, $"outage-{intent.Status}", theirs) { Hold = hold, Stopped = stopped }, now);
            written++;
        }
        if (intent.Status == "update")
            SayNow(db, outage, now);
        return $"{written} customers";
    }

    private string ClearOutage(Db db, OutageRow outage, ServerTime now)
    {
        var family = OutageStore.Parts(db, outage.Id).Append(outage).ToArray();
        var told = family.SelectMany(o => Everyone(db, o.Id, "opened").Select(n => (Notice: n, Outage: o))).ToArray();
        foreach (var of in family)
        {
            if (ApprovalStore.Find(db, $"outage:{of.Id}", "opened") is { Phase: nameof(ApprovalPhase.Offered) } offered)
                ApprovalStore.Update(db, offered with { Phase = nameof(ApprovalPhase.Over), DecidedAt = now.EpochMs, Who = "B2D" });
        }
        var times = OutageStore.Without(db, [.. family.Select(o => o.Id)]);
        var left = LeftOf(db, outage, family, times);
        // Of what is not watched any more nobody knows whether it works: they hear the end when it is seen to answer.
        var unwatched = OutageStore.Unwatched(db, outage.Id);
        unwatched.ExceptWith(left.Keys);
        if (RuleOf(outage.Rule) is null)
            unwatched.UnionWith(left.Where(l => l.Value.Count > 0).Select(l => l.Key));
        var heard = family.SelectMany(o => NoticeStore.CustomersOf(db, $"outage:{o.Id}", o.Episode, Left)).ToHashSet(StringComparer.Ordinal);
        var (written, before, without, unknown, waiting) = (0, 0, 0, 0, 0);
        foreach (var (notice, of) in told)
        {
            if (notice.State is "Due" or "Held" or "Calling")
            {
                NoticeStore.Mark(db, notice.Id, "Suppressed", reason: "over before it was told");
                PhoneTaskClock.Close(db, notice, "over before it was told", now);
            }
            else if (notice.State is "Sending" or "Retrying")
            {
                waiting++;
            }
            else if (heard.Contains(notice.Customer))
            {
                // A case that an agent ended since is not opened again.
                before++;
            }
            else if (unwatched.Contains(Carer.CustomerOf(notice.Customer)))
            {
                unknown++;
            }
            else if (notice.WasTold && left.TryGetValue(Carer.CustomerOf(notice.Customer), out var down))
            {
                without += TellLeft(db, notice, of, outage, down, times, now) && !Carer.Is(notice.Customer) ? 1 : 0;
            }
            else if (notice.WasTold)
            {
                written += TellClear(db, notice, of, outage, times, now) ? 1 : 0;
            }
        }
        if (without > 0)
            LeftLine(db, outage, without, now);
        if (waiting > 0)
            Put(db, $"{OutageKind}/{outage.Id}/all-clear/again/{now.EpochMs}", OutageKind, $"outage:{outage.Id}", now + LookAgain, now, new OutageIntent("all-clear", 1));
        return $"{written} customers, {before + without} still without, {unknown} not watched any more, {waiting} later";
    }

    /// <summary>Whoever was told of an outage hears that it is over, with the times that are their own. False where they are gone.</summary>
    /// <param name="notice">By which they were told.</param>
    /// <param name="of">The outage of the notice: <paramref name="whole"/>, or one that became part of it.</param>
    private bool TellClear(Db db, NoticeRow notice, OutageRow of, OutageRow whole, IReadOnlyDictionary<string, (long DownAt, long UpAt)> times, ServerTime now)
    {
        if (Recipients.Find(db, notice.Customer) is not { } customer)
            return false;
        var facts = FactsOf(whole) with { Until = whole.ResolvedAt, TakesDown = 0 };
        ledger.Write(db, new Telling(customer, $"outage:{of.Id}", of.Episode, "all-clear", 1, "outage-all-clear", Subscribers.IdOf(customer.Id) > 0 ? ForStrangers(facts, whole) : Theirs()), now);
        return true;

        NoticeFacts Theirs()
        {
            // Who sold it, or was told by mistake, has no times of their own.
            var (downAt, upAt) = times.GetValueOrDefault(Carer.CustomerOf(notice.Customer));
            var owed = options.Owed.PerDay > 0 && downAt > 0 ? Compensation.Owed(new ServerTime(downAt), new ServerTime(upAt), options.Owed.After, options.Owed.PerDay, 0, now) : 0;
            return facts with { Since = JsonSerializer.Deserialize<NoticeFacts>(notice.Facts)!.Since, Until = upAt > 0 ? upAt : whole.ResolvedAt, Owed = Carer.Is(notice.Customer) ? 0 : owed, Currency = options.Owed.Currency };
        }
    }

    /// <summary>The approval of what is told of something first; made where so many more are to be told of it, and null where they need none.</summary>
    internal ApprovalRow? Approval(Db db, string subject, string status, int recipients, ServerTime now)
    {
        var known = ApprovalStore.Find(db, subject, status);
        if (!ApprovalStep.Needs(recipients, options.ApprovalAbove, known is null ? null : Enum.Parse<ApprovalPhase>(known.Phase)) || options.ApprovalWait == TimeSpan.Zero)
        {
            if (known is { Phase: nameof(ApprovalPhase.Offered) } && recipients > 0)
                ApprovalStore.Update(db, known with { Recipients = known.Recipients + recipients });
            return known;
        }
        var row = new ApprovalRow
        {
            Subject = subject,
            Status = status,
            Recipients = recipients,
            OfferedAt = now.EpochMs,
            GoesAt = GoesAt(now),
        };
        ApprovalStore.Put(db, row);
        TimelineStore.Add(db, new TimelineRow
        {
            Subject = row.Subject,
            At = now.EpochMs,
            Kind = "approval",
            Text = $"What {recipients} customers are to be told waits for a person{(row.GoesAt > 0 ? $", until {new ServerTime(row.GoesAt)}" : "")}",
            Who = "B2D",
        });
        return row;
    }

    /// <summary>All rows of one status of an outage, whatever their state.</summary>
    private static List<NoticeRow> Everyone(Db db, long outageId, string status) => Everyone(db, $"outage:{outageId}", status);

    private static List<NoticeRow> Everyone(Db db, string subject, string status) => All(db, new NoticeFilter { Subject = subject, Status = status });

    /// <summary>All that the filter finds, whatever its limit.</summary>
    private static List<NoticeRow> All(Db db, NoticeFilter filter)
    {
        var all = new List<NoticeRow>();
        (long, string)? before = null;
        while (true)
        {
            var page = NoticeStore.List(db, filter with { Limit = Page.MaxRows, Before = before });
            all.AddRange(page);
            if (page.Count < Page.MaxRows)
                return all;
            before = (page[^1].CreatedAt, page[^1].Id);
        }
    }

    /// <summary>Owners of devices that are down at this moment.</summary>
    private static HashSet<string> TouchedNow(Db db, long outageId)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var after = "";
        while (true)
        {
            var page = OutageStore.Devices(db, outageId, Page.MaxRows, after);
            found.UnionWith(page.Where(d => d.UpAt == 0 && d.Customer.Length > 0).Select(d => d.Customer));
            if (page.Count < Page.MaxRows)
                return found;
            after = page[^1].Device;
        }
    }

    /// <summary>Customers and, after them, subscribers.</summary>
    private static IEnumerable<CustomerRow> Customers(Db db, IReadOnlyCollection<string> ids) =>
        ids.Where(id => Subscribers.IdOf(id) == 0).Order(StringComparer.Ordinal).Chunk(500).SelectMany(chunk => CustomerStore.FindAll(db, chunk))
            .Concat(ids.Where(id => Subscribers.IdOf(id) > 0).Order(StringComparer.Ordinal).Select(id => Subscribers.Recipient(db, id)).OfType<CustomerRow>());

    /// <summary>Whoever is no customer reads what the status page says.</summary>
    private static NoticeFacts ForStrangers(NoticeFacts facts, OutageRow outage) => facts with
    {
        Title = PublicWords.Clean(facts.Title, outage.Segment, "Service disrupted"),
        Place = PublicWords.Clean(facts.Place, outage.Segment, ""),
        Cause = PublicWords.Clean(facts.Cause, outage.Segment, ""),
        Workaround = PublicWords.Clean(facts.Workaround, outage.Segment, ""),
    };

    private NoticeFacts FactsOf(OutageRow outage) => new NoticeFacts
    {
        Title = outage.Title,
        Place = outage.Place,
        Since = outage.BeganAt,
        Outage = outage.Id,
        NextUpdate = outage.NextUpdateAt,
        Cause = outage.Cause,
        Workaround = outage.Workaround,
        EstimateFrom = outage.EstimateFrom,
        EstimateUntil = outage.EstimateUntil,
        ByLanguage = WordsOf(outage.Rule),
    }.With(DisruptionOf(outage.Rule));

    private static bool WasOrIsBeingTold(NoticeRow notice) => notice.WasTold || notice.State is "Sending" or "Retrying";

    private sealed record OutageIntent(string Status, long Revision)
    {
        /// <summary>A person wrote something.</summary>
        public bool News { get; init; }

        /// <summary>The estimate that was told before, where it is another one now; 0 for none.</summary>
        public long WasFrom { get; init; }
        public long WasUntil { get; init; }

        /// <summary>Of what was left over of it: the device that answers again, and since when; empty: all of it.</summary>
        public string Device { get; init; } = "";
        public long UpAt { get; init; }

        /// <summary>Whose that device was, where they have it no more.</summary>
        public string Seller { get; init; } = "";
    }
}
