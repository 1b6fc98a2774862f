using B2D.Interop.Programs;
using Xunit;

namespace B2D.Interop.Ingest;

/// <summary>A test that mounts a file system of its own.</summary>
public sealed class FuseFactAttribute : FactAttribute
{
    public FuseFactAttribute()
    {
        if (!File.Exists("/dev/fuse"))
            Skip = "There is no /dev/fuse on this machine, so no file system can be mounted.";
    }
}

/// <summary>
/// A folder on a file system that keeps what is written in memory until it is flushed (Lossy/lossy.c): its power can be cut, its flushes made slow, and it can be full.
/// </summary>
internal sealed class LossyDisk : IAsyncDisposable
{
    private readonly string program;
    private readonly string behind;
    private readonly string control;
    private ChildProgram? mounted;

    private LossyDisk(string program, string folder, string behind, string control) => (this.program, Folder, this.behind, this.control) = (program, folder, behind, control);

    /// <summary>Where programs see it.</summary>
    public string Folder { get; }

    /// <param name="folder">An empty or missing folder; what is behind it lies beside it.</param>
    public static async Task<LossyDisk> MountAsync(string folder)
    {
        var disk = new LossyDisk(await CompileAsync(), Directory.CreateDirectory(folder).FullName, Directory.CreateDirectory(folder + ".disk").FullName, folder + ".control");
        await disk.PowerOnAsync();
        return disk;
    }

    /// <summary>Each flush takes so much longer from now on.</summary>
    public void SlowDown(TimeSpan flush) => File.WriteAllText(control, $"sync_delay_ms {(long)flush.TotalMilliseconds}\n");

    /// <summary>No file grows from now on.</summary>
    public void Fill() => File.WriteAllText(control, "full 1\n");

    /// <summary>As quick as it can be again, and with room.</summary>
    public void Heal() => File.WriteAllText(control, "");

    /// <summary>What was not flushed is gone. Whoever had files open must be gone already.</summary>
    public async Task CutPowerAsync()
    {
        await PowerOffAsync();
        await PowerOnAsync();
    }

    public async ValueTask DisposeAsync() => await PowerOffAsync();

    private static async Task<string> CompileAsync()
    {
        var source = Path.Combine(Places.Root, "tests", "Interop", "Lossy", "lossy.c");
        var program = Path.Combine(AppContext.BaseDirectory, "lossy");
        if (File.Exists(program) && File.GetLastWriteTimeUtc(program) > File.GetLastWriteTimeUtc(source))
            return program;
        var flags = await ChildProgram.RunAsync("/usr/bin/pkg-config", ["--cflags", "--libs", "fuse3"], AppContext.BaseDirectory);
        Assert.True(flags.Status == 0, $"libfuse3-dev is missing (test.sh installs it): {flags.Error}");
        var compiled = await ChildProgram.RunAsync(
            "/usr/bin/gcc", ["-O2", "-Wall", "-Wextra", "-Werror", "-Wno-format-truncation", "-o", program, source, .. flags.Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)], AppContext.BaseDirectory);
        Assert.True(compiled.Status == 0, compiled.Error);
        return program;
    }

    private async Task PowerOnAsync()
    {
        mounted = ChildProgram.Start(program, [behind, control, Folder, "-f", "-o", "max_threads=8"], "/");
        await Wait.UntilAsync(
            () => mounted.Runs ? IsMounted() : throw new InvalidOperationException($"lossy ended: {mounted.Output}{mounted.Error}"), TimeSpan.FromSeconds(20), $"{Folder} is mounted");
    }

    private bool IsMounted() => File.ReadLines("/proc/mounts").Any(l => l.Split(' ')[1] == Folder);

    private async Task PowerOffAsync()
    {
        if (mounted is null)
            return;
        await mounted.DisposeAsync();
        mounted = null;
        await ChildProgram.RunAsync("/usr/bin/fusermount3", ["-u", "-z", Folder], "/");
        await Wait.UntilAsync(() => !IsMounted(), TimeSpan.FromSeconds(20), $"{Folder} is no longer mounted");
    }
}
