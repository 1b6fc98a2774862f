using B2D.Console;
using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using B2D.Host.Rules;
using B2D.Storage;
using B2D.Storage.Devices;
using B2D.Storage.Telemetry;
using B2D.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace B2D.Host.Tests.Rules;

/// <summary>Rules tried from the console on what the running program has stored.</summary>
public sealed class HostBacktestsTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);

    private readonly Stores stores = Stores.InMemory();
    private readonly HostBacktests backtests;

    public HostBacktestsTests()
    {
        backtests = new HostBacktests(stores, new VirtualClock(Now), NullLogger.Instance);
        foreach (var (id, model) in new[] { ("p1", "P"), ("p2", "P"), ("x1", "X"), ("never", "P") })
            stores.State.Write(db => DeviceStore.Put(db, new Device(DeviceId.Parse(id)) { Model = model }, 0));
        var offset = 0L;
        foreach (var id in new[] { "p1", "p2", "x1" })
        {
            // Ten days of readings each ten minutes; p1 is hot from 11:00 to 11:30 every day, x1 always; p2 falls silent two hours before now.
            for (var at = Now - TimeSpan.FromDays(10); at < Now - TimeSpan.FromHours(id == "p2" ? 2 : 0); at += TimeSpan.FromMinutes(10))
                Store(++offset, id, at, new Reading("temp_c", MetricValue.Of(id == "x1" || (id == "p1" && at.Hour == 11 && at.Minute < 30) ? 95 : 20)), new Reading("other", MetricValue.Of(1)));
        }
        foreach (var id in new[] { "p1", "p2", "x1" })
            stores.Telemetry.Cut(new LaneMemory(Partitions.Of(DeviceId.Parse(id)), offset, ServerTime.Zero, LaneSnapshot.Format, []));
        while (stores.Telemetry.PendingCuts > 0)
            stores.Telemetry.Arrange();
    }

    public async ValueTask DisposeAsync()
    {
        await backtests.DisposeAsync();
        stores.Dispose();
    }

    [Fact]
    public async Task Start_Condition_FindsWhatTheRuleWouldHaveFoundInThatTimeAndOnItsDevices()
    {
        var done = await Done("- fault: hot\n  applies_to: device.model == \"P\"\n  raise: temp_c > 90\n  case: { resolve_after: 1m, reopen_within: 0s }\n", 7);

        var outcome = done.Outcome!;
        Assert.Equal((2L, 1L, 7L, 7L), (outcome.Devices, outcome.Faulty, outcome.Faults, outcome.Cases));
        Assert.Equal((7 * 144 * 2) - 12, outcome.Readings);
        Assert.All(outcome.Found, f => Assert.Equal(("p1", 11, TimeSpan.FromMinutes(30)), (f.Device, f.RaisedAt.Utc.Hour, f.ClearedAt - f.RaisedAt)));
        Assert.Equal("temp_c 95", outcome.Found[0].Values);
        Assert.Equal(7 / (2 * (outcome.Until - outcome.From).TotalDays / 365.25), outcome.CasesPerDeviceYear!.Value, 6);
    }

    [Fact]
    public async Task Start_Silence_SeesWhoIsSilentNow() =>
        Assert.Equal(["p2 10:50"], (await Done("- fault: quiet\n  silent: 1h\n  case: {}\n", 1)).Outcome!.Found.Select(f => $"{f.Device} {f.RaisedAt.Utc:HH:mm}"));

    [Fact]
    public async Task Start_NothingStoredOfIt_SaysSo() => Assert.Equal(0, (await Done("- fault: a\n  raise: nobody_has_it > 1\n  case: {}\n", 7)).Outcome!.Devices);

    [Theory]
    [InlineData(0)]
    [InlineData(367)]
    public void Start_DaysOutOfRange_IsRejected(int days) =>
        Assert.Contains("1 to 366 days", Assert.IsType<ActOutcome.Rejected>(backtests.Start(Rule("- fault: a\n  raise: temp_c > 1\n  case: {}\n"), days, "ana")).Reason, StringComparison.Ordinal);

    [Fact]
    public async Task Start_AgainOfAnotherVersion_ReplacesTheOld()
    {
        var first = await Done("- fault: hot\n  raise: temp_c > 90\n  case: {}\n", 1);
        var second = await Done("- fault: hot\n  raise: temp_c > 99\n  case: {}\n", 2);

        Assert.NotEqual(first.Version, second.Version);
        Assert.Equal((2, 0L), (backtests.Of("hot")!.Days, backtests.Of("hot")!.Outcome!.Faults));
        Assert.Null(backtests.Of("cold"));
    }

    private static FaultRule Rule(string yaml) => RuleSetReader.Read([new RuleFile("r.yaml", yaml)]).Set!.Faults[0];

    private async Task<BacktestState> Done(string yaml, int days)
    {
        var rule = Rule(yaml);
        Assert.IsType<ActOutcome.Done>(backtests.Start(rule, days, "ana"));
        await backtests.Finished;
        var state = backtests.Of(rule.Id)!;
        Assert.Equal((false, ""), (state.Running, state.Problem));
        return state;
    }

    private void Store(long offset, string device, DateTimeOffset at, params Reading[] readings)
    {
        var (id, ms) = (DeviceId.Parse(device), at.ToUnixTimeMilliseconds());
        var told = new Entry.Telemetry(id, new DeviceTime(ms), [.. readings]);
        stores.Telemetry.Append(new LogEntry(Partitions.Of(id), offset, new ServerTime(ms), told), told, told.At!.Value, new bool[readings.Length]);
    }
}
