using System.CommandLine;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using B2D.Console.Access;
using B2D.Console.Users;
using B2D.Core;
using B2D.Core.Access;
using B2D.Host.Options;
using B2D.Storage;
using B2D.Storage.Access;

namespace B2D.Host.Verbs;

/// <summary><c>b2d user add|list|role|see|lock|password</c>: users of the console, on a machine without a browser.</summary>
internal static class UserVerbs
{
    /// <summary>Who does it, in the audit, while no program runs over the data.</summary>
    private const string Who = "command line";

    public static void AddTo(RootCommand root)
    {
        var role = RoleArgument();
        var add = new Option<string>("--role") { Description = "What they may do; each role includes those before it", DefaultValueFactory = _ => Role.Viewer.Word() };
        add.AcceptOnlyFromAmong([.. Roles.All.Select(r => r.Word())]);
        var off = new Option<bool>("--off") { Description = "Unlocks" };
        var queues = new Option<string[]>("--queue") { Description = "Sees cases of this queue only; may be said again" };
        var segments = new Option<string[]>("--segment") { Description = "Sees devices of this segment and all below it only; may be said again" };
        root.Add(new Command("user", "Users of the console.")
        {
            Verb("add", "Adds a user and prints their password, this once. They change it on the page Your account.", [add], named: true,
                (parsed, name) => AddAsync(parsed, name, parsed.GetValue(add)!)),
            Verb("see", "Limits what a user sees; without --queue and --segment they see everything again.", [queues, segments], named: true,
                (parsed, name) => SeeAsync(parsed, name, parsed.GetValue(queues) ?? [], parsed.GetValue(segments) ?? [])),
            Verb("list", "Lists users: name, role, state, last sign-in, what they see.", [], named: false, (parsed, _) => ListAsync(parsed)),
            Verb("role", "Gives a user another role.", [role], named: true,
                (parsed, name) => ActAsync(parsed, name, new { act = "role", role = parsed.GetValue(role) }, UserAct.Read("role", parsed.GetValue(role))!, $"{name} is {parsed.GetValue(role)} now.")),
            Verb("lock", "Locks a user, who is signed out at once; with --off unlocks.", [off], named: true, (parsed, name) => parsed.GetValue(off)
                ? ActAsync(parsed, name, new { act = "unlock" }, UserAct.Read("unlock", "")!, $"{name} may sign in again.")
                : ActAsync(parsed, name, new { act = "lock" }, UserAct.Read("lock", "")!, $"{name} is locked and signed out.")),
            Verb("password", "Gives a user a new random password and prints it, this once. They are signed out everywhere.", [], named: true,
                (parsed, name) => ActAsync(parsed, name, new { act = "password" }, UserAct.Read("password", "")!, "")),
        });
    }

    private static Argument<string> RoleArgument()
    {
        var role = new Argument<string>("ROLE") { Description = Roles.Words };
        role.AcceptOnlyFromAmong([.. Roles.All.Select(r => r.Word())]);
        return role;
    }

    private static Command Verb(string name, string description, Symbol[] more, bool named, Func<ParseResult, string, Task<string>> work)
    {
        var verb = new Command(name, description);
        var user = new Argument<string>("NAME") { Description = "With which they sign in: 2 to 40 small letters, digits and . _ - @" };
        if (named)
            verb.Add(user);
        foreach (var one in more)
        {
            if (one is Option option)
                verb.Add(option);
            else if (one is Argument argument)
                verb.Add(argument);
        }
        verb.Add(Settings.Data());
        verb.Add(Settings.Set());
        verb.SetAction((parsed, _) => Settings.Guard(async () =>
        {
            Terminal.WriteLine(await work(parsed, named ? parsed.GetValue(user)! : ""));
            return 0;
        }));
        return verb;
    }

    private static InstallationOptions Read(ParseResult parsed) => Settings.Read(parsed, Directory.GetCurrentDirectory());

