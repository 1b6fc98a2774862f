using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.ProactiveWorker.Calendar;
using B2D.Storage;
using B2D.Storage.Notices;
using B2D.Storage.Telemetry;
using Xunit;

namespace B2D.ProactiveWorker.Tests.Calendar;

public sealed class RetentionTests
{
    private static readonly Entry Message = new Entry.Telemetry(DeviceId.Parse("d"), new DeviceTime(1), [new("m", MetricValue.Of(1.5))]);

    [Theory]
    [InlineData(30, 10, 0)] // everything is older than the log is kept, and on disk
    [InlineData(30, 40, 300)] // longer kept
    [InlineData(5, 1, 100)] // a start could need what came after the oldest cut, and a loss of power undo a day of cuts
    public void Run_LogOlderThanItsRetention_GoesWhereNoStartNeedsIt(int cutDay, int keptDays, int left)
    {
        using var stores = WithLog(days: 6, perDay: 50);
        CutAll(stores, new ServerTime(0) + TimeSpan.FromDays(cutDay));

        var retention = new Retention(stores, new WorkerOptions { LogRetention = TimeSpan.FromDays(keptDays) });
        retention.Run(new ServerTime(0) + TimeSpan.FromDays(30), default);

        Assert.Equal(left, stores.Log.CountEntries());
    }

    [Fact]
    public void Run_LogTooLarge_GoesSooner()
    {
        using var stores = WithLog(days: 6, perDay: 50);
        CutAll(stores, new ServerTime(0) + TimeSpan.FromDays(30));
        for (var i = 0; i < 40; i++)
            stores.Log.Append(new ServerTime(0) + TimeSpan.FromDays(6), [.. Enumerable.Repeat(Message, 3_000)], []);
        var before = stores.Log.StoredBytes;
        Assert.True(before > 1 << 20);

        new Retention(stores, new WorkerOptions { LogRetention = TimeSpan.FromDays(300), LogBytes = 1 << 20 }).Run(new ServerTime(0) + TimeSpan.FromDays(30), default);

        Assert.InRange(stores.Log.StoredBytes, 0, 1 << 20);
    }

    [Fact]
    public void Run_MessagesOfNobody_GoAfterAMonth()
    {
        using var stores = Stores.InMemory();
        var now = new ServerTime(0) + TimeSpan.FromDays(100);
        foreach (var (id, customer, days) in new[] { ("a", "", 31), ("b", "", 29), ("a", "ana", 31), ("c", "ana", 99) })
            stores.State.Write(db => InboundStore.Put(db, new InboundRow { Id = id, Customer = customer, Channel = "sms", Text = "I am Ana", At = (now - TimeSpan.FromDays(days)).EpochMs }));

        new Retention(stores, new WorkerOptions()).Run(now, default);

        Assert.Equal(["a ana", "b ", "c ana"], new[] { "a", "b", "c" }.SelectMany(id => stores.State.Read(db => InboundStore.Find(db, id))).Select(m => $"{m.Id} {m.Customer}"));
    }

    private static Stores WithLog(int days, int perDay)
    {
        var stores = Stores.InMemory();
        for (var i = 0; i < days * perDay; i++)
            stores.Log.Append(new ServerTime(0) + TimeSpan.FromDays(i / perDay), [Message], []);
        return stores;
    }

    private static void CutAll(Stores stores, ServerTime at)
    {
        for (var partition = 0; partition < Partitions.Count; partition++)
        {
            Assert.True(stores.Telemetry.Cut(new LaneMemory(partition, stores.Log.LastOffset, at, 2, [])));
            while (stores.Telemetry.IsCutPending(partition))
                stores.Telemetry.Arrange();
        }
    }
}
