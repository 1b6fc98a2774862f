using B2D.Interop.Programs;
using B2D.Mqtt;
using Xunit;

namespace B2D.Interop.Mqtt;

/// <summary>Debian's mosquitto with a bridge to <c>b2d mqtt</c> as its upstream broker: both ways, all QoS, over a lost upstream.</summary>
public sealed class BridgeTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("mqttv31", MqttVersion.V311)]
    [InlineData("mqttv311", MqttVersion.V311)]
    [InlineData("mqttv50", MqttVersion.V5)]
    public async Task Bridge_BothWays_CarriesEveryMessage(string protocol, MqttVersion version)
    {
        await using var upstream = await BareServer.StartAsync();
        await using var local = await MosquittoBroker.StartAsync(Bridge(upstream, protocol));
        var (above, below) = (new Inbox(), new Inbox());
        await using var cloud = await ConnectAsync(upstream.Port, version, above);
        await using var site = await ConnectAsync(local.Port, version, below);
        await cloud.SubscribeAsync("up/#", QoS.ExactlyOnce);
        await site.SubscribeAsync("down/#", QoS.ExactlyOnce);
        // The bridge says when it is there, with a retained message.
        await cloud.SubscribeAsync("$SYS/broker/connection/+/state", QoS.AtLeastOnce);
        await above.HasAsync(m => m.Topic.EndsWith("/state", StringComparison.Ordinal) && m.Text == "1", Soon);
        await Wait.UntilAsync(() => local.Said.Contains("Received SUBACK from local.site.b2d", StringComparison.Ordinal), Soon, "the bridge has subscribed");

        foreach (var qos in Enum.GetValues<QoS>())
            for (var i = 0; i < 50; i++)
            {
                await site.PublishAsync(new MqttMessage($"up/{qos}", Bytes($"{i}"), qos));
                await cloud.PublishAsync(new MqttMessage($"down/{qos}", Bytes($"{i}"), qos));
            }

        string[] expected = [.. Enumerable.Range(0, 50).Select(i => $"{i}")];
        foreach (var qos in Enum.GetValues<QoS>())
        {
            Assert.Equal(expected, await above.TakeAsync($"up/{qos}", 50, Soon));
            Assert.Equal(expected, await below.TakeAsync($"down/{qos}", 50, Soon));
        }
        // And nothing twice, nor back where it came from.
        Assert.Equal(150, above.Count("up/") + above.Count("down/"));
        Assert.Equal(150, below.Count("down/") + below.Count("up/"));
    }

    private static string[] Bridge(BareServer upstream, string protocol) =>
    [
        "connection b2d", $"address 127.0.0.1:{upstream.Port}", $"bridge_protocol_version {protocol}", "remote_clientid site.b2d", "local_clientid local.site.b2d",
        "cleansession false", "restart_timeout 1", "topic up/# out 2", "topic down/# in 2",
    ];

    private static Task<MqttClient> ConnectAsync(int port, MqttVersion version, Inbox inbox) =>
        MqttClient.ConnectAsync(new MqttClientOptions("127.0.0.1", port) { Version = version, ClientId = "tester", OnMessage = inbox.Add }, TimeProvider.System);

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}
