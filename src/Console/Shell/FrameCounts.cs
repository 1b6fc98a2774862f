using B2D.Core.Rules;
using B2D.Storage;

namespace B2D.Console.Shell;

/// <summary>The few numbers in the frame of every page; read once for each answer.</summary>
internal sealed class FrameCounts
{
    public FrameCounts(Stores stores, IStopSwitch stop, IRuleView rules, IServiceProvider services)
    {
        (OpenCases, OpenOutages, OpenDefects, RunningMaintenance) = stores.State.Read(db => (
            db.Scalar<long>("SELECT count(*) FROM cases WHERE state IN ('New', 'Working', 'Waiting')"),
            db.Scalar<long>("SELECT count(*) FROM outages WHERE state <> 'Resolved'"),
            db.Scalar<long>("SELECT count(*) FROM defects WHERE state <> 'Over'"),
            db.Scalar<long>("SELECT count(*) FROM maintenance WHERE state = 'Running'")));
        (OpenCalls, LateCalls) = stores.State.Read(B2D.Storage.Notices.PhoneTaskStore.CountOpen);
        OpenLetters = stores.State.Read(db => B2D.Storage.Notices.NoticeStore.Count(db, new B2D.Storage.Notices.NoticeFilter { States = ["Calling"], Channel = "letter" }));
        Stop = stop.State;
        RuleErrors = rules.Problems.Count(p => p.Level == ProblemLevel.Error);
        Demo = services.GetService<IDemo>() is not null;
    }

    public long OpenCases { get; }

    public long OpenOutages { get; }

    public long OpenDefects { get; }

    public long RunningMaintenance { get; }

    /// <summary>Calls that people are to make.</summary>
    public long OpenCalls { get; }

    public long LateCalls { get; }

    /// <summary>Letters that people are to print.</summary>
    public long OpenLetters { get; }

    public StopState Stop { get; }

    /// <summary>Errors of the last attempt to change the rules.</summary>
    public int RuleErrors { get; }

    public bool Demo { get; }
}
