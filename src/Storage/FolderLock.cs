using System.Globalization;
using System.Text;

namespace B2D.Storage;

/// <summary>
/// Holds a data folder for this process: <c>b2d.lock</c>, locked as long as this lives, so that the operating system frees it whatever happens.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    public const string FileName = "b2d.lock";

    /// <summary>EWOULDBLOCK: the lock is taken.</summary>
    private const int WouldBlock = 11;

    /// <summary>ERROR_SHARING_VIOLATION, the same on Windows.</summary>
    private const int SharingViolation = unchecked((int)0x80070020);

    private readonly FileStream file;

    private FolderLock(FileStream file) => this.file = file;

    /// <exception cref="StorageException">Another process has the folder.</exception>
    public static FolderLock Take(string folder)
    {
        var path = Path.Combine(folder, FileName);
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e.HResult is WouldBlock or SharingViolation)
        {
            throw new StorageException(
                StorageProblem.InUse,
                $"The data folder {Path.GetFullPath(folder)} is in use by another b2d ({FileName} is locked). {StorageException.WhatToDoInUse}",
                e);
        }
        file.SetLength(0);
        file.Write(Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n"));
        file.Flush();
        return new FolderLock(file);
    }

    public void Dispose() => file.Dispose();
}
