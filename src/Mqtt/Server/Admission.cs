using B2D.Mqtt.Packets;
using B2D.Mqtt.Sessions;
using Microsoft.AspNetCore.Http.Features;

namespace B2D.Mqtt.Server;

/// <summary>From CONNECT to CONNACK: the rules of the protocol, the application's decision, the session.</summary>
internal sealed class Admission(MqttServer server, SessionTable sessions)
{
    /// <summary>Shortest keep-alive that a rush shortens, in seconds, and by how much at most.</summary>
    private const int ShortestSpread = 20, SpreadPercent = 20;

    private readonly Lock _gate = new();
    private RateLimit _rate = RateLimit.Full(server.Options.MaxConnectRate, server.Now);

    /// <summary>Decides on a CONNECT packet and answers it. True when the connection has a session and packets may be read.</summary>
    public async ValueTask<bool> DecideAsync(MqttConnection connection, ReadOnlyMemory<byte> body)
    {
        var error = ConnectPacket.Decode(body.Span, out var connect, out var level);
        if (error != ProtocolError.None)
        {
            RefuseUnreadable(connection, level, error);
            return false;
        }
        connection.Version = connect!.Version;
        connection.IsBridge = connect.IsBridge;
        var (mayCome, isRush) = TakeTurn();
        var decision = (mayCome ? CheckRules(connect) : new ConnectDecision(ReasonCode.ServerBusy))
            ?? await server.Application.AuthenticateAsync(Request(connection, connect), connection.Closing).ConfigureAwait(false);
        if (connection.IsClosing)
            return false;
        if (decision.Reason == ReasonCode.Success)
            decision = CheckWill(connect, decision);
        if (decision.Reason != ReasonCode.Success)
            return Refuse(connection, connect.ClientId, decision);

        var clientId = decision.ClientId ?? (connect.ClientId.Length > 0 ? connect.ClientId : $"auto-{Guid.NewGuid():N}");
        if (await sessions.AttachAsync(connection, clientId, connect.CleanStart).ConfigureAwait(false) is not var (session, present))
            return Refuse(connection, clientId, new ConnectDecision(ReasonCode.QuotaExceeded));
        Accept(connection, connect, decision, session, present, isRush);
        server.Application.OnConnected(session);
        connection.Outbox.FlushInline();
        return true;
    }

    /// <summary>After a power cut a whole fleet is back at once: those for whom there is no time now are told so before any work is done for them.</summary>
    private (bool MayCome, bool IsRush) TakeTurn()
    {
        lock (_gate)
        {
            (_rate, var mayCome) = _rate.Take(server.Now);
            return (mayCome, _rate.IsRush);
        }
    }

    /// <summary>Clients that came together would ping together for ever: 5.0 clients of a rush are given keep-alives of different lengths [MQTT-3.2.2-21].</summary>
    private static ConnectionTerms Spread(ConnectionTerms terms, string clientId)
    {
        if (terms.Version != MqttVersion.V5 || terms.KeepAlive < ShortestSpread)
            return terms;
        var share = (uint)clientId.GetHashCode(StringComparison.Ordinal) % SpreadPercent;
        return terms with { KeepAlive = (ushort)(terms.KeepAlive - (terms.KeepAlive * share / 100)) };
    }

    /// <summary>What the standard or a limit refuses before the application is asked; null = nothing.</summary>
    private ConnectDecision? CheckRules(ConnectPacket connect)
    {
        if (server.IsStopping)
            return new ConnectDecision(ReasonCode.ServerUnavailable);
        // 3.1.1 allows no persistent session without a client id [MQTT-3.1.3-8]; 5.0 does, the client learns the id it was given.
        if (connect is { ClientId.Length: 0, CleanStart: false, Version: MqttVersion.V311 } or { ClientId.Length: 0, IsV31: true })
            return new ConnectDecision(ReasonCode.ClientIdentifierNotValid);
        if (connect.ClientId.Length > server.Options.MaxClientIdLength)
        {
            var text = $"The client id is longer than {server.Options.MaxClientIdLength} characters.";
            return new ConnectDecision(ReasonCode.ClientIdentifierNotValid, ReasonString: text);
        }
        // Enhanced authentication (§4.12) is not offered; saying so is what the standard asks for.
        if (connect.Properties?.Text(PropertyId.AuthenticationMethod) != null)
            return new ConnectDecision(ReasonCode.BadAuthenticationMethod);
        return null;
    }

    private ConnectDecision CheckWill(ConnectPacket connect, ConnectDecision decision)
    {
        if (connect.Will is not { } will)
            return decision;
        var asker = new MqttSession(new Session(decision.ClientId ?? connect.ClientId, 0, 0), decision.Principal) { Version = connect.Version };
        var verdict = server.JudgePublish(asker, will.Message.Topic);
        return verdict == ReasonCode.Success ? decision : new ConnectDecision(verdict, ReasonString: "The will's topic is not allowed.");
    }

    private static ConnectRequest Request(MqttConnection connection, ConnectPacket connect) => new(
        connect.ClientId,
        connect.UserName,
        PublishPacket.AsMemory(connect.Password),
        connect.Version,
        connection.Transport.Features.Get<ITlsConnectionFeature>()?.ClientCertificate,
        connection.Transport.RemoteEndPoint,
        connection.Listener,
        connect.CleanStart,
        connect.KeepAlive)
    {
        Will = connect.Will?.Message,
        UserProperties = connect.Properties?.UserProperties ?? [],
    };

