namespace B2D.Mqtt.Topics;

/// <summary>A subscription's filter taken apart: <c>$share/{group}/{filter}</c> is a shared one (MQTT 5.0 §4.8.2).</summary>
/// <param name="Group">Share name; null when not shared.</param>
/// <param name="Filter">The filter that topics are compared with.</param>
internal readonly record struct TopicFilter(string? Group, string Filter)
{
    private const string SharePrefix = "$share/";

    /// <summary>Takes a filter apart; false when it is malformed [MQTT-4.7.1-1] [MQTT-4.7.1-2] [MQTT-4.8.2-1] [MQTT-4.8.2-2].</summary>
    public static bool TryParse(string text, out TopicFilter filter)
    {
        filter = new TopicFilter(null, text);
        if (!text.StartsWith(SharePrefix, StringComparison.Ordinal))
            return IsValid(text);
        var end = text.IndexOf('/', SharePrefix.Length);
        if (end <= SharePrefix.Length)
            return false;
        filter = new TopicFilter(text[SharePrefix.Length..end], text[(end + 1)..]);
        return filter.Group.AsSpan().IndexOfAny('+', '#') < 0 && IsValid(filter.Filter);
    }

    /// <summary>Not empty; + fills a whole level; # fills the last level.</summary>
    public static bool IsValid(ReadOnlySpan<char> filter)
    {
        if (filter.IsEmpty)
            return false;
        foreach (var range in filter.Split('/'))
        {
            var level = filter[range];
            if (level.IndexOfAny('+', '#') < 0)
                continue;
            if (level.Length > 1 || (level[0] == '#' && range.End.GetOffset(filter.Length) != filter.Length))
                return false;
        }
        return true;
    }

    /// <summary>Whether a topic name matches (§4.7.1). A filter that begins with a wildcard does not match names that begin with $ [MQTT-4.7.2-1].</summary>
    public static bool Matches(ReadOnlySpan<char> filter, ReadOnlySpan<char> topic)
    {
        if (topic.Length > 0 && topic[0] == '$' && filter.Length > 0 && filter[0] is '+' or '#')
            return false;
        while (true)
        {
            if (filter is "#")
                return true;
            var filterEnd = filter.IndexOf('/');
            var topicEnd = topic.IndexOf('/');
            var level = filterEnd < 0 ? filter : filter[..filterEnd];
            if (level is not "+" && !level.SequenceEqual(topicEnd < 0 ? topic : topic[..topicEnd]))
                return false;
            if (topicEnd < 0)
                // "sport/#" also matches "sport" itself: # stands for the parent and any number of child levels.
                return filterEnd < 0 || filter[(filterEnd + 1)..] is "#";
            if (filterEnd < 0)
                return false;
            filter = filter[(filterEnd + 1)..];
            topic = topic[(topicEnd + 1)..];
        }
    }
}
