using System.Diagnostics;
using Xunit;

namespace B2D.Interop.Alarms;

/// <summary>A test on a file system of its own size, which only root may mount.</summary>
public sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute()
    {
        if (SmallDisk.TryMount(out var why) is { } disk)
            disk.Dispose();
        else
            Skip = why;
    }
}

/// <summary>A tmpfs: a disk that is full when it is full.</summary>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string folder) => Folder = folder;

    public string Folder { get; }

    private string Ballast => Path.Combine(Folder, "somebody-elses.bin");

    public long Free => new DriveInfo(Folder).AvailableFreeSpace;

    public static SmallDisk? TryMount(out string why, int mebibytes = 1)
    {
        why = "mount -t tmpfs is not permitted here; it needs root and a kernel that lets it";
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
            return null;
        var folder = Directory.CreateTempSubdirectory("b2d-disk-").FullName;
        if (Run("mount", "-t", "tmpfs", "-o", $"size={mebibytes}m,mode=700", "tmpfs", folder))
            return new SmallDisk(folder);
        Directory.Delete(folder);
        return null;
    }

    /// <summary>Somebody else writes until so much is left.</summary>
    public void FillUpTo(long free)
    {
        using var file = new FileStream(Ballast, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        var block = new byte[64 * 1024];
        try
        {
            while (Free > free)
                file.Write(block, 0, (int)Math.Min(block.Length, Math.Max(4096, Free - free)));
        }
        catch (IOException)
        {
            // Full to the last page.
        }
    }

    /// <summary>And takes it away again.</summary>
    public void MakeRoom() => File.Delete(Ballast);

    public void Dispose()
    {
        Run("umount", "-l", Folder);
        Directory.Delete(Folder);
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