    private void Accept(MqttConnection connection, ConnectPacket connect, ConnectDecision decision, MqttSession session, bool present, bool isRush)
    {
        var terms = ConnectionTerms.Of(connect, server.Options);
        if (isRush)
            terms = Spread(terms, session.ClientId);
        var connack = new ConnackPacket(present && !connect.IsV31, ReasonCode.Success, Properties(connect, terms, session.ClientId, decision.ReasonString));
        if (connack.Size(connect.Version) > terms.ToClientPacketSize)
            connack = connack with { Properties = Properties(connect, terms, session.ClientId, null) }; // [MQTT-3.2.2-19]
        var effects = new List<Effect>();
        lock (session.Gate)
        {
            session.Principal = decision.Principal;
            session.Version = connect.Version;
            session.RemoteEndPoint = connection.Transport.RemoteEndPoint;
            session.Listener = connection.Listener;
            session.ConnectionNumber = connection.Number;
            connection.Session = session;
            Keep(session, terms);
            SessionMachine.Connect(session.State, terms, server.Now, effects);
            server.Effects.Keep(session, effects);
            // A client that cannot take what CONNACK must say cannot be served [MQTT-3.1.2-24].
            if (connack.Size(connect.Version) > terms.ToClientPacketSize)
                connection.Close(EndReason.PacketTooLarge, null);
            else
                server.Effects.Accept(session, connection, connack);
            server.Effects.Carry(session, effects);
        }
        server.Counters.Accepted();
        MqttServerLog.Connected(
            server.Logger, connection.Number, session.ClientId, session.RemoteEndPoint, session.Listener, connect.Version, present);
    }

    /// <summary>A session that outlives its connection is kept from here on.</summary>
    private void Keep(MqttSession session, ConnectionTerms terms)
    {
        if (!server.Journal.IsKept || terms.SessionExpiry == 0)
            return;
        session.State.PrincipalName = server.Application.PrincipalName(session);
        if (!session.State.IsKept)
            session.State.Key = server.Journal.NewSession();
    }

    /// <summary>What CONNACK must tell a 5.0 client: everything that differs from the standard's defaults or from what the client asked (§3.2.2.3).</summary>
    private PropertyBag? Properties(ConnectPacket connect, ConnectionTerms terms, string clientId, string? reason)
    {
        if (connect.Version == MqttVersion.V311)
            return null;
        var options = server.Options;
        var asked = connect.Properties?.Number(PropertyId.SessionExpiryInterval) ?? 0;
        return new PropertyBag()
            .Add(PropertyId.SessionExpiryInterval, asked == terms.SessionExpiry ? null : terms.SessionExpiry)
            .Add(PropertyId.AssignedClientIdentifier, clientId == connect.ClientId ? null : clientId)
            .Add(PropertyId.ServerKeepAlive, connect.KeepAlive == terms.KeepAlive ? null : (uint)terms.KeepAlive)
            .Add(PropertyId.ReasonString, reason)
            .Add(PropertyId.TopicAliasMaximum, options.MaxTopicAliases == 0 ? null : (uint)options.MaxTopicAliases)
            .Add(PropertyId.MaximumPacketSize, (uint)options.MaxPacketSize)
            .Add(PropertyId.ReceiveMaximum, options.ReceiveMaximum == ushort.MaxValue ? null : (uint)options.ReceiveMaximum);
    }

    private bool Refuse(MqttConnection connection, string clientId, ConnectDecision decision)
    {
        lock (connection.Outbox.Gate)
            new ConnackPacket(false, decision.Reason, new PropertyBag().Add(PropertyId.ReasonString, decision.ReasonString))
                .Write(connection.Outbox.Buffer, connection.Version);
        connection.Close(EndReason.ConnectRefused, null);
        server.Counters.Refused();
        MqttServerLog.Refused(server.Logger, connection.Number, clientId, connection.Transport.RemoteEndPoint, decision.Reason);
        return false;
    }

    /// <summary>
    /// A CONNECT that cannot be served. An old or unknown version is told so [MQTT-3.1.2-2]. A 5.0 packet that breaks a rule, or
    /// whose properties are malformed, is told so (§4.13): whoever writes the client learns what is wrong. One that is malformed otherwise may not
    /// come from an MQTT client at all and gets nothing, and neither does any of 3.1.1, which has no code for it [MQTT-3.1.4-1].
    /// </summary>
    private static void RefuseUnreadable(MqttConnection connection, byte level, ProtocolError error)
    {
        // The highest bit is a bridge's; what is below it is no newer version.
        var version = level is >= (byte)MqttVersion.V5 and < 0x80 ? MqttVersion.V5 : MqttVersion.V311;
        var isOther = error is ProtocolError.ProtocolName or ProtocolError.ProtocolVersion;
        var isTold = error.ToReason() != ReasonCode.MalformedPacket || error is ProtocolError.PropertyUnknown or ProtocolError.PropertyMalformed;
        if (isOther || (version == MqttVersion.V5 && isTold))
            lock (connection.Outbox.Gate)
                new ConnackPacket(false, error.ToReason()).Write(connection.Outbox.Buffer, version);
        connection.Close(error.ToEnd(), null);
    }
}
