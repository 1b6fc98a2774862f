using B2D.Mqtt;
using B2D.Mqtt.Topics;
using BenchmarkDotNet.Attributes;

namespace B2D.Benchmarks.Mqtt;

/// <summary>Who gets a message, among 100,000 subscriptions of which some have wildcards; beside asking each of them.</summary>
[MemoryDiagnoser]
public class TopicBenchmarks
{
    private const int Count = 100_000;

    private readonly TopicTree<object> tree = new();
    private readonly List<(object Subscriber, string Filter)> all = [];
    private readonly List<TopicTree<object>.Match> direct = [];
    private readonly List<TopicTree<object>.SharedGroup> shared = [];
    private string[] topics = [];
    private int next;

    [GlobalSetup]
    public void Prepare()
    {
        for (var i = 0; i < Count; i++)
        {
            var filter = (i % 100) switch
            {
                0 => $"devices/+/site-{i % 500}/events",
                1 => $"devices/d{i}/#",
                2 => $"$share/team/devices/d{i - 1}/telemetry",
                _ => $"devices/d{i}/commands/+",
            };
            var subscriber = new object();
            if (!TopicFilter.TryParse(filter, out var parsed))
                throw new InvalidOperationException(filter);
            tree.Add(subscriber, new Subscription(parsed!, QoS.AtLeastOnce, false, false, 0));
            all.Add((subscriber, parsed!.Filter));
        }
        topics = [.. Enumerable.Range(0, 1000).Select(i => $"devices/d{i * 97}/{(i % 2 == 0 ? "telemetry" : "commands/7")}")];
    }

    [Benchmark]
    public int Tree()
    {
        direct.Clear();
        shared.Clear();
        tree.Find(topics[next++ % topics.Length], direct, shared);
        return direct.Count + shared.Count;
    }

    [Benchmark(Baseline = true)]
    public int AskEach()
    {
        var topic = topics[next++ % topics.Length];
        var found = 0;
        foreach (var (_, filter) in all)
            if (TopicFilter.Matches(filter, topic))
                found++;
        return found;
    }
}
