using System.Globalization;
using System.Text.Json;
using B2D.Core;
using B2D.Core.Defects;
using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.ProactiveWorker.Rules;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Defects;
using Microsoft.Extensions.Logging;

namespace B2D.ProactiveWorker.Defects;

/// <summary>
/// Looks for defects every <see cref="WorkerOptions.DefectsEvery"/> and when the rules change. It remembers nothing but when it looked last: what is open
/// stands in the state database, and all that one look decides is one transaction, so that a look that was killed is just done again.
/// </summary>
public sealed partial class DefectLoop(Database state, RuleBook book, WorkerOptions options, ILogger<DefectLoop> log)
{
    private ActiveRules? under;
    private ServerTime nextAt;

    /// <summary>Looks where it is time to; never more to do at once.</summary>
    public bool Pump(ServerTime now)
    {
        var rules = book.Current;
        // A clock that was set back must not stop the search for as long.
        if (rules == under && now < nextAt && nextAt - now <= options.DefectsEvery)
            return false;
        Look(rules.Set, now);
        (under, nextAt) = (rules, now + options.DefectsEvery);
        return false;
    }

    private void Look(RuleSet set, ServerTime now)
    {
        var open = state.Read(DefectStore.Open);
        var renamed = set.Defects.Where(r => r.Was.Length > 0 && open.Any(o => o.Rule == r.Was)).ToList();
        if (renamed.Count > 0)
        {
            state.Write(db => renamed.ForEach(r => DefectStore.Rename(db, r.Was, r.Id)));
            open = state.Read(DefectStore.Open);
        }
        var decided = DefectCounting.Count(state, set, now).Select(c => (c.Rule, Decisions: DefectStep.Step(c.Rule, c.Cells,
            [.. open.Where(o => o.Rule == c.Rule.Id).Select(o => new OpenDefect(o.ToGroup(), new ServerTime(o.BelowSinceAt)))], now))).ToList();
        var orphans = open.Where(o => set.Defects.All(r => r.Id != o.Rule)).ToList();
        if (orphans.Count == 0 && decided.All(d => d.Decisions.Count == 0))
            return;
        state.Write(db =>
        {
            foreach (var row in orphans)
                End(db, row, "RuleRemoved", "Its rule was removed", now);
            foreach (var (rule, decisions) in decided)
                Record(db, rule, decisions, [.. open.Where(o => o.Rule == rule.Id)], now);
        });
    }

    private void Record(Db db, DefectRule rule, IReadOnlyList<DefectDecision> decisions, IReadOnlyList<DefectRow> open, ServerTime now)
    {
        var rows = open.ToDictionary(o => o.ToGroup());
        // What is new first: it may be what another one became part of.
        foreach (var decision in decisions.Where(d => d.Outcome == DefectOutcome.Opened))
        {
            var row = Counted(new DefectRow { Rule = rule.Id, OpenedAt = now.EpochMs }, rule, decision, now);
            if (DefectStore.TryOpen(db, row) is not { } id)
                continue;
            rows[decision.Group] = row with { Id = id };
            Line(db, id, now, "opened", Figures(row));
            LogOpened(id, rule.Id, row.ToGroup().Name, row.Faulty, row.Devices);
        }
        foreach (var decision in decisions.Where(d => d.Outcome != DefectOutcome.Opened && rows.ContainsKey(d.Group)))
        {
            var row = Counted(rows[decision.Group], rule, decision, now);
            switch (decision.Outcome)
            {
                case DefectOutcome.Still:
                    DefectStore.Update(db, row with { BelowSinceAt = 0 });
                    break;
                case DefectOutcome.Below:
                    DefectStore.Update(db, row with { BelowSinceAt = row.BelowSinceAt > 0 ? row.BelowSinceAt : now.EpochMs });
                    break;
                case DefectOutcome.Subsided:
                    End(db, row, "Subsided", "It has not stood out for a day", now);
                    break;
                case DefectOutcome.PartOf:
                    var whole = decision.Whole is { } group && rows.TryGetValue(group, out var found) ? found : null;
                    End(db, row with { PartOf = whole?.Id ?? 0 }, "PartOf", whole is null ? "Another group explains it" : $"It is part of defect {whole.Id}, {whole.ToGroup().Name}", now);
                    break;
                default:
                    throw new InvalidOperationException($"no handler for the outcome {decision.Outcome}");
            }
        }
    }

    private void End(Db db, DefectRow row, string reason, string text, ServerTime now)
    {
        if (!DefectStore.Update(db, row with { State = "Over", Reason = reason, OverAt = now.EpochMs }))
            return;
        Line(db, row.Id, now, "over", text);
        LogOver(row.Id, row.Rule, row.ToGroup().Name, reason);
    }

    /// <summary>The row with the rule as it is now and the counts of this look.</summary>
    private static DefectRow Counted(DefectRow row, DefectRule rule, DefectDecision decision, ServerTime now) => row with
    {
        Title = rule.Title,
        RuleVersion = rule.Version,
        Faults = string.Join(' ', rule.Of),
        Dimension = decision.Group.Dimension.ToString(),
        Model = decision.Group.Model,
        Part = decision.Group.Part,
        BatchCharacters = rule.Batch,
        CountedAt = now.EpochMs,
        WithinMs = (long)rule.Within.TotalMilliseconds,
        LeastDevices = rule.Devices,
        RateRatio = rule.RateRatio,
        Confidence = rule.Confidence,
        Devices = decision.Figures.Devices,
        Faulty = decision.Figures.Faulty,
        OtherDevices = decision.Figures.OtherDevices,
        OtherFaulty = decision.Figures.OtherFaulty,
        AtLeast = decision.Figures.AtLeast,
        Beside = JsonSerializer.Serialize(decision.Beside, JsonSerializerOptions.Web),
    };

    /// <summary>Counts here and elsewhere, the ratio and what it is at least.</summary>
    private static string Figures(DefectRow row)
    {
        var ratio = RateRatio.Of(row.Faulty, row.Devices, row.OtherFaulty, row.OtherDevices);
        var times = double.IsInfinity(ratio) ? "found nowhere else" : string.Create(CultureInfo.InvariantCulture, $"{ratio:0.#} times as often");
        return string.Create(CultureInfo.InvariantCulture,
            $"{row.Faulty:N0} of {row.Devices:N0} devices of {row.ToGroup().Name}, {row.OtherFaulty:N0} of {row.OtherDevices:N0} others: {times}, at least {row.AtLeast:0.#} times");
    }

    private static void Line(Db db, long id, ServerTime now, string kind, string text) =>
        TimelineStore.Add(db, new TimelineRow { Subject = $"defect:{id}", At = now.EpochMs, Kind = kind, Text = text, Who = "B2D", EffectId = $"defect/{id}/{kind}" });

    [LoggerMessage(3070, LogLevel.Warning, "Defect {Id} under {Rule}: {Group}, {Faulty} of {Devices} devices")]
    private partial void LogOpened(long id, string rule, string group, long faulty, long devices);

    [LoggerMessage(3071, LogLevel.Information, "Defect {Id} under {Rule}: {Group} is over: {Reason}")]
    private partial void LogOver(long id, string rule, string group, string reason);
}
