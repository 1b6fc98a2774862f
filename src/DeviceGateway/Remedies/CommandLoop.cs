using B2D.Bus;
using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.DeviceGateway.Devices;
using B2D.DeviceGateway.Ingest;
using B2D.DeviceGateway.Telemetry;
using Microsoft.Extensions.Logging;

namespace B2D.DeviceGateway.Remedies;

/// <summary>
/// Commands on their way down. One is sent when its device, or the gateway device that speaks for it, is connected and listens, and sent again on the next
/// connection until it was acknowledged, answered, called off or has expired; a device does the same command id once. Devices' connections
/// tell it what happened; all sending is done by <see cref="Pump"/>.
/// </summary>
internal sealed class CommandLoop(
    CommandQueue queue, DeviceDirectory devices, LinkTable links, IngestBuffer intake, StoredCommands register, TimeProvider clock, int maxPerDevice,
    GatewayCounters counters, ILogger logger)
{
    private readonly Lock gate = new();
    private readonly Dictionary<DeviceId, List<PendingCommand>> pending = [];
    private readonly Dictionary<string, PendingCommand> byId = new(StringComparer.Ordinal);

    /// <summary>Called, on any thread, when there may be something to send; it only signals.</summary>
    public Action? Wake { get; set; }

    /// <summary>Commands that are not yet acknowledged, answered or given up.</summary>
    public int Count
    {
        get { lock (gate) return byId.Count; }
    }

    /// <summary>Takes up commands that were sent before a restart and of which nothing was heard.</summary>
    public void Start()
    {
        foreach (var command in register.Unfinished())
            Add(command);
    }

    /// <summary>One turn: takes what came, gives up what has expired, sends what can be sent. Never more to do at once.</summary>
    public bool Pump()
    {
        while (queue.Take() is { } command)
            Add(command);
        var now = ServerTime.From(clock.GetUtcNow());
        foreach (var command in Due(now))
        {
            if (register.IsWanted(command.Id))
                Send(command, now);
            else
                Drop(command, "it was called off");
        }
        return false;
    }

    /// <summary>A device connected or subscribed.</summary>
    public void Listens()
    {
        if (Count > 0)
            Wake?.Invoke();
    }

    /// <summary>The device acknowledged a command that was sent with this tag.</summary>
    public void Delivered(object tag)
    {
        if (tag is not PendingCommand command || !Forget(command))
            return;
        counters.CommandsDelivered.Add();
        if (!command.IsReported)
            intake.Submit(Submission.Of(new Entry.CommandDelivered(command.Device, command.Id)));
    }

    /// <summary>
    /// The device answers. Many do so before they acknowledge; an answer says that the command has arrived. Returns the command whose delivery is to be written
    /// together with the answer, null where that was done before.
    /// </summary>
    public PendingCommand? Answering(Entry.Reply reply)
    {
        lock (gate)
        {
            if (!byId.TryGetValue(reply.CommandId, out var command) || command.Device != reply.Device || command.IsReported)
                return null;
            command.IsReported = true;
            return command;
        }
    }

    /// <summary>The answer is on disk, or could not be written and will come again.</summary>
    public void Answered(PendingCommand command, bool written)
    {
        if (!written)
            command.IsReported = false;
        else if (Forget(command))
            counters.CommandsDelivered.Add();
    }

    private void Add(DeviceCommand command)
    {
        var added = new PendingCommand(command);
        lock (gate)
        {
            if (byId.ContainsKey(command.Id))
                return;
            if (!pending.TryGetValue(command.Device, out var of))
                pending.Add(command.Device, of = []);
            if (of.Count < maxPerDevice)
            {
                of.Add(added);
                byId.Add(command.Id, added);
                return;
            }
        }
        GivenUp(added, $"{maxPerDevice} are waiting for this device");
    }

    /// <summary>
    /// Commands whose device or its parent is connected and has not got them on that connection, in order per device; what has expired is given up.
    /// </summary>
    private List<PendingCommand> Due(ServerTime now)
    {
        List<PendingCommand> due = [];
        List<PendingCommand> expired = [];
        lock (gate)
        {
            foreach (var of in pending.Values)
            {
                expired.AddRange(of.Where(c => c.ExpiresAt <= now));
                due.AddRange(of.Where(c => c.ExpiresAt > now && c.SentBy is not { End: null }));
            }
        }
        foreach (var command in expired)
            Drop(command, "it has expired");
        due.RemoveAll(c => ListenersOf(c.Device).Count == 0);
        return due;
    }

    private void Send(PendingCommand command, ServerTime now)
    {
        var topic = NativeTopic.ForCommand(command.Device, command.Id);
        var seconds = Math.Max(1, (command.ExpiresAt.EpochMs - now.EpochMs) / 1000);
        var life = seconds > uint.MaxValue ? null : (uint?)seconds;
        foreach (var link in ListenersOf(command.Device))
        {
            // Before it is sent: the acknowledgement may come before TrySend returns.
            command.SentBy = link;
            if (link.TrySend(topic, command.Payload, life, command))
            {
                counters.CommandsSent.Add();
                return;
            }
            command.SentBy = null;
        }
    }

    private IReadOnlyList<DeviceLink> ListenersOf(DeviceId device)
    {
        var own = links.Of(device);
        return devices.Find(device)?.Parent is { } parent ? [.. own, .. links.Of(parent)] : own;
    }

    private bool Forget(PendingCommand command)
    {
        lock (gate)
        {
            if (!byId.Remove(command.Id))
                return false;
            var of = pending[command.Device];
            of.Remove(command);
            if (of.Count == 0)
                pending.Remove(command.Device);
            return true;
        }
    }

    private void Drop(PendingCommand command, string reason)
    {
        if (Forget(command))
            GivenUp(command, reason);
    }

    private void GivenUp(PendingCommand command, string reason)
    {
        counters.CommandsDropped.Add();
        Log.CommandDropped(logger, command.Id, command.Device.Value, reason);
    }
}
