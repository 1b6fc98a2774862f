using System.Globalization;
using B2D.Console;
using B2D.Core;
using B2D.Core.Backtests;
using B2D.Core.Devices;
using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using B2D.Storage;
using B2D.Storage.Devices;
using Microsoft.Extensions.Logging;

namespace B2D.Host.Rules;

/// <summary>Back-tests of single rules over the telemetry of the running program, one at a time, on a task of their own. It only reads.</summary>
internal sealed partial class HostBacktests(Stores stores, TimeProvider time, ILogger log) : IBacktests, IAsyncDisposable
{
    /// <summary>Rules whose last one is remembered.</summary>
    private const int MostRemembered = 50;

    private readonly Lock gate = new();
    private readonly List<BacktestState> states = [];
    private CancellationTokenSource? stopping;
    private Task running = Task.CompletedTask;
    private long revision;

    /// <summary>Ends with the one that runs.</summary>
    internal Task Finished => running;

    public long Revision => Interlocked.Read(ref revision);

    public BacktestState? Of(string rule)
    {
        lock (gate)
            return states.Find(s => s.Rule == rule);
    }

    public ActOutcome Start(FaultRule rule, int days, string who)
    {
        if (days is < 1 or > IBacktests.MostDays)
            return new ActOutcome.Rejected($"a back-test goes over 1 to {IBacktests.MostDays} days");
        // Its own text read again: of the set it was part of, it reads its own metrics alone.
        if (RuleSetReader.ReadAlone(rule.Text) is not { } alone)
            return new ActOutcome.Rejected("the rule cannot be read by itself");
        lock (gate)
        {
            if (states.Find(s => s.Running) is { } other)
                return new ActOutcome.Conflict(0, $"{other.Rule} is being tried; one at a time");
            var began = new BacktestState(rule.Id, rule.Version, days, true, 0, "", ServerTime.From(time.GetUtcNow()), TimeSpan.Zero, null);
            Put(began);
            stopping?.Dispose();
            stopping = new CancellationTokenSource();
            var cancellation = stopping.Token;
            running = Task.Run(() => Run(alone, began, cancellation), CancellationToken.None);
            LogBegan(rule.Id, days, who);
            return new ActOutcome.Done(0);
        }
    }

    public void Cancel()
    {
        lock (gate)
            stopping?.Cancel();
    }

    public async ValueTask DisposeAsync()
    {
        Cancel();
        await running;
        stopping?.Dispose();
    }

    private void Run(RuleSet alone, BacktestState began, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        try
        {
            var outcome = Outcome(alone, began, cancellation);
            Put(began with { Running = false, Done = 1, Took = time.GetElapsedTime(start), Outcome = outcome });
        }
#pragma warning disable CA1031 // Whatever stops a back-test is said to who asked for it; the program goes on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            var why = e is OperationCanceledException ? "It was called off." : e.Message;
            LogFailed(began.Rule, why);
            Put(began with { Running = false, Problem = why, Took = time.GetElapsedTime(start) });
        }
    }

    private BacktestOutcome Outcome(RuleSet alone, BacktestState began, CancellationToken cancellation)
    {
        var rule = alone.Faults[0];
        var (from, until) = (began.Since - TimeSpan.FromDays(began.Days), began.Since);
        // A fleet's median is of every device of the model, whether the rule applies to it or not.
        var devices = DeviceStore.Each(stores.State).Select(r => r.ToDevice()).Where(d => !alone.Fleet.IsEmpty || ActiveRules.Applies(rule, d)).ToDictionary(d => d.Id);
        // Any message ends a silence.
        string[]? metrics = rule.Kind == FaultKind.Silence ? null : [.. alone.Metrics];
        var input = StoredInput.Of(stores, devices, metrics, new DeviceTime(from.EpochMs), new DeviceTime(until.EpochMs));
        var (each, inOrder) = (Counted(input.Entries, devices.Count, began, from), Counted(input.InOrder, 1, began, from));
        var record = BacktestRun.Run(alone, input with { Entries = each, InOrder = inOrder, Until = until }, null, new ScoreTerms(TimeSpan.Zero, TimeSpan.Zero), _ => { }, time, cancellation).Record;
        var heard = record.Devices.Keys.Count(d => ActiveRules.Applies(rule, devices[d]));
        return new BacktestOutcome(record.From, record.Until, record.Readings + record.Events, heard, record.Faults.Select(f => f.Device).Distinct().LongCount(),
            record.Faults.Length, record.Cases.Length, record.DuplicatesAvoided, [.. record.Faults.Take(BacktestOutcome.MostFound).Select(Found)]);
    }

    /// <summary>The same entries; says how far they are, by their device of so many and by their time.</summary>
    private IEnumerable<BacktestEntry> Counted(IEnumerable<BacktestEntry> entries, int devices, BacktestState began, ServerTime from)
    {
        var (before, device, told) = (default(DeviceId), -1, 0.0);
        foreach (var entry in entries)
        {
            if (devices > 1 && (device < 0 || entry.Device != before))
                (before, device) = (entry.Device, device + 1);
            var share = (Math.Max(0, device) + Math.Clamp((entry.At - from) / (began.Since - from), 0, 1)) / devices;
            if (share >= told + 0.01)
            {
                told = share;
                Put(began with { Done = Math.Min(share, 1) });
            }
            yield return entry;
        }
    }

    private void Put(BacktestState state)
    {
        lock (gate)
        {
            states.RemoveAll(s => s.Rule == state.Rule);
            states.Insert(0, state);
            if (states.Count > MostRemembered)
                states.RemoveAt(MostRemembered);
        }
        Interlocked.Increment(ref revision);
    }

    private static BacktestFinding Found(BacktestFault fault) => new(fault.Device.Value, fault.RaisedAt, fault.ClearedAt ?? ServerTime.Zero,
        string.Join(", ", fault.Evidence.Select(e => string.Create(CultureInfo.InvariantCulture, $"{e.Metric} {e.Value}"))));

    [LoggerMessage(1025, LogLevel.Information, "Rule {Rule} is tried on the last {Days} days for {Who}")]
    private partial void LogBegan(string rule, int days, string who);

    [LoggerMessage(1026, LogLevel.Warning, "The back-test of rule {Rule} came to nothing: {Reason}")]
    private partial void LogFailed(string rule, string reason);
}
