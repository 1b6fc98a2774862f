using System.Globalization;
using B2D.Core;
using B2D.ProactiveWorker.Notices;
using B2D.Storage;
using B2D.Storage.Notices;
using Xunit;

namespace B2D.ProactiveWorker.Tests.Notices;

public sealed class PhoneTaskClockTests
{
    [Fact]
    public void Pump_MoreLettersThanAPage_TheOldestIsLookedAtToo()
    {
        using var stores = Stores.InMemory();
        stores.State.Write(db =>
        {
            // Of a fault that is over.
            NoticeStore.Put(db, Letter(0) with { Subject = "fault:HP-1/pump", Status = "device-fault" });
            for (var i = 1; i <= 1000; i++)
                NoticeStore.Put(db, Letter(i));
        });
        new PhoneTaskClock(stores.State).Pump(new ServerTime(5000));
        Assert.Equal(("Suppressed", "it was over before it was printed"), stores.State.Read(db => NoticeStore.Find(db, "n0")) is { } oldest ? (oldest.State, oldest.Reason) : default);
        Assert.Equal(1000, stores.State.Read(db => NoticeStore.Count(db, new NoticeFilter { States = ["Calling"] })));
    }

    private static NoticeRow Letter(int number) => new()
    {
        Id = "n" + number.ToString(CultureInfo.InvariantCulture),
        Customer = "C-" + number.ToString(CultureInfo.InvariantCulture),
        Subject = "outage:1",
        Status = "all-clear",
        Channel = "letter",
        State = "Calling",
        Class = "service",
        CreatedAt = 1 + number,
    };
}
