using System.Collections.Concurrent;
using B2D.Core;
using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.Storage;
using B2D.Storage.Rules;

namespace B2D.ProactiveWorker.Rules;

/// <summary>Rule sets by hash, compiled once. A set that was ever in force stays readable, because a replay needs it.</summary>
public sealed class RuleBook(Database state)
{
    private readonly ConcurrentDictionary<string, ActiveRules> compiled = new(StringComparer.Ordinal) { [RuleSet.Empty.Hash] = ActiveRules.Empty };

    /// <summary>The set that was activated last, as the state database has it.</summary>
    public ActiveRules Current { get; private set; } = ActiveRules.Empty;

    /// <summary>When it was activated; zero where there is none.</summary>
    public ServerTime ActivatedAt { get; private set; }

    /// <summary>The set of a hash.</summary>
    /// <exception cref="InvalidOperationException">The state database does not hold it, or it cannot be read any more.</exception>
    public ActiveRules this[string hash] => compiled.GetOrAdd(hash, Load);

    /// <summary>Reads which set is in force.</summary>
    public void Refresh()
    {
        if (state.Read(RuleSetStore.Latest) is { } latest)
            (Current, ActivatedAt) = (this[latest.Hash], new ServerTime(latest.ActivatedAt));
    }

    private ActiveRules Load(string hash)
    {
        var row = state.Read(db => RuleSetStore.Find(db, hash))
            ?? throw new InvalidOperationException($"rule set {hash} is named by the log but not in the state database; restore both from the same backup");
        var check = RuleSetReader.ReadKept(row.ToFiles());
        return new ActiveRules(check.Set ?? throw new InvalidOperationException($"rule set {hash} cannot be read any more: {check.Problems.FirstOrDefault()}"));
    }
}
