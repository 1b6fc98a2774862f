using System.Globalization;
using System.Text.Json;
using B2D.Core;
using B2D.Core.Maintenance;
using B2D.Core.Notices;
using B2D.ProactiveWorker.Notices;
using B2D.Storage;
using B2D.Storage.Customers;
using B2D.Storage.Maintenance;
using B2D.Storage.Notices;

namespace B2D.ProactiveWorker.Maintenance;

/// <summary>Writes what customers are told of planned work into the ledger, under the number of the work that leads, the first where several are told as one.</summary>
public sealed class PlannedWords(Ledger ledger, NoticePlanner planner)
{
    /// <summary>The statuses of the ledger: told ahead, reminded, its times are others, it does not take place, theirs does not answer yet. The end is <c>all-clear</c>.</summary>
    internal const string Planned = "planned";
    internal const string Reminder = "reminder";
    internal const string Moved = "moved";
    internal const string CalledOff = "called-off";
    internal const string Late = "late";

    private static readonly string[] Saying = [Planned, Moved, Reminder];
    private static readonly string[] Waiting = [nameof(NoticePhase.Due), nameof(NoticePhase.Held), nameof(NoticePhase.Retrying), nameof(NoticePhase.Calling)];

    internal static string SubjectOf(long lead) => string.Create(CultureInfo.InvariantCulture, $"maintenance:{lead}");

    /// <summary>Whether a customer has heard of work under a number, or may have.</summary>
    internal static bool WasTold(Db db, string customer, long lead) => LastSaid(db, customer, lead) is not null;

    /// <summary>The last of its times that a customer has heard, or may have; null: they have heard nothing of it.</summary>
    private static IReadOnlyList<WorkTime>? Heard(Db db, string customer, long lead) =>
        LastSaid(db, customer, lead) is { } said ? JsonSerializer.Deserialize<NoticeFacts>(said.Facts)!.Times : null;

    private static NoticeRow? LastSaid(Db db, string customer, long lead) =>
        Rows(db, customer, lead).FirstOrDefault(n => Saying.Contains(n.Status) && (n.WasTold || n.State == nameof(NoticePhase.Sending)));

    /// <summary>Whether something of it is on its way to them at this moment.</summary>
    internal static bool IsLeaving(Db db, string customer, long lead) => Rows(db, customer, lead).Any(n => n.State == nameof(NoticePhase.Sending));

    /// <summary>What of it waits to be told is not told any more. True where something did.</summary>
    /// <param name="but">A status that is told all the same.</param>
    internal static bool Supersede(Db db, string customer, long lead, string why, ServerTime now, string but = "")
    {
        var waited = false;
        foreach (var notice in Rows(db, customer, lead).Where(n => Waiting.Contains(n.State) && n.Status != but))
        {
            NoticeStore.Mark(db, notice.Id, nameof(NoticePhase.Suppressed), reason: why);
            PhoneTaskClock.Close(db, notice, why, now);
            waited |= Saying.Contains(notice.Status);
        }
        return waited;
    }

    /// <summary>Why so many more wait for a person, and why they are not told at all; both empty where they are told.</summary>
    /// <param name="more">Who are to be told now.</param>
    /// <param name="all">How many are to be told in all, those of now among them; asked where nobody was asked about it yet.</param>
    internal (string Hold, string Stopped) Approval(Db db, long lead, int more, Func<int> all, ServerTime now)
    {
        var known = ApprovalStore.Find(db, SubjectOf(lead), Planned);
        if (known is { Phase: nameof(ApprovalPhase.Offered) })
        {
            // Those whom it counted are told little by little; only who came since makes it more.
            var recipients = more + NoticeStore.Count(db, new NoticeFilter { Subject = SubjectOf(lead), Status = Planned, States = [nameof(NoticePhase.Held)] });
            if (recipients > known.Recipients)
                ApprovalStore.Update(db, known with { Recipients = recipients });
            return ($"offered to a person first: {Math.Max(recipients, known.Recipients)} customers", "");
        }
        return planner.Approval(db, SubjectOf(lead), Planned, known is null && more > 0 ? all() : 0, now) switch
        {
            { Phase: nameof(ApprovalPhase.Offered) } offered => ($"offered to a person first: {offered.Recipients} customers", ""),
            { Phase: nameof(ApprovalPhase.Stopped) } stopped => ("", $"{stopped.Who} stopped it: {stopped.Reason}"),
            _ => ("", ""),
        };
    }

