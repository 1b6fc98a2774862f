namespace B2D.Core.Rules.Files;

/// <summary>Errors that only the whole set shows: ids used twice, rules named that do not exist. A rule with one is no longer good.</summary>
internal static class SetCheck
{
    public static void Run(IReadOnlyList<RuleDraft> drafts)
    {
        var byId = new Dictionary<string, RuleDraft>(StringComparer.Ordinal);
        foreach (var draft in drafts)
        {
            if (!byId.TryAdd(draft.Id, draft))
            {
                var first = byId[draft.Id];
                Fail(draft, draft.IdNode.Position, $"the id {draft.Id} is used twice", $"rename one; the other is in {first.Problems.File}:{first.IdNode.Position.Line}");
            }
        }
        foreach (var draft in drafts)
            CheckReferences(draft, byId);
        CheckFormerIds(drafts, byId);
    }

    private static void CheckReferences(RuleDraft draft, Dictionary<string, RuleDraft> byId)
    {
        foreach (var name in draft.Of)
        {
            if (!byId.TryGetValue(name.Value, out var other))
            {
                var faults = byId.Values.Where(d => d.Kind == "fault").Select(d => d.Id).Order(StringComparer.Ordinal).ToList();
                Fail(draft, name.Position, $"there is no rule {name.Value}",
                    Nearest.To(name.Value, faults) is { } near ? $"did you mean {near}?" : faults.Count == 0 ? "write the fault first" : $"known faults are {string.Join(", ", faults.Take(10))}");
            }
            else if (other.Kind != "fault")
                Fail(draft, name.Position, $"{name.Value} is a rule of kind {other.Kind}", $"an {draft.Kind} is made of faults");
        }
    }

    private static void CheckFormerIds(IReadOnlyList<RuleDraft> drafts, Dictionary<string, RuleDraft> byId)
    {
        var former = new HashSet<string>(StringComparer.Ordinal);
        foreach (var draft in drafts)
        {
            if (draft.Rule is not { Was.Length: > 0 } rule)
                continue;
            var at = draft.Map.KeyPosition("was");
            if (byId.ContainsKey(rule.Was))
                Fail(draft, at, $"a rule with the former id {rule.Was} still exists", "was names an id that no rule has any more");
            else if (!former.Add(rule.Was))
                Fail(draft, at, $"two rules say that they were {rule.Was}", "open faults can continue under one of them only");
        }
    }

    private static void Fail(RuleDraft draft, SourcePosition at, string message, string hint)
    {
        draft.Problems.Error(at, message, hint);
        draft.Rule = null;
    }
}
