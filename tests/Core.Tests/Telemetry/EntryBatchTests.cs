using B2D.Core.Devices;
using B2D.Core.Telemetry;
using Xunit;

namespace B2D.Core.Tests.Telemetry;

public sealed class EntryBatchTests
{
    private static readonly DeviceId Dev = DeviceId.Parse("d1");

    private readonly MetricNames names = new();

    [Fact]
    public void Add_Telemetry_IsWrittenByNumber()
    {
        names.Of("first");
        var batch = new EntryBatch(names);
        batch.Add(new Entry.Telemetry(Dev, new DeviceTime(5), [new("temp", MetricValue.Of(-3)), new("first", MetricValue.Of(0.5)), new("on", MetricValue.Of(true)), new("m", MetricValue.Of("ä"))]));

        // version · kind 12 · partition · length · "d1" · has a time · 5 · 4 readings: 2nd name, whole -3; 1st, 0.5; 3rd, true; 4th, "ä"
        Assert.Equal(
            $"01 0C {Partitions.Of(Dev):X2} 1B 02 64 31 01 0A 04 02 04 05 01 01 00 00 00 00 00 00 E0 3F 03 02 01 04 03 02 C3 A4",
            string.Join(' ', batch.Written.ToArray().Select(b => b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture))));
        Assert.Equal(["first", "temp", "on", "m"], Enumerable.Range(0, names.Count).Select(i => names[i]));
    }

    [Fact]
    public void Read_EveryKind_ComesBackInOrder()
    {
        Entry[] entries =
        [
            new Entry.Telemetry(Dev, null, [new("a", MetricValue.Of(1e300)), new("b", MetricValue.Missing)], new Delivery(9, true, 77)),
            new Entry.Event(Dev, "E1", CodeState.Set, new DeviceTime(1)),
            new Entry.GatewayUp(new ServerTime(3)),
            new Entry.Removed(DeviceId.Parse("d2")),
        ];
        var batch = new EntryBatch(names);
        foreach (var entry in entries)
            batch.Add(entry);
        Assert.Equal(3 + Partitions.Count, batch.Count);

        var read = Read(batch.Written);

        Assert.Equal([Partitions.Of(Dev), Partitions.Of(Dev), .. Enumerable.Range(0, 256), Partitions.Of(DeviceId.Parse("d2"))], read.Select(r => r.Partition));
        Assert.Equal(entries[1], read[1].Entry);
        Assert.Equal(entries[3], read[^1].Entry);
        var telemetry = (Entry.Telemetry)read[0].Entry;
        Assert.Equal((null, new Delivery(9, true, 77)), ((DeviceTime?)telemetry.At, telemetry.Delivery));
        Assert.Equal(((Entry.Telemetry)entries[0]).Readings.ToArray(), telemetry.Readings.ToArray());
    }

    [Fact]
    public void Read_Medians_AreTheSameObjectForEveryPartitionAndAnotherForTheNext()
    {
        var batch = new EntryBatch(names);
        Entry.FleetMedians first = new(TimeSpan.FromMinutes(5), [new FleetMedian("HP-2", "temp", 20.5, 9)]), second = first with { Medians = [new FleetMedian("HP-2", "temp", 21, 9)] };
        batch.Add(first);
        batch.Add(new Entry.GatewayDown());
        batch.Add(second);

        var read = Read(batch.Written);

        Assert.Equal(3 * Partitions.Count, read.Count);
        Assert.All(read[..256], r => Assert.Same(read[0].Entry, r.Entry));
        Assert.All(read[512..], r => Assert.Same(read[512].Entry, r.Entry));
        Assert.Equal(first.Medians.ToArray(), ((Entry.FleetMedians)read[0].Entry).Medians.ToArray());
        Assert.Equal(second.Medians.ToArray(), ((Entry.FleetMedians)read[512].Entry).Medians.ToArray());
    }

    [Fact]
    public void Add_Medians_AreWrittenOnce()
    {
        var batch = new EntryBatch(names);
        batch.Add(new Entry.FleetMedians(TimeSpan.FromMinutes(1), [new FleetMedian("M", "t", 1.5, 300)]));

        // version · kind 14 · partition 0 · length · the medians · then for each other partition kind 15 · partition · nothing
        Assert.Equal("010E0012" + "C0A907" + "01" + "014D" + "0174" + "000000000000F83F" + "AC02" + "0F0100" + "0F0200", Convert.ToHexString(batch.Written[..(1 + 3 + 18 + 6)]));
        Assert.Equal((256, 1 + 3 + 18 + (255 * 3)), (batch.Count, batch.Length));
    }

    [Fact]
    public void Read_FromTheMiddleOfMedians_KnowsThem()
    {
        var batch = new EntryBatch(names);
        batch.Add(new Entry.FleetMedians(TimeSpan.FromMinutes(1), [new FleetMedian("M", "t", 1.5, 300)]));
        var reader = new EntryBatchReader(batch.Written, names);
        for (var i = 0; i < 200; i++)
            Assert.True(reader.Skip());

        Assert.True(reader.Read(out var partition, out var entry));
        Assert.Equal(200, partition);
        Assert.Equal([new FleetMedian("M", "t", 1.5, 300)], Assert.IsType<Entry.FleetMedians>(entry).Medians.ToArray());
    }

    [Theory]
    [InlineData("01 0F 00 00")] // none before it
    [InlineData("01 0E 00 02 02 00 0F 01 01 00")] // with a body
    public void Read_MediansAgainThatCannotBe_AreRefused(string hex) =>
        Assert.Equal(EntryProblem.BadValue, Assert.Throws<EntryFormatException>(() => Read(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)))).Problem);

    [Fact]
    public void Add_PartOfAnotherBatch_IsTheSame()
    {
        var one = new EntryBatch(names);
        one.Add(new Entry.Removed(Dev));
        var end = one.Length;
        one.Add(new Entry.GatewayDown());
        var two = new EntryBatch(names);
        two.Add(one.Written[EntryBatch.HeadBytes..end], 1);

        Assert.Equal([new Entry.Removed(Dev)], Read(two.Written).Select(r => r.Entry));
        Assert.Equal(1, two.Count);
    }

    [Fact]
    public void Read_CutOffAnywhere_IsRefused()
    {
        var batch = new EntryBatch(names);
        batch.Add(new Entry.Telemetry(Dev, new DeviceTime(5), [new("temp", MetricValue.Of(-3)), new("x", MetricValue.Of(0.25))]));
        for (var length = 2; length < batch.Length; length++)
        {
            var cut = batch.Written[..length].ToArray();
            Assert.Throws<EntryFormatException>(() => Read(cut));
        }
        Assert.Throws<EntryFormatException>(() => Read([]));
        Assert.Throws<EntryFormatException>(() => Read([2]));
        Assert.Empty(Read([1]));
    }

    [Fact]
    public void Read_MetricWithoutAName_IsRefused()
    {
        var batch = new EntryBatch(names);
        batch.Add(new Entry.Telemetry(Dev, new DeviceTime(5), [new("temp", MetricValue.Of(-3))]));
        var body = batch.Written.ToArray();
        Assert.Equal(EntryProblem.BadValue, Assert.Throws<EntryFormatException>(() => Read(body, new MetricNames())).Problem);
    }

    [Fact]
    public void MetricNames_MoreThanFit_AreWrittenOut()
    {
        for (var i = 0; i < MetricNames.Max; i++)
            Assert.Equal(i, names.Of($"m{i}"));
        Assert.Equal(-1, names.Of("one more"));
        Assert.Equal(4_711, names.Of("m4711"u8));
        Assert.True(names.Is(4_711, "m4711"u8));
        Assert.False(names.Is(4_712, "m4711"u8));

        var batch = new EntryBatch(names);
        batch.Add(new Entry.Telemetry(Dev, new DeviceTime(5), [new("one more", MetricValue.Of(1))]));
        Assert.Equal("one more", ((Entry.Telemetry)Read(batch.Written)[0].Entry).Readings[0].Metric);
    }

    [Fact]
    public void MetricNames_ManyThreads_GiveEachNameOneNumber()
    {
        Parallel.For(0, 16, _ =>
        {
            for (var i = 0; i < 5_000; i++)
                Assert.Equal($"name-{i}", names[names.Of($"name-{i}")]);
        });
        Assert.Equal(5_000, names.Count);
        Assert.Equal(5_000, Enumerable.Range(0, 5_000).Select(i => names[i]).Distinct().Count());
    }

    [Fact]
    public void DeviceIdCache_SameBytes_GiveTheSameString()
    {
        var cache = new DeviceIdCache();
        Assert.True(cache.TryGet("pump-1"u8, out var one, out _));
        Assert.True(cache.TryGet("pump-1"u8, out var two, out _));
        Assert.Same(one.Value, two.Value);
        Assert.False(cache.TryGet("no/id"u8, out _, out var error));
        Assert.Contains("not '/'", error, StringComparison.Ordinal);
        for (var i = 0; i < 200_000; i++)
        {
            Assert.True(cache.TryGet(System.Text.Encoding.ASCII.GetBytes($"dev-{i}"), out var id, out _));
            Assert.Equal($"dev-{i}", id.Value);
        }
    }

    [Fact]
    public void DeviceIdCache_LargeFleet_MakesNextToNoStringTwice()
    {
        var cache = new DeviceIdCache();
        var ids = Enumerable.Range(0, 50_000).Select(i => System.Text.Encoding.ASCII.GetBytes($"dev-{i}")).ToArray();
        // Places are made on the way, and what was lost to others then is known from the second time on.
        var known = ids.Select(First).ToArray();
        known = [.. ids.Select(First)];

        var again = ids.Where((id, i) => !ReferenceEquals(First(id), known[i])).Count();

        Assert.InRange(again, 0, 1_500);

        string First(byte[] id) => cache.TryGet(id, out var read, out _) ? read.Value : "";
    }

    private List<(int Partition, Entry Entry)> Read(ReadOnlySpan<byte> batch, MetricNames? of = null)
    {
        var reader = new EntryBatchReader(batch, of ?? names, new DeviceIdCache());
        var read = new List<(int, Entry)>();
        while (reader.Read(out var partition, out var entry))
            read.Add((partition, entry));
        return read;
    }
}
