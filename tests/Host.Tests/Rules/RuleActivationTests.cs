using B2D.Bus;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using B2D.ProactiveWorker;
using B2D.ProactiveWorker.Notices;
using B2D.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace B2D.Host.Tests.Rules;

/// <summary>A set of rules is in the state database and in the log; killed in between, the next start brings both together.</summary>
public sealed class RuleActivationTests : IDisposable
{
    private static readonly RuleFile[] Good = [new("a.yaml", "- fault: a\n  codes: [ E1 ]\n  case: {}\n")];
    private static readonly RuleFile[] Better = [new("a.yaml", "- fault: a\n  codes: [ E1, E2 ]\n  case: {}\n")];
    private static readonly RuleFile[] Broken = [new("a.yaml", "- fault: a\n  coods: [ E1 ]\n")];

    private readonly Stores stores = Stores.InMemory();

    public void Dispose() => stores.Dispose();

    [Fact]
    public void Offer_NewSet_ToldToTheLogOnce()
    {
        var (worker, queue) = Start();

        Assert.True(worker.Activation.Offer(Good, "test"));
        worker.Activation.Announce();
        Assert.True(worker.Activation.Offer(Good, "test"));

        Assert.Equal([worker.Rules.Current.Set.Hash], Told(queue));
    }

    [Fact]
    public void Start_KilledBeforeTheLogHeardOfTheSet_TellsItAgain()
    {
        var (killed, lost) = Start();
        killed.Activation.Offer(Good, "test");
        Assert.Single(Told(lost));

        // The queue is gone with the process; the state database has the set.
        var (worker, queue) = Start();
        worker.Activation.Announce();

        Assert.Equal([worker.Rules.Current.Set.Hash], Told(queue));
        Assert.NotEqual(RuleSet.Empty.Hash, worker.Rules.Current.Set.Hash);
    }

    [Fact]
    public void Start_TheLogKnowsTheSet_NothingIsTold()
    {
        var (first, queue) = Start();
        first.Activation.Offer(Good, "test");
        stores.Log.Append(new Core.ServerTime(1000), [new Entry.RulesActivated(Told(queue).Single())], []);
        Assert.True(first.Pump() || first.Lanes.Position > 0);

        var (second, later) = Start();
        second.Activation.Announce();
        second.Activation.Offer(Good, "test");

        Assert.Empty(Told(later));
    }

    [Fact]
    public void Announce_QueueWasFull_ToldLater()
    {
        var queue = new EntryQueue(capacity: 1);
        var worker = Start(queue);
        Assert.True(queue.TrySubmit(Submission.Of(new Entry.GatewayDown())));

        Assert.True(worker.Activation.Offer(Good, "test"));
        Assert.Empty(Told(queue));
        worker.Activation.Announce();

        Assert.Equal([worker.Rules.Current.Set.Hash], Told(queue));
    }

    [Fact]
    public void Offer_BrokenSet_TheLastGoodOneStaysAndTheProblemsAreKnown()
    {
        var (worker, queue) = Start();
        worker.Activation.Offer(Good, "test");
        var good = Told(queue).Single();

        Assert.False(worker.Activation.Offer(Broken, "test"));
        Assert.Equal(good, worker.Rules.Current.Set.Hash);
        Assert.Contains(worker.Activation.Problems, p => p.Level == ProblemLevel.Error && p.Line == 2);
        Assert.Empty(Told(queue));

        Assert.True(worker.Activation.Offer(Better, "test"));
        Assert.NotEqual(good, Told(queue).Single());
        Assert.DoesNotContain(worker.Activation.Problems, p => p.Level == ProblemLevel.Error);
    }

    private (Worker Worker, EntryQueue Queue) Start()
    {
        var queue = new EntryQueue();
        return (Start(queue), queue);
    }

    private Worker Start(EntryQueue queue)
    {
        var worker = new Worker(
            stores, queue, new CommandQueue(), new WorkerOptions(), new NoticeOptions(), [], TimeProvider.System, NullLoggerFactory.Instance);
        worker.Start();
        return worker;
    }

    private static List<string> Told(EntryQueue queue)
    {
        var submissions = new List<Submission>();
        queue.Drain(submissions, 100);
        return [.. submissions.SelectMany(s => s.Entries).OfType<Entry.RulesActivated>().Select(r => r.Hash)];
    }
}
