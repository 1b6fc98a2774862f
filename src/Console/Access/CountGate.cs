using System.Collections.Concurrent;

namespace B2D.Console.Access;

/// <summary>Counts what may happen only so often in windows, for each of many, and says how long one has to wait. Remembers at most 10,000 of them.</summary>
/// <param name="most">So often in a window.</param>
internal class CountGate(int most, TimeSpan window, TimeProvider time)
{
    private const int MostKeys = 10_000;
    private readonly ConcurrentDictionary<string, (long Since, int Count)> counted = new();

    /// <summary>How long this one has to wait; zero where it may.</summary>
    public TimeSpan Wait(string key)
    {
        if (!counted.TryGetValue(key, out var seen) || seen.Count < most)
            return TimeSpan.Zero;
        var left = window - time.GetElapsedTime(seen.Since);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>It happened once more.</summary>
    public void Happened(string key)
    {
        if (counted.Count >= MostKeys)
            Forget();
        var now = time.GetTimestamp();
        counted.AddOrUpdate(key, (now, 1), (_, seen) => time.GetElapsedTime(seen.Since, now) > window ? (now, 1) : (seen.Since, seen.Count + 1));
    }

    /// <summary>It begins anew for this one.</summary>
    public void Forget(string key) => counted.TryRemove(key, out _);

    private void Forget()
    {
        foreach (var (key, seen) in counted)
        {
            if (time.GetElapsedTime(seen.Since) > window)
                counted.TryRemove(key, out _);
        }
        // All of them recent: somebody uses many addresses. Starting over is better than refusing the whole world.
        if (counted.Count >= MostKeys)
            counted.Clear();
    }
}