    /// <summary>A customer is told of these windows; who had heard of some of them, or of other times, hears that the times are others.</summary>
    internal bool Say(Db db, CustomerRow customer, long lead, IReadOnlyList<MaintenanceRow> windows, string hold, string stopped, ServerTime now)
    {
        var facts = FactsOf(lead, windows, now);
        if (Heard(db, customer.Id, lead) is { } heard)
            return Move(db, customer, lead, facts, heard, now);
        Supersede(db, customer.Id, lead, "its times changed before it was told", now);
        return Write(db, customer, lead, Planned, facts, now, hold, stopped);
    }

    /// <summary>The first of those to whom work under a number is still to be told since before a time.</summary>
    internal static IReadOnlyList<string> StillWaiting(Db db, long lead, ServerTime before, int limit) => NoticeStore.CustomersWaiting(db, SubjectOf(lead), Planned, before.EpochMs, limit);

    /// <summary>What waits is told as it is now, by a channel that works now; nothing where none of the windows is the customer's any more.</summary>
    internal void SayAgain(Db db, string customer, long lead, IReadOnlyList<MaintenanceRow> windows, ServerTime now)
    {
        Supersede(db, customer, lead, "it began before it was told", now);
        if (windows.Count == 0 || CustomerStore.Find(db, customer) is not { } row)
            return;
        var (hold, stopped) = Approval(db, lead, 0, () => 0, now);
        Write(db, row, lead, Planned, FactsOf(lead, windows, now), now, hold, stopped);
    }

    internal void Remind(Db db, CustomerRow customer, long lead, IReadOnlyList<MaintenanceRow> windows, ServerTime now) =>
        Write(db, customer, lead, Reminder, FactsOf(lead, windows, now), now);

    /// <summary>A customer who was told hears of a change; to whom it was still to be told it is told as it is now. True where something is told.</summary>
    /// <param name="windows">Those that still take place.</param>
    /// <param name="why">The explanation.</param>
    internal bool Change(Db db, CustomerRow customer, long lead, IReadOnlyList<MaintenanceRow> windows, string why, ServerTime now)
    {
        var facts = (windows.Count > 0 ? FactsOf(lead, windows, now) : new NoticeFacts { Work = lead }) with { Why = why.TrimEnd('.') };
        if (Heard(db, customer.Id, lead) is { } heard)
        {
            if (windows.Count > 0)
                return Move(db, customer, lead, facts, heard, now);
            Supersede(db, customer.Id, lead, "it changed before it was told", now);
            return Write(db, customer, lead, CalledOff, facts with { TimesWere = heard }, now);
        }
        if (!Supersede(db, customer.Id, lead, "it changed before it was told", now) || windows.Count == 0)
            return false;
        var (hold, stopped) = Approval(db, lead, 0, () => 0, now);
        return Write(db, customer, lead, Planned, facts with { Why = "" }, now, hold, stopped);
    }

    /// <summary>Whoever heard of it hears that the times are others than those that they heard last, whatever was to be told in between.</summary>
    private bool Move(Db db, CustomerRow customer, long lead, NoticeFacts facts, IReadOnlyList<WorkTime> heard, ServerTime now)
    {
        // Of two at one time one was called off, or it is moved back: nothing changes for them, and a reminder of it stays right.
        var same = facts.Times.SequenceEqual(heard);
        Supersede(db, customer.Id, lead, "it changed before it was told", now, but: same ? Reminder : "");
        return !same && Write(db, customer, lead, Moved, facts with { TimesWere = heard }, now);
    }

