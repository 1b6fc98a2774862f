using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using B2D.Core;
using B2D.Core.Notices;
using B2D.Core.Rules;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Customers;
using B2D.Storage.Devices;
using B2D.Storage.Faults;
using B2D.Storage.Links;
using B2D.Storage.Notices;
using B2D.Storage.Outbox;

namespace B2D.ProactiveWorker.Notices;

public sealed partial class NoticePlanner
{
    /// <summary>The status of words that a person wrote on a case.</summary>
    internal const string Word = "word";

    /// <summary>The status of what B2D says on a case where a promised word was not written.</summary>
    internal const string NoNews = "no-news";

    /// <summary>The status of a call that a customer asked for.</summary>
    internal const string CallBack = "call-back";

    /// <summary>The status of the question how hard it was.</summary>
    internal const string Survey = "survey";

    /// <summary>The status of the question whether it works again.</summary>
    internal const string Ask = "ask";

    private const string AskTemplate = "case-ask";

    private const int MostFaults = 50;

    /// <summary>They are asked when it has been over for a while.</summary>
    private static readonly TimeSpan SurveyAfter = TimeSpan.FromHours(1);

    /// <summary>The customer of a case that is over is to be asked how hard it was.</summary>
    internal static void PlanSurvey(Db db, CaseRow row, ServerTime now) => Put(db, $"{SurveyKind}/{row.Id}", SurveyKind, $"case:{row.Id}", now + SurveyAfter, now, "");

    /// <summary>The customer of a case whose faults are gone is to be asked whether it works, before it ends.</summary>
    /// <param name="row">As it is from now on: since when they are to be asked makes it another question.</param>
    internal static void PlanAsk(Db db, CaseRow row, ServerTime now) => Put(db, $"{AskKind}/{row.Id}/{row.AskedAt}", AskKind, $"case:{row.Id}", now, now, "");

    /// <summary>The customer of a case is to hear what a person wrote, or that there is no news yet, and when the next word comes where one is promised.</summary>
    /// <param name="row">As it is from now on: its count of words is the revision.</param>
    /// <param name="text">Empty: there is no news.</param>
    internal static void PlanCase(Db db, CaseRow row, string text, ServerTime now) =>
        Put(db, $"{CaseKind}/{row.Id}/{row.Words}", CaseKind, $"case:{row.Id}", now, now, new CaseIntent(row.Customer, row.Words, text, row.WordAt));

    /// <summary>Why words on a case are not to be sent any more; null while they are.</summary>
    internal static string? NoLongerOfCase(Db db, NoticeRow notice, long caseId)
    {
        if (CaseStore.Find(db, caseId) is not { } row || row.Customer != notice.Customer || !IsStillTheirs(db, row))
            return "the device was another’s before it";
        if (notice.Status is Word or CallBack)
            return null;
        if (notice.Status == Ask)
            return row.AskedAt == notice.Revision && CaseStore.OpenStates.Contains(row.State) ? null : "it was answered before it";
        if (notice.Status == Survey)
            return CaseStore.OpenStates.Contains(row.State) ? "it was not over before it" : SurveyStore.Find(db, caseId) is { AnsweredAt: 0 } ? null : "they had answered before it";
        return row.Words != notice.Revision ? "somebody had written before it" : CaseStore.OpenStates.Contains(row.State) ? null : "it was over before it";
    }

    /// <summary>To whoever the words were for, while the device is still theirs.</summary>
    private string TellCase(Db db, long caseId, CaseIntent intent, ServerTime now)
    {
        if (CaseStore.Find(db, caseId) is not { } row || row.Customer != intent.Customer || !IsStillTheirs(db, row))
            return "no longer theirs";
        if (CustomerStore.Find(db, intent.Customer) is not { } customer)
            return "owner unknown";
        var facts = new NoticeFacts
        {
            Device = row.Device,
            Title = row.Title,
            Since = row.OnsetAt > 0 ? row.OnsetAt : row.OpenedAt,
            Case = row.Id,
            Words = intent.Text,
            News = intent.Text.Length > 0,
            NextUpdate = intent.NextAt,
            // The title in their language; the words are the agent's own.
            ByLanguage = WordsOf(row.Rule).ToImmutableSortedDictionary(w => w.Key, w => new RuleWords(w.Value.Title)),
        };
        var opened = row.OpenedAt.ToString(CultureInfo.InvariantCulture);
        return ledger.Write(db, new Telling(customer, $"case:{row.Id}", opened, facts.News ? Word : NoNews, intent.Revision, "case-update", facts), now);
    }

    private string TellAsk(Db db, long caseId, ServerTime now)
    {
        if (CaseStore.Find(db, caseId) is not { AskedAt: > 0 } row || !CaseStore.OpenStates.Contains(row.State) || !IsStillTheirs(db, row) || CustomerStore.Find(db, row.Customer) is not { } customer)
            return "no longer true";
        var faults = FaultStore.List(db, new FaultFilter { CaseId = row.Id, Limit = MostFaults });
        if (faults.Any(f => NoticeStore.List(db, new NoticeFilter { Subject = SubjectOf(f), Customer = customer.Id, Limit = MostFaults }).Any(n => n.Episode == f.Episode)))
            return "the all-clear asks";
        var facts = new NoticeFacts { Device = row.Device, Title = row.Title, Case = row.Id, Until = faults.Select(f => f.ClearedAt).DefaultIfEmpty().Max(), ByLanguage = WordsOf(row.Rule) };
        return ledger.Write(db, new Telling(customer, $"case:{row.Id}", row.OpenedAt.ToString(CultureInfo.InvariantCulture), Ask, row.AskedAt, AskTemplate, facts), now);
    }

    private string TellSurvey(Db db, long caseId, ServerTime now)
    {
        if (CaseStore.Find(db, caseId) is not { } row || CaseStore.OpenStates.Contains(row.State) || !IsStillTheirs(db, row) || CustomerStore.Find(db, row.Customer) is not { } customer)
            return "no longer true";
        var facts = new NoticeFacts { Device = row.Device, Title = row.Title, Case = row.Id, Until = row.ResolvedAt, ByLanguage = WordsOf(row.Rule) };
        return ledger.Write(db, new Telling(customer, $"survey:{row.Id}", "1", Survey, 1, Survey, facts) { Class = NoticeClass.Survey }, now);
    }

    /// <summary>Whether the device of a case still belongs to the case's customer.</summary>
    internal static bool IsStillTheirs(Db db, CaseRow row) => (DeviceStore.Find(db, row.Device)?.Customer ?? row.Customer) == row.Customer;

    /// <summary>Whether an intent of words on a case is for a customer.</summary>
    internal static bool IsFor(OutboxRow intent, string customer) => intent.Body.Length > 2 && JsonSerializer.Deserialize<CaseIntent>(intent.Body)?.Customer == customer;

    private sealed record CaseIntent(string Customer, long Revision, string Text, long NextAt);
}
