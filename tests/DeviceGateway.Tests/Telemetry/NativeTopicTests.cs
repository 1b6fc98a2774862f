using B2D.DeviceGateway.Telemetry;
using Xunit;

namespace B2D.DeviceGateway.Tests.Telemetry;

public sealed class NativeTopicTests
{
    [Theory]
    [InlineData("devices/a/telemetry", (int)TopicKind.Telemetry, "")]
    [InlineData("devices/a/events", (int)TopicKind.Events, "")]
    [InlineData("devices/a/status", (int)TopicKind.Status, "")]
    [InlineData("devices/a/commands/c1", (int)TopicKind.Command, "c1")]
    [InlineData("devices/a/commands/c1/reply", (int)TopicKind.Reply, "c1")]
    [InlineData("devices/a/commands/c1/reply/x", (int)TopicKind.Other, "")]
    [InlineData("devices/a/commands/", (int)TopicKind.Other, "")]
    [InlineData("devices/a/commands//reply", (int)TopicKind.Other, "")]
    [InlineData("devices/a/Telemetry", (int)TopicKind.Other, "")]
    [InlineData("devices/a/telemetry/", (int)TopicKind.Other, "")]
    [InlineData("devices/a/", (int)TopicKind.Other, "")]
    public void Topic_Native_IsTakenApart(string text, int kind, string command)
    {
        Assert.True(NativeTopic.TryParse(text, out var topic, out _));

        Assert.Equal(((TopicKind)kind, "a", command), (topic.Kind, topic.Device.Value, topic.CommandId));
    }

    [Theory]
    [InlineData("devices")]
    [InlineData("devices/a")]
    [InlineData("devices//telemetry")]
    [InlineData("devices/a b/telemetry")]
    [InlineData("Devices/a/telemetry")]
    [InlineData("/devices/a/telemetry")]
    [InlineData("")]
    public void Topic_Foreign_IsRefusedWithReason(string text)
    {
        Assert.False(NativeTopic.TryParse(text, out _, out var error));
        Assert.NotEmpty(error);
    }
}
