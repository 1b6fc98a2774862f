using B2D.Core;
using B2D.Core.Alarms;
using B2D.ProactiveWorker.Notices;
using Microsoft.Extensions.Logging;

namespace B2D.ProactiveWorker.Alarms;

/// <summary>
/// Tells operators of B2D's own alarms by mail and webhook: when raised, when worse, every few hours while they last, and when over. It keeps what it told in
/// memory and touches no database, so that a full disk stops nothing of it; after a restart it may say once more what lasts.
/// </summary>
public sealed partial class AlarmSender(AlarmLoop alarms, CareOptions options, IReadOnlyList<INoticeChannel> channels, string machine, TimeProvider time, ILogger<AlarmSender> log)
{
    /// <summary>Between two tries of the same word.</summary>
    private static readonly TimeSpan TryAgain = TimeSpan.FromMinutes(1);

    /// <summary>An all-clear that nobody takes for a day is not told any more.</summary>
    private static readonly TimeSpan GiveUp = TimeSpan.FromDays(1);

    private readonly long start = time.GetTimestamp();
    private readonly (string Channel, string Address)[] receivers =
    [
        .. options.Receivers.Select(r => ("email", r)),
        .. options.Webhook.Enabled ? [("webhook", options.Webhook.Url)] : Array.Empty<(string, string)>(),
    ];

    private readonly Dictionary<(string Key, string Address), Told> told = [];
    private readonly Dictionary<string, (OwnAlarm Alarm, TimeSpan At)> over = new(StringComparer.Ordinal);

    /// <summary>How often it looks at least.</summary>
    public static TimeSpan Every { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Words taken by a channel since the start.</summary>
    public long Sent { get; private set; }

    /// <summary>Tries that failed since the start.</summary>
    public long Failures { get; private set; }

    /// <summary>What one receiver knows of one alarm.</summary>
    private sealed record Told(AlarmLevel Level, TimeSpan At, TimeSpan NextTry, int Words);

    /// <summary>One turn; true where there is more to do at once.</summary>
    public async Task<bool> PumpAsync(CancellationToken cancellation)
    {
        var now = time.GetElapsedTime(start);
        foreach (var ended in alarms.TakeOver())
            over[ended.Key] = (ended, now);
        var open = alarms.Open;
        foreach (var alarm in open.Concat(over.Values.Select(o => o.Alarm)).ToArray())
        {
            foreach (var (channel, address) in receivers)
                await TellAsync(alarm, channel, address, now, cancellation).ConfigureAwait(false);
        }
        foreach (var (key, (_, at)) in over.ToArray())
        {
            if (now - at <= GiveUp && receivers.Any(r => told.ContainsKey((key, r.Address))))
                continue;
            over.Remove(key);
            foreach (var (_, address) in receivers)
                told.Remove((key, address));
        }
        return false;
    }

    private async Task TellAsync(OwnAlarm alarm, string channel, string address, TimeSpan now, CancellationToken cancellation)
    {
        var place = (alarm.Key, address);
        var before = told.GetValueOrDefault(place, new Told(AlarmLevel.None, now, TimeSpan.Zero, 0));
        var reason = AlarmTelling.Decide(alarm, before.Level, now - before.At, options.Repeat);
        if (reason == TellReason.None || now < before.NextTry)
        {
            // It ended before this receiver heard of it.
            if (reason == TellReason.None && alarm.Until is not null)
                told.Remove(place);
            return;
        }
        var words = Words(alarm, reason, channel, address, before.Words + 1);
        var outcome = channels.FirstOrDefault(c => c.Carries(channel)) is { } by
            ? await by.SendAsync(words, cancellation).ConfigureAwait(false)
            : new SendOutcome(false, false, $"no channel '{channel}' is switched on");
        if (!outcome.Sent)
        {
            Failures++;
            LogNotTold(alarm.Title, channel, outcome.Error);
            told[place] = before with { NextTry = now + TryAgain, Words = before.Words + 1 };
            return;
        }
        Sent++;
        if (reason == TellReason.Over)
            told.Remove(place);
        else
            told[place] = new Told(alarm.Level, now, TimeSpan.Zero, before.Words + 1);
    }

    private Outgoing Words(OwnAlarm alarm, TellReason reason, string channel, string address, int number)
    {
        var status = reason switch { TellReason.Over => "over", TellReason.StillThere => "still there", _ => alarm.Level == AlarmLevel.Critical ? "critical" : "warning" };
        var text = alarm.Until is { } until
            ? $"""
              {alarm.Title} on {machine}: this is over.

              {alarm.Detail}.

              From {alarm.Since.Utc:yyyy-MM-dd HH:mm:ss} to {until.Utc:yyyy-MM-dd HH:mm:ss} UTC ({AlarmConditions.Span(until - alarm.Since)}).
              """
            : $"""
              {alarm.Title} on {machine}.

              {alarm.Detail}.

              Since {alarm.Since.Utc:yyyy-MM-dd HH:mm:ss} UTC.
              What to do: {alarm.WhatToDo}

              While it lasts, this comes again every {AlarmConditions.Span(options.Repeat)}; when it is over, a last time.
              """;
        var id = $"alarm-{alarm.Key.Replace('/', '-')}-{number}";
        return new Outgoing(id, channel, "", address, "en", $"B2D on {machine}: {alarm.Title}, {status}", text, $"alarm:{alarm.Kind}", status, ServerTime.From(time.GetUtcNow()))
        {
            Type = alarm.Until is null ? "alarm.raised" : "alarm.cleared",
        };
    }

    [LoggerMessage(3063, LogLevel.Warning, "Operators could not be told of '{Title}' by {Channel}: {Error}")]
    private partial void LogNotTold(string title, string channel, string error);
}