    /// <summary>A customer hears that theirs does not answer yet: before the end when the next word comes, after it how to reach us.</summary>
    internal bool SayLate(Db db, CustomerRow customer, long lead, IReadOnlyList<MaintenanceRow> windows, ServerTime next, bool isOver, ServerTime now)
    {
        Supersede(db, customer.Id, lead, "there is newer to tell", now);
        return Write(db, customer, lead, Late, FactsOf(lead, windows, now) with { Over = isOver, NextUpdate = next.EpochMs }, now);
    }

    internal void AllClear(Db db, CustomerRow customer, long lead, IReadOnlyList<MaintenanceRow> windows, ServerTime now)
    {
        Supersede(db, customer.Id, lead, "over before it was told", now);
        Write(db, customer, lead, "all-clear", FactsOf(lead, windows, now) with { TakesDown = 0 }, now);
    }

    /// <summary>Nobody is to decide any more about telling of what is over or does not take place.</summary>
    internal static void NothingToTell(Db db, long lead, ServerTime now)
    {
        if (ApprovalStore.Find(db, SubjectOf(lead), Planned) is { Phase: nameof(ApprovalPhase.Offered) } offered
            && NoticeStore.Count(db, new NoticeFilter { Subject = SubjectOf(lead), States = [nameof(NoticePhase.Held)] }) == 0)
            ApprovalStore.Update(db, offered with { Phase = nameof(ApprovalPhase.Over), DecidedAt = now.EpochMs, Who = "B2D" });
    }

    private bool Write(Db db, CustomerRow customer, long lead, string status, NoticeFacts facts, ServerTime now, string hold = "", string stopped = "")
    {
        var subject = SubjectOf(lead);
        var revision = 1 + NoticeStore.Count(db, new NoticeFilter { Subject = subject, Customer = customer.Id, Status = status });
        var template = status == Planned ? "planned" : $"planned-{status}";
        var became = ledger.Write(db, new Telling(customer, subject, subject, status, revision, template, facts) { Hold = hold, Stopped = stopped }, now);
        return became != nameof(NoticePhase.Suppressed) && !became.StartsWith("in the ledger", StringComparison.Ordinal);
    }

    internal static NoticeFacts FactsOf(long lead, IReadOnlyList<MaintenanceRow> windows, ServerTime now)
    {
        var runs = windows.Any(w => w.HasBegun(now));
        return new NoticeFacts
        {
            Work = lead,
            Title = Joined(windows.Select(w => w.Words), "; "),
            Place = windows.Select(w => w.Place).FirstOrDefault(p => p.Length > 0) ?? "",
            Cause = Joined(windows.Select(w => w.Cause), "; "),
            StillWorks = Joined(windows.Select(w => w.StillWorks), " "),
            Since = windows.Min(w => w.FromAt),
            Until = windows.Max(w => w.UntilAt),
            // Before it begins everything reaches them.
            TakesDown = runs ? (int)windows.Aggregate(0L, (bits, w) => bits | w.TakesDown) : 0,
            Times = Times(SpansOf(windows)),
        };
    }

    private static IReadOnlyList<WorkSpan> SpansOf(IReadOnlyList<MaintenanceRow> windows) => WorkSpans.Merged(windows.SelectMany(w => WorkSpans.Of(w.ToPlan())));

    private static string Joined(IEnumerable<string> texts, string between) => string.Join(between, texts.Where(t => t.Length > 0).Distinct(StringComparer.Ordinal));

    /// <summary>The first of them by name, and how many more there are until when.</summary>
    private static IReadOnlyList<WorkTime> Times(IReadOnlyList<WorkSpan> spans)
    {
        var named = spans.Take(WorkTime.Most).Select(s => new WorkTime(s.From.EpochMs, s.Until.EpochMs));
        return spans.Count > WorkTime.Most ? [.. named, new WorkTime(spans[WorkTime.Most].From.EpochMs, spans[^1].Until.EpochMs, spans.Count - WorkTime.Most)] : [.. named];
    }

    private static IReadOnlyList<NoticeRow> Rows(Db db, string customer, long lead) => NoticeStore.List(db, new NoticeFilter { Subject = SubjectOf(lead), Customer = customer, Limit = Page.MaxRows });
}
