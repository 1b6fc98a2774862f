using B2D.Core.Cases;
using B2D.Core.Notices;

namespace B2D.Core.Rules.Files;

/// <summary>A calendar while its set is read.</summary>
internal sealed record CalendarDraft(ScalarNode Name, BusinessCalendar Calendar, FileProblems Problems);

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

    /// <summary>Calendars written twice, and those that cases name.</summary>
    public static void RunCalendars(IReadOnlyList<RuleDraft> drafts, IReadOnlyList<CalendarDraft> calendars)
    {
        var named = drafts.SelectMany(d => d.Calendars).Select(c => c.Value).ToHashSet(StringComparer.Ordinal);
        var byName = new Dictionary<string, CalendarDraft>(StringComparer.Ordinal);
        foreach (var calendar in calendars)
        {
            if (!byName.TryAdd(calendar.Name.Value, calendar))
            {
                var first = byName[calendar.Name.Value];
                calendar.Problems.Error(calendar.Name.Position, $"the calendar {calendar.Name.Value} is written twice", $"rename one; the other is in {first.Problems.File}:{first.Name.Position.Line}");
            }
            else if (!named.Contains(calendar.Name.Value))
                calendar.Problems.Lint(calendar.Name.Position, $"no case counts in the hours of the calendar {calendar.Name.Value}", $"name it in a rule, case: {{ repair: 8h, hours: {calendar.Name.Value} }}");
        }
        foreach (var draft in drafts)
        {
            foreach (var name in draft.Calendars.Where(n => !byName.ContainsKey(n.Value)))
                Fail(draft, name.Position, $"there is no calendar {name.Value}", Nearest.To(name.Value, [.. byName.Keys, BusinessCalendar.AlwaysName]) is { } near ? $"did you mean {near}?"
                    : $"write - calendar: {name.Value}, or hours: {BusinessCalendar.AlwaysName}");
        }
    }

    /// <summary>What only a set that is offered now is refused for: templates that there are not, and what older versions allowed.</summary>
    public static void RunNewOnly(IReadOnlyList<RuleDraft> drafts)
    {
        RunTemplates(drafts);
        foreach (var draft in drafts)
        {
            foreach (var (at, what, advice) in draft.NewOnly)
                draft.Problems.Error(at, what, advice);
        }
    }

    /// <summary>Templates that rules name and that there are not.</summary>
    private static void RunTemplates(IReadOnlyList<RuleDraft> drafts)
    {
        string[] known = [.. TemplateKinds.All.Select(k => k.Name)];
        foreach (var draft in drafts)
        {
            foreach (var name in draft.Templates.Where(n => !known.Contains(n.Value)))
                Fail(draft, name.Position, $"there is no template {name.Value}", Nearest.To(name.Value, known) is { } near ? $"did you mean {near}?" : "for faults there is device-fault, for dues filter-due; known are " + string.Join(", ", known));
        }
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
