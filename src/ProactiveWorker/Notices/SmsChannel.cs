using System.Text;
using System.Text.Json;
using B2D.Core.Notices;

namespace B2D.ProactiveWorker.Notices;

/// <summary>Texts through a provider's own HTTP interface.</summary>
public sealed class SmsChannel(HttpClient http, SmsOptions options) : INoticeChannel
{
    private const int MaxAnswer = 64 * 1024;

    private readonly HashSet<string> permanent = [.. options.PermanentErrors.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    public bool Carries(string channel) => channel == "sms";

    public async Task<SendOutcome> SendAsync(Outgoing notice, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(new HttpMethod(options.Method), options.Url) { Content = new StringContent(BodyOf(notice), Encoding.UTF8, options.ContentType) };
        foreach (var header in options.Headers)
            request.Headers.TryAddWithoutValidation(header.Name, header.Value);
        // Providers that know it do not send a repetition a second time.
        request.Headers.TryAddWithoutValidation("Idempotency-Key", notice.Id);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(options.Timeout);
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            var code = (int)answer.StatusCode;
            var error = options.ErrorAt.Length > 0 ? ErrorIn(await ReadAsync(answer, limit.Token).ConfigureAwait(false)) : "";
            if (answer.IsSuccessStatusCode && error.Length == 0)
                return SendOutcome.Ok;
            if (permanent.Contains(error))
                return new SendOutcome(false, false, $"provider: error {error}");
            // That it does not let us in, or does not know the address, is about us and not about the number; where it names its errors, those alone are final.
            var isOurs = code is 401 or 402 or 403 or 404 or 405 or 408 or 415 or 425 or 429 or >= 500;
            return new SendOutcome(false, isOurs || options.ErrorAt.Length > 0 || answer.IsSuccessStatusCode, error.Length > 0 ? $"provider answered {code}, error {error}" : $"provider answered {code}");
        }
        catch (HttpRequestException e)
        {
            return new SendOutcome(false, true, $"the provider {HttpTrouble.Of(e.HttpRequestError)}") { Unanswered = !WebhookChannel.NeverLeft(e.HttpRequestError) };
        }
        catch (OperationCanceledException)
        {
            return SendOutcome.NoAnswer("the provider did not answer in time");
        }
    }

    /// <summary>The body with what belongs in it, each as a JSON text or as a form's value: no text can become a part of its form.</summary>
    internal string BodyOf(Outgoing notice)
    {
        var text = SmsText.Fit(notice.Text, options.MostParts).Text;
        var number = string.Concat(notice.Address.Where(c => char.IsAsciiDigit(c) || c == '+'));
        var body = new StringBuilder();
        for (var at = 0; at < options.Body.Length;)
        {
            var (name, value) = options.Body.AsSpan(at) switch
            {
                var rest when rest.StartsWith("{to}") => ("{to}", number),
                var rest when rest.StartsWith("{text}") => ("{text}", text),
                var rest when rest.StartsWith("{id}") => ("{id}", notice.Id),
                _ => ("", ""),
            };
            if (name.Length == 0)
                body.Append(options.Body[at++]);
            else
                body.Append(options.IsForm ? Uri.EscapeDataString(value) : JsonSerializer.Serialize(value));
            at += name.Length;
        }
        return body.ToString();
    }

    private string ErrorIn(string answer)
    {
        try
        {
            using var json = JsonDocument.Parse(answer);
            var at = json.RootElement;
            foreach (var name in options.ErrorAt.Split('.'))
            {
                if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at))
                    return "";
            }
            return at.ValueKind switch { JsonValueKind.Null or JsonValueKind.False or JsonValueKind.Undefined => "", JsonValueKind.String => Cut(at.GetString()!), _ => Cut(at.GetRawText()) };
        }
        catch (JsonException)
        {
            return "";
        }
    }

    private static string Cut(string text) => text.Length <= 40 ? text : text[..40];

    private static async Task<string> ReadAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        using var body = await answer.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        var buffer = new byte[MaxAnswer];
        var length = await body.ReadAtLeastAsync(buffer, MaxAnswer, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }
}
