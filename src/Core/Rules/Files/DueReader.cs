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
        var notice = ResponseReader.Notice(draft, remindable: true);
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
            Words = header.Words,
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
