using B2D.Core.Rules;

namespace B2D.Core.Defects;

/// <summary>
/// Decides which groups of devices have a defect under one rule. A group opens where enough of its devices had the fault and the rate is, with the rule's
/// confidence, at least so many times that elsewhere. It stays while the ratio as counted is still as large and half as many devices have the fault, and is
/// over when that has not been so for a day: opening needs more than staying, and the difference is largest where counts are small and vary most.
/// Of groups that share devices only one is told: each must stand out without the devices of those told before it.
/// </summary>
public static class DefectStep
{
    /// <summary>How long a group must not have stood out until it is over.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromDays(1);

    /// <summary>What becomes of every group that is open or stands out, in order of the groups.</summary>
    /// <param name="cells">The devices to which one of the rule's faults applies, counted; in any order.</param>
    /// <param name="open">The rule's defects that are not over.</param>
    public static IReadOnlyList<DefectDecision> Step(DefectRule rule, IEnumerable<DefectCell> cells, IReadOnlyCollection<OpenDefect> open, ServerTime now)
    {
        var search = new DefectSearch(rule, cells);
        var known = open.ToDictionary(o => o.Group);
        var standing = new Dictionary<DefectGroup, DefectFigures>();
        foreach (var group in search.Groups.Union(known.Keys))
        {
            var figures = search.Figures(group);
            if (Stands(rule, figures, known.ContainsKey(group)))
                standing.Add(group, figures);
        }
        var (told, wholes) = Told(rule, search, standing, known);
        var decisions = new List<DefectDecision>();
        foreach (var group in told.Union(known.Keys).Order())
        {
            var (outcome, whole) = known.TryGetValue(group, out var before) ? OfKnown(before, told, wholes, now) : (DefectOutcome.Opened, null);
            decisions.Add(new DefectDecision(group, outcome, search.Figures(group), search.Beside(group), whole));
        }
        return decisions;
    }

    private static (DefectOutcome Outcome, DefectGroup? Whole) OfKnown(OpenDefect defect, HashSet<DefectGroup> told, Dictionary<DefectGroup, DefectGroup> wholes, ServerTime now)
    {
        if (told.Contains(defect.Group))
            return (DefectOutcome.Still, null);
        if (wholes.TryGetValue(defect.Group, out var whole))
            return (DefectOutcome.PartOf, whole);
        return (defect.BelowSince > ServerTime.Zero && now - defect.BelowSince >= Quiet ? DefectOutcome.Subsided : DefectOutcome.Below, null);
    }

    /// <summary>The groups to tell, and for each other one that stands out the one that explains it.</summary>
    private static (HashSet<DefectGroup> Told, Dictionary<DefectGroup, DefectGroup> Wholes) Told(
        DefectRule rule, DefectSearch search, Dictionary<DefectGroup, DefectFigures> standing, Dictionary<DefectGroup, OpenDefect> known)
    {
        var told = new List<DefectGroup>();
        var wholes = new Dictionary<DefectGroup, DefectGroup>();
        // What is known keeps its place before what is new, or two that are much alike would take turns.
        var strongest = standing.OrderByDescending(s => known.ContainsKey(s.Key)).ThenByDescending(s => s.Value.AtLeast).ThenBy(s => s.Key).Select(s => s.Key).ToList();
        foreach (var group in strongest.Where(g => g.Dimension != DefectDimension.Model))
        {
            var before = told.Where(t => search.Overlap(group, t)).ToList();
            if (before.Count == 0 || Stands(rule, search.Figures(group, before), known.ContainsKey(group)))
                told.Add(group);
            else
                wholes[group] = before[0];
        }
        foreach (var model in strongest.Where(g => g.Dimension == DefectDimension.Model))
        {
            var parts = told.Where(t => t.Model == model.Model && t.Dimension != DefectDimension.Model).ToList();
            if (parts.Count > 0 && !Stands(rule, search.Figures(model, parts), known.ContainsKey(model)))
            {
                wholes[model] = parts[0];
                continue;
            }
            // Bad as a whole: its parts are not told besides.
            foreach (var part in standing.Keys.Where(g => g.Model == model.Model && g.Dimension != DefectDimension.Model))
            {
                told.Remove(part);
                wholes[part] = model;
            }
            told.Add(model);
        }
        return ([.. told], wholes);
    }

    private static bool Stands(DefectRule rule, DefectFigures figures, bool known)
    {
        if (!known)
            return figures.Faulty >= rule.Devices && figures.AtLeast >= rule.RateRatio;
        // With nobody left to compare with, nothing says that it is over.
        return figures.Faulty * 2 >= rule.Devices && (figures.OtherDevices == 0 || figures.Ratio >= rule.RateRatio);
    }
}
