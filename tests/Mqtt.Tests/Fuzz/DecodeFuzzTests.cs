using System.Buffers;
using B2D.Mqtt.Packets;
using B2D.Mqtt.Tests.Packets;
using Xunit.Abstractions;

namespace B2D.Mqtt.Tests.Fuzz;

/// <summary>
/// Packets that are almost right, for half of a minute (B2D_FUZZ_SECONDS=n: longer; B2D_FUZZ_SEED=n: from that seed): no exception gets out, nothing
/// allocates more than its bytes are worth.
/// </summary>
public sealed class DecodeFuzzTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(Mutation.Number("B2D_FUZZ_SECONDS", 60) / 2.0);

    /// <summary>
    /// The smallest thing a packet can hold is a filter of one character, four bytes with its options; what is made of it takes some hundred. So a byte is
    /// worth 128, and every packet has a first 4 KiB free.
    /// </summary>
    [Fact]
    public void Decode_Mutated_NeverThrowsAndAllocatesWithinItsBytes()
    {
        var seed = Mutation.Number("B2D_FUZZ_SEED", 1);
        var count = 0;
        foreach (var _ in Until(Budget))
        {
            var dice = new Random(seed + count);
            var mutation = new Mutation(dice);
            var (version, packet) = mutation.Any();
            var bytes = mutation.Mutate(packet);
            var shape = Wire.Segmented(bytes, Enumerable.Range(1, Math.Max(0, bytes.Length - 1)).Where(_ => dice.Next(4) == 0));
            try
            {
                var allocated = AllocatedBy(shape, version);
                // A collection in between counts the rest of the thread's allocation block, up to 8 KiB, as allocated. What a packet costs it costs each time.
                for (var again = 0; again < 3 && allocated > Most(bytes); again++)
                    allocated = Math.Min(allocated, AllocatedBy(shape, version));
                Assert.True(allocated <= Most(bytes), $"{allocated} bytes for {bytes.Length}");
            }
            catch (Exception e)
            {
                Assert.Fail($"B2D_FUZZ_SEED={seed + count}: {Wire.Hex(bytes)} {version}: {e}");
            }
            count++;
        }
        output.WriteLine($"{count:N0} packets from seed {seed}");
        Assert.True(count > 1000);
    }

    private static long Most(byte[] bytes) => 4096 + (128 * bytes.Length);

    private static long AllocatedBy(ReadOnlySequence<byte> shape, MqttVersion version)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Take(shape, version);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void Take(ReadOnlySequence<byte> bytes, MqttVersion version)
    {
        var rest = bytes;
        while (FrameReader.TryRead(ref rest, 1 << 20, out var frame, out var error))
        {
            var body = frame.Body.ToArray();
            _ = frame.Type switch
            {
                PacketType.Connect => ConnectPacket.Decode(body, out _, out _),
                PacketType.Connack => ConnackPacket.Decode(body, version, out _),
                PacketType.Publish => PublishPacket.Decode(frame.Header, body, version, new Mqtt.Topics.TopicCache(), out _),
                PacketType.Puback or PacketType.Pubrec or PacketType.Pubrel or PacketType.Pubcomp => AckPacket.Decode(frame.Type, body, version, out _),
                PacketType.Subscribe => SubscribePacket.Decode(body, version, out _),
                PacketType.Unsubscribe => UnsubscribePacket.Decode(body, version, out _),
                PacketType.Suback or PacketType.Unsuback => GrantPacket.Decode(frame.Type, body, version, out _),
                PacketType.Disconnect or PacketType.Auth => DisconnectPacket.Decode(frame.Type, body, version, out _),
                _ => ProtocolError.None,
            };
            Assert.Equal(ProtocolError.None, error);
        }
    }

    private static IEnumerable<int> Until(TimeSpan budget)
    {
        var begun = TimeProvider.System.GetTimestamp();
        for (var i = 0; TimeProvider.System.GetElapsedTime(begun) < budget; i++)
            yield return i;
    }
}
