using System.Text;
using B2D.Mqtt;
using Xunit;

namespace B2D.Interop.Mqtt;

/// <summary>Our client against Debian's mosquitto.</summary>
public sealed class OwnClientTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    public static TheoryData<MqttVersion, QoS> VersionsAndQoS => new()
    {
        { MqttVersion.V311, QoS.AtMostOnce }, { MqttVersion.V311, QoS.AtLeastOnce }, { MqttVersion.V311, QoS.ExactlyOnce },
        { MqttVersion.V5, QoS.AtMostOnce }, { MqttVersion.V5, QoS.AtLeastOnce }, { MqttVersion.V5, QoS.ExactlyOnce },
    };

    [Theory]
    [MemberData(nameof(VersionsAndQoS))]
    public async Task Exchange_OfAQoS_EveryMessageOnceAndInOrder(MqttVersion version, QoS qos)
    {
        await using var broker = await MosquittoBroker.StartAsync();
        var inbox = new Inbox();
        await using var client = await ConnectAsync(broker, version, "c", inbox);
        Assert.Equal(qos, await client.SubscribeAsync("t/+", qos));

        var reasons = await Task.WhenAll(Enumerable.Range(0, 300).Select(i => client.PublishAsync(Message("t/1", $"{i}", qos)))).WaitAsync(Soon);

        Assert.All(reasons, r => Assert.Equal(ReasonCode.Success, r));
        Assert.Equal(Enumerable.Range(0, 300).Select(i => $"{i}"), await inbox.TakeAsync("t/1", 300, Soon));
        await client.DisconnectAsync();
        Assert.Equal(EndReason.ClientDisconnected, await client.Closed.WaitAsync(Soon));
    }

    [Theory]
    [MemberData(nameof(VersionsAndQoS))]
    public async Task Will_OfAnAbortedClient_IsPublishedAndKept(MqttVersion version, QoS qos)
    {
        await using var broker = await MosquittoBroker.StartAsync();
        var (seen, later) = (new Inbox(), new Inbox());
        await using var watcher = await ConnectAsync(broker, version, "watcher", seen);
        await watcher.SubscribeAsync("wills/#", QoS.ExactlyOnce);
        var mortal = await MqttClient.ConnectAsync(
            Options(broker, version, "mortal", new Inbox()) with { Will = Message("wills/mortal", "gone", qos) with { Retain = true } }, TimeProvider.System);
        mortal.Abort();

        var will = await seen.HasAsync(m => m.Topic == "wills/mortal", Soon);
        Assert.Equal(("gone", qos, false), (Encoding.UTF8.GetString(will.Payload.Span), will.QoS, will.Retain));
        await using var newcomer = await ConnectAsync(broker, version, "newcomer", later);
        await newcomer.SubscribeAsync("wills/+", QoS.ExactlyOnce);
        Assert.True((await later.HasAsync(m => m.Text == "gone", Soon)).Retain);
    }

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task Retained_RemovedWithAnEmptyPayload_IsGone(MqttVersion version)
    {
        await using var broker = await MosquittoBroker.StartAsync();
        var inbox = new Inbox();
        await using var client = await ConnectAsync(broker, version, "c", inbox);
        await client.PublishAsync(Message("kept/one", "1", QoS.AtLeastOnce) with { Retain = true });
        await client.PublishAsync(Message("kept/two", "2", QoS.ExactlyOnce) with { Retain = true });
        await client.PublishAsync(new MqttMessage("kept/one", ReadOnlyMemory<byte>.Empty, QoS.AtLeastOnce, Retain: true));

        await client.SubscribeAsync("kept/#", QoS.ExactlyOnce);

        await inbox.HasAsync(m => m.Text == "2", Soon);
        Assert.Equal(1, inbox.Count("kept/"));
    }

    [Fact]
    public async Task Properties_OfAMessage_ComeBackAsTheyWere()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        var inbox = new Inbox();
        await using var client = await ConnectAsync(broker, MqttVersion.V5, "c", inbox);
        await client.SubscribeAsync("t", QoS.AtLeastOnce);
        var properties = new MessageProperties
        {
            ContentType = "text/plain",
            ResponseTopic = "answers",
            CorrelationData = new byte[] { 0, 255 },
            UserProperties = [KeyValuePair.Create("k", "1"), KeyValuePair.Create("k", "2")],
            ExpirySeconds = 600,
            PayloadIsText = true,
        };

        await client.PublishAsync(Message("t", "x", QoS.AtLeastOnce) with { Properties = properties });

        var got = (await inbox.HasAsync(m => m.Topic == "t", Soon)).Properties!;
        Assert.Equal(("text/plain", "answers", true), (got.ContentType, got.ResponseTopic, got.PayloadIsText));
        Assert.Equal(new byte[] { 0, 255 }, got.CorrelationData!.Value.ToArray());
        Assert.Equal(properties.UserProperties, got.UserProperties);
        Assert.InRange(got.ExpirySeconds!.Value, 590u, 600u);
    }

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task Session_Kept_BringsWhatCameMeanwhile(MqttVersion version)
    {
        await using var broker = await MosquittoBroker.StartAsync();
        var inbox = new Inbox();
        var kept = Options(broker, version, "kept", inbox) with { CleanStart = false, SessionExpiry = version == MqttVersion.V5 ? TimeSpan.FromHours(1) : default };
        await using (var first = await MqttClient.ConnectAsync(kept, TimeProvider.System))
        {
            Assert.False(first.SessionPresent);
            await first.SubscribeAsync("t", QoS.ExactlyOnce);
            await first.DisconnectAsync();
        }
        await using (var other = await ConnectAsync(broker, version, "other", new Inbox()))
            foreach (var qos in new[] { QoS.AtLeastOnce, QoS.ExactlyOnce })
                await other.PublishAsync(Message("t", $"{qos}", qos));

        await using var second = await MqttClient.ConnectAsync(kept, TimeProvider.System);

        Assert.True(second.SessionPresent);
        Assert.Equal([$"{QoS.AtLeastOnce}", $"{QoS.ExactlyOnce}"], await inbox.TakeAsync("t", 2, Soon));
    }

    private static MqttMessage Message(string topic, string text, QoS qos) => new(topic, Encoding.UTF8.GetBytes(text), qos);

    private static MqttClientOptions Options(MosquittoBroker broker, MqttVersion version, string id, Inbox inbox) =>
        new("127.0.0.1", broker.Port) { Version = version, ClientId = id, OnMessage = inbox.Add };

    private static Task<MqttClient> ConnectAsync(MosquittoBroker broker, MqttVersion version, string id, Inbox inbox) =>
        MqttClient.ConnectAsync(Options(broker, version, id, inbox), TimeProvider.System);
}
