using System.Collections.Immutable;

namespace B2D.Core.Rules.Files;

/// <summary>What every rule has, read before its own keys.</summary>
internal sealed record RuleHeader(string Id, string Title, string Version, string Text, string File, int Line, Condition? AppliesTo, string Was,
    ImmutableSortedDictionary<string, RuleWords> Words)
{
    private const int MaxTitle = 200;
    private const int MaxWords = 1000;

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
        return new RuleHeader(draft.Id, title is { Length: > 0 } ? title : draft.Id, draft.Version, draft.Text, draft.Problems.File, draft.Line, appliesTo, was, WordsOf(map));
    }

    /// <summary>Texts for customers by language: <c>words: { pt: { title: … } }</c>.</summary>
    private static ImmutableSortedDictionary<string, RuleWords> WordsOf(MapReader map)
    {
        var found = ImmutableSortedDictionary.CreateBuilder<string, RuleWords>(StringComparer.Ordinal);
        if (map.Nested("words", "{ pt: { title: \"…\" } }") is not { } languages)
            return found.ToImmutable();
        foreach (var (key, _) in languages.Map.Entries)
        {
            if (key.Value.Length != 2 || !key.Value.All(char.IsAsciiLetterLower))
                map.Problems.Error(key.Position, $"'{key.Value}' is no language", "write its two-letter code: en, de, pt");
            if (languages.Nested(key.Value, "{ title: \"…\", customer: \"…\", self_help: \"…\" }") is not { } words)
                continue;
            found[key.Value] = new RuleWords(words.Text("title", MaxTitle) ?? "", words.Text("customer", MaxWords) ?? "", words.Text("self_help", MaxWords) ?? "",
                words.Text("still_works", MaxWords) ?? "", words.Text("warning", MaxWords) ?? "");
            words.Finish();
        }
        return found.ToImmutable();
    }
}
