using System.Diagnostics;
using Xunit;

namespace B2D.Interop.Programs;

/// <summary>Waits for what other programs do.</summary>
internal static class Wait
{
    private static readonly TimeSpan Usually = TimeSpan.FromMilliseconds(50);

    /// <summary>Looks again and again until it holds; returns how long that took.</summary>
    /// <param name="what">Said when it does not come true in time.</param>
    public static async Task<TimeSpan> UntilAsync(Func<Task<bool>> holds, TimeSpan most, string what, TimeSpan? every = null)
    {
        var start = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            if (Stopwatch.GetElapsedTime(start) > most)
                Assert.Fail($"Not within {most.TotalSeconds:0.#} s: {what}");
            await Task.Delay(every ?? Usually, TimeProvider.System);
        }
        return Stopwatch.GetElapsedTime(start);
    }

    /// <inheritdoc cref="UntilAsync(Func{Task{bool}}, TimeSpan, string, TimeSpan?)"/>
    public static Task<TimeSpan> UntilAsync(Func<bool> holds, TimeSpan most, string what, TimeSpan? every = null) =>
        UntilAsync(() => Task.FromResult(holds()), most, what, every);

    /// <summary>For the proof that something does not happen: nothing else can show that than time.</summary>
    public static Task ForAsync(TimeSpan time) => Task.Delay(time, TimeProvider.System);
}
