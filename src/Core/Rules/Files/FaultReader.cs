using System.Collections.Immutable;
using B2D.Core.Rules.Expressions;

namespace B2D.Core.Rules.Files;

/// <summary>Reads a rule of kind fault: what raises it here, what follows from it in <see cref="ResponseReader"/>.</summary>
internal static class FaultReader
{
    /// <summary>Most codes of one rule: a fault's state has one bit for each.</summary>
    private const int MaxCodes = 32;

    /// <summary>Most samples that a quota looks at: a fault's state has one bit for each.</summary>
    private const int MaxSamples = 32;

    /// <summary>Most metrics kept as evidence of a fault that reads none itself.</summary>
    private const int MaxEvidence = 16;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1), Minute = TimeSpan.FromMinutes(1), Week = TimeSpan.FromDays(7);

    private static readonly (string Key, FaultKind Kind)[] Kinds = [("raise", FaultKind.Condition), ("codes", FaultKind.Codes), ("silent", FaultKind.Silence)];

    /// <summary>Reads the whole rule. What it returns is only good where nothing was reported.</summary>
    public static FaultRule? Read(RuleDraft draft, RuleHeader header)
    {
        draft.ReadParams();
        if (Kind(draft) is not { } kind)
        {
            // Without a kind nobody knows which keys fit; the rest is still read for its own mistakes.
            TakeSignal(draft, FaultKind.Condition);
            draft.Map.Know("raise", "codes", "silent", "auto_clear", "start_grace");
            draft.Map.Know("evidence");
            ResponseReader.Read(draft, hasLadder: true);
            return null;
        }
        var signal = TakeSignal(draft, kind);
        var response = ResponseReader.Read(draft, hasLadder: kind == FaultKind.Condition);
        LintAges(draft);
        LintEnds(draft, signal, response);
        var gap = signal.MaxGap ?? DefaultMaxGap(signal);
        return new FaultRule
        {
            Id = header.Id,
            Title = header.Title,
            Version = header.Version,
            Text = header.Text,
            File = header.File,
            Line = header.Line,
            AppliesTo = header.AppliesTo,
            Was = header.Was,
            Words = header.Words,
            Params = draft.Params,
            Kind = kind,
            Raise = signal.Raise?.Condition,
            Clear = signal.Clear?.Condition,
            Codes = signal.Codes,
            Silent = signal.Silent,
            StartGrace = signal.StartGrace,
            Hold = signal.Hold,
            Release = signal.Release,
            RaiseSamples = signal.RaiseSamples,
            ClearSamples = signal.ClearSamples,
            MaxGap = gap,
            AfterGap = signal.AfterGap,
            Lateness = signal.Lateness,
            Unseen = signal.Unseen,
            AutoClear = signal.AutoClear,
            Latch = signal.Latch,
            Chatter = signal.Chatter is { } chatter ? chatter with { MaxGap = signal.MaxGap ?? Longer(gap, 2 * chatter.Quiet) } : null,
            During = signal.During,
            Ladder = response.Ladder,
            BaseSeverity = response.BaseSeverity,
            Class = response.Class,
            Catalog = response.Catalog,
            Remedy = response.Remedy,
            Case = response.Case,
            Notice = response.Notice,
            Disruption = response.Disruption,
            ExplainedByOutage = response.ExplainedByOutage,
            ExplainedByParent = response.ExplainedByParent,
            Shadow = response.Shadow,
            MetricSlots = [.. Conditions(signal, response).SelectMany(c => c.MetricSlots).Concat(signal.Evidence).Distinct()],
            WindowSlots = [.. Conditions(signal, response).SelectMany(c => c.Windows).Distinct().Order()],
            FleetSlots = [.. Conditions(signal, response).SelectMany(c => c.Fleet).Distinct().Order()],
        };
    }

    /// <summary>The longer of 10 min and twice the longer delay: a device that reports once within each delay is never taken for silent.</summary>
    private static TimeSpan DefaultMaxGap(Signal signal) => Longer(2 * Longer(signal.Hold, signal.Release), TimeSpan.FromMinutes(10));

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static IEnumerable<Condition> Conditions(Signal signal, Response response)
    {
        IEnumerable<Condition?> all = [signal.Raise?.Condition, signal.Clear?.Condition, response.Remedy?.Verify, .. response.Ladder.Select(s => s.When)];
        return all.OfType<Condition>();
    }

    private static FaultKind? Kind(RuleDraft draft)
    {
        var written = Kinds.Where(k => draft.Map.Has(k.Key)).ToList();
        if (written.Count == 1)
            return written[0].Kind;
        if (written.Count > 1)
            draft.Problems.Error(draft.Map.KeyPosition(written[1].Key), $"'{written[1].Key}' does not go with '{written[0].Key}'", "a fault has one of raise, codes and silent; write two rules");
        else
        {
            var near = draft.Map.Map.Entries.Select(e => Nearest.To(e.Key.Value, Kinds.Select(k => k.Key))).FirstOrDefault(n => n is not null);
            draft.Problems.Error(draft.IdNode.Position, "nothing raises this fault",
                near is null ? "add raise: temp_c > 95, or codes: [ E42 ], or silent: 10m" : $"did you mean {near}? a fault has one of raise, codes and silent");
        }
        return null;
    }

    private sealed record Signal
    {
        public ConditionText? Raise { get; init; }

        public ConditionText? Clear { get; init; }

        public ImmutableArray<string> Codes { get; init; } = [];

        public TimeSpan Silent { get; init; }

        public TimeSpan StartGrace { get; init; }

        public TimeSpan Hold { get; init; }

        public TimeSpan Release { get; init; }

        public SampleQuota RaiseSamples { get; init; } = new(1, 1);

        public SampleQuota ClearSamples { get; init; } = new(1, 1);

        public TimeSpan? MaxGap { get; init; }

        public GapPolicy AfterGap { get; init; }

        public TimeSpan Lateness { get; init; }

        public TimeSpan? Unseen { get; init; }

        public TimeSpan? AutoClear { get; init; }

        public ImmutableArray<int> Evidence { get; init; } = [];

        public bool Latch { get; init; }

        public ChatterRule? Chatter { get; init; }

        public Hours? During { get; init; }
    }

    private static Signal TakeSignal(RuleDraft draft, FaultKind kind)
    {
        var map = draft.Map;
        var signal = new Signal
        {
            Release = map.Duration("release", TimeSpan.Zero, Values.Year, "5m") ?? TimeSpan.Zero,
            Latch = map.Flag("latch") ?? false,
            Chatter = Chatter(map),
            During = HoursReader.Read(draft),
        };
        if (kind != FaultKind.Silence)
        {
            signal = signal with
            {
                Hold = map.Duration("hold", TimeSpan.Zero, Values.Year, "2m") ?? TimeSpan.Zero,
                Unseen = map.Duration("unseen", Second, Values.Year, "6h"),
            };
        }
        signal = kind switch
        {
            FaultKind.Condition => Conditions(draft, signal),
            FaultKind.Codes => signal with { Codes = Codes(map), AutoClear = map.Duration("auto_clear", Second, Values.Year, "24h") },
            _ => signal with
            {
                Silent = map.Duration("silent", Second, Values.Year) ?? TimeSpan.Zero,
                StartGrace = map.Duration("start_grace", TimeSpan.Zero, Values.Year, "15m") ?? TimeSpan.Zero,
            },
        };
        RefuseOthers(map, kind);
        return kind == FaultKind.Condition ? signal : signal with { Evidence = Evidence(draft) };
    }

    private static void RefuseOthers(MapReader map, FaultKind kind)
    {
        var because = Kinds.Single(k => k.Kind == kind).Key;
        if (kind != FaultKind.Condition)
        {
            map.Refuse("clear", because, kind == FaultKind.Codes ? "the device clears its codes; or use auto_clear" : "it clears with the next message");
            map.Refuse("samples", because, "remove it, samples are counted for conditions");
            map.Refuse("max_gap", because, "remove it, gaps matter for conditions");
            map.Refuse("lateness", because, kind == FaultKind.Codes ? "write the code in a condition: raise: code(\"E42\")" : "remove it, silence counts by the server's clock");
        }
        else
            // Each metric that such a rule reads makes a sample of its message, so further ones would change what samples and max_gap mean.
            map.Refuse("evidence", because, "the metrics of a fault's conditions are its evidence");
        if (kind == FaultKind.Silence)
        {
            map.Refuse("hold", because, "silent is the delay");
            map.Refuse("unseen", because, "remove it, the next message clears the fault");
        }
        if (kind != FaultKind.Codes && !(kind == FaultKind.Condition && map.Has("codes")))
            map.Refuse("auto_clear", because, kind == FaultKind.Condition ? "write clear, or unseen for metrics that are no longer reported" : "the next message clears the fault");
        if (kind != FaultKind.Silence && !(kind == FaultKind.Condition && map.Has("silent")))
            map.Refuse("start_grace", because, "it is for silent");
    }

    private static Signal Conditions(RuleDraft draft, Signal signal)
    {
        var map = draft.Map;
        signal = signal with
        {
            Raise = draft.Condition(map, "raise", "temp_c > 95"),
            Clear = draft.Condition(map, "clear", "temp_c < 85"),
            Lateness = map.Duration("lateness", TimeSpan.Zero, FaultRule.MaxLateness, "2m") ?? TimeSpan.Zero,
        };
        LintConditions(draft, signal);
        if (map.Nested("samples", "{ raise: 3 of 5, clear: 3 }") is { } samples)
        {
            signal = signal with { RaiseSamples = Quota(samples, "raise"), ClearSamples = Quota(samples, "clear") };
            samples.Finish();
        }
        return MaxGap(map, signal);
    }

    private static void LintConditions(RuleDraft draft, Signal signal)
    {
        if (signal.Raise is { Always: { } always } raise)
            draft.Problems.Lint(raise.At, $"raise is always {always.ToString().ToLowerInvariant()}", "compare a metric");
        else if (signal.Raise is { } never && !Satisfiability.IsPossible(never.Root))
            draft.Problems.Lint(never.At, "raise can never be true", "its parts exclude each other; for one or the other write ||");
        if (signal.Clear is not { } clear)
            return;
        if (!Satisfiability.IsPossible(clear.Root))
            draft.Problems.Lint(clear.At, "clear can never be true", "its parts exclude each other; for one or the other write ||");
        else if (signal.Raise is { } a && a.Canonical == clear.Canonical)
            draft.Problems.Lint(clear.At, "clear is the same as raise, so the fault would clear while it is raised",
                "write the normal state, with some distance to the limit: temp_c < params.limit - 10; or remove clear");
        else if (signal.Raise is { Always: null } b && !Satisfiability.IsPossible(clear.Root, b.Root, false))
            draft.Problems.Lint(clear.At, "clear is true only while raise is, so the fault would clear while it is raised",
                "write the normal state, with some distance to the limit: temp_c < params.limit - 10; or remove clear");
    }

    /// <summary>A rule is looked at when one of its metrics is reported; of a single one the age is 0 then.</summary>
    private static void LintAges(RuleDraft draft)
    {
        if (draft.Ages.Count > 0 && draft.Metrics.DistinctBy(m => m.Name).Count() == 1)
            draft.Problems.Lint(draft.Ages[0].At, $"age({draft.Ages[0].Name}) is always 0, because the rule is looked at only when {draft.Ages[0].Name} is reported",
                "read another metric too; for a device that says nothing at all write silent: 10m");
    }

    private static void LintEnds(RuleDraft draft, Signal signal, Response response)
    {
        var map = draft.Map;
        if (signal.Chatter is { } chatter && chatter.Quiet < signal.Release)
            draft.Problems.Lint(map.KeyPosition("chatter"), "quiet is shorter than release, so a fault that chatters ends as soon as any other",
                $"write quiet: {DurationText.Format(2 * signal.Release)}, or remove chatter");
        if (signal.Latch && response.Remedy is { Verify: null })
            draft.Problems.Lint(map.KeyPosition("latch"), "the remedy is proven by the end of the fault, and a fault that latches ends only when a person has acknowledged it",
                "add verify to the remedy: temp_c < 90");
        if (signal.During is not null && response.Class == FaultClass.Safety)
            draft.Problems.Error(map.KeyPosition("during"), "a fault of class safety cannot wait for its hours", "remove during; safety is never held back");
        if (signal.Lateness > TimeSpan.Zero && response.Class == FaultClass.Safety)
            draft.Problems.Error(map.KeyPosition("lateness"), "a fault of class safety cannot wait for messages that come late", "remove lateness; safety is never held back");
        else if (response.Remedy is { } remedy && signal.Lateness > TimeSpan.Zero && remedy.Within <= signal.Lateness)
            draft.Problems.Lint(map.KeyPosition("lateness"), "the remedy's within is not longer than lateness, so no reading can prove it in time",
                $"write within: {DurationText.Format(signal.Lateness + remedy.Within)}");
    }

    private static ChatterRule? Chatter(MapReader map)
    {
        if (map.Nested("chatter", "{ raises: 5, within: 1h, quiet: 30m }") is not { } chatter)
            return null;
        chatter.Require("raises", "5");
        chatter.Require("within", "1h");
        chatter.Require("quiet", "30m");
        var raises = chatter.Whole("raises", 2, ChatterRule.MaxRaises, "5");
        var within = chatter.Duration("within", Minute, Week, "1h");
        var quiet = chatter.Duration("quiet", Minute, Week, "30m");
        chatter.Finish();
        return raises is { } n && within is { } d && quiet is { } q ? new ChatterRule(n, d, q, TimeSpan.Zero) : null;
    }

    private static SampleQuota Quota(MapReader map, string key)
    {
        var none = new SampleQuota(1, 1);
        if (map.Scalar(key, "3 of 5") is not { } node)
            return none;
        if (!ValueText.TryQuota(node.Value, out var quota))
            map.Problems.Error(node.Position, $"'{node.Value}' is no number of samples", $"write {key}: 3 of 5, or {key}: 3 for three in a row");
        else if (quota.Needed < 1 || quota.Of > MaxSamples || quota.Needed > quota.Of)
            map.Problems.Error(node.Position, $"{key} is {node.Value}", $"it may be 1 to {MaxSamples} samples, no more than it is out of");
        else
            return quota;
        return none;
    }

    private static Signal MaxGap(MapReader map, Signal signal)
    {
        var node = map.Take("max_gap");
        if (node is ScalarNode plain)
            return signal with { MaxGap = Values.Duration(map, "max_gap", plain, Second, Values.Year) };
        if (node is null || map.Nested("max_gap", "{ after: 10m, then: reset }") is not { } nested)
            return signal;
        nested.Require("after", "10m");
        signal = signal with
        {
            MaxGap = nested.Duration("after", Second, Values.Year),
            AfterGap = nested.Word("then", "reset", "hold", "unknown") switch { "hold" => GapPolicy.Hold, "unknown" => GapPolicy.Unknown, _ => GapPolicy.Reset },
        };
        nested.Finish();
        return signal;
    }

    private static ImmutableArray<int> Evidence(RuleDraft draft)
    {
        var words = draft.Map.Words("evidence", "[ volt, pressure ]", MaxEvidence);
        return [.. words.Select(draft.MetricSlot).OfType<int>().Distinct()];
    }

    private static ImmutableArray<string> Codes(MapReader map)
    {
        var codes = new List<string>();
        foreach (var node in map.Words("codes", "[ E42, E43 ]", MaxCodes))
        {
            if (node.Value.Length > 128)
                map.Problems.Error(node.Position, $"a code has {node.Value.Length} characters", "at most 128 are allowed");
            else if (codes.Contains(node.Value))
                map.Problems.Error(node.Position, $"the code {node.Value} is listed twice", "remove one");
            else
                codes.Add(node.Value);
        }
        return [.. codes];
    }
}
