using System.Collections.Immutable;
using B2D.Core.Cases;

namespace B2D.Core.Rules.Files;

/// <summary>Reads <c>case</c>: how a fault becomes a case, and what is promised of it.</summary>
internal static class CasePolicyReader
{
    private const int MaxContracts = 32;
    private static readonly string[] Audiences = ["all", "depended-on", "contract"];
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    public static CasePolicy? Read(RuleDraft draft)
    {
        if (draft.Map.Nested("case", "{ family: pump, priority: P2 }") is not { } map)
            return null;
        var policy = new CasePolicy(
            map.Name("family", "pump") ?? draft.Id,
            map.Name("queue", "service") ?? "service",
            map.Word("priority", "P1", "P2", "P3", "P4") is { } priority ? priority[1] - '0' : 3,
            map.Duration("reopen_within", TimeSpan.Zero, Values.Year, "24h") ?? TimeSpan.FromHours(24),
            map.Duration("resolve_after", TimeSpan.Zero, Values.Year, "30m") ?? TimeSpan.FromMinutes(30))
        {
            Promises = Promises(draft, map),
            For = For(map),
        };
        map.Finish();
        return policy;
    }

    private static CaseFor For(MapReader map)
    {
        var words = map.Words("for", "[ depended-on, contract ]", Audiences.Length).Select(w => Values.Word(map, w, Audiences)).ToList();
        return words.Contains("all") ? CaseFor.All : (words.Contains("depended-on") ? CaseFor.DependedOn : 0) | (words.Contains("contract") ? CaseFor.Contract : 0);
    }

    private static CasePromises? Promises(RuleDraft draft, MapReader map)
    {
        var usual = Promise(draft, map, CasePromise.None);
        var contracts = ImmutableSortedDictionary.CreateBuilder<string, CasePromise>(StringComparer.Ordinal);
        if (map.Nested("contracts", "{ gold: { respond: 30m, repair: 4h } }") is { } named)
        {
            foreach (var (key, _) in named.Map.Entries)
            {
                Values.IsName(named, key);
                if (named.Nested(key.Value, "{ respond: 30m, repair: 4h }") is not { } terms)
                    continue;
                contracts[key.Value] = Promise(draft, terms, usual);
                terms.Finish();
            }
            if (contracts.Count > MaxContracts)
                named.Problems.Error(named.Map.Position, $"the case has {contracts.Count} contracts, at most {MaxContracts} are allowed", "name those that differ only");
        }
        var promises = new CasePromises(usual, contracts.ToImmutable());
        if (promises.Usual.IsNone && promises.Contracts.Values.All(p => p.IsNone))
        {
            foreach (var key in (ReadOnlySpan<string>)["hours", "from"])
            {
                if (map.Has(key))
                    draft.Problems.Error(map.KeyPosition(key), $"'{key}' says nothing without a promise", $"add respond or repair, or remove {key}");
            }
            return null;
        }
        return promises;
    }

    /// <param name="usual">What stands where a key is not written.</param>
    private static CasePromise Promise(RuleDraft draft, MapReader map, CasePromise usual)
    {
        var respond = map.Duration("respond", Minute, Values.Year, "1h") ?? usual.Respond;
        var repair = map.Duration("repair", Minute, Values.Year, "8h") ?? usual.Repair;
        var hours = usual.Hours;
        if (map.Scalar("hours", "office") is { } calendar)
        {
            hours = calendar.Value;
            if (hours != BusinessCalendar.AlwaysName)
                draft.Calendars.Add(calendar);
        }
        var from = map.Word("from", "onset", "opening");
        return new CasePromise(respond, repair, hours, from is null ? usual.FromOpening : from == "opening");
    }
}
