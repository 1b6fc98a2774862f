using System.Collections.Concurrent;
using System.Text;
using B2D.Interop.Programs;
using B2D.Mqtt;

namespace B2D.Interop.Mqtt;

/// <summary>What a client of ours has received, in order.</summary>
internal sealed class Inbox
{
    private readonly ConcurrentQueue<(string Topic, string Text, MqttMessage Message)> messages = new();

    public void Add(MqttMessage message) => messages.Enqueue((message.Topic, Encoding.UTF8.GetString(message.Payload.Span), message));

    public int Count(string prefix) => messages.Count(m => m.Topic.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Waits for a message.</summary>
    public async Task<MqttMessage> HasAsync(Func<(string Topic, string Text, MqttMessage Message), bool> such, TimeSpan most)
    {
        await Wait.UntilAsync(() => messages.Any(such), most, "the message comes", TimeSpan.FromMilliseconds(5));
        return messages.First(such).Message;
    }

    /// <summary>Waits for a number of messages of a topic; their texts.</summary>
    public async Task<IReadOnlyList<string>> TakeAsync(string topic, int count, TimeSpan most)
    {
        await Wait.UntilAsync(() => messages.Count(m => m.Topic == topic) >= count, most, $"{count} messages of {topic}", TimeSpan.FromMilliseconds(5));
        return [.. messages.Where(m => m.Topic == topic).Select(m => m.Text)];
    }
}
