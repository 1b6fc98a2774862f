using System.Collections.Immutable;
using B2D.Bus;
using B2D.Core;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Rules;
using Microsoft.Extensions.Logging;

namespace B2D.ProactiveWorker.Rules;

/// <summary>Puts a checked set of rule files into force, or says what is wrong and leaves the last good one.</summary>
public sealed partial class RuleActivation(Database state, RuleBook book, EntryQueue entries, TimeProvider time, ILogger<RuleActivation> log)
{
    /// <summary>The set that the log was told of last.</summary>
    private string announced = RuleSet.Empty.Hash;

    /// <summary>What the last reading of the files found.</summary>
    public ImmutableArray<RuleProblem> Problems { get; private set; } = [];

    /// <summary>When the files were read last; zero before.</summary>
    public ServerTime CheckedAt { get; private set; }

    /// <summary>Checks the files and, where they are without error and new, activates them as one set.</summary>
    /// <returns>True where the set now in force is that of the files.</returns>
    public bool Offer(IReadOnlyList<RuleFile> files, string who)
    {
        var now = ServerTime.From(time.GetUtcNow());
        var check = RuleSetReader.Read(files);
        Problems = check.Problems;
        CheckedAt = now;
        if (check.Set is not { } set)
        {
            LogRejected(check.Problems.Count(p => p.Level == ProblemLevel.Error), check.Problems.First(p => p.Level == ProblemLevel.Error).ToString());
            return false;
        }
        book.Refresh();
        if (book.Current.Set.Hash != set.Hash)
        {
            state.Write(db =>
            {
                RuleSetStore.Put(db, set.Hash, files, now.EpochMs, who);
                AuditStore.Append(db, now.EpochMs, who, "rules.activate", "rules", $$"""{"hash":"{{set.Hash}}"}""");
            });
            book.Refresh();
        }
        Announce();
        return true;
    }

    /// <summary>After a start: the lanes evaluate this set, which is an older one where the program was killed between the two databases.</summary>
    public void Start(string evaluated) => announced = evaluated;

    /// <summary>Tells the log of the set in force where it does not know it yet; where its queue is full, the next call does.</summary>
    public void Announce()
    {
        var set = book.Current.Set;
        if (set.Hash == announced || !entries.TrySubmit(Submission.Of(new Entry.RulesActivated(set.Hash))))
            return;
        announced = set.Hash;
        LogActivated(set.Hash[..12], set.Faults.Length, set.Dues.Length, set.Outages.Length);
    }

    [LoggerMessage(3001, LogLevel.Information, "Rules {Hash} in force: {Faults} faults, {Dues} dues, {Outages} outages")]
    private partial void LogActivated(string hash, int faults, int dues, int outages);

    [LoggerMessage(3002, LogLevel.Error, "The rule files have {Errors} errors; the last good rules stay in force. First: {Problem}")]
    private partial void LogRejected(int errors, string problem);
}
