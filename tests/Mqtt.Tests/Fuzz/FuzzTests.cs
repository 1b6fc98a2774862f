using B2D.Mqtt.Tests.Packets;
using B2D.Mqtt.Tests.Server;
using Xunit.Abstractions;

namespace B2D.Mqtt.Tests.Fuzz;

/// <summary>
/// Conversations that are almost right, for half of a minute (B2D_FUZZ_SECONDS=n: longer; B2D_FUZZ_SEED=n: from that seed): no exception gets out, the server
/// stays legal.
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(Mutation.Number("B2D_FUZZ_SECONDS", 60) / 2.0);

    /// <summary>
    /// Whole conversations: CONNECT, then packets of which some are almost right, cut anywhere. Each connection ends with a reason that is the peer's doing,
    /// a client beside it is served all the while, and when all sessions have run out nothing of them is left.
    /// </summary>
    [Fact]
    public async Task Server_MutatedConversations_EndForAReasonAndLeaveNothing()
    {
        var seed = Mutation.Number("B2D_FUZZ_SEED", 1);
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

    private readonly long begun = TimeProvider.System.GetTimestamp();

    private bool Over() => TimeProvider.System.GetElapsedTime(begun) > Budget;
}
