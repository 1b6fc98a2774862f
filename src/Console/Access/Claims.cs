namespace B2D.Console.Access;

/// <summary>Names of claims, schemes and policies.</summary>
internal static class Claims
{
    /// <summary>What somebody may do: <see cref="Read"/> or <see cref="Write"/>, which includes reading.</summary>
    public const string Scope = "b2d:scope";

    public const string Read = "read";

    public const string Write = "write";

    /// <summary>Changes with the password, so that older sign-ins end.</summary>
    public const string Stamp = "b2d:stamp";

    /// <summary>Chooses between cookie and key.</summary>
    public const string Scheme = "b2d";

    public const string CookieScheme = "b2d-cookie";

    public const string KeyScheme = "b2d-key";

    /// <summary>The role that may do everything.</summary>
    public const string Administrator = "administrator";

    /// <summary>The role that may look and not touch.</summary>
    public const string Viewer = "viewer";
}
