using System.Globalization;
using System.Text;
using B2D.DeviceGateway.Sessions;
using B2D.Mqtt;
using B2D.Storage;
using Xunit;
using Xunit.Abstractions;

namespace B2D.DeviceGateway.Tests.Sessions;

/// <summary>The database of sessions behind the MQTT server's port.</summary>
public sealed class StoredSessionsTests(ITestOutputHelper output)
{
    /// <summary>Any changes in any commits: what is loaded makes the same state as the changes one by one.</summary>
    [Fact]
    public void Load_AfterAnyCommits_SaysWhatTheChangesSaid()
    {
        for (var seed = 1; seed <= 40; seed++)
        {
            output.WriteLine($"seed {seed}");
            var random = new Random(seed);
            using var stores = Stores.InMemory();
            var store = new StoredSessions(stores.Sessions);
            var (state, source) = (new State(), new Source(random));
            for (var commit = 0; commit < 30; commit++)
            {
                List<SessionChange> changes = [.. Enumerable.Range(0, random.Next(1, 12)).SelectMany(_ => source.Next())];
                changes.ForEach(state.Play);
                store.Commit(changes);
                var loaded = new State();
                foreach (var change in store.Load())
                    loaded.Play(change);
                Assert.Equal(state.ToString(), loaded.ToString());
            }
        }
    }

    [Fact]
    public void Load_MoreThanOnePage_IsWhole()
    {
        using var stores = Stores.InMemory();
        var store = new StoredSessions(stores.Sessions);
        var source = new Source(new Random(7));
        List<SessionChange> changes =
        [
            new SessionChange.Kept(new KeptSession(1, "c", "d", 5, null, null, null)),
            .. Enumerable.Range(1, 2500).SelectMany(n => (SessionChange[])
            [
                new SessionChange.MessageAdded(n, source.Message()), new SessionChange.Queued(1, n, n, QoS.AtLeastOnce, false, [], 0),
            ]),
        ];

        store.Commit(changes);

        Assert.Equal(Enumerable.Range(1, 2500).Select(n => (long)n), store.Load().OfType<SessionChange.Queued>().Select(q => q.Number));
        Assert.Equal(2500, store.Load().OfType<SessionChange.MessageAdded>().Count());
    }

    [Fact]
    public async Task Gateway_RestartedAndDeviceRemoved_KeepsAndEndsTheSession()
    {
        using var stores = TestGateway.NewStores();
        using (var first = Begin(stores))
        {
            await using var client = await ConnectAsync(first);
            Assert.False(client.SessionPresent);
            await first.PumpUntilAsync(client.SubscribeAsync("devices/pump/status", QoS.ExactlyOnce));
            await first.PumpUntilAsync(client.DisconnectAsync());
            await first.PumpUntilAsync(first.Gateway.CloseConnectionsAsync());
            first.Gateway.Stop();
        }
        using (var second = Begin(stores))
        {
            await using var client = await ConnectAsync(second);
            Assert.True(client.SessionPresent);
            await second.PumpUntilAsync(client.DisconnectAsync());
            stores.State.Write(db => B2D.Storage.Devices.DeviceStore.Remove(db, "pump"));
            second.Gateway.RefreshDevices([TestGateway.Pump]);
            // The connection may still be on its way out; then the session ends with it.
            for (var turn = 0; turn < 100_000 && new StoredSessions(stores.Sessions).Load().Any(); turn++)
            {
                second.Advance(TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(500));
                await Task.Yield();
            }
            Assert.Empty(new StoredSessions(stores.Sessions).Load());
        }
    }

    private static TestGateway Begin(Stores stores) => new(stores: stores, sessions: true);

    private static async Task<MqttClient> ConnectAsync(TestGateway gateway) => await gateway.PumpUntilAsync(MqttPipe.ConnectAsync(
        gateway, TestGateway.Pump, o => o with { CleanStart = false, SessionExpiry = TimeSpan.FromHours(1) }));

    /// <summary>Changes as the server makes them: numbers rise, and nothing is changed that is not there.</summary>
    private sealed class Source(Random random)
    {
        private readonly List<long> sessions = [];
        private readonly List<(long Session, long Number)> subscriptions = [];
        private readonly List<(long Session, long Number, long Message)> deliveries = [];
        private long last;

        public KeptMessage Message() => new(Encoding.UTF8.GetBytes($"packet {++last}"), random.Next(2) == 0 ? null : At(random.Next(1, 1000)));

        public IEnumerable<SessionChange> Next()
        {
            var kind = random.Next(10);
            if (sessions.Count == 0 || kind == 0)
            {
                sessions.Add(++last);
                return [new SessionChange.Kept(Row(last))];
            }
            var session = sessions[random.Next(sessions.Count)];
            return kind switch
            {
                1 => [new SessionChange.Kept(Row(session))],
                2 when random.Next(4) == 0 => End(session),
                2 or 3 => Subscribe(session),
                4 => [new SessionChange.Accepted(session, (ushort)random.Next(1, 5), random.Next(2) == 0 ? null : new KeptMessage(Message().Packet, null))],
                5 => [new SessionChange.Released(session, (ushort)random.Next(1, 5))],
                6 => Retain(),
                7 => Deliver(session),
                _ => Move(),
            };
        }

        private static DateTimeOffset At(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);

        private KeptSession Row(long number) => new(
            number, $"client {number}", $"device {random.Next(9)}", (uint)random.Next(1, 99), random.Next(2) == 0 ? null : At(random.Next(1, 99)),
            random.Next(2) == 0 ? null : new KeptMessage(Message().Packet, null), random.Next(2) == 0 ? null : At(random.Next(1, 99)));

