using B2D.Core;
using B2D.Core.Customers;
using B2D.Core.Notices;
using B2D.ProactiveWorker.Links;
using B2D.ProactiveWorker.Subscriptions;
using B2D.Storage;
using B2D.Storage.Customers;
using B2D.Storage.Devices;
using B2D.Storage.Dues;
using B2D.Storage.Faults;
using B2D.Storage.Notices;
using B2D.Storage.Outages;
using Microsoft.Extensions.Logging;

namespace B2D.ProactiveWorker.Notices;

/// <summary>
/// Sends what the ledger holds: marked as leaving, then sent, then marked as sent. Killed in between it sends again with the same message id;
/// it never skips one. What became untrue before it left is not sent.
/// </summary>
public sealed partial class NoticeSender(Database state, IReadOnlyList<INoticeChannel> channels, Ledger ledger, NoticePlanner planner, Templates templates, CustomerLinks links, NoticeOptions options, TimeProvider time, ILogger<NoticeSender> log)
{
    private readonly DueWatch watch = new(state);

    /// <summary>Sent since the start, for /metrics.</summary>
    public long Sent { get; private set; }

    /// <summary>Failed tries since the start, for /metrics.</summary>
    public long Failures { get; private set; }

    /// <summary>One turn; true where there may be more to do at once.</summary>
    public async Task<bool> PumpAsync(CancellationToken cancellation)
    {
        var now = ServerTime.From(time.GetUtcNow());
        if (!watch.IsDue(now, db => StopSwitch.Read(db).Stopped ? null : NoticeStore.NextSendAt(db)))
            return false;
        var (batch, more) = state.Write(db => Take(db, now));
        var outcomes = await Task.WhenAll(batch.Select(b => SendAsync(b.Outgoing, cancellation))).ConfigureAwait(false);
        var after = ServerTime.From(time.GetUtcNow());
        state.Write(db =>
        {
            for (var i = 0; i < batch.Count; i++)
                Mark(db, batch[i].Row, outcomes[i], after);
        });
        return more || batch.Count == options.AtOnce;
    }

