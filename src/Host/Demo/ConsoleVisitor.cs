using System.Globalization;

namespace B2D.Host.Demo;

/// <summary>Looks at one page of the console after the other, as people do while things happen, and notes how long each takes.</summary>
internal sealed class ConsoleVisitor(HttpClient http, string console, TimeProvider time)
{
    /// <summary>Between two pages.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private static readonly string[] Pages = ["/", "/outages", "/outages/1", "/cases", "/cases/1", "/notices", "/devices", "/dues", "/status"];

    private readonly List<(string Page, double Ms)> took = [];

    /// <summary>Until it is cancelled.</summary>
    /// <exception cref="HttpRequestException">A page could not be had.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            for (var i = 0; ; i++)
            {
                var page = Pages[i % Pages.Length];
                var began = time.GetTimestamp();
                using var answer = await http.GetAsync(new Uri(console + page), cancellation);
                await answer.Content.ReadAsByteArrayAsync(cancellation);
                // Outage and case 1 are not there from the beginning.
                if (answer.IsSuccessStatusCode)
                    took.Add((page, time.GetElapsedTime(began).TotalMilliseconds));
                else if ((int)answer.StatusCode >= 500)
                    throw new HttpRequestException(string.Create(CultureInfo.InvariantCulture, $"the console answered {(int)answer.StatusCode} for {page}"));
                await Task.Delay(Pause, time, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The run is over.
        }
    }

    /// <summary>What it noted; after <see cref="RunAsync"/>.</summary>
    public ConsoleFigures Figures()
    {
        var sorted = took.OrderBy(t => t.Ms).ToArray();
        return sorted.Length == 0
            ? new ConsoleFigures(0, 0, 0, 0, "")
            : new ConsoleFigures(sorted.Length, At(0.5), At(0.95), Math.Round(sorted[^1].Ms, 1), sorted[^1].Page);

        double At(double share) => Math.Round(sorted[(int)Math.Min(sorted.Length - 1, share * sorted.Length)].Ms, 1);
    }
}
