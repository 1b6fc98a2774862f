using B2D.Console.Commands;
using B2D.Console.Devices;
using B2D.Console.Faults;
using B2D.Console.Notices;
using B2D.Console.Shell;
using B2D.Core.Cases;
using B2D.Core.Rules;

namespace B2D.Console.Cases;

/// <summary>A case as the API shows it in lists.</summary>
internal class CaseItem(CaseLine line)
{
    public long Id => line.Id;
    public string State => line.State;
    public string Title => line.Title;
    public string Device => line.Device;
    public string? Model => line.Model;
    public string Customer => line.Customer;
    public string Family => line.Family;
    public string Rule => line.Rule;
    public string RuleVersion => line.RuleVersion;
    public string Episode => line.Episode;
    public string Severity => line.Severity.ToString().ToLowerInvariant();
    public bool Safety => line.Class == FaultClass.Safety;
    public int Priority => line.Priority;
    public string Queue => line.Queue;
    public string Segment => line.Segment;
    public string Assignee => line.Assignee;
    public string? OpenedAt => Words.IsoOrNull(line.OpenedAt);

    /// <summary>By the device's clock.</summary>
    public string? OnsetAt => Words.IsoOrNull(line.OnsetAt);
    public string? LastSeenAt => Words.IsoOrNull(line.LastSeenAt);
    /// <summary>customer, parts or third-party; empty where it does not wait.</summary>
    public string WaitingKind => line.WaitingKind;
    public string WaitingFor => line.WaitingFor;
    public string? WaitingUntil => Words.IsoOrNull(line.WaitingUntil);
    public string? ResolvedAt => Words.IsoOrNull(line.ResolvedAt);
    public string? ClosedAt => Words.IsoOrNull(line.ClosedAt);
    public string Disposition => line.Disposition;
    /// <summary>The contract that stood when the fault began; empty: none.</summary>
    public string Contract => line.Contract;
    public string? RespondedAt => Words.IsoOrNull(line.RespondedAt);

    /// <summary>Null: nothing is promised, or not known while the clock stands still.</summary>
    public string? ResponseDueAt => Words.IsoOrNull(line.ResponseDueAt);
    public string? RepairDueAt => Words.IsoOrNull(line.RepairDueAt);

    /// <summary>The earlier of those that are still owed.</summary>
    public string? NextDueAt => Words.IsoOrNull(line.NextDueAt);

    /// <summary>Something promised is owed and its time is used up.</summary>
    public bool Late => line.Late;

    /// <summary>When it was handed off, while whoever got it has not read what was left to them.</summary>
    public string? HandedAt => Words.IsoOrNull(line.HandedAt);

    /// <summary>By when the customer was promised the next word, and what about.</summary>
    public string? WordAt => Words.IsoOrNull(line.WordAt);
    public string WordWhat => line.WordWhat;
    public long Recurrences => line.Recurrences;
    public long Reopened => line.Reopened;

    /// <summary>Its fault was healed three times in 14 days.</summary>
    public bool Chronic => line.Chronic;

    /// <summary>The customer depends on the device.</summary>
    public bool DependedOn => line.Care;

    /// <summary>By when something is owed on the open complaint.</summary>
    public string? ComplaintDueAt => Words.IsoOrNull(line.ComplaintDueAt);
    public bool ComplaintLate => line.ComplaintLate;

    /// <summary>The case in which what belongs to this one is read.</summary>
    public long? MergedInto => line.MergedInto == 0 ? null : line.MergedInto;
    public long? OutageId => line.OutageId == 0 ? null : line.OutageId;
    public string Summary => line.Summary;
    public string NextStep => line.NextStep;
    public long Version => line.Version;
}

/// <summary>One reading of a case's evidence; the time is the device's, as text and in epoch milliseconds.</summary>
internal sealed record EvidenceItem(string Metric, string? At, long AtMs, object Value);

