using B2D.Core.Devices;

namespace B2D.Bus;

/// <summary>A command on its way to a device.</summary>
/// <param name="Id">Names it for ever; a device that gets the same id twice does it once.</param>
/// <param name="Payload">UTF-8 JSON: command, args, expires (epoch ms).</param>
public sealed record DeviceCommand(string Id, DeviceId Device, ReadOnlyMemory<byte> Payload);

/// <summary>Commands from the worker to the gateway. They are kept in the state database; this only carries them.</summary>
public sealed class CommandQueue
{
    private readonly Lock gate = new();
    private readonly Queue<DeviceCommand> waiting = new();

    /// <summary>Called when something came into an empty queue; it only signals.</summary>
    public Action? Wake { get; set; }

    /// <summary>Hands a command to the gateway.</summary>
    public void Send(DeviceCommand command)
    {
        lock (gate)
            waiting.Enqueue(command);
        Wake?.Invoke();
    }

    /// <summary>The next command, or null.</summary>
    public DeviceCommand? Take()
    {
        lock (gate)
            return waiting.TryDequeue(out var command) ? command : null;
    }
}
