using B2D.Core.Rules.Expressions;

namespace B2D.Core.Rules.Files;

/// <summary>What is allowed but most likely not meant.</summary>
internal static class SetLints
{
    /// <summary>Over so many metrics names are not compared with each other: the work grows with their square.</summary>
    private const int MaxCompared = 2000;

    public static void Run(IReadOnlyList<RuleDraft> drafts)
    {
        var counted = drafts.SelectMany(d => d.Of, (_, name) => name.Value).ToHashSet(StringComparer.Ordinal);
        var hasOutage = drafts.Any(d => d.Kind == "outage");
        foreach (var draft in drafts)
        {
            LintParams(draft);
            if (draft.Rule is FaultRule fault)
                LintConsequences(draft, fault, counted.Contains(fault.Id), hasOutage);
        }
        LintSimilarMetrics(drafts);
        LintMetricTypes(drafts);
    }

    private static void LintParams(RuleDraft draft)
    {
        foreach (var (name, at) in draft.UnreadParams)
            draft.Problems.Lint(at, $"no condition reads params.{name}", "remove it, or use it in a condition");
    }

    private static void LintConsequences(RuleDraft draft, FaultRule fault, bool isCounted, bool hasOutage)
    {
        if (fault is { Case: null, Notice: null, Remedy: null, ExplainedByOutage: false, Shadow: false } && !isCounted)
            draft.Problems.Lint(draft.IdNode.Position, "nothing follows from this fault", "add case: {}, a notice or a remedy; or shadow: true to only record it");
        if (fault.ExplainedByOutage && !hasOutage)
            draft.Problems.Lint(draft.Map.KeyPosition("explained_by"), "no rule of kind outage exists that could explain it", "add an outage, or remove explained_by");
    }

    /// <summary>A metric read by one rule only, whose name is one or two letters from another's, is probably that other.</summary>
    private static void LintSimilarMetrics(IReadOnlyList<RuleDraft> drafts)
    {
        var uses = drafts.SelectMany(d => d.Metrics, (d, site) => (Draft: d, Site: site)).GroupBy(u => u.Site.Name)
            .ToDictionary(g => g.Key, g => g.ToList(), StringComparer.Ordinal);
        if (uses.Count > MaxCompared)
            return;
        var readers = uses.ToDictionary(u => u.Key, u => u.Value.Select(v => v.Draft).Distinct().Count(), StringComparer.Ordinal);
        foreach (var (name, sites) in uses)
        {
            if (readers[name] != 1)
                continue;
            // Of two names read by one rule each, the one read less often, or else later, is the suspect.
            bool IsLikelier(string other) => readers[other] > 1 || uses[other].Count > sites.Count || (uses[other].Count == sites.Count && IsBefore(uses[other][0], sites[0]));
            var near = uses.Keys.Where(other => IsSuspect(name, other) && IsLikelier(other))
                .OrderBy(other => Nearest.Distance(name, other)).FirstOrDefault();
            if (near is not null)
                sites[0].Draft.Problems.Lint(sites[0].Site.At, $"only this rule reads {name}, and it resembles {near}", $"did you mean {near}?");
        }
    }

    private static bool IsBefore((RuleDraft Draft, MetricSite Site) a, (RuleDraft Draft, MetricSite Site) b)
    {
        var file = string.CompareOrdinal(a.Draft.Problems.File, b.Draft.Problems.File);
        return file != 0 ? file < 0 : (a.Site.At.Line, a.Site.At.Column).CompareTo((b.Site.At.Line, b.Site.At.Column)) < 0;
    }

    /// <summary>Close, but not by digits: temp_1 and temp_2 are two sensors.</summary>
    private static bool IsSuspect(string name, string other) =>
        name.Length >= 4 && Math.Abs(name.Length - other.Length) <= 2 && name != other
        && WithoutDigits(name) != WithoutDigits(other)
        && (string.Equals(name, other, StringComparison.OrdinalIgnoreCase) || Nearest.Distance(name, other) <= (name.Length >= 8 ? 2 : 1));

    private static string WithoutDigits(string name) => new([.. name.Where(c => !char.IsAsciiDigit(c))]);

    /// <summary>A device sends a metric as one type; a rule that takes it as another stays unknown for ever.</summary>
    private static void LintMetricTypes(IReadOnlyList<RuleDraft> drafts)
    {
        var first = new Dictionary<string, (ExpressionType Type, string Rule)>(StringComparer.Ordinal);
        foreach (var draft in drafts)
        {
            foreach (var site in draft.Metrics)
            {
                if (site.Type is not { } type || first.TryAdd(site.Name, (type, draft.Id)) || first[site.Name].Type == type)
                    continue;
                var (other, rule) = first[site.Name];
                draft.Problems.Lint(site.At, $"{site.Name} is taken as {CheckWords.Name(type)} here and as {CheckWords.Name(other)} by {rule}",
                    "a device sends a metric as one of them; the other condition stays unknown");
            }
        }
    }
}
