using System.Globalization;
using System.Text.Json;
using B2D.ProactiveWorker.Notices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace B2D.Host.Demo;

/// <summary>The demo's customers: a receiver of signed webhooks that keeps what arrives, as a provider of texts would.</summary>
public sealed class Phones(string secret, TimeProvider time)
{
    /// <summary>Path of the receiver.</summary>
    public const string Path = "/demo/phone";

    private readonly byte[] key = WebhookSignature.TryKey(secret, out var read) ? read : throw new ArgumentException("no webhook secret", nameof(secret));
    private readonly Lock gate = new();
    private readonly List<ReceivedNotice> received = [];

    /// <summary>Everything that arrived, in order.</summary>
    public IReadOnlyList<ReceivedNotice> Received
    {
        get { lock (gate) return [.. received]; }
    }

    /// <summary>Rises with every message.</summary>
    public int Count
    {
        get { lock (gate) return received.Count; }
    }

    /// <summary>Adds the receiver to a web application.</summary>
    public void Map(WebApplication app) => app.MapPost(Path, (Delegate)ReceiveAsync).AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();

    private async Task<IResult> ReceiveAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var body = await reader.ReadToEndAsync(http.RequestAborted);
        var id = http.Request.Headers["webhook-id"].ToString();
        if (!long.TryParse(http.Request.Headers["webhook-timestamp"], CultureInfo.InvariantCulture, out var seconds)
            || !WebhookSignature.Verify(key, id, seconds, body, http.Request.Headers["webhook-signature"].ToString()))
            return Results.Unauthorized();
        using var json = JsonDocument.Parse(body);
        var data = json.RootElement.GetProperty("data");
        var notice = new ReceivedNotice(id, Text("customer"), Text("channel"), Text("to"), Text("about"), Text("status"), Text("title"), Text("text"), time.GetUtcNow().ToUnixTimeMilliseconds());
        lock (gate)
            received.Add(notice);
        return Results.NoContent();

        string Text(string name) => data.GetProperty(name).GetString() ?? "";
    }
}
