using B2D.Core.Devices;
using B2D.Core.Telemetry;
using Xunit;

namespace B2D.Bus.Tests;

public sealed class EntryQueueTests
{
    private static Submission Numbered(int n, int size = 256) => Submission.Of(new Entry.Removed(DeviceId.Parse($"d{n}"))) with { Size = size };

    private static string Names(IEnumerable<Submission> of) => string.Join(' ', of.Select(s => ((Entry.Removed)s.Entries[0]).Device));

    [Fact]
    public void TrySubmit_AtCapacity_RefusesAndTakesAgainAfterDrain()
    {
        var queue = new EntryQueue(2);
        Assert.True(queue.TrySubmit(Numbered(1)));
        Assert.True(queue.TrySubmit(Numbered(2)));
        Assert.False(queue.TrySubmit(Numbered(3)));
        List<Submission> into = [];

        Assert.Equal(1, queue.Drain(into, 1));
        Assert.True(queue.TrySubmit(Numbered(4)));
        Assert.Equal(2, queue.Drain(into, 100));

        Assert.Equal("d1 d2 d4", Names(into));
        Assert.Equal(0, queue.Count);
    }

    [Fact]
    public void TrySubmit_OverBytes_Refuses()
    {
        var queue = new EntryQueue(10, 1_000);
        Assert.True(queue.TrySubmit(Numbered(1, 600)));
        Assert.True(queue.TrySubmit(Numbered(2, 400)));
        Assert.False(queue.TrySubmit(Numbered(3, 1)));

        queue.Drain([], 1);

        Assert.True(queue.TrySubmit(Numbered(4, 600)));
        Assert.False(queue.TrySubmit(Numbered(5, 1)));
    }

    [Fact]
    public void TrySubmit_LargerThanTheQueue_IsTakenWhenNothingWaits()
    {
        var queue = new EntryQueue(10, 1_000);

        Assert.True(queue.TrySubmit(Numbered(1, 5_000)));
        Assert.False(queue.TrySubmit(Numbered(2, 1)));
        Assert.Equal(1, queue.Drain([], 10));
        Assert.True(queue.TrySubmit(Numbered(3, 1_000)));
    }

    [Theory]
    [InlineData(100, "d0")]
    [InlineData(499, "d0")]
    [InlineData(500, "d0 d1")]
    [InlineData(1_000, "d0 d1 d2 d3")]
    [InlineData(10_000, "d0 d1 d2 d3")]
    public void Drain_UpToBytes_StopsBeforeMore(long maxBytes, string expected)
    {
        var queue = new EntryQueue();
        for (var i = 0; i < 4; i++)
            queue.TrySubmit(Numbered(i, 250));
        List<Submission> into = [];

        queue.Drain(into, 100, maxBytes);

        Assert.Equal(expected, Names(into));
    }

    [Fact]
    public void Wake_IsCalledOnlyForAnEmptyQueue()
    {
        var woken = 0;
        var queue = new EntryQueue { Wake = () => woken++ };
        queue.TrySubmit(Numbered(1));
        queue.TrySubmit(Numbered(2));
        Assert.Equal(1, woken);

        queue.Drain([], 1);
        queue.TrySubmit(Numbered(3));
        Assert.Equal(1, woken);

        queue.Drain([], 10);
        queue.TrySubmit(Numbered(4));
        Assert.Equal(2, woken);
    }
}

public sealed class CommandQueueTests
{
    [Fact]
    public void Take_AfterSend_GivesInOrderThenNull()
    {
        var woken = 0;
        var queue = new CommandQueue { Wake = () => woken++ };
        var device = DeviceId.Parse("d");
        queue.Send(new DeviceCommand("1", device, "{}"u8.ToArray()));
        queue.Send(new DeviceCommand("2", device, "{}"u8.ToArray()));

        Assert.Equal("1", queue.Take()?.Id);
        Assert.Equal("2", queue.Take()?.Id);
        Assert.Null(queue.Take());
        Assert.Equal(2, woken);
    }
}
