using System.Security.Claims;

namespace B2D.Console.Access;

/// <summary>What somebody may do. Each includes those before it.</summary>
public enum Role
{
    /// <summary>Looks and touches nothing.</summary>
    Viewer,

    /// <summary>Works on cases, faults and dues.</summary>
    Agent,

    /// <summary>Also gives others their work.</summary>
    Lead,

    /// <summary>Also speaks to many customers at once, commands devices, changes rules, and keeps the program running.</summary>
    Operator,

    /// <summary>Also decides who may do what, and reads who did what.</summary>
    Administrator,
}

/// <summary>Roles as words: in tables, API, policies and on screens.</summary>
public static class Roles
{
    /// <summary>All of them, the least first.</summary>
    public static IReadOnlyList<Role> All { get; } = Enum.GetValues<Role>();

    /// <summary>The words of <see cref="All"/> in a sentence.</summary>
    public const string Words = "viewer, agent, lead, operator or administrator";

    /// <summary>The name of the role, and of the policy that asks for it: <c>lead</c>.</summary>
    public static string Word(this Role role) => role switch
    {
        Role.Viewer => "viewer",
        Role.Agent => "agent",
        Role.Lead => "lead",
        Role.Operator => "operator",
        _ => "administrator",
    };

    /// <summary>What it may do beside what those before it may, in a few words.</summary>
    public static string Meaning(this Role role) => role switch
    {
        Role.Viewer => "sees devices, customers, cases and outages",
        Role.Agent => "works on cases, faults and dues",
        Role.Lead => "assigns cases to others and decides about standard steps",
        Role.Operator => "acts on outages, maintenance, commands, rules, imports, backups and the stop switch",
        _ => "decides about users and keys, and reads the audit",
    };

    /// <summary>A role with what it adds, to choose from: <c>lead: also assigns cases to others</c>.</summary>
    public static string Choice(this Role role) => $"{role.Word()}: {(role == Role.Viewer ? "" : "also ")}{role.Meaning()}";

    /// <summary>The role of a word, <c>read</c> and <c>write</c> of older keys included; null where it is none.</summary>
    public static Role? Of(string? word) => word switch
    {
        "viewer" or "read" => Role.Viewer,
        "agent" => Role.Agent,
        "lead" => Role.Lead,
        "operator" or "write" => Role.Operator,
        "administrator" => Role.Administrator,
        _ => null,
    };

    /// <summary>The scope of a key by its word: a role, or the one thing of a scope such as <see cref="Claims.Contacts"/>; null where it is neither.</summary>
    public static string? Scope(string? word) => IsOneThing(word) ? word : Of(word)?.Word();

    /// <summary>Whether a scope is for one thing and has no role.</summary>
    public static bool IsOneThing(string? word) => word is Claims.Contacts or Claims.Bounces;

    /// <summary>What the scopes of keys are, in a sentence.</summary>
    public const string Scopes = Words + ", contacts: only telling of contacts, or bounces: only reports about mails";

    /// <summary>What somebody may do; null without sign-in.</summary>
    public static Role? Of(ClaimsPrincipal user)
    {
        ArgumentNullException.ThrowIfNull(user);
        return user.Identity?.IsAuthenticated == true ? Of(user.FindFirstValue(ClaimTypes.Role)) : null;
    }

    /// <summary>Whether somebody has a role or one above it.</summary>
    public static bool May(ClaimsPrincipal user, Role least) => Of(user) >= least;
}
