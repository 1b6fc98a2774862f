using B2D.FirmwareSim.Running;
using B2D.Mqtt;
using B2D.Mqtt.Client;

namespace B2D.Simulation.World;

/// <summary>What one simulated device's MQTT client is and remembers from one connection to the next: how it speaks, and its part of the session (MQTT 5.0 §4.1).</summary>
internal sealed class ClientMemory
{
    /// <summary>As many as a device has under way.</summary>
    private const int WindowSize = 16;

    private readonly List<(PendingPublish Publish, PublishOutcome? Outcome)> left = [];
    private readonly Dictionary<PendingPublish, (VirtualWire Wire, long Until)> releases = [];

    /// <param name="number">Of the device in its town.</param>
    /// <param name="isRouter">Its silence is judged: it has a keep-alive that outlasts the network's troubles.</param>
    public ClientMemory(int number, Random dice, bool isRouter)
    {
        (Number, Dice, IsRouter) = (number, dice, isRouter);
        Version = dice.Next(3) == 0 ? MqttVersion.V311 : MqttVersion.V5;
        QoS = dice.Next(3) == 0 ? QoS.ExactlyOnce : QoS.AtLeastOnce;
        KeepAlive = (ushort)(isRouter ? 30 : dice.Next(4, 6));
    }

    public int Number { get; }

    public Random Dice { get; }

    public bool IsRouter { get; }

    public MqttVersion Version { get; }

    /// <summary>Of its messages, and of its subscriptions.</summary>
    public QoS QoS { get; }

    /// <summary>Seconds.</summary>
    public ushort KeepAlive { get; }

    public ClientWindow Window { get; private set; } = new(WindowSize);

    /// <summary>Packet ids of QoS 2 messages that have come and are not released.</summary>
    public HashSet<ushort> ExactlyOnce { get; } = [];

    /// <summary>The gateway has said that the session is there, and it outlives its connection.</summary>
    public bool HasSession { get; private set; }

    /// <summary>What the gateway still has is of no use: the next connection begins with a new session.</summary>
    public bool MustClear { get; private set; }

    /// <summary>The gateway with which it had its last connection.</summary>
    public object? LastGateway { get; set; }

    /// <summary>The power is gone, and the memory with it.</summary>
    public void Forget()
    {
        Window = new ClientWindow(WindowSize);
        ExactlyOnce.Clear();
        left.Clear();
        releases.Clear();
        (HasSession, MustClear) = (false, true);
    }

    /// <summary>CONNECT was accepted. A clean session of MQTT 3.1.1 ends with its connection.</summary>
    public void Accepted(bool clean) => (HasSession, MustClear) = (!clean || Version == MqttVersion.V5, false);

    /// <summary>The gateway has no session: what was under way is the device's again.</summary>
    public void Lose()
    {
        foreach (var lost in Window.Lose())
            left.RemoveAll(l => l.Publish == lost);
        ExactlyOnce.Clear();
        releases.Clear();
    }

    /// <summary>A message whose connection broke before it was acknowledged; it is sent again by the next one.</summary>
    public void Leave(PendingPublish publish) => left.Add((publish, null));

    /// <summary>What was left behind is acknowledged, and the device has not asked for it again yet.</summary>
    public void Settle(PendingPublish publish, PublishOutcome outcome)
    {
        if (left.FindIndex(l => l.Publish == publish) is var at and >= 0)
            left[at] = (publish, outcome);
    }

    /// <summary>The device asks to send something: where that was left behind, it is the same message; null where it was not.</summary>
    public (PendingPublish Publish, PublishOutcome? Outcome)? Claim(string topic, ReadOnlyMemory<byte> payload)
    {
        var at = left.FindIndex(l => l.Publish.Message.Topic == topic && l.Publish.Message.Payload.Equals(payload));
        if (at < 0)
            return null;
        var claimed = left[at];
        left.RemoveAt(at);
        return claimed;
    }

    /// <summary>PUBREL was written onto a wire, up to this byte of it.</summary>
    public void Released(PendingPublish publish, VirtualWire wire)
    {
        if (!releases.TryGetValue(publish, out var before) || before.Wire.Arrived < before.Until)
            releases[publish] = (wire, wire.Sent);
    }

    /// <summary>Forgets that PUBREL was written; true where it may have reached the gateway on a connection before this one.</summary>
    public bool TakeRelease(PendingPublish publish, VirtualWire now) =>
        releases.Remove(publish, out var release) && release.Wire != now && release.Wire.Arrived >= release.Until;
}
