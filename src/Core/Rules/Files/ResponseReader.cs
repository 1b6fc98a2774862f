using System.Collections.Immutable;
using B2D.Core.Telemetry;

namespace B2D.Core.Rules.Files;

/// <summary>How serious a fault is and what follows from it.</summary>
internal sealed record Response
{
    public ImmutableArray<SeverityStep> Ladder { get; init; } = [];

    public Severity BaseSeverity { get; init; } = Severity.Medium;

    public FaultClass Class { get; init; }

    public Catalog Catalog { get; init; } = new();

    public RemedyRule? Remedy { get; init; }

    public CasePolicy? Case { get; init; }

    public NoticePolicy? Notice { get; init; }

    public Disruption Disruption { get; init; } = Disruption.None;

    public bool ExplainedByOutage { get; init; }

    public bool ExplainedByParent { get; init; }

    public bool Shadow { get; init; }
}

/// <summary>Reads severity, class, catalog, remedy, case, notice, takes_down, still_works, warning, explained_by and shadow of a fault.</summary>
internal static class ResponseReader
{
    private const int MaxCatalogText = 2000;
    private const int MaxArgs = 32;
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    /// <summary>What begins again may begin the danger again.</summary>
    private static readonly string[] Restarts = ["restart", "reboot", "reset", "power_cycle"];
    private static readonly string[] Explanations = ["outage", "parent"];
    private static readonly string[] Severities = ["critical", "high", "medium", "low"];

    /// <param name="draft">The rule.</param>
    /// <param name="hasLadder">False where severity can only be one word, because no condition is evaluated.</param>
    public static Response Read(RuleDraft draft, bool hasLadder)
    {
        var map = draft.Map;
        var (ladder, severity) = SeverityOf(draft, hasLadder);
        var explained = map.Words("explained_by", "outage", Explanations.Length).Select(w => Values.Word(map, w, Explanations)).ToList();
        var faultClass = map.Word("class", "ordinary", "safety") == "safety" ? FaultClass.Safety : FaultClass.Ordinary;
        var response = new Response
        {
            Ladder = ladder,
            BaseSeverity = severity,
            Class = faultClass,
            Catalog = CatalogOf(map),
            Remedy = RemedyOf(draft, faultClass == FaultClass.Safety),
            Case = CasePolicyReader.Read(draft),
            Notice = Notice(draft, remindable: false),
            Disruption = DisruptionReader.Read(map),
            ExplainedByOutage = explained.Contains("outage"),
            ExplainedByParent = explained.Contains("parent"),
            Shadow = map.Flag("shadow") ?? false,
        };
        if (response.Class == FaultClass.Safety && (response.ExplainedByOutage || response.ExplainedByParent))
            draft.Problems.Error(map.KeyPosition("explained_by"), "a fault of class safety cannot wait for what may explain it", "remove explained_by; safety is never held back");
        if (response is { Class: FaultClass.Safety, Notice.HoldBack.Ticks: > 0 })
            draft.Problems.Error(map.KeyPosition("notice"), "a notice of class safety cannot be held back", "remove hold_back");
        if (response is { Class: FaultClass.Safety, Case.For: not CaseFor.All })
            draft.Problems.Error(map.KeyPosition("case"), "danger is everybody's case", "remove for");
        return response;
    }

    /// <summary>What is about safety may only be brought into a safe state; that a command does so is said by whoever writes the rule.</summary>
    private static void RefuseUnsafe(RuleDraft draft, ScalarNode command, bool isSafeState)
    {
        // Word by word: preset_closed is no reset.
        var words = $"_{string.Join('_', command.Value.Split('_', '-', '.'))}_";
        if (Restarts.Any(r => words.Contains($"_{r}_", StringComparison.OrdinalIgnoreCase)))
            draft.NewOnly.Add((command.Position, $"'{command.Value}' would begin again what is dangerous", "a remedy of class safety may only bring a safe state: close a valve, switch off; or remove it, a person is asked at once"));
        else if (!isSafeState)
            draft.NewOnly.Add((command.Position, "a remedy of class safety may only bring a safe state", "add safe_state: true where this command does, or remove the remedy"));
    }

    /// <summary>Who is told and when; the same for faults, dues and outages.</summary>
    public static NoticePolicy? Notice(RuleDraft draft, bool remindable)
    {
        if (draft.Map.Nested("notice", "{ template: device-fault, to: owner }") is not { } notice)
            return null;
        notice.Require("template", "device-fault");
        var template = notice.Name("template", "device-fault");
        if (template is not null)
            draft.Templates.Add(notice.Scalar("template", "device-fault")!);
        notice.Word("to", "owner");
        var holdBack = notice.Duration("hold_back", TimeSpan.Zero, Week) ?? TimeSpan.Zero;
        var reminders = 0;
        if (remindable)
            reminders = notice.Whole("reminders", 0, 1, "1") ?? 0;
        else
            notice.Refuse("reminders", "this kind of rule", "only dues remind");
        notice.Finish();
        return template is null ? null : new NoticePolicy(template, holdBack, reminders);
    }

    private static (ImmutableArray<SeverityStep> Ladder, Severity Base) SeverityOf(RuleDraft draft, bool hasLadder)
    {
        const string Example = "[ { critical: temp_c > 110 }, { high: true } ]";
        switch (draft.Map.Take("severity"))
        {
            case null:
                return ([], Severity.Medium);
            case ScalarNode word:
                return ([], Values.Word(draft.Map, word, Severities) is { } plain ? SeverityNamed(plain) : Severity.Medium);
            case ListNode list when !hasLadder:
                draft.Problems.Error(list.Position, "steps of severity need raise", "write one word, severity: high");
                return ([], Severity.Medium);
            case ListNode list:
                return Ladder(draft, list, Example);
            case var other:
                draft.Problems.Error(other.Position, "'severity' must be one word, or a list of steps", $"write severity: high, or severity: {Example}");
                return ([], Severity.Medium);
        }
    }

