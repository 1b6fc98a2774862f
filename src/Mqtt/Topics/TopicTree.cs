namespace B2D.Mqtt.Topics;

/// <summary>
/// All subscriptions of a server, as a trie over topic levels: a lookup costs the depth of the topic, not the number of subscriptions. Not
/// thread-safe; its owner locks.
/// </summary>
/// <typeparam name="TSubscriber">Who is subscribed; compared by reference.</typeparam>
internal sealed class TopicTree<TSubscriber>
    where TSubscriber : class
{
    private readonly Node _root = new(null, "");

    /// <summary>One subscriber and the subscription that matched.</summary>
    internal readonly record struct Match(TSubscriber Subscriber, Subscription Subscription);

    /// <summary>The members of one shared subscription; each message goes to one of them (§4.8.2).</summary>
    internal sealed class SharedGroup
    {
        public List<Match> Members { get; } = [];

        /// <summary>Where the search for the next taker begins; moves on by one with each message.</summary>
        public int Next { get; set; }
    }

    private sealed class Node(Node? parent, string level)
    {
        public Node? Parent { get; } = parent;

        public string Level { get; } = level;

        public Dictionary<string, Node>? Children { get; set; }

        public List<Match>? Direct { get; set; }

        public Dictionary<string, SharedGroup>? Shared { get; set; }

        public bool IsEmpty => Children is null or { Count: 0 } && Direct is null or { Count: 0 } && Shared is null or { Count: 0 };

        public Node? Child(ReadOnlySpan<char> level) =>
            Children != null && Children.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(level, out var child) ? child : null;
    }

    /// <summary>Number of subscriptions.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a subscription or replaces the one with the same filter and group. True when it is new.</summary>
    public bool Add(TSubscriber subscriber, Subscription subscription)
    {
        var node = _root;
        foreach (var level in subscription.Filter.Filter.Split('/'))
        {
            var children = node.Children ??= new Dictionary<string, Node>(StringComparer.Ordinal);
            if (!children.TryGetValue(level, out var child))
                children.Add(level, child = new Node(node, level));
            node = child;
        }
        var list = ListFor(node, subscription.Filter.Group);
        var match = new Match(subscriber, subscription);
        var index = list.FindIndex(m => ReferenceEquals(m.Subscriber, subscriber));
        if (index >= 0)
        {
            list[index] = match;
            return false;
        }
        list.Add(match);
        Count++;
        return true;
    }

    /// <summary>Removes a subscription; false when there was none.</summary>
    public bool Remove(TSubscriber subscriber, TopicFilter filter)
    {
        var node = _root;
        foreach (var range in filter.Filter.AsSpan().Split('/'))
            if ((node = node.Child(filter.Filter.AsSpan()[range])) == null)
                return false;
        SharedGroup? group = null;
        if (filter.Group != null && node.Shared?.TryGetValue(filter.Group, out group) != true)
            return false;
        var list = group?.Members ?? node.Direct;
        if (list == null || list.RemoveAll(m => ReferenceEquals(m.Subscriber, subscriber)) == 0)
            return false;
        if (group is { Members.Count: 0 })
            node.Shared!.Remove(filter.Group!);
        Count--;
        Prune(node);
        return true;
    }

    /// <summary>Adds everything that matches a topic name to the two lists.</summary>
    public void Find(ReadOnlySpan<char> topic, List<Match> direct, List<SharedGroup> shared)
    {
        // Filters that begin with a wildcard do not match names that begin with $ [MQTT-4.7.2-1].
        Find(_root, topic, topic.Length > 0 && topic[0] == '$', direct, shared);
    }

    private static void Find(Node node, ReadOnlySpan<char> rest, bool literalOnly, List<Match> direct, List<SharedGroup> shared)
    {
        if (node.Children == null)
            return;
        var end = rest.IndexOf('/');
        if (!literalOnly && node.Child("#") is { } all)
            Take(all, direct, shared);
        var level = end < 0 ? rest : rest[..end];
        // A topic name holds no wildcard, so the literal look-up can never meet the + or # child by accident.
        Descend(node.Child(level), rest, end, direct, shared);
        if (!literalOnly)
            Descend(node.Child("+"), rest, end, direct, shared);
    }

    private static void Descend(Node? child, ReadOnlySpan<char> rest, int end, List<Match> direct, List<SharedGroup> shared)
    {
        if (child == null)
            return;
        if (end >= 0)
        {
            Find(child, rest[(end + 1)..], false, direct, shared);
            return;
        }
        Take(child, direct, shared);
        // "sport/#" matches "sport" too.
        if (child.Child("#") is { } below)
            Take(below, direct, shared);
    }

    private static void Take(Node node, List<Match> direct, List<SharedGroup> shared)
    {
        if (node.Direct != null)
            direct.AddRange(node.Direct);
        if (node.Shared != null)
            shared.AddRange(node.Shared.Values);
    }

    private static List<Match> ListFor(Node node, string? group)
    {
        if (group == null)
            return node.Direct ??= [];
        var groups = node.Shared ??= new Dictionary<string, SharedGroup>(StringComparer.Ordinal);
        if (!groups.TryGetValue(group, out var found))
            groups.Add(group, found = new SharedGroup());
        return found.Members;
    }

    private static void Prune(Node node)
    {
        while (node.IsEmpty && node.Parent is { } parent)
        {
            parent.Children!.Remove(node.Level);
            node = parent;
        }
    }
}
