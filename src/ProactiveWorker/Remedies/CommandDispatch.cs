using System.Globalization;
using System.Text;
using System.Text.Json;
using B2D.Bus;
using B2D.Core;
using B2D.Core.Devices;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Outbox;
using B2D.Storage.Remedies;

namespace B2D.ProactiveWorker.Remedies;

/// <summary>Hands queued commands to the gateway, and people's commands to the queue.</summary>
public sealed class CommandDispatch(Database state, CommandQueue queue)
{
    internal const string OutboxKind = "command";

    private readonly DueWatch watch = new(state);

    /// <summary>How long a command of a person waits for its device; 5 minutes, the time somebody looks at a page.</summary>
    private static readonly TimeSpan PersonsPatience = TimeSpan.FromMinutes(5);

    /// <summary>Sends one outbox row's command. Marked as sent before it is handed over: the gateway keeps it, and what is lost in a crash is handed over again at the start.</summary>
    internal void Carry(Db db, OutboxRow row, bool stopped, ServerTime now, List<DeviceCommand> leaving)
    {
        var command = CommandStore.Find(db, row.Subject);
        if (command is null || command.State != "Queued")
        {
            OutboxStore.Done(db, row.Id, now.EpochMs, "gone");
            return;
        }
        if (stopped || command.ExpiresAt <= now.EpochMs)
        {
            CommandStore.Update(db, command with { State = stopped ? "Stopped" : "Expired", VerdictAt = now.EpochMs }, "Queued");
            OutboxStore.Done(db, row.Id, now.EpochMs, stopped ? "stopped" : "expired");
            return;
        }
        CommandStore.Update(db, command with { State = "Sent", SentAt = now.EpochMs }, "Queued");
        OutboxStore.Done(db, row.Id, now.EpochMs, "sent");
        leaving.Add(Packed(command));
    }

    /// <summary>Puts what Carry collected on the bus, after the transaction.</summary>
    internal void HandOver(List<DeviceCommand> leaving)
    {
        foreach (var command in leaving)
            queue.Send(command);
        leaving.Clear();
    }

    /// <summary>After a start: commands that were sent and not delivered may never have left; a device that gets one twice does it once.</summary>
    public void Start(ServerTime now)
    {
        var open = state.Read(db => CommandStore.List(db, new CommandFilter { States = ["Sent"], Limit = 1000 }));
        foreach (var command in open.Where(c => c.ExpiresAt > now.EpochMs))
            queue.Send(Packed(command));
    }

    /// <summary>Commands nobody answered in time are over.</summary>
    public void Expire(ServerTime now)
    {
        if (!watch.IsDue(now, CommandStore.NextExpiry))
            return;
        state.Write(db =>
        {
            foreach (var command in CommandStore.Expired(db, now.EpochMs, 200))
                CommandStore.Update(db, command with { State = "Expired", VerdictAt = now.EpochMs }, command.State);
        });
    }

    /// <summary>A person sends a command.</summary>
    /// <returns>The command's id.</returns>
    public string Send(string device, string name, string args, string who, ServerTime now)
    {
        var id = $"cmd-{Guid.CreateVersion7(now.Utc):N}";
        state.Write(db =>
        {
            CommandStore.Put(db, new CommandRow
            {
                Id = id,
                Device = device,
                Name = name,
                Args = args,
                RequestedBy = who,
                Reason = "sent by hand",
                CreatedAt = now.EpochMs,
                ExpiresAt = (now + PersonsPatience).EpochMs,
            });
            OutboxStore.Put(db, new OutboxRow { EffectId = $"command/{id}", Kind = OutboxKind, Subject = id, DueAt = now.EpochMs, CreatedAt = now.EpochMs });
            AuditStore.Append(db, now.EpochMs, who, "command.send", $"device:{device}", JsonSerializer.Serialize(new { id, name }));
        });
        return id;
    }

    private static DeviceCommand Packed(CommandRow command) => new(command.Id, DeviceId.Parse(command.Device), Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $$"""{"command":{{JsonSerializer.Serialize(command.Name)}},"args":{{command.Args}},"expires":{{command.ExpiresAt}}}""")));
}