    private static (ImmutableArray<SeverityStep> Ladder, Severity Base) Ladder(RuleDraft draft, ListNode list, string example)
    {
        var steps = ImmutableArray.CreateBuilder<SeverityStep>();
        Severity? last = null;
        Severity? otherwise = null;
        foreach (var item in list.Items)
        {
            if (item is not MapNode { Entries: [var (key, value)] } || value is not ScalarNode { IsRefused: false, IsEmpty: false } text)
            {
                draft.Problems.Error(item.Position, "a step of the severity ladder is one severity and its condition", $"write severity: {example}");
                continue;
            }
            if (Values.Word(draft.Map, key, Severities) is not { } word)
                continue;
            var severity = SeverityNamed(word);
            if (severity >= last)
                draft.Problems.Error(key.Position, $"{word} comes after a step that is no more severe", "order the steps from critical down to low, each once");
            else if (otherwise is not null)
                draft.Problems.Error(key.Position, $"{word} is never reached", "the step with true must be the last");
            last = severity;
            if (draft.Condition($"severity {word}", text) is not { } condition)
                continue;
            if (condition.Always == Truth.True)
                otherwise = severity;
            else
                steps.Add(new SeverityStep(severity, condition.Condition));
        }
        return (steps.ToImmutable(), otherwise ?? Severity.Medium);
    }

    private static Severity SeverityNamed(string word) => word switch
    {
        "critical" => Severity.Critical,
        "high" => Severity.High,
        "low" => Severity.Low,
        _ => Severity.Medium,
    };

    private static Catalog CatalogOf(MapReader map)
    {
        if (map.Nested("catalog", "{ cause: \"…\", response: \"…\" }") is not { } catalog)
            return new Catalog();
        var texts = new Catalog(
            catalog.Text("cause", MaxCatalogText) ?? "",
            catalog.Text("consequence", MaxCatalogText) ?? "",
            catalog.Text("response", MaxCatalogText) ?? "",
            catalog.Text("customer", MaxCatalogText) ?? "",
            catalog.Text("self_help", MaxCatalogText) ?? "");
        catalog.Finish();
        return texts;
    }

    private static RemedyRule? RemedyOf(RuleDraft draft, bool isSafety)
    {
        if (draft.Map.Nested("remedy", "{ command: restart, within: 10m }") is not { } remedy)
            return null;
        remedy.Require("command", "restart");
        remedy.Require("within", "10m");
        var command = remedy.Scalar("command", "restart");
        if (command is not null && (command.Value.Length is 0 or > 64 || !command.Value.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.')))
            draft.Problems.Error(command.Position, $"'{command.Value}' is no command", "use letters, digits, _ - and ., at most 64 characters");
        var args = Args(remedy);
        var verify = draft.Condition(remedy, "verify", "temp_c < 90");
        var within = remedy.Duration("within", TimeSpan.FromSeconds(1), Week);
        var (most, per) = AtMost(remedy);
        var isSafeState = remedy.Flag("safe_state") ?? false;
        if (isSafety && command is not null)
            RefuseUnsafe(draft, command, isSafeState);
        remedy.Finish();
        return command is null || within is not { } time ? null : new RemedyRule(command.Value, args, verify?.Condition, time, most, per);
    }

    private static ImmutableSortedDictionary<string, MetricValue> Args(MapReader remedy)
    {
        var args = ImmutableSortedDictionary.CreateBuilder<string, MetricValue>(StringComparer.Ordinal);
        if (remedy.Nested("args", "{ percent: 50 }") is not { } map)
            return args.ToImmutable();
        foreach (var (key, _) in map.Map.Entries)
        {
            if (key.Value.Length is 0 or > 64)
                map.Problems.Error(key.Position, $"the argument's name has {key.Value.Length} characters", "it may have 1 to 64");
            if (map.Scalar(key.Value, "50") is not { } value)
                continue;
            if (value.Value.Length > MetricValue.MaxTextLength)
                map.Problems.Error(value.Position, $"the argument has {value.Value.Length} characters", $"at most {MetricValue.MaxTextLength} are allowed");
            args[key.Value] = ValueText.Literal(value);
        }
        if (args.Count > MaxArgs)
            map.Problems.Error(map.Map.Position, $"the command has {args.Count} arguments", $"at most {MaxArgs} are allowed");
        return args.ToImmutable();
    }

    private static (int Most, TimeSpan Per) AtMost(MapReader remedy)
    {
        var fallback = (3, TimeSpan.FromDays(1));
        if (remedy.Scalar("at_most", "2 per day") is not { } node)
            return fallback;
        if (!ValueText.TryTries(node.Value, out var most, out var per))
            remedy.Problems.Error(node.Position, $"'{node.Value}' is no number of tries", "write at_most: 2 per day, 1 per week or 3 per 6h");
        else if (most is < 1 or > 100 || per < TimeSpan.FromSeconds(1) || per > Values.Year)
            remedy.Problems.Error(node.Position, $"at_most is {node.Value}", "it may be 1 to 100 tries per 1s to 366d");
        else
            return (most, per);
        return fallback;
    }
}
