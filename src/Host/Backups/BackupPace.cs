using B2D.Storage.Backups;

namespace B2D.Host.Backups;

/// <summary>Runs a backup's steps with pauses as long as the steps, so that at most half of a disk and of a processor is the backup's.</summary>
internal static class BackupPace
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    /// <summary>Runs to the end.</summary>
    /// <param name="alone">Nobody else uses the data: without pauses.</param>
    /// <param name="progress">Told after each step.</param>
    public static async Task<BackupManifest> RunAsync(BackupRun run, bool alone, Action<BackupProgress> progress, TimeProvider time, CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var start = time.GetTimestamp();
            if (!run.Step())
                return run.Whole!;
            progress(run.Progress);
            if (alone)
                continue;
            var took = time.GetElapsedTime(start);
            await Task.Delay(took < Shortest ? Shortest : took > Longest ? Longest : took, time, cancellation);
        }
    }
}
