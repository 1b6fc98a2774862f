using B2D.Core;

namespace B2D.Console;

/// <summary>A backup that is being made, or the last one since the start.</summary>
/// <param name="File">The database that is being copied.</param>
/// <param name="Problem">Why it came to nothing; empty where it did not.</param>
public sealed record BackupState(string Folder, bool Running, string File, long Bytes, long Of, string Problem, ServerTime Since);

/// <summary>Where backups are made; absent where the data is not in files.</summary>
public interface IBackups
{
    /// <summary>Null: none since the start.</summary>
    BackupState? Latest { get; }

    /// <summary>Begins one into a folder of this machine; one at a time.</summary>
    ActOutcome Start(string folder, string who);

    /// <summary>Calls off the one that is being made.</summary>
    void Cancel();
}
