namespace B2D.Console;

/// <summary>How the console presents itself and who may look.</summary>
public sealed record ConsoleOptions
{
    /// <summary>The organisation's name on the status page, 1 to 80 characters; default <c>B2D</c>.</summary>
    public string Organisation { get; init; } = "B2D";

    /// <summary>The zone in which times are shown (IANA id); default the machine's.</summary>
    public string TimeZone { get; init; } = TimeZoneInfo.Local.Id;

    /// <summary>Signs in visitors of pages from this machine by themselves (demo); ignored for any other address. Default false.</summary>
    public bool AutoSignIn { get; init; }

    /// <summary>Where the keys of sign-in cookies are kept; empty: in memory, everybody signs in again after a restart.</summary>
    public string KeyFolder { get; init; } = "";

    /// <summary>How long a sign-in lasts, used or not, 5 minutes to 30 days; default 12 hours.</summary>
    public TimeSpan SignInLasts { get; init; } = TimeSpan.FromHours(12);

    /// <summary>How long a sign-in lasts without use, 5 minutes to 30 days; default 2 hours.</summary>
    public TimeSpan SignInIdle { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Failed sign-ins per address and 5 minutes, 1 to 1,000; default 10. Behind a proxy on this machine addresses are those that it names; all behind it together may fail 20 times as often.</summary>
    public int SignInAttempts { get; init; } = 10;

    /// <summary>The organisation's own sign-in.</summary>
    public Access.OpenIdOptions OpenId { get; init; } = new();

    /// <summary>Pages that are kept current at once, 1 to 5,000; default 200. One more is told to come back later.</summary>
    public int LiveStreams { get; init; } = 200;

    /// <summary>How often live pages look for changes, 100 ms to 1 minute; default 1 s.</summary>
    public TimeSpan LiveEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Most rows of one page or API answer, 10 to 1,000; default 200.</summary>
    public int MostRows { get; init; } = 200;

    /// <summary>How far back earlier cases count for the odds of a step, 1 day to 10 years; default 180 days.</summary>
    public TimeSpan OddsWithin { get; init; } = TimeSpan.FromDays(180);

    /// <summary>So many earlier cases have to be known of a step before its odds count, 1 to 1,000; default 5.</summary>
    public int OddsFloor { get; init; } = 5;

    /// <summary>What is owed by policy for each day that began without a device working, whole units of the currency of grants, 0 to 10,000; default 0: no such policy.</summary>
    public int CompensationPerDay { get; init; }

    /// <summary>Shorter faults owe nothing, 0 to 30 days; default 1 day.</summary>
    public TimeSpan CompensationAfter { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Largest body of an API call, 1 KiB to 256 MiB; default 32 MiB (an import).</summary>
    public int MostBodyBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>Everything wrong with these options, each as property, rule and value; nothing where all is well.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        Check(Organisation.Length is > 0 and <= 80, nameof(Organisation), "has 1 to 80 characters", Organisation);
        Check(TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out _), nameof(TimeZone), "is the name of a time zone, Europe/Lisbon", TimeZone);
        Check(SignInLasts >= TimeSpan.FromMinutes(5) && SignInLasts <= TimeSpan.FromDays(30), nameof(SignInLasts), "is 5 minutes to 30 days", SignInLasts);
        Check(SignInIdle >= TimeSpan.FromMinutes(5) && SignInIdle <= TimeSpan.FromDays(30), nameof(SignInIdle), "is 5 minutes to 30 days", SignInIdle);
        Check(SignInAttempts is >= 1 and <= 1000, nameof(SignInAttempts), "is 1 to 1000", SignInAttempts);
        Check(LiveStreams is >= 1 and <= 5000, nameof(LiveStreams), "is 1 to 5000", LiveStreams);
        Check(LiveEvery >= TimeSpan.FromMilliseconds(100) && LiveEvery <= TimeSpan.FromMinutes(1), nameof(LiveEvery), "is 100 ms to 1 minute", LiveEvery);
        Check(MostRows is >= 10 and <= 1000, nameof(MostRows), "is 10 to 1000", MostRows);
        Check(MostBodyBytes is >= 1024 and <= 256 * 1024 * 1024, nameof(MostBodyBytes), "is 1024 to 268435456 bytes", MostBodyBytes);
        Check(OddsWithin >= TimeSpan.FromDays(1) && OddsWithin <= TimeSpan.FromDays(3653), nameof(OddsWithin), "is 1 day to 10 years", OddsWithin);
        Check(OddsFloor is >= 1 and <= 1000, nameof(OddsFloor), "is 1 to 1000", OddsFloor);
        Check(CompensationPerDay is >= 0 and <= 10_000, nameof(CompensationPerDay), "is 0 to 10000", CompensationPerDay);
        Check(CompensationAfter >= TimeSpan.Zero && CompensationAfter <= TimeSpan.FromDays(30), nameof(CompensationAfter), "is 0 to 30 days", CompensationAfter);
        problems.AddRange(OpenId.Problems());
        return problems;

        void Check(bool holds, string property, string rule, object value)
        {
            if (!holds)
                problems.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Console:{property} {rule}, not '{value}'"));
        }
    }
}
