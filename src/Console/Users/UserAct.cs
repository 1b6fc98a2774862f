using B2D.Console.Access;
using B2D.Core.Access;
using B2D.Storage.Access;

namespace B2D.Console.Users;

/// <summary>What an administrator does to a user.</summary>
public abstract record UserAct
{
    private UserAct() { }

    /// <summary>They may do more, or less.</summary>
    public sealed record SetRole(Role Role) : UserAct;

    /// <summary>They see only a part of the installation, or everything again.</summary>
    public sealed record See(Sight Sight) : UserAct;

    /// <summary>They cannot sign in any more, and are signed out.</summary>
    public sealed record Lock : UserAct;

    public sealed record Unlock : UserAct;

    /// <summary>Their password ends; a link lets them choose another, once, for a day.</summary>
    public sealed record Invite : UserAct;

    /// <summary>Their password ends; a random one takes its place.</summary>
    public sealed record NewPassword : UserAct;

    /// <summary>Their password ends; from now on they come from the organisation's own sign-in (OpenID Connect).</summary>
    public sealed record Link : UserAct;

    /// <summary>They are signed out everywhere.</summary>
    public sealed record EndSignIns : UserAct;

    /// <summary>The act of a name and, for <c>role</c>, a role; null where there is none.</summary>
    public static UserAct? Read(string? act, string? role) => Read(act, role, "", "").Act;

    /// <summary>As <see cref="Read(string?, string?)"/>, also for <c>see</c> with queues and segments as <see cref="Sight.Read"/> takes them; else what is wrong in a sentence.</summary>
    public static (UserAct? Act, string Problem) Read(string? act, string? role, string? queues, string? segments)
    {
        if (act != "see")
            return Named(act, role) is { } named ? (named, "") : (null, $"act is role (role: {Roles.Words}), see, lock, unlock, invite, password, link or end-sign-ins");
        var (sight, problem) = Sight.Read(queues, segments);
        return sight is null ? (null, problem) : (new See(sight), "");
    }

    private static UserAct? Named(string? act, string? role) => act switch
    {
        "role" => Roles.Of(role) is { } given ? new SetRole(given) : null,
        "lock" => new Lock(),
        "unlock" => new Unlock(),
        "invite" => new Invite(),
        "password" => new NewPassword(),
        "link" => new Link(),
        "end-sign-ins" => new EndSignIns(),
        _ => null,
    };

    /// <summary>Why it is not possible as things are, in a sentence; empty where it is.</summary>
    /// <param name="user">As the table has them.</param>
    /// <param name="able">How many administrators can sign in.</param>
    /// <param name="who">Who does it.</param>
    public string RefusalOf(UserRow user, long able, string who)
    {
        ArgumentNullException.ThrowIfNull(user);
        var isLast = able == 1 && user.LockedAt == 0 && (user.Hash.Length > 0 || user.Subject.Length > 0) && Roles.Of(user.Role) == Role.Administrator;
        return this switch
        {
            SetRole set when Roles.Of(user.Role) == set.Role => $"{user.Name} has that role already",
            See { Sight.IsEverything: false } when Roles.Of(user.Role) == Role.Administrator => $"{user.Name} is an administrator, who sees everything",
            See see when Sight.Of(user.Queues, user.Segments).Equals(see.Sight) => $"{user.Name} sees that already",
            SetRole when isLast => $"{user.Name} is the last administrator; make another one first",
            Lock when user.LockedAt > 0 => $"{user.Name} is locked already",
            Lock when isLast => $"{user.Name} is the last administrator; make another one first",
            Lock when user.Name == who => "nobody locks themselves; another administrator can",
            Unlock when user.LockedAt == 0 => $"{user.Name} is not locked",
            Invite or Link when isLast => $"{user.Name} is the last administrator and would be locked out until then; they can change their own password",
            Invite or NewPassword or Link when user.LockedAt > 0 => $"{user.Name} is locked; unlock them first",
            _ => "",
        };
    }
}
