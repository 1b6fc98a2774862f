using System.Net.Mime;
using System.Text;
using System.Text.Json;
using B2D.Core;

namespace B2D.ProactiveWorker.Notices;

/// <summary>A rendered notice with the address it goes to. Lives only while it is sent.</summary>
public sealed record Outgoing(string Id, string Channel, string Customer, string Address, string Language, string Subject, string Text, string About, string Status, ServerTime At)
{
    /// <summary>What a webhook is of (Standard Webhooks 1.0).</summary>
    public string Type { get; init; } = $"notice.{Channel}";

    /// <summary>What it is for; empty for what is no notice to a customer.</summary>
    public string Class { get; init; } = "";
}

/// <summary>How a channel took a notice.</summary>
/// <param name="Sent">The channel has it.</param>
/// <param name="Retry">It has not, and a later try may succeed.</param>
/// <param name="Error">In words, without the address.</param>
public readonly record struct SendOutcome(bool Sent, bool Retry, string Error)
{
    public static readonly SendOutcome Ok = new(true, false, "");

    /// <summary>It was handed over and no answer came: it may have arrived all the same.</summary>
    public bool Unanswered { get; init; }

    /// <summary>No answer came in time.</summary>
    public static SendOutcome NoAnswer(string error) => new(false, true, error) { Unanswered = true };
}

/// <summary>A way to reach people.</summary>
public interface INoticeChannel
{
    /// <summary>True for the ledger's channel word.</summary>
    bool Carries(string channel);

    /// <summary>Sends one; never throws for what the other side does.</summary>
    Task<SendOutcome> SendAsync(Outgoing notice, CancellationToken cancellation);
}

/// <summary>Signed webhooks: SMS through a provider, or any other system.</summary>
public sealed class WebhookChannel(HttpClient http, WebhookOptions options, TimeProvider time) : INoticeChannel
{
    private readonly byte[] key = WebhookSignature.TryKey(options.Secret, out var read) ? read : [];

    public bool Carries(string channel) => channel is "sms" or "webhook" || (channel == "email" && options.CarriesEmail);

    public async Task<SendOutcome> SendAsync(Outgoing notice, CancellationToken cancellation)
    {
        var seconds = time.GetUtcNow().ToUnixTimeSeconds();
        var body = JsonSerializer.Serialize(new
        {
            type = notice.Type,
            timestamp = notice.At.Utc.ToString("O", System.Globalization.CultureInfo.InvariantCulture),
            data = new { id = notice.Id, channel = notice.Channel, to = notice.Address, customer = notice.Customer, language = notice.Language, title = notice.Subject, text = notice.Text, about = notice.About, status = notice.Status },
        });
        using var request = new HttpRequestMessage(HttpMethod.Post, options.Url) { Content = new StringContent(body, Encoding.UTF8, MediaTypeNames.Application.Json) };
        request.Headers.Add("webhook-id", notice.Id);
        request.Headers.Add("webhook-timestamp", seconds.ToString(System.Globalization.CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", WebhookSignature.Sign(key, notice.Id, seconds, body));
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(options.Timeout);
            using var answer = await http.SendAsync(request, limit.Token).ConfigureAwait(false);
            var code = (int)answer.StatusCode;
            if (answer.IsSuccessStatusCode)
                return SendOutcome.Ok;
            // 410 Gone: the receiver wants no more of them (Standard Webhooks 1.0); other client errors do not mend themselves either.
            return new SendOutcome(false, code is 408 or 425 or 429 or >= 500, $"receiver answered {code}");
        }
        catch (HttpRequestException e)
        {
            return new SendOutcome(false, true, $"the receiver {HttpTrouble.Of(e.HttpRequestError)}") { Unanswered = !NeverLeft(e.HttpRequestError) };
        }
        catch (OperationCanceledException)
        {
            return SendOutcome.NoAnswer("the receiver did not answer in time");
        }
    }

    /// <summary>There was no connection over which it could have gone.</summary>
    internal static bool NeverLeft(HttpRequestError error) =>
        error is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError;
}
