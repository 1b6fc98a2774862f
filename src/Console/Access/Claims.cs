namespace B2D.Console.Access;

/// <summary>Names of claims and schemes. What somebody may do is in the usual claim of a role.</summary>
internal static class Claims
{
    /// <summary>Which of a user's sign-ins it is; empty where somebody was signed in by itself.</summary>
    public const string SignIn = "b2d:sign-in";

    /// <summary>The id of the key.</summary>
    public const string Key = "b2d:key";

    /// <summary>What a key may do that has no role: the one thing of its scope.</summary>
    public const string Scope = "b2d:scope";

    /// <summary>The scope, and the policy, of telephone and chat systems: telling of contacts.</summary>
    public const string Contacts = "contacts";

    /// <summary>The scope, and the policy, of mail servers: handing on reports about mails that did not arrive.</summary>
    public const string Bounces = "bounces";
    /// <summary>The queues and the segments that somebody sees who does not see all, one a line.</summary>
    public const string Queues = "b2d:queues";
    public const string Segments = "b2d:segments";

    /// <summary>Chooses between cookie and key.</summary>
    public const string Scheme = "b2d";

    public const string CookieScheme = "b2d-cookie";

    public const string KeyScheme = "b2d-key";
}
