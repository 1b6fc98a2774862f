using System.Globalization;
using System.Net.Mime;
using System.Text;
using B2D.Core;
using B2D.Core.Webhooks;
using B2D.ProactiveWorker.Notices;
using B2D.Storage;
using B2D.Storage.Alarms;
using B2D.Storage.Devices;
using B2D.Storage.Webhooks;
using Microsoft.Extensions.Logging;

namespace B2D.ProactiveWorker.Webhooks;

/// <summary>A signed message on its way to a receiver (Standard Webhooks 1.0).</summary>
public sealed record WebhookPost(string Url, string Id, long UnixSeconds, string Signature, string Body);

/// <summary>Posts to other systems.</summary>
public interface IWebhookPoster
{
    /// <summary>Posts one; never throws for what the other side does.</summary>
    /// <exception cref="OperationCanceledException">It was called back.</exception>
    Task<(PostAnswer Answer, string Error)> PostAsync(WebhookPost post, CancellationToken cancellation);
}

/// <summary>Posts by HTTP.</summary>
/// <param name="http">Follows no redirect: what is signed goes where it was meant to.</param>
public sealed class HttpPoster(HttpClient http, TimeSpan timeout) : IWebhookPoster
{
    public async Task<(PostAnswer Answer, string Error)> PostAsync(WebhookPost post, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, post.Url) { Content = new StringContent(post.Body, Encoding.UTF8, MediaTypeNames.Application.Json) };
        request.Headers.Add("webhook-id", post.Id);
        request.Headers.Add("webhook-timestamp", post.UnixSeconds.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", post.Signature);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(timeout);
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            var code = (int)answer.StatusCode;
            return code switch
            {
                >= 200 and < 300 => (PostAnswer.Taken, ""),
                410 => (PostAnswer.Gone, "receiver answered 410: it wants no more"),
                // That it does not let us in, or is not there, is about the receiver and not about the message.
                400 or 409 or 413 or 415 or 422 => (PostAnswer.Refused, $"receiver answered {code}"),
                _ => (PostAnswer.Unreachable, $"receiver answered {code}"),
            };
        }
        catch (HttpRequestException e)
        {
            return (PostAnswer.Unreachable, $"the receiver {HttpTrouble.Of(e.HttpRequestError)}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (PostAnswer.Unreachable, "the receiver did not answer in time");
        }
    }
}

/// <summary>
/// Tells other systems what happened: at least once, under the same id in every attempt, each subject in its order. A receiver that keeps failing is paused with
/// an alarm, and what happens meanwhile waits for it.
/// </summary>
/// <param name="poster">Null: nothing is posted from here.</param>
public sealed partial class WebhookLoop(Database state, IWebhookPoster? poster, SecretSeal seal, ReceiverOptions options, TimeProvider time, ILogger<WebhookLoop> log)
{
    /// <summary>The kind of the alarm of a paused receiver.</summary>
    public const string AlarmKind = "WebhookPaused";

    /// <summary>Messages to one receiver at once.</summary>
    private const int AtOnce = 8;

    /// <summary>So often what is new is looked for while somebody takes long to answer.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);

    private readonly DueWatch watch = new(state);

    /// <summary>What is on its way, by receiver: a slow one keeps no other waiting.</summary>
    private readonly Dictionary<long, Task> posting = [];

    /// <summary>One turn, which lasts until everything that is on its way has its answer; true where there may be more to do at once.</summary>
    public async Task<bool> PumpAsync(CancellationToken cancellation)
    {
        var some = Begin(cancellation);
        await EndedAsync().ConfigureAwait(false);
        while (posting.Count > 0)
        {
            using (var look = CancellationTokenSource.CreateLinkedTokenSource(cancellation))
            {
                await Task.WhenAny(posting.Values.Append(Task.Delay(LookEvery, time, look.Token))).ConfigureAwait(false);
                await look.CancelAsync().ConfigureAwait(false);
            }
            await EndedAsync().ConfigureAwait(false);
            // At the end nothing new begins, and what is on its way is called back.
            if (cancellation.IsCancellationRequested)
                await Task.WhenAll(posting.Values).ConfigureAwait(false);
            else
                some |= Begin(cancellation);
            await EndedAsync().ConfigureAwait(false);
        }
        return some;
    }

    /// <summary>Sends what is due to receivers to whom nothing is on its way; true where something is.</summary>
    private bool Begin(CancellationToken cancellation)
    {
        var now = ServerTime.From(time.GetUtcNow());
        if (poster is null || !watch.Any(now, WebhookStore.HasWaiting))
            return false;
        // One is enough to see whether it answers again.
        var (isNew, batches) = state.Read(db => (WebhookStore.HasNew(db), WebhookStore.Due(db, now.EpochMs).Where(id => !posting.ContainsKey(id)).Select(id => WebhookStore.Find(db, id)!)
            .Select(r => (Receiver: r, Deliveries: WebhookStore.Next(db, r.Id, now.EpochMs, r.Failures > 0 ? 1 : AtOnce))).Where(b => b.Deliveries.Count > 0).ToArray()));
        if (isNew)
            state.Write(db => WebhookStore.Stamp(db, now.EpochMs));
        foreach (var (receiver, deliveries) in batches)
            posting[receiver.Id] = TellAsync(receiver, deliveries, now, cancellation);
        return batches.Length > 0;
    }

