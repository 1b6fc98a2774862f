using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.Storage.Telemetry;
using B2D.Storage.Tests.Places;
using Xunit;

namespace B2D.Storage.Tests.Telemetry;

public abstract class PartitionLogCompliance<TPlace> : Compliance<TPlace>
    where TPlace : Place, new()
{
    private static readonly DeviceId Pump = DeviceId.Parse("pump-1");
    private static readonly DeviceId Router = DeviceId.Parse("router-7");

    private PartitionLog Log => Stores.Log;

    private static Entry.Telemetry Sent(DeviceId device, double value) =>
        new(device, new DeviceTime(70), [new Reading("temp_c", MetricValue.Of(value))], new Delivery(9, true, 12));

    [Fact]
    public void Append_Entries_GetOffsetsInOrderAndTheirDevicesPartition()
    {
        var appended = Log.Append(new ServerTime(1000), [Sent(Pump, 1), new Entry.Event(Router, "E42", CodeState.Set, null)], []);

        Assert.Equal([1, 2], appended.Select(e => e.Offset));
        Assert.Equal([Partitions.Of(Pump), Partitions.Of(Router)], appended.Select(e => e.Partition));
        Assert.All(appended, e => Assert.Equal(new ServerTime(1000), e.At));
        Assert.Equal(2, Log.LastOffset);
    }

    [Fact]
    public void Read_AfterAppend_GivesTheSameEntries()
    {
        var sent = Sent(Pump, 21.5);
        Log.Append(new ServerTime(1000), [sent, new Entry.Removed(Router)], []);

        var read = Log.Read(0, 10);

        var telemetry = Assert.IsType<Entry.Telemetry>(read[0].Body);
        Assert.Equal(sent.Readings.ToArray(), telemetry.Readings.ToArray());
        Assert.Equal((sent.Device, sent.At, sent.Delivery), (telemetry.Device, telemetry.At, telemetry.Delivery));
        Assert.Equal(new LogEntry(Partitions.Of(Router), 2, new ServerTime(1000), new Entry.Removed(Router)), read[1]);
    }

    [Fact]
    public void Read_WithLimitAndOffset_GivesTheNextOnes()
    {
        Log.Append(new ServerTime(1), [.. Enumerable.Range(0, 10).Select(i => Sent(Pump, i))], []);

        Assert.Equal([4, 5, 6], Log.Read(3, 3).Select(e => e.Offset));
        Assert.Empty(Log.Read(10, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => Log.Read(0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Log.Read(0, 100_001));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Append_EntryAboutNoDevice_GoesToEveryPartition(int which)
    {
        Entry entry = which switch { 0 => new Entry.RulesActivated("abc"), 1 => new Entry.GatewayUp(new ServerTime(5)), 2 => new Entry.GatewayDown(), _ => new Entry.FleetMedians(TimeSpan.FromMinutes(5), [new FleetMedian("HP-2", "temp", 20.5, 9)]) };

        Log.Append(new ServerTime(1), [entry, Sent(Pump, 1)], []);

        var read = Log.Read(0, 1000);
        Assert.Equal(Enumerable.Range(0, 256), read.Take(256).Select(e => e.Partition));
        Assert.All(read.Take(256), e => Assert.Equal(Whole(entry), Whole(e.Body)));
        Assert.Equal(257, read[^1].Offset);
        var middle = Log.Read(100, 50);
        Assert.Equal(Enumerable.Range(100, 50), middle.Select(e => e.Partition));
        Assert.All(middle, e => Assert.Equal(Whole(entry), Whole(e.Body)));

        // Arrays are equal here where what is in them is.
        static string Whole(Entry body) => body is Entry.FleetMedians told ? $"{told.Every} {string.Join(' ', told.Medians)}" : $"{body}";
    }

    [Fact]
    public void Append_ClockGoesBack_TimesNeverFall()
    {
        Log.Append(new ServerTime(1000), [Sent(Pump, 1)], []);
        var late = Log.Append(new ServerTime(400), [Sent(Pump, 2)], []);

        Assert.Equal(new ServerTime(1000), late[0].At);
        Assert.Equal(new ServerTime(1000), Log.SealedUntil);
    }

    [Fact]
    public void Seal_LaterTime_HoldsForEntriesAfterIt()
    {
        Log.Seal(new ServerTime(500));
        Log.Seal(new ServerTime(300));

        Assert.Equal(new ServerTime(500), Log.SealedUntil);
        Assert.Equal(new ServerTime(500), Log.Append(new ServerTime(450), [Sent(Pump, 1)], [])[0].At);
    }

    [Fact]
    public void Append_Nothing_DoesNothing()
    {
        Assert.Empty(Log.Append(new ServerTime(9), [], []));
        Assert.Equal(ServerTime.Zero, Log.SealedUntil);
    }

    [Fact]
    public void Append_DeadLetters_AreKeptWithTheirReason()
    {
        var big = new byte[DeadLetter.MaxPayload + 10];
        big[5] = 7;
        Log.Append(new ServerTime(1), [],
        [
            new DeadLetter(new ServerTime(1), "pump-1", "devices/pump-1/telemetry", "NotJson", "at byte 3", [1, 2, 3], 3),
            new DeadLetter(new ServerTime(2), "pump-2", "a\0b", "TooBig", "half of a pair \ud800", big, big.Length),
            new DeadLetter(new ServerTime(3), "pump-2", "t", "NotJson", "", [], 0),
        ]);

        var rows = Log.DeadLetters();

        Assert.Equal([3, 2, 1], rows.Select(r => r.At));
        AssertSame(
            new DeadLetterRow { Id = rows[2].Id, At = 1, Device = "pump-1", Topic = "devices/pump-1/telemetry", Reason = "NotJson", Detail = "at byte 3",
                Payload = [1, 2, 3], Size = 3 },
            rows[2]);
        Assert.Equal(("a\uFFFDb", "half of a pair \uFFFD", DeadLetter.MaxPayload, big.Length),
            (rows[1].Topic, rows[1].Detail, rows[1].Payload.Length, rows[1].Size));
        Assert.Equal(7, rows[1].Payload[5]);
        Assert.Equal([rows[2].Id], Log.DeadLetters(10, rows[1].Id).Select(r => r.Id));
        Assert.Equal(new Dictionary<string, long> { ["NotJson"] = 2, ["TooBig"] = 1 }, Log.CountDeadLetters());
    }

    [Fact]
    public void Append_AnEntryFails_NothingOfTheAppendIsThere()
    {
        Log.Append(new ServerTime(1), [Sent(Pump, 1)], []);

        Assert.ThrowsAny<Exception>(() => Log.Append(new ServerTime(2), [Sent(Pump, 2), null!], []));

        Assert.Single(Log.Read(0, 10));
        Assert.Equal((1L, new ServerTime(1)), (Log.LastOffset, Log.SealedUntil));
        Assert.Equal(2, Log.Append(new ServerTime(3), [Sent(Pump, 3)], [])[0].Offset);
    }

    [Fact]
    public async Task Append_ManyCallers_EveryOffsetOnce()
    {
        var all = await Task.WhenAll(Enumerable.Range(0, 4).Select(t => Task.Run(() =>
            Enumerable.Range(0, 20).SelectMany(i => Log.Append(new ServerTime(i), [Sent(Pump, t), Sent(Router, i)], [])).ToArray())));

        Assert.Equal(Enumerable.Range(1, 160).Select(i => (long)i), all.SelectMany(a => a).Select(e => e.Offset).Order());
        var read = Log.Read(0, 1000);
        Assert.Equal(160, read.Count);
        Assert.Equal(read.Select(e => e.At), read.Select(e => e.At).Order());
    }

    [Fact]
    public void Read_FromTheMiddleOfABatch_AndOverSeveral_GivesWhatFollows()
    {
        for (var i = 0; i < 5; i++)
            Log.Append(new ServerTime(i), [Sent(Pump, i), Sent(Router, i), Sent(Pump, i)], []);

        for (var after = 0; after <= 15; after++)
        {
            foreach (var max in new[] { 1, 2, 3, 4, 7, 100 })
            {
                var read = Log.Read(after, max);
                Assert.Equal(Enumerable.Range(after + 1, Math.Min(max, 15 - after)).Select(o => (long)o), read.Select(e => e.Offset));
                Assert.All(read, e => Assert.Equal((e.Offset - 1) / 3, e.At.EpochMs));
            }
        }
        Assert.Equal(15, Log.CountEntries());
    }

    [Fact]
    public void Retain_OldEntries_GoInChunksAndOffsetsStay()
    {
        for (var i = 0; i < 24; i++)
            Log.Append(new ServerTime(100), [Sent(Pump, i)], []);
        Log.Append(new ServerTime(100), [Sent(Pump, 24), Sent(Pump, 25)], [new DeadLetter(new ServerTime(100), "d", "t", "R", "", [], 0)]);
        Log.Append(new ServerTime(200), [Sent(Pump, 99)], [new DeadLetter(new ServerTime(200), "d", "t", "R", "", [], 0)]);

        var deleted = new List<int>();
        do
            deleted.Add(Log.Retain(new ServerTime(200), 10));
        while (deleted[^1] > 0);

        // Ten rows at a time; the last but one row holds two entries.
        Assert.Equal([10, 10, 6, 1, 0], deleted);
        Assert.Equal([27], Log.Read(0, 10).Select(e => e.Offset));
        Assert.Single(Log.DeadLetters());
        Assert.Equal(1, Log.CountEntries());
    }
}

public abstract class DurablePartitionLogCompliance<TPlace> : Compliance<TPlace>
    where TPlace : Place, new()
{
    [Fact]
    public void Read_AfterARestart_GivesBatchesWithTheirMetricsNames()
    {
        var device = DeviceId.Parse("d");
        Stores.Log.Append(new ServerTime(1), [new Entry.Telemetry(device, new DeviceTime(7), [new("a", MetricValue.Of(1)), new("b", MetricValue.Of(2.5))])], []);
        Reopen();
        Stores.Log.Append(new ServerTime(2), [new Entry.Telemetry(device, new DeviceTime(8), [new("b", MetricValue.Of(3)), new("c", MetricValue.Of("x"))])], []);
        Reopen();

        var read = Stores.Log.Read(0, 10).Select(e => (Entry.Telemetry)e.Body);

        Assert.Equal(["a=1 b=2.5", "b=3 c=x"], read.Select(t => string.Join(' ', t.Readings.Select(r => $"{r.Metric}={r.Value}"))));
        Assert.Equal(3, Stores.Log.Names.Count);
    }

    [Fact]
    public void Open_AfterRetentionTookEverything_GoesOnCounting()
    {
        var entry = new Entry.Removed(DeviceId.Parse("d"));
        Stores.Log.Append(new ServerTime(100), [entry, entry], []);
        Stores.Log.Retain(new ServerTime(1000), 100);
        Stores.Log.Seal(new ServerTime(150));

        Reopen();

        Assert.Equal((2L, new ServerTime(150)), (Stores.Log.LastOffset, Stores.Log.SealedUntil));
        var next = Stores.Log.Append(new ServerTime(120), [entry], [])[0];
        Assert.Equal((3L, new ServerTime(150)), (next.Offset, next.At));
    }
}

public sealed class PartitionLogOnSqliteFiles : PartitionLogCompliance<SqliteFiles>;

public sealed class PartitionLogInSqliteMemory : PartitionLogCompliance<SqliteMemory>;

public sealed class PartitionLogOnPostgres : PartitionLogCompliance<PostgresSchemas>;

public sealed class DurablePartitionLogOnSqliteFiles : DurablePartitionLogCompliance<SqliteFiles>;

public sealed class DurablePartitionLogOnPostgres : DurablePartitionLogCompliance<PostgresSchemas>;
