using System.Buffers;
using B2D.Mqtt.Server;
using B2D.Mqtt.Sessions;
using B2D.Mqtt.Topics;

namespace B2D.Mqtt.Tests.Server;

/// <summary>A retained message and a subscription to it at the same instant: the subscriber gets it as a message or as a retained one, never neither, never both.</summary>
public sealed class RouterTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    [Fact]
    public void Route_SubscribedWhileThePayloadIsCopied_ArrivesOnce()
    {
        var (router, session) = (NewRouter(), NewSession());
        var found = 0;
        using var payload = new Lent(() => found += router.Subscribe(session, ToA(), Now).Count);
        var taken = router.Route(new MqttMessage("a", payload.Memory, QoS.AtLeastOnce, Retain: true), copyPayload: true, null, null, Now, (_, _) => true);
        Assert.Equal(1, found + taken);
    }

    [Fact]
    public async Task Route_BesideSubscribe_ArrivesOnce()
    {
        const int rounds = 20_000;
        using var together = new Barrier(2);
        var routers = Enumerable.Range(0, rounds).Select(_ => NewRouter()).ToArray();
        var session = NewSession();
        var (found, taken) = (new int[rounds], new int[rounds]);
        var routing = Task.Factory.StartNew(
            () => Each(i => taken[i] = routers[i].Route(new MqttMessage("a", "1"u8.ToArray(), QoS.AtLeastOnce, Retain: true), false, null, null, Now, (_, _) => true)),
            TaskCreationOptions.LongRunning);
        Each(i => found[i] = routers[i].Subscribe(session, ToA(), Now).Count);
        await routing;
        Assert.All(Enumerable.Range(0, rounds), i => Assert.Equal(1, found[i] + taken[i]));

        void Each(Action<int> what)
        {
            for (var i = 0; i < rounds; i++)
            {
                together.SignalAndWait();
                what(i);
            }
        }
    }

    private static Router NewRouter() => new(new MqttServerOptions(), new MqttCounters(), new SessionJournal(null, 1));

    private static MqttSession NewSession() => new(new Session("s", 10, 1_000), null);

    private static SubscriptionChange ToA() => new(
        TopicFilter.TryParse("a", out var filter) ? new Subscription(filter, QoS.AtLeastOnce, false, false, 0) : throw new InvalidOperationException(), true);

    /// <summary>Lends a byte, and lets something happen when it is read.</summary>
    private sealed class Lent(Action onRead) : MemoryManager<byte>
    {
        private readonly byte[] _bytes = [1];

        public override Memory<byte> Memory => CreateMemory(1);

        public override Span<byte> GetSpan()
        {
            onRead();
            return _bytes;
        }

        public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin() => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
        }
    }
}
