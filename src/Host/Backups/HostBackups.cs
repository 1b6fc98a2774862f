using B2D.Console;
using B2D.Core;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Backups;
using Microsoft.Extensions.Logging;

namespace B2D.Host.Backups;

/// <summary>Backups of the running program, one at a time, on a task of their own.</summary>
internal sealed partial class HostBackups(Stores stores, TimeProvider time, ILogger log) : IBackups, IAsyncDisposable
{
    private readonly Lock gate = new();
    private CancellationTokenSource? stopping;
    private Task running = Task.CompletedTask;

    public BackupState? Latest { get; private set; }

    /// <summary>When the last whole backup since the start was taken, epoch ms; 0: none.</summary>
    public long LastWholeAt { get; private set; }

    private ServerTime Now => ServerTime.From(time.GetUtcNow());

    public ActOutcome Start(string folder, string who)
    {
        lock (gate)
        {
            if (Latest is { Running: true })
                return new ActOutcome.Conflict(0, $"A backup to {Latest.Folder} is being made.");
            BackupRun run;
            try
            {
                run = BackupRun.Begin(stores, folder, Now.EpochMs);
            }
            catch (Exception e) when (e is StorageException or IOException or UnauthorizedAccessException)
            {
                return new ActOutcome.Rejected(e.Message);
            }
            Latest = new BackupState(folder, true, "", 0, 0, "", Now);
            stopping = new CancellationTokenSource();
            running = Task.Run(() => RunAsync(run, folder, who, stopping.Token));
            return new ActOutcome.Done(0);
        }
    }

    public void Cancel()
    {
        lock (gate)
            stopping?.Cancel();
    }

    public async ValueTask DisposeAsync()
    {
        Cancel();
        await running;
        stopping?.Dispose();
    }

    private async Task RunAsync(BackupRun run, string folder, string who, CancellationToken cancellation)
    {
        var since = Latest!.Since;
        try
        {
            using (run)
            {
                var whole = await BackupPace.RunAsync(run, alone: false, p => Latest = new BackupState(folder, true, p.File, p.Bytes, p.Of, "", since), time, cancellation);
                LastWholeAt = whole.TakenAt;
            }
            LogWhole(folder);
            stores.State.Write(db => AuditStore.Append(db, Now.EpochMs, who, "backup", folder, "{}"));
            Latest = Latest with { Running = false };
        }
#pragma warning disable CA1031 // Whatever stops a backup (a full disk, a medium taken away) is said to who asked for it; the program goes on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            var why = e is OperationCanceledException ? "It was called off." : e.Message;
            LogFailed(folder, why);
            Latest = Latest with { Running = false, Problem = why };
        }
    }

    [LoggerMessage(1020, LogLevel.Information, "Backup to {Folder} is whole")]
    private partial void LogWhole(string folder);

    [LoggerMessage(1021, LogLevel.Warning, "Backup to {Folder} came to nothing: {Reason}")]
    private partial void LogFailed(string folder, string reason);
}
