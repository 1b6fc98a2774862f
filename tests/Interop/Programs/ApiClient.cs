using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Xunit;

namespace B2D.Interop.Programs;

/// <summary>A client of the JSON API, with a key or without.</summary>
internal sealed class ApiClient : IDisposable
{
    private readonly HttpClient http;

    public ApiClient(string url, string? key)
    {
        http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(url), Timeout = TimeSpan.FromSeconds(30) };
        if (key is not null)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <summary>The answer's JSON; anything but success fails the test.</summary>
    public async Task<JsonElement> GetAsync(string path)
    {
        var (status, body) = await TryGetAsync(path);
        Assert.True((int)status is >= 200 and < 300, $"GET {path} answered {(int)status}: {body}");
        return JsonElement.Parse(body);
    }

    public async Task<(HttpStatusCode Status, string Body)> TryGetAsync(string path)
    {
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative));
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>All items of a list, over all its parts.</summary>
    public async Task<List<JsonElement>> ListAsync(string path)
    {
        var items = new List<JsonElement>();
        for (var cursor = ""; ;)
        {
            var after = cursor.Length > 0 ? $"&cursor={Uri.EscapeDataString(cursor)}" : "";
            var part = await GetAsync($"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit=200{after}");
            items.AddRange(part.Items("items"));
            cursor = part.Text("next");
            if (cursor.Length == 0)
                return items;
        }
    }

    public async Task<(HttpStatusCode Status, string Body)> PostAsync(string path, object body)
    {
        using var content = JsonContent.Create(body);
        using var answer = await http.PostAsync(new Uri(path, UriKind.Relative), content);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public void Dispose() => http.Dispose();
}
