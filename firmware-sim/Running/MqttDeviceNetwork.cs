using System.Text;
using B2D.FirmwareSim.Fleets;
using B2D.Mqtt;

namespace B2D.FirmwareSim.Running;

/// <summary>Links over MQTT, by TCP. Device id is user name and client id.</summary>
/// <param name="host">Name or address of the server.</param>
/// <param name="port">Its port, 1 to 65535.</param>
/// <param name="time">The clock of keep-alives and time limits.</param>
/// <param name="version">Protocol version. Default 5.0.</param>
public sealed class MqttDeviceNetwork(string host, int port, TimeProvider time, MqttVersion version = MqttVersion.V5) : IDeviceNetwork
{
    /// <inheritdoc/>
    public async Task<IDeviceLink> ConnectAsync(DeviceSession session, Action<string, ReadOnlyMemory<byte>> onMessage, CancellationToken cancellation)
    {
        // A device that takes commands keeps its session for a while: one sent in the moment of a loss comes after the reconnect, perhaps twice.
        var takesCommands = session.Subscriptions.Count > 0;
        var options = new MqttClientOptions(host, port)
        {
            ClientId = session.Device,
            UserName = session.Device,
            Password = Encoding.UTF8.GetBytes(session.Password),
            Version = version,
            CleanStart = !takesCommands,
            SessionExpiry = takesCommands ? TimeSpan.FromMinutes(10) : TimeSpan.Zero,
            Will = session.WillTopic is { } topic ? new MqttMessage(topic, session.WillPayload, QoS.AtLeastOnce, Retain: true) : null,
            OnMessage = message => onMessage(message.Topic, message.Payload),
        };
        MqttClient? client = null;
        try
        {
            client = await MqttClient.ConnectAsync(options, time, cancellation).ConfigureAwait(false);
            foreach (var filter in session.Subscriptions) await client.SubscribeAsync(filter, QoS.AtLeastOnce, cancellation).ConfigureAwait(false);
            return new MqttDeviceLink(client);
        }
        catch (Exception wrong)
        {
            client?.Abort();
            if (wrong is MqttConnectException or MqttRefusedException or MqttClosedException) throw new LinkLostException(wrong.Message, wrong);
            throw;
        }
    }

    private sealed class MqttDeviceLink(MqttClient client) : IDeviceLink
    {
        public Task Closed => client.Closed;

        public async Task<PublishOutcome> PublishAsync(string topic, ReadOnlyMemory<byte> payload, bool retain)
        {
            try
            {
                var reason = await client.PublishAsync(new MqttMessage(topic, payload, QoS.AtLeastOnce, retain)).ConfigureAwait(false);
                // 0x80 and above mean failure (MQTT 5.0 §2.4).
                return (byte)reason < 0x80 ? PublishOutcome.Acknowledged : PublishOutcome.Refused;
            }
            catch (MqttClosedException lost)
            {
                throw new LinkLostException(lost.Message, lost);
            }
        }

        public Task CloseAsync() => client.DisconnectAsync();

        public void Abort() => client.Abort();

        public ValueTask DisposeAsync() => client.DisposeAsync();
    }
}
