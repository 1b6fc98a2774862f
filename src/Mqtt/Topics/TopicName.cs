namespace B2D.Mqtt.Topics;

/// <summary>Rules of topic names (MQTT 5.0 §4.7).</summary>
internal static class TopicName
{
    /// <summary>Not empty [MQTT-4.7.3-1] and without wildcards [MQTT-3.3.2-2]. What text may hold at all is checked when it is decoded.</summary>
    public static bool IsValid(ReadOnlySpan<char> topic) => topic.Length > 0 && topic.IndexOfAny('+', '#') < 0;

    /// <summary>How many levels the name or filter has; "/" has two.</summary>
    public static int Levels(ReadOnlySpan<char> topic) => topic.Count('/') + 1;
}
