using System.Text.Json;
using B2D.Core;
using B2D.Core.Cases;
using B2D.Core.Outages;
using B2D.ProactiveWorker.Rules;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Cases;
using B2D.Storage.Outages;
using NodaTime;

namespace B2D.ProactiveWorker.Outages;

/// <summary>Until when an outage is to be reviewed, counted in working days.</summary>
/// <param name="Hours">A calendar of the rules; empty: Monday to Friday.</param>
/// <param name="Within">Working days.</param>
/// <param name="From">Customers touched from which one is opened by itself.</param>
/// <param name="Zone">Whose days, without a calendar.</param>
public sealed record ReviewTerms(string Hours, int Within, int From, DateTimeZone Zone)
{
    internal static ReviewTerms Of(WorkerOptions options, string zone) => new(options.ReviewHours, options.ReviewWithin, options.ReviewFrom, DateTimeZoneProviders.Tzdb[zone]);

    /// <summary>Opens the review of an outage that is over now; false where it has one already.</summary>
    internal bool Open(Db db, RuleBook rules, OutageRow outage, string owner, ServerTime now)
    {
        var calendar = Hours.Length > 0 ? rules.Current.Set.Calendar(Hours) : BusinessCalendar.Weekdays(Zone);
        var due = calendar.EndOfDayAfter(now, Within) ?? now + TimeSpan.FromDays(Within);
        return ReviewStore.TryOpen(db, new ReviewRow { OutageId = outage.Id, Owner = owner, OpenedAt = now.EpochMs, DueAt = due.EpochMs });
    }
}

/// <summary>What people do to reviews: every act is one transaction with its line in the outage's timeline and in the audit.</summary>
public sealed class ReviewDesk(Database state, RuleBook rules, ReviewTerms terms, TimeProvider time) : IReviewDesk
{
    public ActOutcome Act(long outageId, int version, ReviewAct act, string who) => state.Write<ActOutcome>(db =>
    {
        var now = ServerTime.From(time.GetUtcNow());
        if (OutageStore.Find(db, outageId) is not { } outage)
            return new ActOutcome.Unknown();
        var row = ReviewStore.Find(db, outageId);
        if (version != (row?.Version ?? 0))
            return new ActOutcome.Conflict((int)(row?.Version ?? 0), "somebody else changed the review in the meantime; look at it again and repeat what is still needed");
        var findings = ReviewStore.Notes(db, outageId).Count(n => n.Kind == nameof(ReviewNoteKind.Finding));
        var isOver = outage is { State: nameof(OutagePhase.Resolved), MergedInto: 0 };
        var (phase, problem) = ReviewStep.Step(row is null ? null : Enum.Parse<ReviewPhase>(row.State), act, isOver, row?.Owner ?? "", findings);
        if (problem.Length == 0)
            problem = Problem(db, outageId, act);
        if (problem.Length > 0)
            return new ActOutcome.Rejected(problem);
        if (row is null)
        {
            terms.Open(db, rules, outage, who, now);
            row = ReviewStore.Find(db, outageId)!;
        }
        else
        {
            Do(db, outageId, act, who, now);
            row = row with
            {
                State = phase.ToString(),
                Owner = act is ReviewAct.Assign assign ? assign.Owner : row.Owner,
                DoneAt = act is ReviewAct.Close ? now.EpochMs : act is ReviewAct.Reopen ? 0 : row.DoneAt,
                DoneBy = act is ReviewAct.Close ? who : act is ReviewAct.Reopen ? "" : row.DoneBy,
            };
            ReviewStore.Update(db, row);
            row = row with { Version = row.Version + 1 };
        }
        var (kind, text) = Words(act);
        TimelineStore.Add(db, new TimelineRow { Subject = $"outage:{outageId}", At = now.EpochMs, Kind = "review", Text = text, Who = who });
        AuditStore.Append(db, now.EpochMs, who, $"review.{kind}", $"outage:{outageId}", Audit(act));
        return new ActOutcome.Done((int)row.Version);
    });

    private static string Problem(Db db, long outageId, ReviewAct act) => act switch
    {
        ReviewAct.Assign a when UserStore.Find(db, a.Owner) is null => $"there is no user {a.Owner}",
        ReviewAct.Plan p when UserStore.Find(db, p.Owner) is null => $"there is no user {p.Owner}",
        ReviewAct.Finish f when ReviewStore.Notes(db, outageId).All(n => n.Id != f.Note || n.Kind != nameof(ReviewNoteKind.Action) || n.DoneAt > 0) => "that is no open action of this review",
        _ => "",
    };

    private static void Do(Db db, long outageId, ReviewAct act, string who, ServerTime now)
    {
        var note = new ReviewNoteRow { OutageId = outageId, Who = who, At = now.EpochMs };
        switch (act)
        {
            case ReviewAct.Find f:
                ReviewStore.AddNote(db, note with { Kind = nameof(ReviewNoteKind.Finding), Text = f.Text });
                break;
            case ReviewAct.Plan p:
                ReviewStore.AddNote(db, note with { Kind = nameof(ReviewNoteKind.Action), Text = p.Text, Owner = p.Owner, DueAt = p.Due.EpochMs });
                break;
            case ReviewAct.Finish f:
                ReviewStore.FinishNote(db, outageId, f.Note, now.EpochMs, who);
                break;
        }
    }

    /// <summary>Never the words: they stand in the review, where they can be taken out.</summary>
    private static string Audit(ReviewAct act) => JsonSerializer.Serialize(act switch
    {
        ReviewAct.Assign a => new { owner = a.Owner },
        ReviewAct.Find f => new { characters = f.Text.Length },
        ReviewAct.Plan p => new { characters = p.Text.Length, owner = p.Owner, due = p.Due.EpochMs },
        ReviewAct.Finish f => new { note = f.Note },
        _ => (object)new { },
    });

    private static (string Kind, string Text) Words(ReviewAct act) => act switch
    {
        ReviewAct.Open => ("open", "Its review was opened"),
        ReviewAct.Assign a => ("assign", $"Its review is {a.Owner}’s"),
        ReviewAct.Find f => ("find", $"Found: {f.Text}"),
        ReviewAct.Plan p => ("plan", $"To do by {p.Owner} until {p.Due}: {p.Text}"),
        ReviewAct.Finish => ("finish", "Something to do because of it was done"),
        ReviewAct.Close => ("close", "Its review is done"),
        _ => ("reopen", "Its review was reopened"),
    };
}
