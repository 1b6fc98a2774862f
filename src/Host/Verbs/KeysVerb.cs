using System.CommandLine;
using System.Net.Http.Json;
using System.Text.Json;
using B2D.Console.Access;
using B2D.Core;
using B2D.Host.Options;

namespace B2D.Host.Verbs;

/// <summary><c>b2d keys create</c>.</summary>
internal static class KeysVerb
{
    public static void AddTo(RootCommand root)
    {
        var name = new Argument<string>("NAME") { Description = "What the key is for; shown in lists and in the audit" };
        var scope = new Option<string>("--scope") { Description = "read, or write (which includes reading)", DefaultValueFactory = _ => "read" };
        scope.AcceptOnlyFromAmong("read", "write");
        name.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<string>() is not { Length: > 0 and <= ApiKeys.MaxName })
                given.AddError($"NAME has 1 to {ApiKeys.MaxName} characters.");
        });
        var data = Settings.Data();
        var set = Settings.Set();
        var create = new Command("create", "Makes an API key and prints it, this once. Send it as: Authorization: Bearer KEY") { name, scope, data, set };
        create.SetAction((parsed, cancellation) => Settings.Guard(async () =>
        {
            var options = Settings.Read(parsed, Directory.GetCurrentDirectory());
            Terminal.WriteLine(await CreateAsync(options, parsed.GetValue(name)!, parsed.GetValue(scope)!, cancellation));
            return 0;
        }));
        root.Add(new Command("keys", "Keys of the API.") { create });
    }

    private static Task<string> CreateAsync(InstallationOptions options, string name, string scope, CancellationToken cancellation) => LocalDoor.DoAsync(
        options,
        stores => stores.State.Write(db => ApiKeys.Create(db, name, scope, ServerTime.From(TimeProvider.System.GetUtcNow()), "command line")),
        async running =>
        {
            using var answer = await running.PostAsJsonAsync("/api/keys", new { name, scope }, cancellation);
            var said = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation);
            return answer.IsSuccessStatusCode
                ? said.GetProperty("key").GetString()!
                : throw new HttpRequestException($"The running program made no key: {(said.TryGetProperty("detail", out var why) ? why.GetString() : answer.ReasonPhrase)}");
        });
}
