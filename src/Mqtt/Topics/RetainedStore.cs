namespace B2D.Mqtt.Topics;

/// <summary>
/// The last retained message of each topic, as a trie so that a filter finds its messages without walking all of them. Not thread-safe; its
/// owner locks, and keeps what it says was set and removed.
/// </summary>
internal sealed class RetainedStore(int maxCount, long maxBytes)
{
    private readonly Node _root = new(null, "");

    private sealed class Node(Node? parent, string level)
    {
        public Node? Parent { get; } = parent;

        public string Level { get; } = level;

        public SortedDictionary<string, Node>? Children { get; set; }

        public StoredMessage? Message { get; set; }
    }

    public int Count { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>Keeps the message in place of the topic's last one; an empty payload removes that one [MQTT-3.3.1-5] [MQTT-3.3.1-6].</summary>
    /// <returns>False when a limit was reached and nothing was kept.</returns>
    public bool Set(StoredMessage message) => Set(message, out _);

    /// <inheritdoc cref="Set(StoredMessage)"/>
    /// <param name="message">The message.</param>
    /// <param name="before">The one that was kept and is not any more; null where there was none.</param>
    public bool Set(StoredMessage message, out StoredMessage? before)
    {
        if (message.Payload.IsEmpty)
        {
            before = Remove(message.Topic);
            return true;
        }
        var existing = Seek(message.Topic);
        before = existing?.Message;
        if (Count + (before == null ? 1 : 0) > maxCount || Bytes + message.Size - (before?.Size ?? 0) > maxBytes)
        {
            before = null;
            return false;
        }
        var node = existing ?? Grow(message.Topic);
        Count += before == null ? 1 : 0;
        Bytes += message.Size - (before?.Size ?? 0);
        node.Message = message;
        return true;
    }

    /// <summary>The unexpired messages whose topic matches, by topic order.</summary>
    public List<StoredMessage> Find(string filter, DateTimeOffset now)
    {
        var found = new List<StoredMessage>();
        Find(_root, filter, true, now, found);
        return found;
    }

    /// <summary>Forgets what has expired, and says what that was.</summary>
    public IReadOnlyList<StoredMessage> Expire(DateTimeOffset now)
    {
        var expired = new List<StoredMessage>();
        CollectExpired(_root, now, expired);
        foreach (var message in expired)
            Remove(message.Topic);
        return expired;
    }

    private static void Find(Node node, ReadOnlySpan<char> filter, bool atRoot, DateTimeOffset now, List<StoredMessage> found)
    {
        if (filter is "#")
        {
            TakeAll(node, atRoot, now, found);
            return;
        }
        if (node.Children == null)
            return;
        var end = filter.IndexOf('/');
        var level = end < 0 ? filter : filter[..end];
        if (level is not "+")
        {
            if (node.Children.TryGetValue(level.ToString(), out var child))
                Descend(child, filter, end, now, found);
            return;
        }
        foreach (var child in node.Children.Values)
            if (!atRoot || !child.Level.StartsWith('$'))
                Descend(child, filter, end, now, found);
    }

    private static void Descend(Node child, ReadOnlySpan<char> filter, int end, DateTimeOffset now, List<StoredMessage> found)
    {
        if (end >= 0)
            Find(child, filter[(end + 1)..], false, now, found);
        else
            Take(child, now, found);
    }

    private static void TakeAll(Node node, bool atRoot, DateTimeOffset now, List<StoredMessage> found)
    {
        Take(node, now, found);
        if (node.Children == null)
            return;
        foreach (var child in node.Children.Values)
            if (!atRoot || !child.Level.StartsWith('$'))
                TakeAll(child, false, now, found);
    }

    private static void Take(Node node, DateTimeOffset now, List<StoredMessage> found)
    {
        if (node.Message is { } message && !message.IsExpired(now))
            found.Add(message);
    }

    private static void CollectExpired(Node node, DateTimeOffset now, List<StoredMessage> expired)
    {
        if (node.Message is { } message && message.IsExpired(now))
            expired.Add(message);
        if (node.Children != null)
            foreach (var child in node.Children.Values)
                CollectExpired(child, now, expired);
    }

    private Node? Seek(string topic)
    {
        var node = _root;
        foreach (var level in topic.Split('/'))
            if (node.Children == null || !node.Children.TryGetValue(level, out node!))
                return null;
        return node;
    }

    private Node Grow(string topic)
    {
        var node = _root;
        foreach (var level in topic.Split('/'))
        {
            var children = node.Children ??= new SortedDictionary<string, Node>(StringComparer.Ordinal);
            if (!children.TryGetValue(level, out var child))
                children.Add(level, child = new Node(node, level));
            node = child;
        }
        return node;
    }

    private StoredMessage? Remove(string topic)
    {
        var node = Seek(topic);
        if (node?.Message is not { } message)
            return null;
        node.Message = null;
        Count--;
        Bytes -= message.Size;
        while (node is { Message: null, Parent: { } parent } && node.Children is null or { Count: 0 })
        {
            parent.Children!.Remove(node.Level);
            node = parent;
        }
        return message;
    }
}
