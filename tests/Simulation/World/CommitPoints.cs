using System.Reflection;
using B2D.Storage;
using B2D.Storage.Telemetry;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace B2D.Simulation.World;

/// <summary>What is killed together.</summary>
public enum Victim : byte
{
    /// <summary>The role that evaluates: state and telemetry are its databases.</summary>
    Worker = 1,

    /// <summary>The whole program.</summary>
    Process = 2,
}

/// <summary>
/// Kills at a commit: the chosen one is undone, or it is the last that holds, and from then on nothing of the victim is written or seen outside. It sits in
/// SQLite's own commit hook, so that the product's code runs as it is up to that very point.
/// </summary>
internal sealed class CommitPoints
{
    private readonly List<sqlite3> handles = [];
    private long left;
    private bool undone;

    public CommitPoints(Stores stores)
    {
        Hook(LogOf(stores.Log), isGateways: true);
        Hook(stores.State, isGateways: false);
        Hook(stores.Sessions, isGateways: true);
        Hook(LogOf(stores.Telemetry), isGateways: false);
    }

    /// <summary>Commits of anybody so far.</summary>
    public long Count { get; private set; }

    /// <summary>Who is to be killed or was; null where nobody.</summary>
    public Victim? Victim { get; private set; }

    /// <summary>The victim is dead: throw it away and call <see cref="Disarm"/>.</summary>
    public bool IsDead { get; private set; }

    /// <summary>Kills at the <paramref name="nth"/> commit of the victim from now on, 1 for the next.</summary>
    /// <param name="undo">That commit does not happen; otherwise it is the victim's last.</param>
    public void Arm(Victim victim, long nth, bool undo) => (Victim, left, undone, IsDead) = (victim, nth, undo, false);

    /// <summary>Everybody lives again.</summary>
    public void Disarm() => (Victim, IsDead) = (null, false);

    private static Database LogOf(PartitionLog log) =>
        (Database)typeof(PartitionLog).GetProperty("Database", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(log)!;

    private static Database LogOf(TelemetryStore telemetry) =>
        (Database)typeof(TelemetryStore).GetProperty("Database", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(telemetry)!;

    private void Hook(Database database, bool isGateways)
    {
        var writer = (SqliteConnection)database.GetType().GetProperty("Writer", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(database)!;
        handles.Add(writer.Handle!);
        raw.sqlite3_commit_hook(writer.Handle!, _ => OnCommit(isGateways), null);
    }

    /// <summary>0 lets the commit happen, anything else makes it a rollback.</summary>
    private int OnCommit(bool isGateways)
    {
        Count++;
        if (Victim is not { } victim || (isGateways && victim == World.Victim.Worker))
            return 0;
        if (IsDead)
            return 1;
        if (--left > 0)
            return 0;
        IsDead = true;
        return undone ? 1 : 0;
    }
}
