using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace B2D.DeviceGateway.Listeners;

/// <summary>
/// What was made of files, made again when one of them changes. Looked at when it is asked for, at most once a second. Where what is new cannot be used, the
/// old stays, and the log says so once for each change.
/// </summary>
/// <param name="paths">The files; empty names are left out.</param>
/// <param name="load">Makes it.</param>
/// <param name="clock">Clock.</param>
/// <param name="logger">Where changes are told.</param>
internal sealed class ReloadedFile<T>(IReadOnlyList<string> paths, Func<T> load, TimeProvider clock, ILogger logger)
    where T : class
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private string seen = "";
    private T? current;
    private DateTimeOffset lookAt;

    /// <summary>As the files are now, or as they were last when they were good.</summary>
    /// <exception cref="CryptographicException">The files were never good.</exception>
    public T Current
    {
        get
        {
            lock (gate)
            {
                var now = clock.GetUtcNow();
                if (current is null || now >= lookAt || lookAt - now > LookEvery)
                {
                    lookAt = now + LookEvery;
                    Look();
                }
                return current!;
            }
        }
    }

    private void Look()
    {
        try
        {
            var stamp = string.Join('|', paths.Where(p => p.Length > 0).Select(Stamp));
            if (stamp == seen)
                return;
            seen = stamp;
            var before = current;
            current = load();
            if (before is not null)
                Log.FileReloaded(logger, paths[0]);
        }
        catch (Exception e) when (
            current is not null && e is (CryptographicException or IOException or UnauthorizedAccessException or InvalidOperationException))
        {
            Log.FileNotReloaded(logger, paths[0], e.Message);
        }
    }

    /// <summary>A file behind links is another one when a link is set anew (certbot, Kubernetes), whatever its times.</summary>
    private static string Stamp(string path)
    {
        var file = new FileInfo(path);
        var target = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
        return target.Exists ? $"{target.FullName} {target.LastWriteTimeUtc.Ticks} {target.Length}" : $"{path} is gone";
    }
}