        private SessionChange[] End(long session)
        {
            sessions.Remove(session);
            subscriptions.RemoveAll(s => s.Session == session);
            deliveries.RemoveAll(d => d.Session == session);
            return [new SessionChange.Ended(session)];
        }

        private SessionChange[] Subscribe(long session)
        {
            if (subscriptions.Count > 0 && random.Next(3) == 0)
            {
                var gone = subscriptions[random.Next(subscriptions.Count)];
                subscriptions.Remove(gone);
                return [new SessionChange.Unsubscribed(gone.Session, gone.Number)];
            }
            subscriptions.Add((session, ++last));
            var made = new SessionChange.Subscribed(session, last, $"filter {last}", (QoS)random.Next(3), random.Next(2) == 0, random.Next(2) == 0, (uint)random.Next(9));
            return random.Next(3) == 0 ? [made, made with { Filter = "other" }] : [made];
        }

        private SessionChange[] Retain()
        {
            var message = ++last;
            var added = new SessionChange.MessageAdded(message, Message());
            return random.Next(3) switch
            {
                0 => [added, new SessionChange.Retained(message)],
                1 => [added, new SessionChange.Retained(message), new SessionChange.RetainedRemoved(message), new SessionChange.MessageRemoved(message)],
                _ => [added, new SessionChange.Retained(message), new SessionChange.RetainedRemoved(message)],
            };
        }

        private SessionChange[] Deliver(long session)
        {
            var message = ++last;
            deliveries.Add((session, ++last, message));
            uint[] identifiers = [.. Enumerable.Range(1, random.Next(3)).Select(n => (uint)n)];
            return
            [
                new SessionChange.MessageAdded(message, Message()),
                new SessionChange.Queued(session, deliveries[^1].Number, message, (QoS)random.Next(1, 3), random.Next(2) == 0, identifiers, (ushort)random.Next(2)),
            ];
        }

        private SessionChange[] Move()
        {
            if (deliveries.Count == 0)
                return [];
            var (session, number, message) = deliveries[random.Next(deliveries.Count)];
            switch (random.Next(3))
            {
                case 0:
                    return [new SessionChange.Sent(session, number, (ushort)random.Next(2, 99))];
                case 1:
                    return [new SessionChange.Received(session, number)];
                default:
                    deliveries.Remove((session, number, message));
                    return [new SessionChange.Finished(session, number), new SessionChange.MessageRemoved(message)];
            }
        }
    }

    /// <summary>What changes come to, played one by one.</summary>
    private sealed class State
    {
        private readonly SortedDictionary<string, string> facts = new(StringComparer.Ordinal);

        public void Play(SessionChange change)
        {
            switch (change)
            {
                case SessionChange.Kept(var row):
                    facts[$"session {row.Number}."] = $"{row.ClientId} {row.Principal} {row.ExpirySeconds} {row.EndsAt} {Text(row.Will)} {row.WillDueAt}";
                    break;
                case SessionChange.Ended(var session):
                    foreach (var fact in facts.Keys.Where(k => k.StartsWith($"session {session}.", StringComparison.Ordinal)).ToList())
                        facts.Remove(fact);
                    break;
                case SessionChange.Subscribed s:
                    facts[$"session {s.Session}.subscription {s.Number}"] = $"{s.Filter} {s.QoS} {s.NoLocal} {s.RetainAsPublished} {s.Identifier}";
                    break;
                case SessionChange.Unsubscribed(var session, var number):
                    facts.Remove($"session {session}.subscription {number}");
                    break;
                case SessionChange.MessageAdded(var message, var content):
                    facts[$"message {message}."] = Text(content);
                    break;
                case SessionChange.MessageRemoved(var message):
                    facts.Remove($"message {message}.");
                    break;
                case SessionChange.Retained(var message):
                    facts[$"message {message}.retained"] = "";
                    break;
                case SessionChange.RetainedRemoved(var message):
                    facts.Remove($"message {message}.retained");
                    break;
                case SessionChange.Queued q:
                    facts[$"session {q.Session}.delivery {q.Number}"] = $"{q.Message} {q.QoS} {q.Retain} [{string.Join(',', q.Identifiers)}]";
                    facts[$"session {q.Session}.delivery {q.Number} id"] = q.PacketId.ToString(CultureInfo.InvariantCulture);
                    break;
                case SessionChange.Sent(var session, var number, var id):
                    facts[$"session {session}.delivery {number} id"] = id.ToString(CultureInfo.InvariantCulture);
                    break;
                case SessionChange.Received(var session, var number):
                    facts[$"session {session}.delivery {number} received"] = "";
                    break;
                case SessionChange.Finished(var session, var number):
                    foreach (var part in (string[])["", " id", " received"])
                        facts.Remove($"session {session}.delivery {number}{part}");
                    break;
                case SessionChange.Accepted(var session, var id, var held):
                    facts[$"session {session}.accepted {id}"] = Text(held);
                    break;
                case SessionChange.Released(var session, var id):
                    facts.Remove($"session {session}.accepted {id}");
                    break;
                default:
                    Assert.Fail($"{change}");
                    break;
            }
        }

        public override string ToString() => string.Join('\n', facts.Select(f => $"{f.Key}: {f.Value}"));

        private static string Text(KeptMessage? message) =>
            message is null ? "none" : $"{Encoding.UTF8.GetString(message.Packet.Span)} {message.ExpiresAt?.ToUnixTimeMilliseconds()}";
    }
}
