using B2D.Console.Commands;
using B2D.Console.Devices;
using B2D.Console.Faults;
using B2D.Console.Notices;
using B2D.Console.Shell;
using B2D.Core.Rules;

namespace B2D.Console.Cases;

/// <summary>A case as the API shows it in lists.</summary>
internal record CaseItem(CaseLine Line)
{
    // The row itself is no part of the answer: only properties of the record's own are.
    private CaseLine Line { get; } = Line;

    public long Id => Line.Id;
    public string State => Line.State;
    public string Title => Line.Title;
    public string Device => Line.Device;
    public string? Model => Line.Model;
    public string Customer => Line.Customer;
    public string Family => Line.Family;
    public string Rule => Line.Rule;
    public string RuleVersion => Line.RuleVersion;
    public string Episode => Line.Episode;
    public string Severity => Line.Severity.ToString().ToLowerInvariant();
    public bool Safety => Line.Class == FaultClass.Safety;
    public int Priority => Line.Priority;
    public string Queue => Line.Queue;
    public string Segment => Line.Segment;
    public string Assignee => Line.Assignee;
    public string? OpenedAt => Words.IsoOrNull(Line.OpenedAt);

    /// <summary>By the device's clock.</summary>
    public string? OnsetAt => Words.IsoOrNull(Line.OnsetAt);
    public string? LastSeenAt => Words.IsoOrNull(Line.LastSeenAt);
    public string WaitingFor => Line.WaitingFor;
    public string? WaitingUntil => Words.IsoOrNull(Line.WaitingUntil);
    public string? ResolvedAt => Words.IsoOrNull(Line.ResolvedAt);
    public string? ClosedAt => Words.IsoOrNull(Line.ClosedAt);
    public string Disposition => Line.Disposition;
    public long Recurrences => Line.Recurrences;
    public long Reopened => Line.Reopened;
    public long? OutageId => Line.OutageId == 0 ? null : Line.OutageId;
    public string Summary => Line.Summary;
    public string NextStep => Line.NextStep;
    public long Version => Line.Version;
}

/// <summary>One reading of a case's evidence; the time is the device's, as text and in epoch milliseconds.</summary>
internal sealed record EvidenceItem(string Metric, string? At, long AtMs, object Value);

/// <summary>One step of a case. States: Open, Done, Skipped.</summary>
internal sealed record StepItem(long Id, int Position, string Text, string State, string AddedBy, string DoneBy, string? DoneAt, bool Standard);

/// <summary>One line of what happened.</summary>
internal sealed record TimelineItem(long Id, string At, string Kind, string Text, string Who);

/// <summary>A case with everything that belongs to it.</summary>
internal sealed record CaseDetail(CaseLine Line) : CaseItem(Line)
{
    /// <summary>What a person reads first.</summary>
    public required string Sentence { get; init; }

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
        RuleText = record.Rule?.Text,
        RuleCurrentVersion = record.Rule?.Version,
        Evidence = [.. record.Evidence.Select(e => new EvidenceItem(e.Metric, Words.IsoOrNull(e.At), e.At, e.Number is { } n ? n : e.Value))],
        Faults = [.. record.Faults.Select(FaultsApi.Item)],
        Steps = [.. record.Steps.Select(s => new StepItem(s.Id, s.Position, s.Text, s.State, s.AddedBy, s.DoneBy, Words.IsoOrNull(s.DoneAt), s.Standard))],
        Timeline = [.. record.Timeline.Select(t => new TimelineItem(t.Id, Words.Iso(t.At), t.Kind, t.Text, t.Who))],
        Notices = [.. record.Notices.Select(n => NoticesApi.Item(n.Row, n.Words))],
        Commands = [.. record.Tried.Select(CommandsApi.Item)],
    };
}
