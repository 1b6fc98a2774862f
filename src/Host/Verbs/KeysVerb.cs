using System.CommandLine;
using System.Net.Http.Json;
using System.Text.Json;
using B2D.Console.Access;
using B2D.Core;
using B2D.Host.Options;
using B2D.Storage;
using B2D.Storage.Access;

namespace B2D.Host.Verbs;

/// <summary><c>b2d keys create</c>.</summary>
internal static class KeysVerb
{
    public static void AddTo(RootCommand root)
    {
        var name = new Argument<string>("NAME") { Description = "What the key is for; shown in lists and in the audit" };
        var scope = new Option<string>("--scope") { Description = "read, or write (which includes reading)", DefaultValueFactory = _ => "read" };
        scope.AcceptOnlyFromAmong("read", "write");
        var data = Settings.Data();
        var set = Settings.Set();
        var create = new Command("create", "Makes an API key and prints it, this once. Send it as: Authorization: Bearer KEY") { name, scope, data, set };
        create.SetAction((parsed, cancellation) => Settings.Guard(async () =>
        {
            var options = OptionsReader.Read(Directory.GetCurrentDirectory(), Settings.Of(parsed.GetValue(set), ("Data", parsed.GetValue(data))));
            Terminal.WriteLine(await CreateAsync(options, parsed.GetValue(name)!, parsed.GetValue(scope)!, cancellation));
            return 0;
        }));
        root.Add(new Command("keys", "Keys of the API.") { create });
    }

    private static async Task<string> CreateAsync(InstallationOptions options, string name, string scope, CancellationToken cancellation)
    {
        try
        {
            using var stores = Stores.Open(new StorageOptions { DataFolder = options.Data });
            return Create(stores, name, scope, ServerTime.From(TimeProvider.System.GetUtcNow()), "command line");
        }
        catch (StorageException e) when (e.Problem == StorageProblem.InUse)
        {
            using var running = LocalDoor.Client(options.Data) ?? throw new StorageException(e.Message + " It has no console, so the key cannot be made by it; stop it first.");
            using var answer = await running.PostAsJsonAsync("/api/keys", new { name, scope }, cancellation);
            answer.EnsureSuccessStatusCode();
            return (await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation)).GetProperty("key").GetString()!;
        }
    }

    /// <summary>Makes a key with its line in the audit.</summary>
    public static string Create(Stores stores, string name, string scope, ServerTime now, string who) => stores.State.Write(db =>
    {
        AuditStore.Append(db, now.EpochMs, who, "keys.create", $"key:{name}", JsonSerializer.Serialize(new { scope }));
        return ApiKeys.Create(db, name, scope, now);
    });
}
