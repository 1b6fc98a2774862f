namespace B2D.Storage;

/// <summary>Why stored data cannot be used.</summary>
public enum StorageProblem : byte
{
    /// <summary>Another process has the data folder or the database.</summary>
    InUse = 1,

    /// <summary>A newer version of the program wrote the data.</summary>
    NewerData = 2,

    /// <summary>What is stored is damaged: it was not written by this program, or has been changed by something else.</summary>
    Damaged = 3,

    /// <summary>A backup or a restore was killed before it was whole.</summary>
    Incomplete = 4,

    /// <summary>An older version of the program wrote the data, and it was to be read only.</summary>
    OlderData = 5,
}

/// <summary>Stored data cannot be used; the message says why and what to do.</summary>
public sealed class StorageException : Exception
{
    /// <summary>The advice that goes with <see cref="StorageProblem.InUse"/>.</summary>
    internal const string WhatToDoInUse = "Stop it, or use its API or command-line verbs while it runs.";

    public StorageException()
    {
    }

    public StorageException(string message)
        : base(message)
    {
    }

    public StorageException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public StorageException(StorageProblem problem, string message, Exception? innerException = null)
        : base(message, innerException) => Problem = problem;

    public StorageProblem Problem { get; } = StorageProblem.Damaged;
}
