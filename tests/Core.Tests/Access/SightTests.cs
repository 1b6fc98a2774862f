using B2D.Core.Access;
using B2D.Core.Maintenance;
using Xunit;

namespace B2D.Core.Tests.Access;

public sealed class SightTests
{
    [Theory]
    [InlineData("", "", "", "everything")]
    [InlineData("heating, Coffee\ncoffee", "", "", "queues coffee, heating")]
    [InlineData("", "/north/\nsouth/s1", "", "segments north, south/s1")]
    [InlineData("heating", "north\nnorth/n12/cab-7\nnorthern", "", "queue heating; segments north, northern")]
    [InlineData("Heating pumps", "", "a queue is called by 1 to 64 small letters, digits and dashes", "")]
    [InlineData("", "north//n12", "segment 'north//n12' has an empty level; write it as region/node/cabinet without a slash at either end", "")]
    public void Read_Texts_AreInOrderAndWithoutWhatSaysNothing(string queues, string segments, string problem, string words)
    {
        var (sight, wrong) = Sight.Read(queues, segments);
        Assert.Equal(problem, wrong);
        Assert.Equal(words, sight?.ToString() ?? "");
        if (sight is not null)
            Assert.Equal(sight, Sight.Of(sight.Text.Queues, sight.Text.Segments));
    }

    [Fact]
    public void Read_MoreThanThereMayBe_IsRefused() =>
        Assert.Equal("at most 50 queues and 50 segments", Sight.Read("", string.Join('\n', Enumerable.Range(0, 51).Select(i => $"s{i}"))).Problem);

    [Theory]
    [InlineData("", "", "heating", "north/n12", SightReason.Everything)]
    [InlineData("heating", "", "heating", "north/n12", SightReason.Inside)]
    [InlineData("heating", "", "coffee", "north/n12", SightReason.OtherQueue)]
    [InlineData("", "north", "coffee", "north", SightReason.Inside)]
    [InlineData("", "north", "coffee", "north/n12/cab-7", SightReason.Inside)]
    [InlineData("", "north", "coffee", "northern", SightReason.OtherSegment)]
    [InlineData("", "north/n12", "coffee", "north", SightReason.OtherSegment)]
    [InlineData("", "north", "coffee", "", SightReason.OtherSegment)]
    [InlineData("heating", "north", "heating", "north/n1", SightReason.Inside)]
    [InlineData("heating", "north", "coffee", "north/n1", SightReason.OtherQueue)]
    [InlineData("heating", "north", "heating", "south", SightReason.OtherSegment)]
    public void Case_IsSeen_ByItsQueueAndItsDevicesSegment(string queues, string segments, string queue, string segment, SightReason reason) =>
        Assert.Equal(reason, Sight.Of(queues, segments).Case(queue, segment).Reason);

    [Theory]
    [InlineData("", "south", false, SightReason.Everything)]
    [InlineData("north", "north/n1", false, SightReason.Inside)]
    [InlineData("north/n1", "north", true, SightReason.ReachesBeyond)]
    [InlineData("north/n1", "north", false, SightReason.OtherSegment)]
    public void Outage_LargerThanWhatIsSeen_IsReadWhereADeviceOfTheirsIsDown(string segments, string segment, bool theirs, SightReason reason)
    {
        var seen = Sight.Of("", segments).Outage(segment, theirs);
        Assert.Equal(reason, seen.Reason);
        Assert.Equal(reason != SightReason.OtherSegment, seen.IsShown);
        Assert.Equal(reason is SightReason.Everything or SightReason.Inside, seen.IsWhole);
    }

    [Theory]
    [InlineData("", MaintenanceScope.Segment, "south", "", SightReason.Everything)]
    [InlineData("north/n1", MaintenanceScope.Segment, "north/n1/cab-2", "", SightReason.Inside)]
    [InlineData("north/n1", MaintenanceScope.Segment, "north", "", SightReason.ReachesBeyond)]
    [InlineData("north/n1", MaintenanceScope.Segment, "south", "", SightReason.OtherSegment)]
    [InlineData("north/n1", MaintenanceScope.Device, "HP-1", "north/n1", SightReason.Inside)]
    [InlineData("north/n1", MaintenanceScope.Device, "HP-1", "south", SightReason.OtherSegment)]
    [InlineData("north/n1", MaintenanceScope.Device, "gone", "", SightReason.OtherSegment)]
    [InlineData("north/n1", MaintenanceScope.Model, "HP-2", "", SightReason.ReachesBeyond)]
    public void Maintenance_OnMoreThanIsSeen_IsReadAndNotPlanned(string segments, MaintenanceScope scope, string target, string deviceSegment, SightReason reason) =>
        Assert.Equal(reason, Sight.Of("", segments).Maintenance(scope, target, deviceSegment).Reason);
}
