using System.Collections.Immutable;
using B2D.Core;
using B2D.Core.Notices;
using B2D.Core.Rules;
using B2D.Storage.Customers;

namespace B2D.ProactiveWorker.Notices;

/// <summary>What a notice says, without a word about the person: names and addresses are looked up when it leaves.</summary>
public sealed record NoticeFacts
{
    public string Device { get; init; } = "";
    public string Title { get; init; } = "";
    public string Place { get; init; } = "";

    /// <summary>Epoch ms; device time for faults.</summary>
    public long Since { get; init; }

    /// <summary>When it was over, epoch ms; 0 while it lasts.</summary>
    public long Until { get; init; }
    public long Case { get; init; }
    public long Outage { get; init; }
    public string Words { get; init; } = "";
    public string SelfHelp { get; init; } = "";
    public bool Safety { get; init; }
    public long NextUpdate { get; init; }
    public string Cause { get; init; } = "";
    public string Workaround { get; init; } = "";

    /// <summary>The cause that was told before is taken back.</summary>
    public bool CauseGone { get; init; }
    public long EstimateFrom { get; init; }
    public long EstimateUntil { get; init; }

    /// <summary>The estimate that was told before, where it was another one.</summary>
    public long EstimateWasFrom { get; init; }
    public long EstimateWasUntil { get; init; }

    /// <summary>A person wrote something new.</summary>
    public bool News { get; init; }

    /// <summary>Most is well again and is being watched.</summary>
    public bool Monitoring { get; init; }

    /// <summary>What the customer has of it is well again.</summary>
    public bool Back { get; init; }
    public double Used { get; init; }
    public double Every { get; init; }
    public string Unit { get; init; } = "";

    /// <summary>What those who are told have all the same, and what they have to take care of; empty: nothing is said.</summary>
    public string StillWorks { get; init; } = "";
    public string Warning { get; init; } = "";

    /// <summary>Bits of the channels that do not work because of it.</summary>
    public int TakesDown { get; init; }

    /// <summary>Classes of notices that ended, or begin again, because the customer wrote so.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>Title and words by language, where the rule has them.</summary>
    public IReadOnlyDictionary<string, RuleWords> ByLanguage { get; init; } = ImmutableSortedDictionary<string, RuleWords>.Empty;

    /// <summary>The planned work under whose number it is told; 0: none.</summary>
    public long Work { get; init; }

    /// <summary>The times of planned work, and those that were told before where they are others.</summary>
    public IReadOnlyList<WorkTime> Times { get; init; } = [];
    public IReadOnlyList<WorkTime> TimesWere { get; init; } = [];

    /// <summary>Why something changed, as a person explains it.</summary>
    public string Why { get; init; } = "";

    /// <summary>The work is done, and what the customer has of it does not answer yet.</summary>
    public bool Over { get; init; }

    /// <summary>What is owed for it by policy, in whole units; 0: nothing.</summary>
    public int Owed { get; init; }
    public string Currency { get; init; } = "";

    /// <summary>The planned work that the customer was told of and after which it does not work; 0: none.</summary>
    public long AfterWork { get; init; }

    /// <summary>The same, with what does not work meanwhile.</summary>
    internal NoticeFacts With(Disruption disruption) =>
        this with { TakesDown = disruption.TakesDown.Bits, StillWorks = disruption.StillWorks, Warning = disruption.Warning };
}

/// <summary>A time of planned work, epoch ms.</summary>
/// <param name="More">It stands for so many times from the one to the other; 0: it is one.</param>
public sealed record WorkTime(long From, long Until, int More = 0)
{
    /// <summary>Most that are named in one notice.</summary>
    public const int Most = 7;
}

/// <summary>One thing to tell one customer.</summary>
internal sealed record Telling(CustomerRow Customer, string Subject, string Episode, string Status, long Revision, string Template, NoticeFacts Facts)
{
    /// <summary>Not before; default at once.</summary>
    public ServerTime Due { get; init; }

    /// <summary>Why a person has to let it go first; empty for not.</summary>
    public string Hold { get; init; } = "";

    /// <summary>Why it is not told after all, because a person decided so; empty for not.</summary>
    public string Stopped { get; init; } = "";

    /// <summary>What it is for; default what its subject says.</summary>
    public NoticeClass Class { get; init; } = NoticeClasses.OfSubject(Subject);

    /// <summary>The customer was told of it before, or was promised it; default what its status says.</summary>
    public bool Owed { get; init; } = NoticeClasses.IsOwed(Status);

    /// <summary>By this channel and no other, because the customer wrote by it; null: what suits best.</summary>
    public Channel? By { get; init; }
}
