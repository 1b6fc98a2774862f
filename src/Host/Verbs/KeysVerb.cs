using System.CommandLine;
using System.Net.Http.Json;
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
        var scope = new Option<string>("--scope") { Description = "What it may do: a role, which includes those before it; read is viewer, write is operator", DefaultValueFactory = _ => Role.Viewer.Word() };
        scope.AcceptOnlyFromAmong([.. Roles.All.Select(r => r.Word()), "read", "write", "contacts", "bounces"]);
        var days = new Option<int>("--days") { Description = "Days until it ends by itself, 1 to 3660; without it: never" };
        days.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int>() is < 1 or > 3660)
                given.AddError("--days is 1 to 3660.");
        });
        name.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<string>() is not { Length: > 0 and <= ApiKeys.MaxName })
                given.AddError($"NAME has 1 to {ApiKeys.MaxName} characters.");
        });
        var data = Settings.Data();
        var set = Settings.Set();
        var create = new Command("create", "Makes an API key and prints it, this once. Send it as: Authorization: Bearer KEY") { name, scope, days, data, set };
        create.SetAction((parsed, cancellation) => Settings.Guard(async () =>
        {
            var options = Settings.Read(parsed, Directory.GetCurrentDirectory());
            Terminal.WriteLine(await CreateAsync(options, parsed.GetValue(name)!, parsed.GetValue(scope)!, parsed.GetValue(days), cancellation));
            return 0;
        }));
        root.Add(new Command("keys", "Keys of the API.") { create });
    }

    private static Task<string> CreateAsync(InstallationOptions options, string name, string scope, int days, CancellationToken cancellation)
    {
        var now = ServerTime.From(TimeProvider.System.GetUtcNow());
        ServerTime? expires = days > 0 ? new ServerTime(now.EpochMs + (long)TimeSpan.FromDays(days).TotalMilliseconds) : null;
        return LocalDoor.DoAsync(
            options,
            stores => stores.State.Write(db => ApiKeys.Create(db, name, scope, now, "command line", expires)),
            async running =>
            {
                using var answer = await running.PostAsJsonAsync("/api/keys",
                    new { name, scope, expires = expires?.EpochMs.ToString(System.Globalization.CultureInfo.InvariantCulture) }, cancellation);
                return (await LocalDoor.SaidAsync(answer, cancellation)).GetProperty("key").GetString()!;
            });
    }
}
