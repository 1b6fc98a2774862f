using System.Globalization;
using B2D.Core;
using B2D.ProactiveWorker.Notices;
using B2D.Storage;
using B2D.Storage.Notices;
using B2D.Storage.Outages;
using Xunit;

namespace B2D.ProactiveWorker.Tests.Notices;

public sealed class NoticeTruthTests
{
    [Theory]
    [InlineData("ana")]
    [InlineData("carer:ana")]
    public void Untrue_OutageOfADeviceThatWasSoldAMomentAgo_ForTheSellerAndTheirCarer(string recipient)
    {
        using var stores = Stores.InMemory();
        var why = stores.State.Write(db =>
        {
            var outage = OutageStore.TryOpen(db, new OutageRow { Segment = "s", Episode = "1-1", State = "Identified" })!.Value;
            OutageStore.PutDevice(db, new OutageDeviceRow { OutageId = outage, Device = "RT-2", Customer = "ana" });
            db.Execute("INSERT INTO owner_changes (device, from_customer, to_customer, at) VALUES ('RT-2', 'ana', 'bo', 1)");
            var row = new NoticeRow { Customer = recipient, Subject = "outage:" + outage.ToString(CultureInfo.InvariantCulture), Status = "opened", Class = "service" };
            return NoticeTruth.Untrue(db, row, new ServerTime(5));
        });
        Assert.Equal("the device was another’s before it", why);
    }
}
