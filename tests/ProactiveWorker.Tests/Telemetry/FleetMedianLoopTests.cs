using B2D.Bus;
using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using B2D.ProactiveWorker.Rules;
using B2D.ProactiveWorker.Telemetry;
using B2D.Storage;
using B2D.Storage.Devices;
using B2D.Storage.Rules;
using Microsoft.Extensions.Logging;
using Xunit;

namespace B2D.ProactiveWorker.Tests.Telemetry;

/// <summary>The loop over a real SQLite, in virtual time.</summary>
public sealed class FleetMedianLoopTests : IDisposable
{
    private const string Asks = "- fault: warm\n  raise: temp > fleet_median(temp) + 8\n  case: {}\n";
    private const string AsksNothing = "- fault: warm\n  raise: temp > 90\n  case: {}\n";

    private static readonly WorkerOptions Options = new() { FleetMedianEvery = TimeSpan.FromMinutes(2) };

    private readonly Stores stores = Stores.InMemory();
    private readonly EntryQueue entries = new(capacity: 2);
    private readonly RuleBook book;
    private readonly Lines log = new();
    private readonly FleetMedianLoop loop;
    private ServerTime now = new(1_700_000_000_000);
    private long offset;

    public FleetMedianLoopTests()
    {
        book = new RuleBook(stores.State);
        loop = NewLoop();
        Activate(Asks);
    }

    public void Dispose() => stores.Dispose();

    [Fact]
    public void Pump_RuleAsks_TellsTheMedianOfEachModelOverDevicesThatWereHeard()
    {
        for (var i = 1; i <= 6; i++)
            Say($"a{i}", "A", ("temp", 10 * i), ("other", 1));
        for (var i = 1; i <= 4; i++)
            Say($"b{i}", "B", ("temp", 99));
        for (var i = 1; i <= 5; i++)
            Say($"c{i}", "C", ("temp", i));
        for (var i = 1; i <= 5; i++)
            Say($"n{i}", "", ("temp", i));
        Say("c9", "C", now - TimeSpan.FromMinutes(61), ("temp", 1000));
        Say("a1", "A", ("temp", 15));

        loop.Pump(now);

        var told = Assert.IsType<Entry.FleetMedians>(Assert.Single(Submitted()));
        Assert.Equal(TimeSpan.FromMinutes(2), told.Every);
        Assert.Equal([new FleetMedian("A", "temp", 35, 6), new FleetMedian("C", "temp", 3, 5)], told.Medians.ToArray());
    }

    [Fact]
    public void Pump_NoRuleAsks_WritesNothing()
    {
        Activate(AsksNothing);
        Fleet("A", 5);

        loop.Pump(now);
        loop.Pump(now + TimeSpan.FromDays(1));

        Assert.Empty(Submitted());
    }

    [Fact]
    public void Pump_BetweenTwoIntervals_WritesNothing()
    {
        Fleet("A", 5);
        loop.Pump(now);
        Assert.Single(Submitted());

        loop.Pump(now + TimeSpan.FromSeconds(119));
        Assert.Empty(Submitted());
        loop.Pump(now + TimeSpan.FromSeconds(120));
        Assert.Single(Submitted());
    }

    [Fact]
    public void Pump_TooFewDevicesLeft_SaysThatThereIsNone()
    {
        Fleet("A", 5);
        loop.Pump(now);
        Submitted();

        loop.Pump(now + TimeSpan.FromHours(2));

        Assert.Empty(Assert.IsType<Entry.FleetMedians>(Assert.Single(Submitted())).Medians);
    }

    [Fact]
    public void Pump_RulesChange_LooksAtOnce()
    {
        Activate(AsksNothing);
        Fleet("A", 5);
        loop.Pump(now);

        Activate(Asks);
        loop.Pump(now);
        Assert.Single(Submitted());
    }

    [Fact]
    public void Pump_ClockSetBack_GoesOn()
    {
        loop.Pump(now + TimeSpan.FromDays(40));
        Submitted();

        loop.Pump(now);

        Assert.Single(Submitted());
    }

