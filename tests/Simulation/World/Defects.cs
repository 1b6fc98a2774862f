using System.Reflection;
using B2D.Core;
using B2D.Core.Faults;
using B2D.Core.Telemetry;
using B2D.DeviceGateway.Ingest;
using B2D.Mqtt;
using B2D.ProactiveWorker;
using B2D.ProactiveWorker.Notices;
using B2D.ProactiveWorker.Telemetry;
using B2D.Storage;
using B2D.Storage.Telemetry;

namespace B2D.Simulation.World;

/// <summary>What is put between the parts of an installation, so that it is no longer right. Default: nothing.</summary>
public sealed record Wiring
{
    /// <summary>What the gateway writes to.</summary>
    public Func<IDurableLog, IDurableLog> Log { get; init; } = log => log;

    /// <summary>Where the gateway keeps MQTT sessions.</summary>
    public Func<ISessionStore, ISessionStore> Sessions { get; init; } = sessions => sessions;

    /// <summary>How notices leave.</summary>
    public Func<INoticeChannel, INoticeChannel> Channel { get; init; } = channel => channel;

    /// <summary>Called when a worker has been started over stores.</summary>
    public Action<Worker, Stores> WorkerStarted { get; init; } = (_, _) => { };
}

/// <summary>A log that says it has everything and has written something else.</summary>
/// <param name="of">What it writes in place of an entry; null for nothing.</param>
internal sealed class AlteringLog(IDurableLog log, Func<Entry, Entry?> of) : IDurableLog
{
    public MetricNames Names => log.Names;

    public ServerTime SealedUntil => log.SealedUntil;

    /// <summary>One that leaves out one entry of a kind.</summary>
    /// <param name="nth">Which one, 1 for the first.</param>
    public static AlteringLog Without<T>(IDurableLog log, int nth)
        where T : Entry
    {
        var left = nth;
        return new AlteringLog(log, entry => entry is T && --left == 0 ? null : entry);
    }

    /// <summary>What is made of a batch, entry by entry.</summary>
    public static EntryBatch Altered(EntryBatch batch, MetricNames names, Func<Entry, Entry?> of)
    {
        var altered = new EntryBatch(names);
        var reader = new EntryBatchReader(batch.Written, names);
        while (reader.Read(out var partition, out var entry))
        {
            // What is for every partition stands there once for each of them, and adding it once is enough.
            if ((EntryCodec.DeviceOf(entry) is not null || partition == 0) && of(entry) is { } left)
                altered.Add(left);
        }
        return altered;
    }

    public void Append(ServerTime at, EntryBatch batch, IReadOnlyList<DeadLetter> deadLetters) => log.Append(at, Altered(batch, Names, of), deadLetters);

    public void Seal(ServerTime now) => log.Seal(now);
}

/// <summary>A channel that says it has sent everything and does not send one all-clear.</summary>
/// <param name="nth">Which one, 1 for the first.</param>
internal sealed class SkippingChannel(INoticeChannel channel, int nth) : INoticeChannel
{
    private int left = nth;

    public bool Carries(string word) => channel.Carries(word);

    public Task<SendOutcome> SendAsync(Outgoing notice, CancellationToken cancellation) =>
        notice.Status == "all-clear" && --left == 0 ? Task.FromResult(SendOutcome.Ok) : channel.SendAsync(notice, cancellation);
}

/// <summary>A worker that evaluates, after a start, once more what it had evaluated last, and takes nothing of it for a repetition.</summary>
internal static class Repetition
{
    /// <summary>Lets a worker that has just started evaluate the last entries before its position again, those of them that are meant.</summary>
    public static void Of(Worker worker, Stores stores, int entries, Func<Entry, bool> isMeant)
    {
        var loop = worker.Lanes;
        var (lanes, effects) = (Field<Lane[]>(loop, "lanes"), Field<List<LaneEffect>>(loop, "effects"));
        var (position, book) = (loop.Position, worker.Rules);
        if (position == 0)
            return;
        foreach (var entry in stores.Log.Read(Math.Max(0, position - entries), entries).Where(e => e.Offset <= position && isMeant(e.Body)))
        {
            var lane = lanes[entry.Partition];
            lane.Apply(entry, lane.Judge(entry), [], hash => book[hash], effects);
        }
    }

    internal static T Field<T>(LaneLoop loop, string name) =>
        (T)typeof(LaneLoop).GetField(name, BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(loop)!;
}

/// <summary>A worker that has forgotten something of the faults' states when it starts.</summary>
internal static class Forgetting
{
    /// <summary>Nobody has seen what somebody had seen.</summary>
    public static void Acknowledgements(Worker worker) => Of(worker, (_, fault) => fault with { Acknowledged = false });

    /// <summary>How often a fault was raised, and that it chatters.</summary>
    public static void Raises(Worker worker) => Of(worker, (_, fault) => fault with { RaiseTimes = default, Chatters = false });

    /// <summary>What was found on devices while people work on them: nothing is raised at the end.</summary>
    public static void Held(Worker worker) => Of(worker, (until, fault) => until > ServerTime.Zero && fault.Phase == FaultPhase.Pending ? default : fault);

    /// <summary>That a fault waits for its rule's hours: nobody is told when they begin.</summary>
    public static void Hours(Worker worker) => Of(worker, (_, fault) => fault with { OutsideHours = false, ShelvedUntil = default });

    /// <summary>Changes every state, told until when people work on its device.</summary>
    private static void Of(Worker worker, Func<ServerTime, FaultState, FaultState> forget)
    {
        foreach (var lane in Repetition.Field<Lane[]>(worker.Lanes, "lanes"))
        {
            foreach (var memory in ((System.Collections.IDictionary)typeof(Lane).GetField("known", Inside)!.GetValue(lane)!).Values)
            {
                if (memory.GetType().GetProperty("State")!.GetValue(memory) is not { } device)
                    continue;
                var faults = device.GetType().GetProperty("Faults")!.GetValue(device)!;
                var (states, until) = (faults.GetType().GetProperty("Item")!, (ServerTime)faults.GetType().GetProperty("MaintainedUntil")!.GetValue(faults)!);
                for (var rule = 0; rule < (int)faults.GetType().GetProperty("Length")!.GetValue(faults)!; rule++)
                {
                    var fault = (FaultState)states.GetValue(faults, [rule])!;
                    if (forget(until, fault) is var left && left != fault)
                        states.SetValue(faults, left, [rule]);
                }
            }
        }
    }

    private const BindingFlags Inside = BindingFlags.Instance | BindingFlags.NonPublic;
}
