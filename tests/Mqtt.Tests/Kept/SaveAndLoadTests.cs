using B2D.Mqtt.Tests.Server;
using Xunit.Abstractions;

namespace B2D.Mqtt.Tests.Kept;

/// <summary>Clients that do anything against a server that is killed at any point of what it has written.</summary>
public sealed class SaveAndLoadTests(ITestOutputHelper output)
{
    private static readonly string[] Clients = ["p", "q", "r"];

    /// <summary>
    /// After every step of every client a fresh server takes up what the store has, and knows all that the running one knows: nothing that was
    /// promised is lost, and nothing that is over comes back.
    /// </summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task SaveAndLoad_AfterEveryStep_IsTheSameState(int seed)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var store = new MemoryStore();
        var rig = new Rig(store: store);
        rig.PumpAlways();
        var peers = Clients.Select(c => new RandomPeer(random, c)).ToArray();
        for (var step = 0; step < 150; step++)
        {
            await peers[random.Next(peers.Length)].StepAsync(rig);
            await Rig.UntilAsync(() => rig.Server.UnkeptBytes == 0);
            var connected = peers.Where(p => p.IsConnected).Select(p => p.Id).ToArray();
            var (taken, again) = Restart(store.Changes, rig);
            Assert.Equal(Snapshot.Of(rig.Server, Clients, connected), Snapshot.Of(taken.Server, Clients, connected));
            Assert.Equal(rig.Server.RetainedCount, taken.Server.RetainedCount);
            if (random.Next(12) > 0)
                continue;
            // The crash: all connections are gone, and it goes on with what was taken up.
            rig.Server.Dispose();
            store = again;
            rig = taken;
            rig.PumpAlways();
            foreach (var peer in peers)
                peer.Lose();
        }
        EveryCut(store.Changes, rig);
        await rig.DisposeAsync();
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 20)];

    /// <summary>Cut off after any change, the list makes a legal server; what it writes to set the rest right makes the same server again.</summary>
    private static void EveryCut(List<SessionChange> changes, Rig like)
    {
        for (var cut = 0; cut <= changes.Count; cut++)
        {
            var (taken, store) = Restart(changes.Take(cut), like);
            var (again, _) = Restart(store.Changes, like);
            Assert.Equal(Snapshot.Of(taken.Server, Clients), Snapshot.Of(again.Server, Clients));
            Assert.Equal(taken.Server.RetainedCount, again.Server.RetainedCount);
            var messages = new HashSet<long>();
            foreach (var change in store.Changes)
                if (change is SessionChange.MessageAdded added)
                    Assert.True(messages.Add(added.Message));
                else if (change is SessionChange.MessageRemoved removed)
                    Assert.True(messages.Remove(removed.Message));
            var referred = Clients.Select(taken.Server.FindSession).OfType<MqttSession>().SelectMany(s => s.State.Outbound.Kept)
                .Select(k => k.Delivery.Message.Number).Distinct().Count();
            Assert.InRange(messages.Count, Math.Max(referred, taken.Server.RetainedCount), referred + taken.Server.RetainedCount);
        }
    }

    private static (Rig Taken, MemoryStore Store) Restart(IEnumerable<SessionChange> changes, Rig like)
    {
        var store = new MemoryStore(changes);
        var rig = new Rig(store: store, at: like.Time.GetUtcNow());
        rig.Server.Restore();
        rig.Pump();
        return (rig, store);
    }
}
