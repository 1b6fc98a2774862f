using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using B2D.Console.Access;
using B2D.Core;
using B2D.Host.Options;
using B2D.Storage;
using B2D.Storage.Access;

namespace B2D.Host.Verbs;

/// <summary>
/// How command-line verbs reach a running program: its address and a key made for this run, in a file of the data folder that only its owner can read.
/// The file and the key are gone when the program ends; after a kill the next start makes new ones.
/// </summary>
internal sealed class LocalDoor : IDisposable
{
    private const string FileName = "local-door.json";
    private const string KeyName = "command line of this machine";

    /// <summary>Between taking the data folder and leaving its address a program opens its ports.</summary>
    private static readonly TimeSpan WhileItStarts = TimeSpan.FromSeconds(5);

    private readonly string path;
    private readonly Installation installation;

    private LocalDoor(string path, Installation installation) => (this.path, this.installation) = (path, installation);

    private sealed record Address(string Url, string Key);

    /// <summary>Opens the door of a running program; null without a console.</summary>
    public static LocalDoor? Open(Hosting host, InstallationOptions options)
    {
        if (host.ConsoleUrl is not { } url)
            return null;
        var now = ServerTime.From(host.Installation.Time.GetUtcNow());
        var key = host.Installation.Stores.State.Write(db =>
        {
            // Of a run that was killed.
            KeyStore.Remove(db, KeyName);
            return ApiKeys.Create(db, KeyName, Role.Administrator.Word(), now);
        });
        var path = Path.Combine(options.Data, FileName);
        // Whoever finds it finds it whole.
        var half = path + ".new";
        File.Delete(half);
        var mode = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            mode.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(half, mode))
            JsonSerializer.Serialize(file, new Address(url, key));
        File.Move(half, path, overwrite: true);
        return new LocalDoor(path, host.Installation);
    }

    /// <summary>Does a verb's work on the data folder itself, or through the program that runs over it.</summary>
    /// <exception cref="StorageException">The folder cannot be opened, or the program that runs over it has no console.</exception>
    public static async Task<T> DoAsync<T>(InstallationOptions options, Func<Stores, T> alone, Func<HttpClient, Task<T>> running)
    {
        Stores stores;
        try
        {
            stores = Stores.Open(new StorageOptions { DataFolder = options.Data });
        }
        catch (StorageException e) when (e.Problem == StorageProblem.InUse)
        {
            using var client = await OpenedAsync(options.Data) ?? throw new StorageException(e.Message + " It has no console, so this cannot be handed to it; stop it first.");
            return await running(client);
        }
        using (stores)
            return alone(stores);
    }

    /// <summary>A client of the program that has the data folder, which may be about to leave its address; null where it leaves none.</summary>
    public static async Task<HttpClient?> OpenedAsync(string data)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (Client(data) is { } client)
                return client;
            if (TimeProvider.System.GetElapsedTime(since) >= WhileItStarts)
                return null;
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    /// <summary>A client of the program that has the data folder; null where none left its address.</summary>
    private static HttpClient? Client(string data)
    {
        var path = Path.Combine(data, FileName);
        if (!File.Exists(path))
            return null;
        var address = JsonSerializer.Deserialize<Address>(File.ReadAllText(path))!;
        var client = new HttpClient { BaseAddress = new Uri(address.Url), Timeout = TimeSpan.FromMinutes(10) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", address.Key);
        return client;
    }

    /// <summary>An answer of the running program; where it refused, why.</summary>
    /// <exception cref="HttpRequestException">It refused; the message says so in its words.</exception>
    public static async Task<JsonElement> SaidAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        var said = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation);
        return answer.IsSuccessStatusCode ? said
            : throw new HttpRequestException($"The running program refused: {(said.TryGetProperty("detail", out var why) ? why.GetString() : answer.ReasonPhrase)}");
    }

    public void Dispose()
    {
        File.Delete(path);
        installation.Stores.State.Write(db => KeyStore.Remove(db, KeyName));
    }
}
