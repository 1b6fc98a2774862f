using B2D.Bus;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.DeviceGateway.Ingest;
using Xunit;

namespace B2D.DeviceGateway.Tests.Ingest;

public sealed class IntakeTests
{
    private static Submission Numbered(int n) => Submission.Of(new Entry.Removed(DeviceId.Parse($"d{n}")));

    [Fact]
    public void Submit_RoomBeforeTheHeldOnesWentIn_StaysBehindThem()
    {
        var queue = new EntryQueue(1);
        var intake = new Intake(queue);
        var drained = new List<Submission>();
        intake.Submit(Numbered(1));
        intake.Submit(Numbered(2));
        queue.Drain(drained, 1);

        intake.Submit(Numbered(3));
        Assert.Equal(2, intake.Held);
        while (intake.Held > 0 || queue.Count > 0)
        {
            intake.Retry();
            queue.Drain(drained, 1);
        }

        Assert.Equal(["d1", "d2", "d3"], drained.Select(s => ((Entry.Removed)s.Entries[0]).Device.Value));
    }
}