/// <summary>One step of a case. States: Open, Done, Skipped.</summary>
internal sealed record StepItem(long Id, int Position, string Text, string State, string AddedBy, string DoneBy, string? DoneAt, bool Standard);

/// <summary>What one agent left to the next, a thing a line. ReadAt null: not read yet.</summary>
internal sealed record HandOffItem(string From, string To, string? At, string Finished, string Open, string Promised, string? ReadAt);

/// <summary>The next step and its odds: it ended so many of those earlier cases of the rule and model in which it was done.</summary>
/// <param name="Reason">nothingOpen, endedMostOften, notKnownYet, noneEnded or consentFirst.</param>
internal sealed record NextItem(long? StepId, string Text, string Reason, int Ended, int Of);

/// <summary>One line of what happened.</summary>
internal sealed record TimelineItem(long Id, string At, string Kind, string Text, string Who);

/// <summary>A case with everything that belongs to it.</summary>
internal sealed class CaseDetail(CaseLine line) : CaseItem(line)
{
    /// <summary>What a person reads first.</summary>
    public required string Sentence { get; init; }

    /// <summary>The last hand-off; null where there was none.</summary>
    public required HandOffItem? HandOff { get; init; }

    /// <summary>What a hand-off would say by itself: done, open and promised, a thing a line.</summary>
    public required HandOffWords Draft { get; init; }
    public required NextItem Next { get; init; }

    /// <summary>What a repair costs the owner, judged at the onset: notKnown, warranty, contract or quote.</summary>
    public required string Entitlement { get; init; }

    /// <summary>The rule as it is now; null where it was removed. Its version then was <see cref="CaseItem.RuleVersion"/>.</summary>
    public required string? RuleText { get; init; }
    public required string? RuleCurrentVersion { get; init; }

    /// <summary>The readings that fired the rule.</summary>
    public required IReadOnlyList<EvidenceItem> Evidence { get; init; }
    public required IReadOnlyList<FaultItem> Faults { get; init; }
    public required IReadOnlyList<StepItem> Steps { get; init; }
    public required IReadOnlyList<TimelineItem> Timeline { get; init; }
    public required IReadOnlyList<NoticeItem> Notices { get; init; }
    public required IReadOnlyList<CommandItem> Commands { get; init; }

    public static CaseDetail Of(CaseRecord record, long now, TimeZoneInfo zone) => new(record.Line)
    {
        Sentence = CaseSentence.Of(record, now, zone),
        HandOff = record.HandOff is { } h ? new(h.FromWho, h.ToWho, Words.IsoOrNull(h.At), h.Finished, h.StillOpen, h.Promised, Words.IsoOrNull(h.ReadAt)) : null,
        Draft = record.Draft,
        Next = new(record.Next.Step.Id == 0 ? null : record.Next.Step.Id, record.Next.Step.Text, Camel(record.Next.Reason.ToString()), record.Next.Odds.Ended, record.Next.Odds.Of),
        Entitlement = Camel(record.Owed.ToString()),
        RuleText = record.Rule?.Text,
        RuleCurrentVersion = record.Rule?.Version,
        Evidence = [.. record.Evidence.Select(e => new EvidenceItem(e.Metric, Words.IsoOrNull(e.At), e.At, e.Number is { } n ? n : e.Value))],
        Faults = [.. record.Faults.Select(FaultsApi.Item)],
        Steps = [.. record.Steps.Select(s => new StepItem(s.Id, s.Position, s.Text, s.State, s.AddedBy, s.DoneBy, Words.IsoOrNull(s.DoneAt), s.Standard))],
        Timeline = [.. record.Timeline.Select(t => new TimelineItem(t.Id, Words.Iso(t.At), t.Kind, t.Text, t.Who))],
        Notices = [.. record.Notices.Select(n => NoticesApi.Item(n.Row, n.Words))],
        Commands = [.. record.Tried.Select(CommandsApi.Item)],
    };

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