    /// <summary>What leaves now, and whether more may leave as soon as that has left: of one customer only one does at a time, or they may read the last first.</summary>
    private (List<(NoticeRow Row, Outgoing Outgoing)> Batch, bool More) Take(Db db, ServerTime now)
    {
        var taken = new List<(NoticeRow, Outgoing)>();
        var more = false;
        if (StopSwitch.Read(db).Stopped)
            return (taken, more);
        var customers = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in NoticeStore.NextToSend(db, now.EpochMs, options.AtOnce))
        {
            if (customers.Contains(row.Customer))
            {
                more = true;
                continue;
            }
            if (NoticeTruth.Untrue(db, row, now) is { } why)
            {
                // What may have arrived is not repeated, but counts as told: the all-clear follows it.
                if (row.State == nameof(NoticePhase.Sending))
                    NoticeStore.Mark(db, row.Id, nameof(NoticePhase.Sent), sentAt: now.EpochMs, reason: $"{NoticeRow.MayHaveArrived}; {why} could be confirmed");
                else
                    NoticeStore.Mark(db, row.Id, nameof(NoticePhase.Suppressed), reason: $"{why} was told");
                continue;
            }
            if (Recipients.Find(db, row.Customer) is not { } customer)
            {
                NoticeStore.Mark(db, row.Id, nameof(NoticePhase.Suppressed), reason: Subscribers.IdOf(row.Customer) > 0 ? "they had ended it before it was told"
                    : Carer.Is(row.Customer) ? "they care for the customer no more" : "the customer was erased");
                continue;
            }
            // They may have written STOP since. What may have arrived already is repeated under its id all the same, until it is known.
            if (row.State != nameof(NoticePhase.Sending) && ledger.Unwanted(db, row) is { } unwanted)
            {
                NoticeStore.Mark(db, row.Id, nameof(NoticePhase.Suppressed), reason: unwanted);
                continue;
            }
            var (leavesAt, _) = ledger.LeavesAt(customer, NoticeClasses.Of(row.Class) ?? NoticeClass.Case, now, now);
            if (leavesAt > now)
            {
                NoticeStore.Mark(db, row.Id, row.State, nextAttemptAt: leavesAt.EpochMs);
                continue;
            }
            if (NoticeTruth.NotBefore(db, row, now) is { } later)
            {
                NoticeStore.Mark(db, row.Id, row.State, nextAttemptAt: later.EpochMs);
                continue;
            }
            var facts = planner.FactsNow(db, row, customer, now);
            if (Render(db, facts is null ? row : row with { Facts = facts }, customer, now) is not { } outgoing)
            {
                NoticeStore.Mark(db, row.Id, nameof(NoticePhase.Failed), error: $"there is no template '{row.Template}'");
                LogFailed(row.Id, row.Channel, $"there is no template '{row.Template}'");
                continue;
            }
            // A row found in Sending was on its way when the program was killed or no answer came; it goes again with the same id.
            NoticeStore.Mark(db, row.Id, nameof(NoticePhase.Sending), attempts: row.Attempts + 1, facts: facts);
            taken.Add((row with { Attempts = row.Attempts + 1, Facts = facts ?? row.Facts }, outgoing));
            customers.Add(row.Customer);
        }
        return (taken, more);
    }

    /// <summary>The words with the address. What may have arrived goes again word for word; what never left says it with the text that is live now.</summary>
    private Outgoing? Render(Db db, NoticeRow row, CustomerRow customer, ServerTime now)
    {
        var addresses = links.WordsOf(db, row, customer, now);
        if ((row.State == nameof(NoticePhase.Sending) ? NoticeWordsStore.Find(db, row.Id) : null) is not { } words)
        {
            if (templates.Render(db, row, customer, addresses) is not { } rendered)
                return null;
            words = rendered.ToRow(row, now);
            NoticeWordsStore.Put(db, words);
        }
        var address = row.Channel == "email" ? customer.Email : customer.Phone;
        return new Outgoing(row.Id, row.Channel, row.Customer, address, words.Language, words.Subject, addresses.Into(words.Text), row.Subject, row.Status, now) { Class = row.Class };
    }

    private async Task<SendOutcome> SendAsync(Outgoing notice, CancellationToken cancellation)
    {
        var channel = channels.FirstOrDefault(c => c.Carries(notice.Channel));
        return channel is null
            ? new SendOutcome(false, false, $"no channel '{notice.Channel}' is switched on")
            : await channel.SendAsync(notice, cancellation).ConfigureAwait(false);
    }

    private void Mark(Db db, NoticeRow row, SendOutcome outcome, ServerTime now)
    {
        var happened = outcome switch
        {
            { Sent: true } => NoticeEvent.Accepted,
            { Unanswered: true } => NoticeEvent.Unanswered,
            // An earlier try may have arrived; that this one did not says nothing about it.
            { Retry: true } when row.State == nameof(NoticePhase.Sending) => NoticeEvent.Unanswered,
            { Retry: true } => NoticeEvent.FailedForNow,
            _ => NoticeEvent.FailedForGood,
        };
        var customer = outcome.Sent ? null : Recipients.Find(db, row.Customer);
        // What may have arrived is repeated under its own id; by another channel it would be a second telling, which only danger is worth.
        var perhaps = outcome.Unanswered || row.State == nameof(NoticePhase.Sending);
        var elsewhere = customer is not null && (!perhaps || row.Class == NoticeClass.Safety.Word());
        // So many tries, and another channel is surer than one more of them.
        var most = row.Attempts >= options.FallBackAfter && elsewhere && ledger.HasNext(db, row, customer!) ? options.FallBackAfter : NoticeStep.MaxAttempts;
        var (phase, _, delay) = NoticeStep.Step(NoticePhase.Sending, happened, row.Attempts, most, options.RetryMost);
        if (outcome.Sent)
        {
            NoticeStore.Mark(db, row.Id, nameof(NoticePhase.Sent), sentAt: now.EpochMs);
            Sent++;
            return;
        }
        Failures++;
        // Given up, but once handed over without an answer: whoever may have it is owed the all-clear.
        NoticeStore.Mark(db, row.Id, phase.ToString(), error: outcome.Error, nextAttemptAt: (now + delay).EpochMs, reason: perhaps && phase == NoticePhase.Failed ? $"{NoticeRow.MayHaveArrived}; {row.Reason}" : null);
        if (phase != NoticePhase.Failed)
            return;
        LogFailed(row.Id, row.Channel, outcome.Error);
        if (elsewhere && NoticeTruth.Untrue(db, row, now) is null)
            ledger.FallBack(db, row, customer!, now);
    }

    [LoggerMessage(3030, LogLevel.Error, "Notice {Id} could not be sent by {Channel}: {Error}")]
    private partial void LogFailed(string id, string channel, string error);
}
