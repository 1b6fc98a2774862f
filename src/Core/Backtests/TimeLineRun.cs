using System.Collections.Immutable;
using B2D.Core.Devices;
using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.Core.Telemetry;

namespace B2D.Core.Backtests;

/// <summary>Runs a time-line through the lanes of the program, in virtual time, and compares what happens with what is expected.</summary>
public static class TimeLineRun
{
    /// <summary>
    /// Every expectation takes one happening of its own, the earliest that fits, in the order written; what must not happen may not happen at all in its time; and
    /// a fault that is raised without being expected is a problem too.
    /// </summary>
    public static TimeLineVerdict Judge(TimeLine line, RuleSet rules)
    {
        var acts = line.Steps.Select(s => s.Body).OfType<Entry.Action>().Select(a => a.Rule).Distinct().Select(r => Unknown(TimeLineEvent.Raised, r, line.Line, rules));
        var unknown = line.Expectations.Select(e => Unknown(e.What, e.Name, e.Line, rules)).Concat(acts).OfType<TimeLineProblem>().ToImmutableArray();
        if (unknown.Length > 0)
            return new TimeLineVerdict(line, unknown, []);
        var happened = Run(line, rules);
        var problems = new List<TimeLineProblem>();
        var taken = new HashSet<TimeLineHappening>(ReferenceEqualityComparer.Instance);
        foreach (var expected in line.Expectations)
        {
            var fitting = happened.Where(h => Fits(h, expected)).ToList();
            if (expected.Not && fitting.Count > 0)
                problems.Add(new TimeLineProblem(expected.Line, $"expected {expected.Text}, but {fitting[0]}"));
            else if (!expected.Not && fitting.Find(h => !taken.Contains(h)) is { } first)
                taken.Add(first);
            else if (!expected.Not)
                problems.Add(new TimeLineProblem(expected.Line, $"expected {expected.Text}, but {Instead(expected, happened)}"));
        }
        foreach (var raised in happened.Where(h => h.What == TimeLineEvent.Raised && !taken.Contains(h)))
            problems.Add(new TimeLineProblem(line.Line, $"nothing expects {raised}"));
        return new TimeLineVerdict(line, [.. problems.OrderBy(p => p.Line)], happened);
    }

    private static ImmutableArray<TimeLineHappening> Run(TimeLine line, RuleSet rules)
    {
        var test = new Backtest(rules, ArrivalOptions.Default, backDates: true);
        foreach (var device in line.Devices)
            test.Register(device, line.Start);
        foreach (var step in line.Steps)
        {
            var at = line.Start + step.At;
            foreach (var device in step.Device is { } one ? [one] : line.Devices.Select(d => d.Id))
            {
                if (step.Body is { } body)
                    test.Take(device, body, at);
                else
                    test.AdvanceTo(device, at);
            }
            if (step.Body is null)
                test.Restart();
        }
        return Happened(test.Finish(line.Start + line.End), line);
    }

    private static ImmutableArray<TimeLineHappening> Happened(BacktestRecord record, TimeLine line)
    {
        var happened = new List<TimeLineHappening>();
        foreach (var fault in record.Faults)
        {
            happened.Add(new TimeLineHappening(
                fault.RaisedAt - line.Start, fault.Device, TimeLineEvent.Raised, fault.Rule.Id, fault.Late ? $"{fault.Reason}, late" : $"{fault.Reason}",
                TimeSpan.FromMilliseconds(fault.OnsetAt.EpochMs - line.Start.EpochMs)));
            if (fault.ClearedAt is { } cleared)
                happened.Add(new TimeLineHappening(cleared - line.Start, fault.Device, TimeLineEvent.Cleared, fault.Rule.Id, $"{fault.ClearedBy}", null));
            if (fault is { Opening: { } opening and not Cases.CaseOpening.Join, EscalatedAt: { } told })
                happened.Add(new TimeLineHappening(told - line.Start, fault.Device, TimeLineEvent.Case, fault.Rule.Case!.Family, $"{opening}", null));
        }
        return [.. happened.OrderBy(h => h.At).ThenBy(h => h.What)];
    }

    private static bool IsOf(TimeLineHappening happened, TimeLineExpectation expected) =>
        happened.What == expected.What && happened.Name == expected.Name && (expected.Device is not { } device || happened.Device == device);

    private static bool Fits(TimeLineHappening happened, TimeLineExpectation expected) =>
        IsOf(happened, expected) && happened.At >= expected.From && happened.At <= expected.Until && (expected.Since is null || happened.Since == expected.Since);

    private static string Instead(TimeLineExpectation expected, ImmutableArray<TimeLineHappening> happened)
    {
        var others = happened.Where(h => IsOf(h, expected)).ToList();
        return others.Count == 0 ? "it did not happen at all" : $"what happened was {string.Join("; ", others.Take(5))}{(others.Count > 5 ? $" and {others.Count - 5} more" : "")}";
    }

    private static TimeLineProblem? Unknown(TimeLineEvent what, string name, int line, RuleSet rules)
    {
        var known = what == TimeLineEvent.Case
            ? rules.Faults.Select(f => f.Case?.Family).OfType<string>().Distinct().ToList()
            : [.. rules.Faults.Select(f => f.Id)];
        if (known.Contains(name))
            return null;
        var hint = Nearest.To(name, known) is { } near ? $"did you mean {near}?" : $"there are {string.Join(", ", known)}";
        return new TimeLineProblem(line, $"there is no {(what == TimeLineEvent.Case ? "case family" : "fault rule")} '{name}'; {hint}");
    }
}