    /// <summary>Forgets what has its answer.</summary>
    private async Task EndedAsync()
    {
        foreach (var (receiver, ended) in posting.Where(p => p.Value.IsCompleted).ToArray())
        {
            posting.Remove(receiver);
            await ended.ConfigureAwait(false);
        }
    }

    /// <summary>Sends some messages to a receiver and writes down what became of them; what is called back is as if it had never left.</summary>
    private async Task TellAsync(ReceiverRow receiver, IReadOnlyList<DeliveryRow> deliveries, ServerTime now, CancellationToken cancellation)
    {
        try
        {
            var answers = await Task.WhenAll(deliveries.Select(d => SendAsync(receiver, d, now, cancellation))).ConfigureAwait(false);
            var after = ServerTime.From(time.GetUtcNow());
            state.Write(db => Mark(db, receiver.Id, [.. deliveries.Zip(answers, (d, a) => (d, a.Answer, a.Error))], after));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // It goes again under its id after the next start.
        }
    }

    /// <summary>What a secret is sealed for.</summary>
    internal static string PurposeOf(long receiver) => string.Create(CultureInfo.InvariantCulture, $"webhook:{receiver}");

    /// <summary>The alarm of a receiver.</summary>
    internal static string AlarmOf(long receiver) => string.Create(CultureInfo.InvariantCulture, $"webhook/{receiver}");

    private async Task<(PostAnswer Answer, string Error)> SendAsync(ReceiverRow receiver, DeliveryRow delivery, ServerTime now, CancellationToken cancellation)
    {
        byte[] key;
        try
        {
            key = seal.Open(receiver.Secret, PurposeOf(receiver.Id));
        }
        catch (StorageException e)
        {
            return (PostAnswer.Unreachable, $"its secret cannot be read: {e.Message}");
        }
        var seconds = now.EpochMs / 1000;
        var at = (delivery.CreatedAt > 0 ? new ServerTime(delivery.CreatedAt) : now).Utc.ToString("O", CultureInfo.InvariantCulture);
        var body = $$"""{"type":"{{delivery.Type}}","timestamp":"{{at}}","data":{{delivery.Data}}}""";
        return await poster!.PostAsync(new WebhookPost(receiver.Url, delivery.MessageId, seconds, WebhookSignature.Sign(key, delivery.MessageId, seconds, body), body), cancellation).ConfigureAwait(false);
    }

    /// <summary>Writes down what a receiver answered at one time.</summary>
    private void Mark(Db db, long receiverId, IReadOnlyList<(DeliveryRow Delivery, PostAnswer Answer, string Error)> posts, ServerTime now)
    {
        // Removed meanwhile; or paused by a person, which stands.
        (DeliveryRow Delivery, PostAnswer Answer, string Error)[] open = [.. posts.Where(p => WebhookStore.FindDelivery(db, p.Delivery.Id) is { State: "Waiting" })];
        if (WebhookStore.Find(db, receiverId) is not { } receiver || open.Length == 0)
            return;
        foreach (var (delivery, answer, problem) in open)
        {
            var attempts = delivery.Attempts + 1;
            var decision = WebhookStep.OfMessage(answer, (int)attempts);
            var phase = answer == PostAnswer.Taken ? "Delivered" : decision.IsDone ? "Failed" : "Waiting";
            WebhookStore.Mark(db, delivery.Id, phase, attempts, phase == "Waiting" ? (now + decision.Delay).EpochMs : 0, phase == "Waiting" ? 0 : now.EpochMs, problem);
        }
        var verdict = WebhookStep.OfReceiver([.. open.Select(p => p.Answer)], (int)receiver.Failures, options.PauseAfter);
        var error = open.Select(p => p.Error).LastOrDefault(e => e.Length > 0) ?? "";
        var pauses = verdict.Pause && receiver.State == "On";
        WebhookStore.Tried(db, receiver.Id, pauses ? "Paused" : receiver.State, pauses ? $"{verdict.Failures} tries failed one after the other; the last: {error}" : receiver.Reason,
            verdict.Failures, Math.Max(receiver.NextAt, (now + verdict.Delay).EpochMs), open.Any(p => p.Answer == PostAnswer.Taken) ? now.EpochMs : null, error.Length > 0 ? error : null);
        if (!pauses)
            return;
        OwnAlarmStore.Raise(db, AlarmOf(receiver.Id), AlarmKind, now.EpochMs, $"Nothing is sent to {receiver.Name} any more: {error}");
        LogPaused(receiver.Name, error);
    }

    [LoggerMessage(3090, LogLevel.Error, "Webhooks to {Receiver} are paused: {Error}")]
    private partial void LogPaused(string receiver, string error);
}
