namespace B2D.ProactiveWorker.Notices;

/// <summary>What customers can do without signing in, an operator's choice: what is written stands without it.</summary>
public sealed record LinkOptions
{
    /// <summary>Where customers reach the console, an https address; empty: no links (default).</summary>
    public string Url { get; init; } = "";

    /// <summary><c>whsec_</c> and the base64 of 24 to 64 bytes: the key that signs them. With another one all links that are out end.</summary>
    public string Secret { get; init; } = "";

    /// <summary>Notices of outages and cases carry a link to a page about it, and an address to type; default false: only mails can be ended by a link.</summary>
    public bool Pages { get; init; }

    /// <summary>The address to type, without <c>https://</c>, at most 60 characters; default the host of <see cref="Url"/> and <c>/k</c>.</summary>
    public string Typed { get; init; } = "";

    /// <summary>How long a page is there after the last notice that carried its link; 1 h to 90 days, default 14 days.</summary>
    public TimeSpan Lasts { get; init; } = TimeSpan.FromDays(14);

    /// <summary>So long before its begin a customer can take a slot; 0 to 7 days, default 2 h.</summary>
    public TimeSpan BookBefore { get; init; } = TimeSpan.FromHours(2);

    /// <summary>So long before its begin a customer can change a visit or give it back; 0 to 7 days, default 12 h.</summary>
    public TimeSpan ChangeBefore { get; init; } = TimeSpan.FromHours(12);

    /// <summary>A customer is asked how hard it was at most once in so long; 1 to 366 days, default 30 days.</summary>
    public TimeSpan SurveyEvery { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Mails within an hour by which people confirm that they want to hear of a place; 0 to 10,000, default 100. Zero: nobody can ask for it.</summary>
    public int SubscriptionsAnHour { get; init; } = 100;

    public bool Enabled => Url.Length > 0;

    /// <summary>What stands before a code that is typed.</summary>
    internal string TypedAddress => Typed.Length > 0 ? Typed.TrimEnd('/') : Url.TrimEnd('/').Replace("https://", "", StringComparison.OrdinalIgnoreCase) + "/k";

    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        if (Pages && !Enabled)
            problems.Add("Notices:Links:Pages is on, but Notices:Links:Url is empty");
        if (Enabled && (!Uri.TryCreate(Url, UriKind.Absolute, out var uri) || uri.Scheme != "https"))
            problems.Add($"Notices:Links:Url is '{Url}', it must be an absolute https address");
        if (Enabled && !WebhookSignature.TryKey(Secret, out _))
            problems.Add("Notices:Links:Secret must be whsec_ and the base64 of 24 to 64 bytes");
        if (Typed.Length > 60 || Typed.Contains("://", StringComparison.Ordinal) || Typed.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)))
            problems.Add($"Notices:Links:Typed is '{Typed}', allowed are at most 60 characters without https:// and blanks, such as example.org/k");
        Check(Lasts >= TimeSpan.FromHours(1) && Lasts <= TimeSpan.FromDays(90), nameof(Lasts), Lasts, "1 h to 90 days");
        Check(BookBefore >= TimeSpan.Zero && BookBefore <= TimeSpan.FromDays(7), nameof(BookBefore), BookBefore, "0 to 7 days");
        Check(ChangeBefore >= TimeSpan.Zero && ChangeBefore <= TimeSpan.FromDays(7), nameof(ChangeBefore), ChangeBefore, "0 to 7 days");
        Check(SurveyEvery >= TimeSpan.FromDays(1) && SurveyEvery <= TimeSpan.FromDays(366), nameof(SurveyEvery), SurveyEvery, "1 to 366 days");
        Check(SubscriptionsAnHour is >= 0 and <= 10_000, nameof(SubscriptionsAnHour), SubscriptionsAnHour, "0 to 10,000");
        return problems;

        void Check(bool good, string name, object value, string range)
        {
            if (!good)
                problems.Add($"Notices:Links:{name} is {value}, allowed is {range}");
        }
    }
}
