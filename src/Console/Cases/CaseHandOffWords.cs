using B2D.Console.Shell;
using B2D.Core;
using B2D.Core.Cases;
using B2D.Core.Customers;

namespace B2D.Console.Cases;

/// <summary>What a hand-off says by itself, from what the case's page shows.</summary>
internal static class CaseHandOffWords
{
    public static HandOffWords Draft(CaseRecord record, long now, TimeZoneInfo zone)
    {
        var row = record.Case;
        var steps = record.Steps.Where(s => s.State == "Done").Select(s => new HandOffLine(s.Text, s.DoneBy, new ServerTime(s.DoneAt)));
        var tried = record.Tried.Select(c => new HandOffLine($"{Words.Sentence(c.Name.Replace('_', ' '))}, {CaseSentence.Outcome(c)}",
            c.RequestedBy.StartsWith("rule ", StringComparison.Ordinal) ? "B2D" : c.RequestedBy, new ServerTime(c.CreatedAt)));
        var told = record.Notices.Where(n => n.Row is { State: "Sent", SentAt: > 0 }).Select(n => new HandOffLine(
            $"{(Carer.Is(n.Row.Customer) ? "Carer" : "Customer")} told by {CaseSentence.Channel(n.Row.Channel)}: {Words.Cut(n.Words?.Text ?? n.Row.Status.Replace('-', ' '), 160)}", "", new ServerTime(n.Row.SentAt)));
        var waits = row.State == "Waiting";
        return HandOffDraft.Of(
            new HandOffFacts(
                [.. steps, .. tried, .. told],
                [.. record.Steps.Where(s => s.State == "Open").Select(s => s.Text)],
                row.WaitingFor,
                waits ? new ServerTime(row.WaitingUntil) : ServerTime.Zero,
                new ServerTime(row.WordAt),
                row.WordWhat,
                record.HandOff is { } left ? new HandOffWords(left.Finished, left.StillOpen, left.Promised) : null),
            at => Words.Point(at.EpochMs, now, zone));
    }
}
