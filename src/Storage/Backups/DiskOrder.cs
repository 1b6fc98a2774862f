using System.Runtime.InteropServices;

namespace B2D.Storage.Backups;

/// <summary>Brings files and the names of files to the disk, so that one is there before the other.</summary>
internal static partial class DiskOrder
{
    private const int ReadOnly = 0;

    /// <summary>What is in a file is on disk when this returns.</summary>
    public static void Flush(string file)
    {
        using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        RandomAccess.FlushToDisk(handle);
    }

    /// <summary>What a folder lists is on disk when this returns; Windows sees to that by itself.</summary>
    public static void FlushNames(string folder)
    {
        if (OperatingSystem.IsWindows() || open(Path.GetFullPath(folder), ReadOnly) is not (>= 0 and var descriptor))
            return;
        _ = fsync(descriptor);
        _ = close(descriptor);
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc")]
    private static partial int fsync(int descriptor);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);
}
