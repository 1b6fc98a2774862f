using B2D.Core.Rules;

namespace B2D.Storage.Faults;

/// <summary>
/// What a fault did. Kinds: Raised, BackDated (found by a back-dated pass), Cleared, Severity, Escalated, Latched, Relapsed, Chatters; and, of no device, GatewayDown: the gateway is back, and was down since <see cref="OnsetAt"/>.
/// </summary>
public sealed record TransitionRow
{
    public long Seq { get; init; }
    public string EffectId { get; init; } = "";
    public string Device { get; init; } = "";
    public string Rule { get; init; } = "";
    public string Episode { get; init; } = "";
    public string Kind { get; init; } = "";
    public Severity Severity { get; init; } = Severity.Medium;
    public string Segment { get; init; } = "";
    public string Customer { get; init; } = "";
    public long At { get; init; }

    /// <summary>Device time in ms; of GatewayDown server time.</summary>
    public long OnsetAt { get; init; }
    public string Reason { get; init; } = "";

    /// <summary>Of a fault as it is stored.</summary>
    public static TransitionRow Of(FaultRow fault, string effectId, string kind, long at, string reason) => new()
    {
        EffectId = effectId,
        Device = fault.Device,
        Rule = fault.Rule,
        Episode = fault.Episode,
        Kind = kind,
        Severity = fault.Severity,
        Segment = fault.Segment,
        Customer = fault.Customer,
        At = at,
        OnsetAt = fault.OnsetAt,
        Reason = reason,
    };
}

/// <summary>The low-rate log of fault transitions: read in order of <c>seq</c>, which is the order of commit, because there is one writer.</summary>
public static class TransitionStore
{
    /// <summary>Appends one; null where the effect was written before.</summary>
    public static long? Append(Db db, TransitionRow row) => db.FirstOrDefault<long?>(
        $"""
        INSERT INTO fault_transitions ({Columns<TransitionRow>.New}) VALUES ({Columns<TransitionRow>.NewValues})
        ON CONFLICT (effect_id) DO NOTHING RETURNING seq
        """,
        row);

    public static IReadOnlyList<TransitionRow> ReadAfter(Db db, long seq, int max) => db.Query<TransitionRow>(
        $"SELECT {Columns<TransitionRow>.All} FROM fault_transitions WHERE seq > @seq ORDER BY seq LIMIT {Page.Rows(max)}", new { seq });

    /// <summary>The last seq; 0 where there is none.</summary>
    public static long Last(Db db) => db.Scalar<long?>("SELECT max(seq) FROM fault_transitions") ?? 0;
}
