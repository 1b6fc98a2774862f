namespace B2D.Core.Rules.Files;

/// <summary>What every rule has, read before its own keys.</summary>
internal sealed record RuleHeader(string Id, string Title, string Version, string Text, string File, int Line, Condition? AppliesTo, string Was)
{
    private const int MaxTitle = 200;

    /// <summary>Reads title, was and, where the kind of rule is about single devices, applies_to.</summary>
    public static RuleHeader Read(RuleDraft draft, bool hasDevices)
    {
        var map = draft.Map;
        var title = map.Text("title", MaxTitle);
        Condition? appliesTo = null;
        if (hasDevices)
            appliesTo = draft.Condition(map, "applies_to", "device.model.startsWith(\"HP-\")", deviceOnly: true)?.Condition;
        else
            map.Refuse("applies_to", draft.Kind, "put it on the faults that this rule is made of");
        var was = map.Name("was", "old-name") ?? "";
        return new RuleHeader(draft.Id, title is { Length: > 0 } ? title : draft.Id, draft.Version, draft.Text, draft.Problems.File, draft.Line, appliesTo, was);
    }
}
