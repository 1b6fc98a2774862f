using B2D.Storage.Backups;
using Spectre.Console;

namespace B2D.Host.Verbs;

/// <summary>A bar with the time that is left, on a terminal; nothing where the output goes to a file or another program.</summary>
internal static class TerminalProgress
{
    public static async Task<T> ShowAsync<T>(string what, Func<Action<BackupProgress>, Task<T>> work)
    {
        if (Terminal.IsOutputRedirected)
            return await work(static _ => { });
        T result = default!;
        await AnsiConsole.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn()).StartAsync(async progress =>
        {
            var shown = progress.AddTask(what);
            result = await work(p =>
            {
                shown.Description = $"{what} {p.File}".TrimEnd();
                shown.MaxValue = Math.Max(1, p.Of);
                shown.Value = p.Bytes;
            });
            shown.Value = shown.MaxValue;
        });
        return result;
    }
}
