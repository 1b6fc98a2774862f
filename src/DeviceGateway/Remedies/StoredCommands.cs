using System.Text.Json;
using B2D.Bus;
using B2D.Core.Devices;
using B2D.Storage;
using B2D.Storage.Remedies;

namespace B2D.DeviceGateway.Remedies;

/// <summary>The commands in the state database: what became of them outside the gateway.</summary>
internal sealed class StoredCommands(Database state)
{
    /// <summary>
    /// Commands that were sent and of which nothing has been heard since, oldest first. What is Queued is still the worker's to release or to hold.
    /// </summary>
    public IReadOnlyList<DeviceCommand> Unfinished()
    {
        var commands = new List<DeviceCommand>();
        (long, string)? before = null;
        while (true)
        {
            var rows = state.Read(db => CommandStore.List(db, new CommandFilter { States = ["Sent"], Limit = 1_000, Before = before }));
            if (rows.Count == 0)
            {
                commands.Reverse(); // the list has the newest first
                return commands;
            }
            before = (rows[^1].CreatedAt, rows[^1].Id);
            commands.AddRange(rows.Select(row => new DeviceCommand(row.Id, DeviceId.Parse(row.Device), PayloadOf(row))));
        }
    }

    /// <summary>False where somebody has called it off, or it got its verdict another way.</summary>
    public bool IsWanted(string commandId) =>
        state.Read(db => CommandStore.Find(db, commandId)) is not { } row || row.State is "Queued" or "Sent" or "Delivered";

    private static byte[] PayloadOf(CommandRow row)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("command", row.Name);
            json.WritePropertyName("args");
            json.WriteRawValue(row.Args);
            json.WriteNumber("expires", row.ExpiresAt);
            json.WriteEndObject();
        }
        return stream.ToArray();
    }
}
