using System.CommandLine;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using B2D.Host.Backups;
using B2D.Host.Options;
using B2D.Storage;
using B2D.Storage.Backups;

namespace B2D.Host.Verbs;

/// <summary><c>b2d backup</c>, <c>b2d backup check</c> and <c>b2d restore</c>.</summary>
internal static class BackupVerbs
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    public static void AddTo(RootCommand root)
    {
        var to = new Argument<string>("FOLDER") { Description = "Where the backup goes: a folder that is not there yet" };
        var backup = new Command("backup", "Copies all databases as they are at this instant, also while B2D runs. The key file (Secrets:KeyFile) is not in it: keep a copy of that elsewhere.")
        {
            to, Settings.Data(), Settings.Set(), Check(),
        };
        backup.SetAction((parsed, cancellation) => Settings.Guard(() =>
            MakeAsync(Settings.Read(parsed, Directory.GetCurrentDirectory()), Path.GetFullPath(parsed.GetValue(to)!), cancellation)));
        root.Add(backup);

        var from = new Argument<string>("FOLDER") { Description = "A backup that b2d backup made" };
        var restore = new Command("restore", "Puts a backup into an empty data folder, after checking it. B2D does not run meanwhile.") { from, Settings.Data(), Settings.Set() };
        restore.SetAction((parsed, cancellation) => Settings.Guard(() =>
            RestoreAsync(Settings.Read(parsed, Directory.GetCurrentDirectory()), Path.GetFullPath(parsed.GetValue(from)!), cancellation)));
        root.Add(restore);
    }

    private static Command Check()
    {
        var of = new Argument<string>("FOLDER") { Description = "A backup that b2d backup made" };
        var check = new Command("check", "Reads a whole backup and says whether it can be restored. Exit status 1 where it cannot.") { of };
        check.SetAction((parsed, cancellation) => Settings.Guard(async () =>
        {
            var folder = Path.GetFullPath(parsed.GetValue(of)!);
            var problems = await TerminalProgress.ShowAsync("check", told => Task.FromResult(BackupCheck.Run(folder, told, cancellation)));
            foreach (var problem in problems)
                Terminal.Error.WriteLine(problem);
            if (problems.Count == 0)
                Terminal.WriteLine($"{folder} is whole: {Of(BackupManifest.Read(folder))}.");
            return problems.Count == 0 ? 0 : 1;
        }));
        return check;
    }

    private static async Task<int> MakeAsync(InstallationOptions options, string folder, CancellationToken cancellation)
    {
        await TerminalProgress.ShowAsync("backup", async told =>
        {
            BackupRun run;
            try
            {
                run = BackupRun.Begin(options.Data, folder, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
            }
            catch (StorageException e) when (e.Problem == StorageProblem.InUse)
            {
                using var running = await LocalDoor.OpenedAsync(options.Data);
                if (running is null)
                    throw;
                await HandOverAsync(running, folder, told, cancellation);
                return true;
            }
            using (run)
                await BackupPace.RunAsync(run, alone: true, told, TimeProvider.System, cancellation);
            return true;
        });
        Terminal.WriteLine($"{folder} is whole: {Of(BackupManifest.Read(folder))}.");
        Terminal.WriteLine($"Not in it: the key file ({Path.GetFullPath(options.Secrets.KeyFile)}), without which stored keys of devices cannot be read, appsettings.json and the rule files.");
        return 0;
    }

    /// <summary>The running program makes it; this looks on, and calls it off where it is told to end.</summary>
    private static async Task HandOverAsync(HttpClient running, string folder, Action<BackupProgress> told, CancellationToken cancellation)
    {
        using (var begun = await running.PostAsJsonAsync("/api/backups", new { folder }, cancellation))
        {
            if (begun.StatusCode != HttpStatusCode.Accepted)
                throw new StorageException($"The running program made no backup: {await WhyAsync(begun, cancellation)}");
        }
        try
        {
            while (true)
            {
                var latest = await running.GetFromJsonAsync<JsonElement>("/api/backups/latest", cancellation);
                told(new BackupProgress(latest.GetProperty("file").GetString()!, latest.GetProperty("bytes").GetInt64(), latest.GetProperty("of").GetInt64()));
                switch (latest.GetProperty("state").GetString())
                {
                    case "whole":
                        return;
                    case "failed":
                        throw new StorageException($"The backup came to nothing: {latest.GetProperty("problem").GetString()}");
                }
                await Task.Delay(Look, TimeProvider.System, cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            using var off = await running.DeleteAsync("/api/backups/latest", CancellationToken.None);
            throw;
        }
    }

    private static async Task<int> RestoreAsync(InstallationOptions options, string folder, CancellationToken cancellation)
    {
        var manifest = await TerminalProgress.ShowAsync("restore", told => Task.FromResult(RestoreRun.Run(folder, options.Data, told, cancellation)));
        Terminal.WriteLine($"{Path.GetFullPath(options.Data)} is restored: {Of(manifest)}.");
        if (!File.Exists(options.Secrets.KeyFile))
            Terminal.WriteLine($"The key file {Path.GetFullPath(options.Secrets.KeyFile)} is missing: put its copy there before b2d run, or devices with tokens cannot sign in.");
        Terminal.WriteLine("Notices that were due then may have gone out since. Where that matters: b2d stop --reason restored, then b2d run, look, and b2d resume.");
        return 0;
    }

    private static async Task<string> WhyAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        try
        {
            var said = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation);
            return said.TryGetProperty("detail", out var why) ? why.GetString()! : answer.ReasonPhrase ?? "";
        }
        catch (JsonException)
        {
            return answer.ReasonPhrase ?? "";
        }
    }

    private static string Of(BackupManifest manifest) =>
        $"{manifest.Files.Sum(f => f.Bytes) / 1048576.0:N1} MiB as of {DateTimeOffset.FromUnixTimeMilliseconds(manifest.TakenAt):yyyy-MM-dd HH:mm:ss} UTC, log up to {manifest.LogOffset:N0}";
}
