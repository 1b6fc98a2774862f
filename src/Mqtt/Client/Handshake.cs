using System.Buffers;
using System.IO.Pipelines;
using B2D.Mqtt.Packets;

namespace B2D.Mqtt.Client;

/// <summary>CONNECT out, CONNACK in.</summary>
internal static class Handshake
{
    /// <exception cref="MqttConnectException">Refused, closed, or not MQTT.</exception>
    public static async Task<ConnackPacket> RunAsync(IDuplexPipe pipe, MqttClientOptions options, CancellationToken cancellation)
    {
        Connect(options).Write(pipe.Output);
        await pipe.Output.FlushAsync(cancellation).ConfigureAwait(false);
        while (true)
        {
            var result = await pipe.Input.ReadAsync(cancellation).ConfigureAwait(false);
            var rest = result.Buffer;
            if (FrameReader.TryRead(ref rest, options.MaxPacketSize, out var frame, out var error))
            {
                var connack = default(ConnackPacket);
                error = frame.Type == PacketType.Connack
                    ? ConnackPacket.Decode(frame.Body.ToArray(), options.Version, out connack)
                    : ProtocolError.NotConnect;
                pipe.Input.AdvanceTo(rest.Start);
                // A session that was not to be: what it holds is nothing this client can know [MQTT-3.2.2-4].
                if (error == ProtocolError.None && options.CleanStart && connack.SessionPresent)
                    error = ProtocolError.ConnectFlags;
                if (error == ProtocolError.None)
                    return connack.Reason == ReasonCode.Success ? connack : throw Refused(connack);
            }
            else
                pipe.Input.AdvanceTo(rest.Start, rest.End);
            if (error != ProtocolError.None)
                throw new MqttConnectException(error.ToReason(), $"The server's answer to CONNECT is wrong: {error}.");
            if (result.IsCompleted)
                throw new MqttConnectException(ReasonCode.UnspecifiedError, "The server closed the connection without an answer to CONNECT.");
        }
    }

    private static MqttConnectException Refused(in ConnackPacket connack)
    {
        var text = connack.Properties?.Text(PropertyId.ReasonString);
        return new MqttConnectException(connack.Reason, $"The server refused the connection: {connack.Reason}{(text == null ? "." : ", " + text)}");
    }

    private static ConnectPacket Connect(MqttClientOptions options)
    {
        PropertyBag? properties = null;
        if (options.Version == MqttVersion.V5)
            properties = new PropertyBag()
                .Add(PropertyId.SessionExpiryInterval, options.SessionExpiry > TimeSpan.Zero ? Seconds(options.SessionExpiry) : null)
                .Add(PropertyId.ReceiveMaximum, (uint)options.ReceiveMaximum)
                .Add(PropertyId.MaximumPacketSize, (uint)options.MaxPacketSize);
        return new ConnectPacket(options.Version, options.ClientId, options.CleanStart, (ushort)Math.Min(ushort.MaxValue, Seconds(options.KeepAlive)))
        {
            UserName = options.UserName,
            Password = options.Password?.ToArray(),
            Will = options.Will == null ? null : new Will(options.Will, Seconds(options.WillDelay)),
            Properties = properties,
        };
    }

    private static uint Seconds(TimeSpan span) => (uint)Math.Clamp(Math.Ceiling(span.TotalSeconds), 0, uint.MaxValue);
}
