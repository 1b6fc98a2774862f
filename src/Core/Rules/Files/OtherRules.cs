using System.Collections.Immutable;
using System.Globalization;

namespace B2D.Core.Rules.Files;

/// <summary>Reads rules of kind due.</summary>
internal static class DueReader
{
    public static DueRule? Read(RuleDraft draft, RuleHeader header)
    {
        var map = draft.Map;
        map.Require("counter", "litres_total");
        map.Require("every", "1200 litres");
        var counter = draft.CounterSlot(map, "counter", "litres_total");
        var (every, unit) = Every(map);
        var tellAt = map.Percent("tell_at", 0.01, 1) ?? 0.9;
        var (reset, owner) = Done(draft);
        var notice = ResponseReader.Notice(map, remindable: true);
        if (counter is not { } slot)
            return null;
        return new DueRule
        {
            Id = header.Id,
            Title = header.Title,
            Version = header.Version,
            Text = header.Text,
            File = header.File,
            Line = header.Line,
            AppliesTo = header.AppliesTo,
            Was = header.Was,
            CounterSlot = slot,
            Every = every,
            Unit = unit,
            TellAt = tellAt,
            DoneByResetOfSlot = reset,
            DoneByOwner = owner,
            Notice = notice,
        };
    }

    private static (double Every, string Unit) Every(MapReader map)
    {
        if (map.Scalar("every", "1200 litres") is not { } node)
            return (1, "");
        if (!ValueText.TryQuantity(node.Value, out var amount, out var unit))
            map.Problems.Error(node.Position, $"'{node.Value}' is no quantity", "write a number without separators and its unit: 1200 litres, 500 h, 10000 cycles");
        else if (amount <= 0 || amount > 1e15)
            map.Problems.Error(node.Position, $"every is {node.Value}", "it must be over 0, at most 1e15");
        else if (unit.Length > 32)
            map.Problems.Error(node.Position, $"the unit has {unit.Length} characters", "at most 32 are allowed");
        else
            return (amount, unit);
        return (1, "");
    }

    private static (int ResetSlot, bool Owner) Done(RuleDraft draft)
    {
        var map = draft.Map;
        const string Example = "{ reset_of: filter_litres, or: owner_says }";
        switch (map.Take("done"))
        {
            case null:
                if (!map.Has("done"))
                    draft.Problems.Lint(draft.IdNode.Position, "nothing marks this due as done", $"add done: {Example}");
                return (-1, false);
            case ScalarNode word:
                return (-1, Values.Word(map, word, "owner_says") is not null);
        }
        if (map.Nested("done", Example) is not { } done)
            return (-1, false);
        var slot = draft.CounterSlot(done, "reset_of", "filter_litres") ?? -1;
        var owner = done.Word("or", "owner_says") is not null;
        done.Require("reset_of", "filter_litres");
        done.Finish();
        return (slot, owner);
    }
}

/// <summary>Reads rules of kind outage.</summary>
internal static class OutageReader
{
    public static OutageRule? Read(RuleDraft draft, RuleHeader header)
    {
        var map = draft.Map;
        References.Read(draft);
        map.Word("over", "segment");
        map.Require("when", "{ devices: 5, share: 40 %, within: 10m }");
        var (devices, share, within) = (0, 0.0, TimeSpan.Zero);
        if (map.Nested("when", "{ devices: 5, share: 40 %, within: 10m }") is { } when)
        {
            when.Require("devices", "5");
            when.Require("share", "40 %");
            when.Require("within", "10m");
            devices = when.Whole("devices", 2, 1_000_000, "5") ?? 0;
            share = when.Percent("share", 0, 1) ?? 0;
            within = when.Duration("within", TimeSpan.FromSeconds(1), TimeSpan.FromDays(7)) ?? TimeSpan.Zero;
            when.Finish();
        }
        return new OutageRule
        {
            Id = header.Id,
            Title = header.Title,
            Version = header.Version,
            Text = header.Text,
            File = header.File,
            Line = header.Line,
            Was = header.Was,
            Of = References.Names(draft),
            Devices = devices,
            Share = share,
            Within = within,
            HoldBack = map.Duration("hold_back", TimeSpan.Zero, TimeSpan.FromDays(1), "2m") ?? TimeSpan.FromMinutes(2),
            MonitoringAt = map.Percent("monitoring_at", 0.01, 1, "recovered") ?? 0.8,
            ResolvedAfter = map.Duration("resolved_after", TimeSpan.Zero, TimeSpan.FromDays(7)) ?? TimeSpan.FromMinutes(10),
            Notice = ResponseReader.Notice(map, remindable: false),
        };
    }
}

/// <summary>Reads rules of kind defect.</summary>
internal static class DefectReader
{
    private static readonly string[] Dimensions = ["model", "firmware", "serial"];

    public static DefectRule? Read(RuleDraft draft, RuleHeader header)
    {
        var map = draft.Map;
        References.Read(draft);
        map.Require("over", "[ model, firmware ]");
        var over = map.Words("over", "[ model, firmware ]", Dimensions.Length).Select(w => Values.Word(map, w, Dimensions)).OfType<string>().ToImmutableArray();
        map.Require("when", "{ devices: 20, rate_ratio: 3 }");
        var (devices, ratio, against, confidence) = (0, 0.0, "", 0.99);
        if (map.Nested("when", "{ devices: 20, rate_ratio: 3 }") is { } when)
        {
            when.Require("devices", "20");
            when.Require("rate_ratio", "3.0");
            devices = when.Whole("devices", 2, 1_000_000, "20") ?? 0;
            ratio = when.Number("rate_ratio", 1, 1000, "3.0") ?? 1;
            against = when.Word("against", "other model", "other firmware", "other serial") ?? "";
            confidence = when.Percent("confidence", 0.5, 0.9999) ?? 0.99;
            if (against.Length > 0 && over.Length > 0 && !over.Contains(against["other ".Length..]))
                map.Problems.Error(when.KeyPosition("against"), $"'{against}' is not among what the defect is over", string.Create(CultureInfo.InvariantCulture, $"over is {string.Join(", ", over)}"));
            when.Finish();
        }
        return new DefectRule
        {
            Id = header.Id,
            Title = header.Title,
            Version = header.Version,
            Text = header.Text,
            File = header.File,
            Line = header.Line,
            Was = header.Was,
            Of = References.Names(draft),
            Over = over,
            Devices = devices,
            RateRatio = ratio,
            Against = against,
            Confidence = confidence,
        };
    }
}

/// <summary>The rules that an outage or a defect is made of.</summary>
internal static class References
{
    private const int MaxRules = 100;

    public static void Read(RuleDraft draft)
    {
        draft.Map.Require("of", "[ router-silent ]");
        foreach (var name in draft.Map.Words("of", "[ router-silent ]", MaxRules))
        {
            if (draft.Of.Any(other => other.Value == name.Value))
                draft.Problems.Error(name.Position, $"{name.Value} is listed twice", "remove one");
            else
                draft.Of.Add(name);
        }
    }

    public static ImmutableArray<string> Names(RuleDraft draft) => [.. draft.Of.Select(n => n.Value)];
}
