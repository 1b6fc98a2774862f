using System.Globalization;
using Spectre.Console;

namespace B2D.FirmwareSim.Verbs;

/// <summary>Shows how far long work is: a bar on a terminal, a plain line now and then anywhere else.</summary>
public sealed class ProgressDisplay(IAnsiConsole console, TimeProvider time)
{
    private static readonly TimeSpan BarEvery = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(5);

    /// <summary>Watches work until it ends; its failure is thrown.</summary>
    /// <param name="title">What is being done.</param>
    /// <param name="look">Where it stands: done, of how many (0 if nobody knows), and a note. Called now and then.</param>
    /// <param name="work">The work, already begun.</param>
    public async Task WatchAsync(string title, Func<(double Done, double Total, string Note)> look, Task work)
    {
        if (!console.Profile.Capabilities.Interactive || !console.Profile.Out.IsTerminal)
        {
            await LinesAsync(title, look, work).ConfigureAwait(false);
            return;
        }

        await console.Progress()
            .AutoClear(false)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask(Markup.Escape(title));
                while (true)
                {
                    var ended = await EndsWithinAsync(work, BarEvery).ConfigureAwait(false);
                    var (done, total, note) = look();
                    bar.IsIndeterminate = total <= 0;
                    bar.MaxValue = Math.Max(1, total);
                    bar.Value = done;
                    bar.Description = Markup.Escape($"{title} {note}");
                    if (ended) return;
                }
            }).ConfigureAwait(false);
        await work.ConfigureAwait(false);
    }

    private async Task LinesAsync(string title, Func<(double Done, double Total, string Note)> look, Task work)
    {
        while (!await EndsWithinAsync(work, LineEvery).ConfigureAwait(false)) Line(title, look());
        Line(title, look());
        await work.ConfigureAwait(false);
    }

    private void Line(string title, (double Done, double Total, string Note) now)
    {
        var share = now.Total > 0 ? string.Create(CultureInfo.InvariantCulture, $" {100 * now.Done / now.Total:0} %") : "";
        console.Profile.Out.Writer.WriteLine($"{title}{share} {now.Note}".TrimEnd());
    }

    private async Task<bool> EndsWithinAsync(Task work, TimeSpan span)
    {
        using var waiting = new CancellationTokenSource();
        await Task.WhenAny(work, Task.Delay(span, time, waiting.Token)).ConfigureAwait(false);
        await waiting.CancelAsync().ConfigureAwait(false);
        return work.IsCompleted;
    }
}
