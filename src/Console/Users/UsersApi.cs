using B2D.Console.Access;
using B2D.Console.Api;
using B2D.Console.Shell;
using B2D.Core;
using B2D.Core.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Users;

/// <summary>A user as the API shows them. State is active, invited or locked; signIns: browsers in which they are signed in; queues and segments: what they see, empty for all.</summary>
internal sealed record UserItem(string Name, string Role, string State, string? CreatedAt, string? SignedInAt, string? InvitedUntil, long SignIns, IReadOnlyList<string> Queues, IReadOnlyList<string> Segments)
{
    public static UserItem Of(UserLine u) =>
        new(u.Name, u.Role, u.State, Words.IsoOrNull(u.CreatedAt), Words.IsoOrNull(u.SignedInAt), Words.IsoOrNull(u.InvitedUntil), u.SignIns, Sight.Of(u.Queues, "").Queues, Sight.Of("", u.Segments).Segments);
}

/// <summary>A user that is to be.</summary>
internal sealed record UserWords
{
    /// <summary>2 to 40 small letters, digits and . _ - @</summary>
    public string? Name { get; init; }

    public string? Role { get; init; }

    /// <summary>True: a random password is in the answer; false (usually): the address of an invitation.</summary>
    public bool Password { get; init; }
}

/// <summary>What is done to a user: role (which), see (queues, segments), lock, unlock, invite, password, link, end-sign-ins.</summary>
internal sealed record UserActWords
{
    public string? Act { get; init; }

    public string? Role { get; init; }

    /// <summary>For see: the queues and the segments (with all below them) that they see; without them all.</summary>
    public IReadOnlyList<string>? Queues { get; init; }
    public IReadOnlyList<string>? Segments { get; init; }

    /// <summary>The act, or what is wrong in a sentence.</summary>
    public (UserAct? Act, string Problem) Read() => UserAct.Read(Act, Role, string.Join('\n', Queues ?? []), string.Join('\n', Segments ?? []));
}

/// <summary>Done. What lets the user in, this once: a password, or the address of an invitation that is good until then; null for none.</summary>
internal sealed record UserActed(string Name, string? Password, string? Invitation, string? Until);

/// <summary>/api/users</summary>
internal static class UsersApi
{
    public static void Map(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/users", (HttpContext http, SignIn signIns, TimeProvider time, string? q, int? limit, string? cursor) =>
                ApiLists.Answer<UserLine, UserItem>(http, UserLists.At(signIns, time.GetUtcNow().ToUnixTimeMilliseconds()), u => u.Name, UserItem.Of))
            .WithTags("users").WithSummary("Users by name").Produces<ListAnswer<UserItem>>();
        write.MapPost("/users", (UserWords words, HttpContext http, UserDesk desk) => Roles.Of(words.Role) is { } role
                ? Answer(http, words.Name?.Trim() ?? "", desk.Add(words.Name?.Trim() ?? "", role, words.Password, http.User.Identity?.Name ?? ""), 201)
                : Refusals.Of(400, $"role is {Roles.Words}."))
            .WithTags("users").WithSummary("Add a user").Produces<UserActed>(201)
            .WithDescription($"name; role: {Roles.Words}; password: true answers with a random password instead of the address of an invitation. Either is in this answer only.");
        write.MapPost("/users/{name}/acts", (string name, UserActWords words, HttpContext http, UserDesk desk) => words.Read() is { Act: { } act }
                ? Answer(http, name, desk.Act(name, act, http.User.Identity?.Name ?? ""), 200)
                : Refusals.Of(400, Words.Sentence(words.Read().Problem) + "."))
            .WithTags("users").WithSummary("Change a user").Produces<UserActed>()
            .WithDescription("act: role (role), see (queues, segments: what they see; without them all), lock, unlock, invite (their password ends; answers with the address of an invitation), password (answers with a random one), link (they come from the organisation's own sign-in), "
                + "end-sign-ins. The last administrator who can sign in is neither locked nor given another role.");
    }

    /// <summary>Where an invited user chooses a password. Plain http is spoken on this machine only: under another name there is a TLS proxy before it.</summary>
    public static string AddressOf(HttpContext http, Admission admission) =>
        $"{(Loopback.IsLocalName(http.Request.Host.Host) ? http.Request.Scheme : "https")}://{http.Request.Host}/invitation/{admission.Secret}";

    private static IResult Answer(HttpContext http, string name, UserOutcome outcome, int status) => outcome is { Outcome: ActOutcome.Done, Admission: var admission }
        ? Results.Json(new UserActed(name, admission is { Until: null } ? admission.Secret : null, admission is { Until: not null } ? AddressOf(http, admission) : null,
            Words.IsoOrNull(admission?.Until?.EpochMs ?? 0)), statusCode: status)
        : outcome.Outcome is ActOutcome.Conflict conflict ? Refusals.Of(409, Words.Sentence(conflict.What)) : Acts.Answer(outcome.Outcome);
}
