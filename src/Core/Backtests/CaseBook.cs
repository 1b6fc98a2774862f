using B2D.Core.Cases;
using B2D.Core.Devices;
using B2D.Core.Faults;
using B2D.Core.Rules;

namespace B2D.Core.Backtests;

/// <summary>Cases as the worker keeps them, one open at a time for each device and problem family, with nobody working on them: they resolve by staying clear.</summary>
internal sealed class CaseBook
{
    private readonly Dictionary<(DeviceId Device, string Family), OpenCase> latest = [];
    private readonly List<OpenCase> all = [];

    public IEnumerable<BacktestCase> Cases => all.Select(c => c.Case);

    /// <summary>A fault needs a person: it joins, reopens or opens a case.</summary>
    public void Place(BacktestFault fault, CasePolicy policy, ServerTime now)
    {
        var key = (fault.Device, policy.Family);
        var last = latest.GetValueOrDefault(key);
        last?.PassTo(now);
        var opening = CaseOpeningDecision.Decide(last?.Facts.IsOpen ?? false, last?.Facts, sameOwner: true, policy, now);
        // The same episode again, because a remedy failed later, is nothing new.
        if (opening == CaseOpening.Join && fault.Case == last!.Case.Number)
            return;
        if (opening is CaseOpening.Open or CaseOpening.OpenLinked)
        {
            last = new OpenCase(new BacktestCase(all.Count + 1, fault.Device, policy.Family, fault.Rule.Id, now), policy.ResolveAfter);
            all.Add(last);
            latest[key] = last;
        }
        last!.Take(fault, opening, now);
        (fault.Case, fault.Opening) = (last.Case.Number, fault.Opening ?? opening);
    }

    /// <summary>A fault of a case ended.</summary>
    public void OnCleared(BacktestFault fault, ServerTime now)
    {
        if (fault.Case > 0)
            all[fault.Case - 1].OnCleared(now);
    }

    /// <summary>No more comes: what stayed clear until then resolves.</summary>
    public void Finish(Func<DeviceId, ServerTime> until)
    {
        foreach (var one in all)
            one.PassTo(until(one.Case.Device));
    }

    private sealed class OpenCase(BacktestCase opened, TimeSpan resolveAfter)
    {
        private readonly List<BacktestFault> faults = [];
        private ServerTime clearSince;

        public BacktestCase Case { get; } = opened;

        public CaseFacts Facts { get; private set; } = new(CasePhase.New, "", ServerTime.Zero, false, ServerTime.Zero);

        public void Take(BacktestFault fault, CaseOpening opening, ServerTime now)
        {
            faults.Add(fault);
            // One that opens its case after its end, as a chronic fault does, finds it quiet already.
            clearSince = opening is CaseOpening.Open or CaseOpening.OpenLinked && fault.ClearedAt is { } cleared ? cleared : ServerTime.Zero;
            if (opening == CaseOpening.Join)
                Case.Joined++;
            if (opening != CaseOpening.Reopen)
                return;
            Case.Reopened++;
            Case.ResolvedAt = null;
            Facts = CaseStep.Step(Facts, new CaseEvent.Recur(), now).Facts;
        }

        public void OnCleared(ServerTime now)
        {
            if (clearSince == ServerTime.Zero && faults.TrueForAll(f => f.ClearedAt is not null))
                clearSince = now;
        }

        public void PassTo(ServerTime now)
        {
            if (!Facts.IsOpen || clearSince == ServerTime.Zero || resolveAfter == TimeSpan.Zero || clearSince + resolveAfter > now)
                return;
            Facts = CaseStep.Step(Facts, new CaseEvent.StayedClear(), clearSince + resolveAfter).Facts;
            Case.ResolvedAt = Facts.ResolvedAt;
        }
    }
}
