using System.Text.Json;
using B2D.Core;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Remedies;

namespace B2D.ProactiveWorker;

/// <summary>One switch that stops all notices and remedies at once. What is due waits; commands are called off.</summary>
public sealed class StopSwitch(Database state)
{
    private const string Key = "stop-all";

    /// <summary>Whether it is thrown, by whom, since when and why.</summary>
    public sealed record Position(bool Stopped, string Who, long At, string Reason);

    /// <summary>Where it stands, inside a transaction.</summary>
    public static Position Read(Db db) => SettingStore.Find(db, Key) is { } row
        ? JsonSerializer.Deserialize<Position>(row.Value)!
        : new Position(false, "", 0, "");

    /// <summary>Where it stands.</summary>
    public Position Read() => state.Read(Read);

    /// <summary>Throws it, or lets everything go on.</summary>
    public void Set(bool stopped, string who, string reason, ServerTime now) => state.Write(db =>
    {
        SettingStore.Set(db, Key, JsonSerializer.Serialize(new Position(stopped, who, now.EpochMs, reason)), now.EpochMs, who);
        // The gateway keeps some for devices that are away, and asks before it sends one.
        if (stopped)
            CommandStore.CallOff(db, now.EpochMs);
        AuditStore.Append(db, now.EpochMs, who, stopped ? "stop" : "resume", "notices and remedies", JsonSerializer.Serialize(new { reason }));
    });
}
