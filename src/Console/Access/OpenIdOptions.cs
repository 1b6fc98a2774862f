namespace B2D.Console.Access;

/// <summary>The organisation's own sign-in by OpenID Connect (Core 1.0, code flow with PKCE); off without <see cref="Authority"/>.</summary>
public sealed record OpenIdOptions
{
    /// <summary>Who issues: an https address (http on this machine), under which <c>/.well-known/openid-configuration</c> lies. Empty (the default): off.</summary>
    public string Authority { get; init; } = "";

    /// <summary>As whom B2D is registered there, with <c>/signin/openid/back</c> of the console's address as redirect; 1 to 200 characters.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>The secret of that registration, 1 to 500 characters.</summary>
    public string ClientSecret { get; init; } = "";

    /// <summary>What it is called on the button, 1 to 80 characters; default <c>your organisation</c>.</summary>
    public string Title { get; init; } = "your organisation";

    /// <summary>The claim that holds the user's name here, without regard to case; default <c>preferred_username</c>.</summary>
    public string NameClaim { get; init; } = "preferred_username";

    /// <summary>
    /// The claim that holds the role, one or several of viewer, agent, lead, operator, administrator: users are added by themselves and have that role. Empty (the
    /// default): administrators add users and give roles.
    /// </summary>
    public string RoleClaim { get; init; } = "";

    public bool IsOn => Authority.Length > 0;

    /// <summary>Everything wrong with these options, each as property, rule and value; nothing where all is well.</summary>
    public IReadOnlyList<string> Problems()
    {
        if (!IsOn)
            return [];
        var problems = new List<string>();
        Check(IsSafe(Authority), nameof(Authority), $"is an https address, or http on this machine, not '{Authority}'");
        Check(ClientId.Length is > 0 and <= 200, nameof(ClientId), $"has 1 to 200 characters, not '{ClientId}'");
        Check(ClientSecret.Length is > 0 and <= 500, nameof(ClientSecret), "has 1 to 500 characters");
        Check(Title.Length is > 0 and <= 80, nameof(Title), $"has 1 to 80 characters, not '{Title}'");
        Check(NameClaim.Length is > 0 and <= 200, nameof(NameClaim), $"has 1 to 200 characters, not '{NameClaim}'");
        Check(RoleClaim.Length <= 200, nameof(RoleClaim), $"has at most 200 characters, not '{RoleClaim}'");
        return problems;

        void Check(bool holds, string property, string rule)
        {
            if (!holds)
                problems.Add($"Console:OpenId:{property} {rule}");
        }
    }

    /// <summary>Whether what is said to an address stays between the two.</summary>
    internal static bool IsSafe(string address) => Uri.TryCreate(address, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));
}
