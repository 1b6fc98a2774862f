using B2D.Mqtt.Topics;

namespace B2D.Mqtt.Tests.Topics;

public sealed class TopicTests
{
    /// <summary>The examples of §4.7.1 and §4.7.2, and the edges around empty levels.</summary>
    [Theory]
    [InlineData("sport/tennis/player1/#", "sport/tennis/player1", true)]
    [InlineData("sport/tennis/player1/#", "sport/tennis/player1/ranking", true)]
    [InlineData("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true)]
    [InlineData("sport/#", "sport", true)]
    [InlineData("sport/tennis/+", "sport/tennis/player1", true)]
    [InlineData("sport/tennis/+", "sport/tennis/player1/ranking", false)]
    [InlineData("sport/+", "sport", false)]
    [InlineData("sport/+", "sport/", true)]
    [InlineData("+/+", "/finance", true)]
    [InlineData("/+", "/finance", true)]
    [InlineData("+", "/finance", false)]
    [InlineData("#", "$SYS/x", false)]
    [InlineData("+/monitor/Clients", "$SYS/monitor/Clients", false)]
    [InlineData("$SYS/#", "$SYS/monitor/Clients", true)]
    [InlineData("$SYS/monitor/+", "$SYS/monitor/Clients", true)]
    [InlineData("a/#", "a/$b", true)]
    [InlineData("ACCOUNTS", "Accounts", false)]
    [InlineData("a", "a/", false)]
    [InlineData("a//b", "a//b", true)]
    [InlineData("a/+/b", "a//b", true)]
    [InlineData("a/#", "ab", false)]
    [InlineData("#", "/", true)]
    public void Matches_ExamplesOfTheStandard_AsItSays(string filter, string topic, bool expected)
    {
        Assert.Equal(expected, TopicFilter.Matches(filter, topic));
        Assert.Equal(expected, Found(filter, topic));
        Assert.Equal(expected, NaiveMatcher.Matches(filter, topic));
    }

    [Theory]
    [InlineData("#", true)]
    [InlineData("+", true)]
    [InlineData("/", true)]
    [InlineData("a/+/b/#", true)]
    [InlineData("+/tennis/#", true)]
    [InlineData("", false)]
    [InlineData("sport+", false)]
    [InlineData("sport/tennis#", false)]
    [InlineData("sport/tennis/#/ranking", false)]
    [InlineData("+a/b", false)]
    [InlineData("a/##", false)]
    [InlineData("$share/g/a/#", true)]
    [InlineData("$share/g//", true)]
    [InlineData("$share/g/", false)]
    [InlineData("$share/g", false)]
    [InlineData("$share//a", false)]
    [InlineData("$share/#/a", false)]
    [InlineData("$shared/x", true)]
    public void TryParse_Filter_AsTheStandardSays(string filter, bool valid) => Assert.Equal(valid, TopicFilter.TryParse(filter, out _));

    [Fact]
    public void TryParse_Shared_TakesGroupAndFilterApart()
    {
        Assert.True(TopicFilter.TryParse("$share/crew/a/+/#", out var filter));
        Assert.Equal(new TopicFilter("crew", "a/+/#"), filter);
    }

    /// <summary>The tree against a matcher that is slow and plain, over random trees with adds and removes.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Tree_RandomSubscriptions_FindsWhatANaiveMatcherFinds(int seed)
    {
        var random = new Random(seed);
        var tree = new TopicTree<string>();
        var naive = new HashSet<(string Subscriber, string Filter)>();
        for (var i = 0; i < 1500; i++)
        {
            var entry = (Subscriber: "s" + random.Next(5), Filter: RandomFilter(random));
            if (random.Next(3) > 0)
                Assert.Equal(naive.Add(entry), tree.Add(string.Intern(entry.Subscriber), Subscribe(entry.Filter)));
            else
                Assert.Equal(naive.Remove(entry), tree.Remove(string.Intern(entry.Subscriber), new TopicFilter(null, entry.Filter)));
            Assert.Equal(naive.Count, tree.Count);

            var topic = RandomTopic(random);
            var direct = new List<TopicTree<string>.Match>();
            tree.Find(topic, direct, []);
            var expected = naive.Where(e => NaiveMatcher.Matches(e.Filter, topic)).Select(e => $"{e.Subscriber} {e.Filter}").Order(StringComparer.Ordinal);
            var actual = direct.Select(m => $"{m.Subscriber} {m.Subscription.Filter.Filter}").Order(StringComparer.Ordinal);
            Assert.True(expected.SequenceEqual(actual), $"seed {seed}, step {i}, topic {topic}");
        }
    }

    [Fact]
    public void Tree_SameFilterAgain_Replaces()
    {
        var tree = new TopicTree<string>();
        Assert.True(tree.Add("s", Subscribe("a/+")));
        Assert.False(tree.Add("s", Subscribe("a/+") with { QoS = QoS.ExactlyOnce }));
        var direct = new List<TopicTree<string>.Match>();
        tree.Find("a/b", direct, []);
        Assert.Equal(QoS.ExactlyOnce, Assert.Single(direct).Subscription.QoS);
    }

    [Fact]
    public void Tree_Shared_OneGroupForAllMembersOfAFilter()
    {
        var tree = new TopicTree<string>();
        tree.Add("s", Shared("g", "a/#"));
        tree.Add("t", Shared("g", "a/#"));
        tree.Add("t", Shared("h", "a/#"));
        tree.Add("t", Subscribe("a/#"));
        var direct = new List<TopicTree<string>.Match>();
        var shared = new List<TopicTree<string>.SharedGroup>();
        tree.Find("a/b", direct, shared);
        Assert.Equal((1, 2, 3), (direct.Count, shared.Count, shared.Sum(g => g.Members.Count)));
        Assert.True(tree.Remove("t", new TopicFilter("h", "a/#")));
        Assert.False(tree.Remove("t", new TopicFilter("h", "a/#")));
        Assert.Equal(3, tree.Count);
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void Retained_RandomTopics_FindsWhatANaiveMatcherFinds(int seed)
    {
        var random = new Random(seed);
        var store = new RetainedStore(10_000, 1 << 20);
        var naive = new SortedSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 1000; i++)
        {
            var topic = RandomTopic(random);
            var payload = random.Next(3) == 0 ? [] : new byte[] { 1 };
            Assert.True(store.Set(Message(topic, payload)));
            if (payload.Length == 0 ? naive.Remove(topic) : naive.Add(topic))
                Assert.Equal(naive.Count, store.Count);
            var filter = RandomFilter(random);
            var expected = naive.Where(t => NaiveMatcher.Matches(filter, t));
            var actual = store.Find(filter, Start).Select(m => m.Topic).Order(StringComparer.Ordinal);
            Assert.True(expected.SequenceEqual(actual), $"seed {seed}, step {i}, filter {filter}");
        }
    }

    [Fact]
    public void Retained_LimitReached_KeepsTheOldAndSaysSo()
    {
        var store = new RetainedStore(2, 1 << 20);
        Assert.True(store.Set(Message("a", [1])));
        Assert.True(store.Set(Message("b", [1])));
        Assert.False(store.Set(Message("c", [1])));
        Assert.True(store.Set(Message("b", [2])));
        Assert.True(store.Set(Message("a", [])));
        Assert.True(store.Set(Message("c", [1])));
        Assert.Equal(["b", "c"], store.Find("#", Start).Select(m => m.Topic));
    }

    [Fact]
    public void Retained_BytesLimit_CountsTopicAndPayload()
    {
        var store = new RetainedStore(100, 300);
        Assert.True(store.Set(Message("a", new byte[100])));
        Assert.False(store.Set(Message("b", new byte[100])));
        Assert.True(store.Set(Message("a", new byte[200])));
        Assert.Equal((1, 265L), (store.Count, store.Bytes));
    }

    /// <summary>[MQTT-3.3.2-5]: a retained message past its expiry is not found, and goes at the next clearing.</summary>
    [Fact]
    public void Retained_Expired_IsNotFoundAndGoes()
    {
        var store = new RetainedStore(100, 1 << 20);
        var message = new MqttMessage("a", new byte[] { 1 }) { Properties = new MessageProperties { ExpirySeconds = 10 } };
        store.Set(new StoredMessage(message, Start));
        Assert.Single(store.Find("#", Start.AddSeconds(9)));
        Assert.Empty(store.Find("#", Start.AddSeconds(10)));
        Assert.Equal(1, store.Count);
        store.Expire(Start.AddSeconds(10));
        Assert.Equal((0, 0L), (store.Count, store.Bytes));
    }

    [Fact]
    public void Cache_SameBytes_SameString()
    {
        var cache = new TopicCache();
        Assert.Same(cache.Get("a/b"u8), cache.Get("a/b"u8));
        foreach (var other in new[] { "1", "2", "3", "4" })
            Assert.Equal(other, cache.Get(System.Text.Encoding.UTF8.GetBytes(other)));
        Assert.Equal("a/b", cache.Get("a/b"u8));
        Assert.Null(cache.Get("a/+"u8));
        Assert.Equal("", cache.Get([]));
    }

    [Fact]
    public void Cache_GatewayDeviceWithThirtyChildren_RemembersEachTopic()
    {
        var cache = new TopicCache();
        var topics = Enumerable.Range(1, 30).Select(i => System.Text.Encoding.UTF8.GetBytes($"devices/child-{i:000}/telemetry")).ToArray();
        Array.ForEach(topics, t => cache.Get(t));

        var names = Array.ConvertAll(topics, t => cache.Get(t));

        // A set of places that all are taken costs its topics their place each time: such a set is rare, and no other set is touched by it.
        Assert.InRange(topics.Where((t, i) => ReferenceEquals(names[i], cache.Get(t))).Count(), 25, 30);
    }

    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    private static bool Found(string filter, string topic)
    {
        var tree = new TopicTree<string>();
        tree.Add("s", Subscribe(filter));
        var direct = new List<TopicTree<string>.Match>();
        tree.Find(topic, direct, []);
        return direct.Count > 0;
    }

    private static Subscription Subscribe(string filter) => new(new TopicFilter(null, filter), QoS.AtLeastOnce, false, false, 0);

    private static Subscription Shared(string group, string filter) => new(new TopicFilter(group, filter), QoS.AtLeastOnce, false, false, 0);

    private static StoredMessage Message(string topic, byte[] payload) => new(new MqttMessage(topic, payload), Start);

    private static string RandomTopic(Random random) =>
        string.Join('/', Enumerable.Range(0, random.Next(1, 5)).Select(i => i == 0 && random.Next(8) == 0 ? "$s" : Level(random)));

    private static string RandomFilter(Random random)
    {
        var levels = Enumerable.Range(0, random.Next(1, 5))
            .Select(i => random.Next(4) == 0 ? "+" : i == 0 && random.Next(8) == 0 ? "$s" : Level(random))
            .ToList();
        if (random.Next(4) == 0)
            levels[^1] = "#";
        return string.Join('/', levels);
    }

    private static string Level(Random random) => random.Next(4) switch { 0 => "a", 1 => "b", 2 => "c", _ => "" };
}

/// <summary>§4.7 as a person would check it: level by level, on arrays.</summary>
internal static class NaiveMatcher
{
    public static bool Matches(string filter, string topic)
    {
        var want = filter.Split('/');
        var have = topic.Split('/');
        if (have[0].StartsWith('$') && (want[0] is "+" or "#"))
            return false;
        for (var i = 0; i < want.Length; i++)
        {
            if (want[i] == "#")
                return have.Length >= i;
            if (i >= have.Length || (want[i] != "+" && want[i] != have[i]))
                return false;
        }
        return have.Length == want.Length;
    }
}
