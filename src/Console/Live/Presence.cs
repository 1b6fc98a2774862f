namespace B2D.Console.Live;

/// <summary>Somebody else at the same page.</summary>
/// <param name="Since">When they opened it, epoch milliseconds.</param>
/// <param name="Here">It is open before them now; else all that is known is that they opened it.</param>
public sealed record SomebodyElse(string Who, long Since, bool Here);

/// <summary>
/// Who looks at what: kept for as long as a page's live events run, and without them for some minutes after it was opened. In memory; it is a hint for people,
/// what keeps them from overwriting each other is the version of what they change.
/// </summary>
internal sealed class Presence
{
    /// <summary>So long it is said that somebody opened a page, where nothing tells whether they are still there.</summary>
    public static readonly TimeSpan Fades = TimeSpan.FromMinutes(10);

    private const int MostLooks = 10_000;

    private readonly Lock turn = new();
    private readonly Dictionary<(string Page, string Who), Look> looks = [];

    /// <summary>Somebody opened a page.</summary>
    public void Opened(string page, string who, long now)
    {
        lock (turn)
        {
            if (looks.Count >= MostLooks)
            {
                foreach (var old in looks.Where(l => l.Value.Streams == 0 && now - l.Value.OpenedAt > Fades.TotalMilliseconds).Select(l => l.Key).ToList())
                    looks.Remove(old);
            }
            if (looks.TryGetValue((page, who), out var known) && known.Streams > 0)
                return;
            if (looks.Count < MostLooks)
                looks[(page, who)] = new Look(now, 0);
        }
    }

    /// <summary>The page's live events run; <paramref name="by"/> -1: they ended, and with the last of them the page was left.</summary>
    public void Streams(string page, string who, int by, long now)
    {
        lock (turn)
        {
            var known = looks.GetValueOrDefault((page, who), new Look(now, 0));
            var streams = known.Streams + by;
            if (streams <= 0)
                looks.Remove((page, who));
            else if (looks.Count < MostLooks || looks.ContainsKey((page, who)))
                looks[(page, who)] = known with { Streams = streams };
        }
    }

    /// <summary>Everybody else at a page, by name.</summary>
    public IReadOnlyList<SomebodyElse> Others(string page, string who, long now)
    {
        lock (turn)
        {
            return [.. looks.Where(l => l.Key.Page == page && l.Key.Who != who && (l.Value.Streams > 0 || now - l.Value.OpenedAt <= Fades.TotalMilliseconds))
                .Select(l => new SomebodyElse(l.Key.Who, l.Value.OpenedAt, l.Value.Streams > 0)).OrderBy(l => l.Who, StringComparer.Ordinal)];
        }
    }

    private readonly record struct Look(long OpenedAt, int Streams);
}
