using B2D.Core;
using B2D.Core.Cases;
using B2D.ProactiveWorker.Rules;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Cases;

namespace B2D.ProactiveWorker.Cases;

/// <summary>"This should not have reached me": it counts in the rule's record, the case stays, and whoever said it is told what came of it.</summary>
public sealed class CaseObjections(Database state, TimeProvider time) : IObjectionDesk
{
    private const int MaxText = 1_000;

    internal static CaseDoing Put(CaseAct.Objection e, string who, RuleBook rules) => Objections.Reasons.All(r => r.Name != e.Reason)
        ? CaseDoing.Wrong($"the reason is one of {string.Join(", ", Objections.Reasons.Select(r => r.Name))}")
        : e.Text.Length > MaxText
        ? CaseDoing.Wrong($"what is said has at most {MaxText:N0} characters")
        : new("Objection", $"{who} says that it should not have reached them ({e.Reason.Replace('-', ' ')}){(e.Text.Length > 0 ? ": " + e.Text : "")}", (db, row, now) =>
        {
            // Of a rule that changed since the case was opened it is the one in force that they judge.
            var version = rules.Current.FaultOf(row.Rule) is >= 0 and var index ? rules.Current.Set.Faults[index].Version : row.RuleVersion;
            ObjectionStore.Put(db, new ObjectionRow { CaseId = row.Id, Rule = row.Rule, RuleVersion = version, Who = who, At = now.EpochMs, Reason = e.Reason, Text = e.Text });
            return (row, "");
        })
        { Detail = new { e.Reason } };

    internal static CaseDoing Seen(string who) => new("SeenOutcome", $"{who} has seen what came of it", (db, row, now) =>
    {
        if (ObjectionStore.OfCase(db, row.Id).FirstOrDefault(o => o.Who == who && o.SeenAt == 0) is not { } mine)
            return (row, "nothing waits to be seen");
        ObjectionStore.SetSeen(db, mine.Id, now.EpochMs);
        return (row, "");
    });

    public ActOutcome Answer(long objectionId, string text, string who) => text.Trim().Length is 0 or > MaxText
        ? new ActOutcome.Rejected($"an answer has 1 to {MaxText:N0} characters")
        : state.Write<ActOutcome>(db =>
        {
            var now = ServerTime.From(time.GetUtcNow());
            if (ObjectionStore.Find(db, objectionId) is not { } row)
                return new ActOutcome.Unknown();
            ObjectionStore.Answer(db, objectionId, text.Trim(), who, now.EpochMs);
            TimelineStore.Add(db, new TimelineRow { Subject = $"case:{row.CaseId}", At = now.EpochMs, Kind = "answer", Text = $"Answer to {row.Who}: {text.Trim()}", Who = who });
            AuditStore.Append(db, now.EpochMs, who, "objection.Answer", $"case:{row.CaseId}");
            return new ActOutcome.Done(0);
        });
}
