using System.Net;
using B2D.Mqtt.Server;
using B2D.Mqtt.Sessions;

namespace B2D.Mqtt;

/// <summary>A client as the application sees it. One object for the life of the session, over all its connections.</summary>
public sealed class MqttSession
{
    private long _promise;

    internal MqttSession(Session state, object? principal)
    {
        State = state;
        Principal = principal;
    }

    /// <summary>Client id, 1 to 65,535 bytes of UTF-8; made up by the server when the client sent none.</summary>
    public string ClientId => State.ClientId;

    /// <summary>What <see cref="IMqttApplication.AuthenticateAsync"/> decided with the present or last connection.</summary>
    public object? Principal { get; internal set; }

    /// <summary>Whether there is a connection now.</summary>
    public bool IsConnected => State.IsConnected;

    /// <summary>Number of the present or last connection, unique and rising in this server; 0 before the first.</summary>
    public long ConnectionNumber { get; internal set; }

    /// <summary>Protocol of the present or last connection.</summary>
    public MqttVersion Version { get; internal set; }

    /// <summary>Peer of the present or last connection; null when the transport does not tell.</summary>
    public EndPoint? RemoteEndPoint { get; internal set; }

    /// <summary>Name of the listener that the present or last connection came in by.</summary>
    public string Listener { get; internal set; } = "";

    internal Session State { get; }

    /// <summary>Guards <see cref="State"/>. Taken before the router's and the outbox's locks, never two sessions' at once.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>Effects of steps that other threads than the read loop make; only under <see cref="Gate"/>.</summary>
    internal List<Effect> Scratch { get; } = [];

    /// <summary>The generation of the journal that must be durable before anything more is sent to the client.</summary>
    internal long Promise => Volatile.Read(ref _promise);

    /// <summary>What is sent from now on depends on this generation. Any thread.</summary>
    internal void PromiseAfter(long generation)
    {
        while (Volatile.Read(ref _promise) is var seen && seen < generation)
            if (Interlocked.CompareExchange(ref _promise, generation, seen) == seen)
                return;
    }

    /// <summary>Set while a connection is attached, until the application knows of its end.</summary>
    internal MqttConnection? Connection { get; set; }
}
