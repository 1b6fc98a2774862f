using System.Collections.Immutable;
using System.Globalization;
using B2D.Console.Access;
using B2D.Console.Lists;

namespace B2D.Console.Users;

/// <summary>A user in a list. <paramref name="State"/>: active, invited (chooses a password until <paramref name="InvitedUntil"/>) or locked.</summary>
public sealed record UserLine
{
    public string Name { get; init; } = "";
    public string Role { get; init; } = "";
    public string State { get; init; } = "";
    public long CreatedAt { get; init; }
    public long SignedInAt { get; init; }

    /// <summary>0: is not invited.</summary>
    public long InvitedUntil { get; init; }

    /// <summary>Browsers in which they are signed in now.</summary>
    public long SignIns { get; init; }

    /// <summary>What they see, one a line; empty: all.</summary>
    public string Queues { get; init; } = "";
    public string Segments { get; init; } = "";
}

/// <summary>The users as a list.</summary>
internal static class UserLists
{
    private const string State = "CASE WHEN u.locked_at > 0 THEN 'locked' WHEN length(u.hash) = 0 AND u.subject = '' THEN 'invited' ELSE 'active' END";

    public static readonly ListDefinition Definition = new()
    {
        Select = "u.name, u.role, u.queues, u.segments, u.created_at, u.signed_in_at, COALESCE(i.until_at, 0) AS invited_until, " + State
            + " AS state, (SELECT count(*) FROM sign_ins s WHERE s.name = u.name) AS sign_ins",
        From = "users u LEFT JOIN invitations i ON i.name = u.name",
        Fields =
        [
            new("name", "u.name", FieldMatch.Pattern, "a user's name, with *"),
            new("role", "u.role", FieldMatch.Whole, Roles.Words),
            new("sees", "", FieldMatch.Meaning, "all or part of the installation")
            {
                Meanings = new Dictionary<string, string> { ["all"] = "u.queues = '' AND u.segments = ''", ["part"] = "u.queues <> '' OR u.segments <> ''" }.ToImmutableDictionary(),
            },
            new("state", State, FieldMatch.Whole, "active, invited or locked"),
        ],
        Text = ["u.name", "u.role"],
        TextWords = "name and role",
        Order = "u.name",
        Key = ListKey.TextUp,
        KeyColumn = "u.name",
        Views = [new("All", ""), new("Administrators", "role:administrator"), new("Locked", "state:locked")],
        Example = "role:agent state:active",
    };

    /// <summary>The list without sign-ins that are over by age (epoch ms), as <see cref="SignIn"/> judges them.</summary>
    public static ListDefinition At(SignIn signIns, long now) => Definition with
    {
        Select = Definition.Select.Replace("s.name = u.name", string.Create(CultureInfo.InvariantCulture,
            $"s.name = u.name AND s.since_at > {signIns.OldestSince(now)} AND s.seen_at > {signIns.OldestSeen(now)}"), StringComparison.Ordinal),
    };
}