    [Fact]
    public void Pump_QueueIsFull_SubmitsTheSameWhenThereIsRoom()
    {
        Fleet("A", 5);
        while (entries.TrySubmit(Submission.Of(new Entry.GatewayDown())))
        {
            // Until it is full.
        }
        loop.Pump(now);
        Assert.DoesNotContain(Submitted(), e => e is Entry.FleetMedians);

        loop.Pump(now + TimeSpan.FromSeconds(1));
        Assert.IsType<Entry.FleetMedians>(Assert.Single(Submitted()));
        loop.Pump(now + TimeSpan.FromSeconds(2));
        Assert.Empty(Submitted());
    }

    [Fact]
    public void Pump_MoreThanAThousandMedians_TellsOfTheLargestAndWarnsOnce()
    {
        stores.State.Write(db =>
        {
            for (var model = 0; model < 1002; model++)
            {
                for (var i = 0; i < (model == 5 ? 6 : 5); i++)
                    DeviceStore.Put(db, new Device(DeviceId.Parse($"m{model:0000}-{i}")) { Model = $"M{model:0000}" }, now.EpochMs);
            }
        });
        for (var model = 0; model < 1002; model++)
        {
            for (var i = 0; i < (model == 5 ? 6 : 5); i++)
                Tell($"m{model:0000}-{i}", now, ("temp", model));
        }

        loop.Pump(now);
        loop.Pump(now + TimeSpan.FromMinutes(2));

        var told = Submitted().Cast<Entry.FleetMedians>().ToList();
        Assert.Equal([1000, 1000], told.Select(t => t.Medians.Length));
        Assert.Contains(new FleetMedian("M0005", "temp", 5, 6), told[0].Medians);
        Assert.Equal("Rules ask for more than 1000 medians of models: 2 of the smallest fleets have none", Assert.Single(log.Said));
    }

    [Fact]
    public void Pump_AfterARestart_TellsAgain()
    {
        Fleet("A", 5);
        loop.Pump(now);
        Submitted();

        NewLoop().Pump(now + TimeSpan.FromSeconds(1));

        Assert.Single(Submitted());
    }

    private FleetMedianLoop NewLoop() => new(stores, book, entries, Options, log);

    private List<Entry> Submitted()
    {
        var drained = new List<Submission>();
        entries.Drain(drained, 100);
        return [.. drained.SelectMany(s => s.Entries)];
    }

    private void Fleet(string model, int devices)
    {
        for (var i = 1; i <= devices; i++)
            Say($"{model}{i}", model, ("temp", i));
    }

    private void Say(string id, string model, params (string Metric, double Value)[] readings) => Say(id, model, now, readings);

    private void Say(string id, string model, ServerTime at, params (string Metric, double Value)[] readings)
    {
        stores.State.Write(db => DeviceStore.Put(db, new Device(DeviceId.Parse(id)) { Model = model }, now.EpochMs));
        Tell(id, at, readings);
    }

    private void Tell(string id, ServerTime at, params (string Metric, double Value)[] readings)
    {
        var device = DeviceId.Parse(id);
        var told = new Entry.Telemetry(device, new DeviceTime(at.EpochMs), [.. readings.Select(r => new Reading(r.Metric, MetricValue.Of(r.Value)))]);
        stores.Telemetry.Append(new LogEntry(Partitions.Of(device), ++offset, at, told), told, told.At!.Value, new bool[readings.Length]);
    }

    private void Activate(string yaml)
    {
        RuleFile[] files = [new("rules.yaml", yaml)];
        var check = RuleSetReader.Read(files);
        Assert.True(check.Set is not null, RuleReport.Text(check));
        now += TimeSpan.FromMilliseconds(1);
        stores.State.Write(db => RuleSetStore.Put(db, check.Set.Hash, files, now.EpochMs, "test"));
        book.Refresh();
    }

    private sealed class Lines : ILogger<FleetMedianLoop>
    {
        public List<string> Said { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Said.Add(formatter(state, exception));
    }
}
