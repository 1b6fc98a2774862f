using B2D.Bus;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.DeviceGateway.Ingest;
using Xunit;

namespace B2D.DeviceGateway.Tests.Ingest;

public sealed class IngestBufferTests
{
    private static readonly Submission Message = Submission.Of(new Entry.Removed(DeviceId.Parse("d")));

    [Fact]
    public void Submit_UpToItsLimit_IsCrowdedFromHalfAndFullAtAllOfIt_AndEasesOnce()
    {
        var eased = 0;
        var buffer = new IngestBuffer(new MetricNames(), new IngestOptions { MaxWaiting = 8, MaxBatch = 4 }) { Eased = () => eased++ };
        var seen = new List<(bool Crowded, bool Full)>();
        for (var i = 0; i < 8; i++)
        {
            buffer.Submit(Message);
            seen.Add((buffer.IsCrowded, buffer.IsFull));
        }

        Assert.Equal([.. Enumerable.Repeat((false, false), 3), .. Enumerable.Repeat((true, false), 4), (true, true)], seen);
        // What the writer has in hand is not on disk either.
        var first = buffer.Take()!;
        Assert.True(buffer.IsFull);
        buffer.Return(first);
        Assert.Equal((1, false, true), (eased, buffer.IsFull, buffer.IsCrowded));
        buffer.Return(buffer.Take()!);
        Assert.Equal((1, false, 0), (eased, buffer.IsCrowded, buffer.Count));
        Assert.Null(buffer.Take());
    }

    [Fact]
    public void Submit_WhileSomethingWaits_WakesOnlyOnce()
    {
        var woken = 0;
        var buffer = new IngestBuffer(new MetricNames(), new IngestOptions { MaxBatch = 2 }) { Wake = () => woken++ };
        for (var i = 0; i < 5; i++)
            buffer.Submit(Message);
        Assert.Equal(1, woken);

        Assert.Equal([2, 2, 1], Enumerable.Range(0, 3).Select(_ => buffer.Take()!.Tickets.Count));
        buffer.Submit(Message);
        Assert.Equal(2, woken);
    }
}
