using B2D.Core.Rules;

namespace B2D.Storage.Faults;

/// <summary>What would be a fault but for people who work on the device; raised when they are done, where it is still there.</summary>
public sealed record HeldFaultRow
{
    public long Id { get; init; }
    public string Device { get; init; } = "";
    public string Rule { get; init; } = "";
    public string Episode { get; init; } = "";
    public string Title { get; init; } = "";
    public FaultClass Class { get; init; }
    public Severity Severity { get; init; } = Severity.Medium;

    /// <summary>Device time in ms.</summary>
    public long OnsetAt { get; init; }

    /// <summary>When it would have been raised, server time in ms.</summary>
    public long HeldAt { get; init; }
    public string Segment { get; init; } = "";
    public string Customer { get; init; } = "";
}

/// <summary>One row for each device and rule that has something held back by maintenance now. Which maintenance, and until when, stands in the device's row.</summary>
public static class HeldFaultStore
{
    /// <summary>Writes what is held back; a later episode of the same device and rule takes the place of an earlier one.</summary>
    public static void Hold(Db db, HeldFaultRow row) => db.Execute(
        $"""
        INSERT INTO held_faults ({Columns<HeldFaultRow>.New}) VALUES ({Columns<HeldFaultRow>.NewValues})
        ON CONFLICT (device, rule) DO UPDATE SET episode = @Episode, title = @Title, class = @Class, severity = @Severity, onset_at = @OnsetAt, held_at = @HeldAt,
          segment = @Segment, customer = @Customer
        """,
        row);

    /// <summary>Nothing of a device and rule is held back any more; false where nothing was.</summary>
    public static bool LetGo(Db db, string device, string rule) => db.Execute("DELETE FROM held_faults WHERE device = @device AND rule = @rule", new { device, rule }) > 0;

    /// <summary>What is held back under a rule goes on under the rule's new id.</summary>
    public static void Rename(Db db, string device, string from, string to) => db.Execute(
        """
        UPDATE held_faults SET rule = @to WHERE device = @device AND rule = @from
          AND NOT EXISTS (SELECT 1 FROM held_faults AS taken WHERE taken.device = @device AND taken.rule = @to)
        """,
        new { device, from, to });

    /// <summary>Of one device, at most 1,000, in the order of their beginning.</summary>
    public static IReadOnlyList<HeldFaultRow> Of(Db db, string device) => db.Query<HeldFaultRow>(
        $"SELECT {Columns<HeldFaultRow>.All} FROM held_faults WHERE device = @device ORDER BY held_at, id LIMIT {Page.MaxRows}", new { device });
}
