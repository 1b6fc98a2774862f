using System.Buffers;
using System.Globalization;
using B2D.Mqtt.Packets;
using B2D.Mqtt.Tests.Packets;
using B2D.Mqtt.Tests.Server;
using Xunit.Abstractions;

namespace B2D.Mqtt.Tests.Fuzz;

/// <summary>
/// Packets that are almost right, for a minute (B2D_FUZZ_SECONDS=n: longer; B2D_FUZZ_SEED=n: from that seed). No exception gets out, nothing allocates
/// more than its bytes are worth, the server stays legal.
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(Number("B2D_FUZZ_SECONDS", 60) / 2.0);

    private static int Number(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var given) ? given : otherwise;

    /// <summary>
    /// The smallest thing a packet can hold is a filter of one character, four bytes with its options; what is made of it takes some hundred. So a byte is
    /// worth 128, and every packet has a first 4 KiB free.
    /// </summary>
    [Fact]
    public void Decode_Mutated_NeverThrowsAndAllocatesWithinItsBytes()
    {
        var seed = Number("B2D_FUZZ_SEED", 1);
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
                var before = GC.GetAllocatedBytesForCurrentThread();
                Take(shape, version);
                var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                Assert.True(allocated <= 4096 + (128 * bytes.Length), $"{allocated} bytes for {bytes.Length}");
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

    /// <summary>
    /// Whole conversations: CONNECT, then packets of which some are almost right, cut anywhere. Each connection ends with a reason that is the peer's doing,
    /// a client beside it is served all the while, and when all sessions have run out nothing of them is left.
    /// </summary>
    [Fact]
    public async Task Server_MutatedConversations_EndForAReasonAndLeaveNothing()
    {
        var seed = Number("B2D_FUZZ_SEED", 1);
        var (count, ends) = (0, new Dictionary<EndReason, int>());
        var options = new MqttServerOptions { MaxRetainedMessages = 50, MaxConnectRate = 0 };
        while (true)
        {
            await using var rig = new Rig(options);
            var witness = await rig.Connect5Async("witness");
            var stop = false;
            for (var i = 0; i < 200 && !stop; i++, count++)
            {
                var end = await ConverseAsync(rig, seed + count);
                ends[end] = ends.GetValueOrDefault(end) + 1;
                await witness.ExpectNothingElseAsync();
                stop = Over();
            }
            Assert.InRange(rig.Server.RetainedCount, 0, options.MaxRetainedMessages);
            witness.CloseWriting();
            await witness.Run.WaitAsync(Rig.Patience);
            rig.Time.Advance(TimeSpan.FromDays(30));
            // The first tick after a gap judges nobody.
            rig.Advance(2);
            Assert.Equal((0, 0), (rig.Server.SessionCount, rig.Server.SubscriptionCount));
            if (stop)
                break;
        }
        output.WriteLine($"{count:N0} conversations from seed {seed}: {string.Join(", ", ends.OrderByDescending(e => e.Value).Select(e => $"{e.Value} {e.Key}"))}");
        Assert.True(count > 100);
    }

    public static TheoryData<ValidVector> FromClient =>
        [.. ((IEnumerable<object?[]>)ValidVectors.All).Select(row => (ValidVector)row[0]!).Where(v => v.Wire[0] is '1' or '3' or '4' or '5' or '6' or '8' or 'A' or 'C' or 'E')];

    /// <summary>A stream that ends inside a packet is truncated, at every byte.</summary>
    [Theory]
    [MemberData(nameof(FromClient))]
    public async Task Stream_EndsInsideAPacket_IsTruncated(ValidVector vector)
    {
        var bytes = Wire.Bytes(vector.Wire);
        for (var length = 1; length < bytes.Length; length++)
        {
            await using var rig = new Rig();
            var client = vector.Wire[..2] == "10" ? rig.Open() : vector.Version == MqttVersion.V5 ? await rig.Connect5Async() : await rig.Connect311Async();
            await client.SendRawAsync(bytes.AsMemory(0, length));
            client.CloseWriting();
            await client.ExpectEndAsync(EndReason.Truncated);
        }
    }

    private static async Task<EndReason> ConverseAsync(Rig rig, int seed)
    {
        var dice = new Random(seed);
        var mutation = new Mutation(dice);
        var version = dice.Next(2) == 0 ? MqttVersion.V311 : MqttVersion.V5;
        var client = rig.Open(1024 * 1024);
        try
        {
            var connect = mutation.Connect(version);
            List<byte> said = [.. dice.Next(5) == 0 ? mutation.Mutate(connect) : connect];
            for (var i = dice.Next(1, 12); i > 0; i--)
                said.AddRange(dice.Next(3) == 0 ? mutation.Mutate(mutation.Packet(version)) : mutation.Packet(version));
            foreach (var piece in mutation.Cut([.. said]))
                if (!await client.TrySendRawAsync(piece))
                    break;
            client.CloseWriting();
            await client.DiscardAsync();
            var end = await client.Run.WaitAsync(Rig.Patience);
            Assert.False(end is EndReason.None or EndReason.InternalError or EndReason.ServerStopped or EndReason.WriteBacklog, $"it ended with {end}");
            return end;
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"B2D_FUZZ_SEED={seed}", e);
        }
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

    private readonly long begun = TimeProvider.System.GetTimestamp();

    private bool Over() => TimeProvider.System.GetElapsedTime(begun) > Budget;
}
