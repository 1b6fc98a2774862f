using B2D.Storage.Backups;
using Spectre.Console;

namespace B2D.Host.Verbs;

/// <summary>A bar with the time that is left, on a terminal; nothing where the output goes to a file or another program.</summary>
internal static class TerminalProgress
{
    /// <summary>Work on the bytes of files.</summary>
    public static Task<T> ShowAsync<T>(string what, Func<Action<BackupProgress>, Task<T>> work) =>
        ShowAsync(what, (Action<string, long, long> show) => work(p => show(p.File, p.Bytes, p.Of)));

    /// <summary>Work on a number of things.</summary>
    public static Task<T> CountAsync<T>(string what, long of, Func<Action<long>, Task<T>> work) =>
        ShowAsync(what, (Action<string, long, long> show) => work(done => show("", done, of)));

    private static async Task<T> ShowAsync<T>(string what, Func<Action<string, long, long>, Task<T>> work)
    {
        if (Terminal.IsOutputRedirected)
            return await work(static (_, _, _) => { });
        T result = default!;
        await AnsiConsole.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn()).StartAsync(async progress =>
        {
            var shown = progress.AddTask(what);
            result = await work((part, done, of) =>
            {
                shown.Description = $"{what} {part}".TrimEnd();
                shown.MaxValue = Math.Max(1, of);
                shown.Value = done;
            });
            shown.Value = shown.MaxValue;
        });
        return result;
    }
}