    private static Task<string> AddAsync(ParseResult parsed, string name, string role) => LocalDoor.DoAsync(
        Read(parsed),
        stores => Told(new UserDesk(stores, TimeProvider.System).Add(name, Roles.Of(role)!.Value, byPassword: true, Who), name, ""),
        async running =>
        {
            using var answer = await running.PostAsJsonAsync("/api/users", new { name, role, password = true });
            return (await LocalDoor.SaidAsync(answer, default)).GetProperty("password").GetString()!;
        });

    private static Task<string> SeeAsync(ParseResult parsed, string name, string[] queues, string[] segments)
    {
        var (act, problem) = UserAct.Read("see", "", string.Join('\n', queues), string.Join('\n', segments));
        return act is UserAct.See see
            ? ActAsync(parsed, name, new { act = "see", queues, segments }, see, $"{name} sees {see.Sight} from now on.")
            : throw new IOException($"Nothing was done: {problem}.");
    }

    /// <param name="said">As the API takes it.</param>
    private static Task<string> ActAsync(ParseResult parsed, string name, object said, UserAct act, string done) => LocalDoor.DoAsync(
        Read(parsed),
        stores => Told(new UserDesk(stores, TimeProvider.System).Act(name, act, Who), name, done),
        async running =>
        {
            using var answer = await running.PostAsJsonAsync($"/api/users/{Uri.EscapeDataString(name)}/acts", said);
            return (await LocalDoor.SaidAsync(answer, default)).GetProperty("password").GetString() ?? done;
        });

    /// <summary>The secret where there is one, else what was done.</summary>
    /// <exception cref="IOException">Nothing was done; the message says why.</exception>
    private static string Told(UserOutcome outcome, string name, string done) => outcome.Outcome switch
    {
        ActOutcome.Done => outcome.Admission?.Secret ?? done,
        ActOutcome.Rejected rejected => throw new IOException($"Nothing was done: {rejected.Reason}."),
        ActOutcome.Conflict conflict => throw new IOException($"Nothing was done: {conflict.What}"),
        _ => throw new IOException($"There is no user {name}."),
    };

    private static Task<string> ListAsync(ParseResult parsed) => LocalDoor.DoAsync(
        Read(parsed),
        stores => Lines(stores.State.Read(UserStore.List).Select(u => (u.Name, u.Role,
            u.LockedAt > 0 ? "locked" : u.Hash.Length == 0 && u.Subject.Length == 0 ? "invited" : "active", u.SignedInAt == 0 ? null : Time(u.SignedInAt), Sight.Of(u.Queues, u.Segments)))),
        async running =>
        {
            var (all, cursor) = (new List<(string, string, string, string?, Sight)>(), "");
            do
            {
                using var answer = await running.GetAsync($"/api/users?cursor={Uri.EscapeDataString(cursor)}");
                var said = await LocalDoor.SaidAsync(answer, default);
                all.AddRange(said.GetProperty("items").EnumerateArray().Select(u => (Text(u, "name")!, Text(u, "role")!, Text(u, "state")!, Text(u, "signedInAt"), Sight.Of(Words(u, "queues"), Words(u, "segments")))));
                cursor = Text(said, "next") ?? "";
            }
            while (cursor.Length > 0);
            return Lines(all);
        });

    private static string? Text(JsonElement item, string name) => item.GetProperty(name).GetString();

    private static string Words(JsonElement item, string name) => string.Join('\n', item.GetProperty(name).EnumerateArray().Select(w => w.GetString()));

    private static string Time(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string Lines(IEnumerable<(string Name, string Role, string State, string? SignedInAt, Sight Sight)> users) =>
        string.Join(Environment.NewLine, users.Select(u => $"{u.Name,-40} {u.Role,-13} {u.State,-7} {u.SignedInAt ?? "never"}{(u.Sight.IsEverything ? "" : $"  sees {u.Sight}")}"));
}
