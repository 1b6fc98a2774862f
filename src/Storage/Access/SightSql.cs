using System.Text.RegularExpressions;
using B2D.Core.Access;
using B2D.Core.Customers;
using B2D.Core.Devices;

namespace B2D.Storage.Access;

/// <summary>
/// A <see cref="Sight"/> as conditions on rows: each table that has something of a device, a customer or a case is put in front of a statement under its own name, as
/// far as it is seen (<c>WITH cases AS …</c>). The planner takes that apart again, so that indexes serve it; a look at one row costs a look at its device.
/// </summary>
/// <remarks>What Core's <see cref="Sight"/> says of devices, cases, outages and maintenance is said here once more; a test asks both.</remarks>
internal sealed partial class SightSql
{
    /// <summary>All that a rule's id is made of, to find where it begins in <c>fault:DEVICE/RULE</c>.</summary>
    private const string RuleCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

    private readonly Sight sight;
    private readonly string schema;
    private readonly Dictionary<string, string> tables;

    private SightSql(Db db, Sight sight)
    {
        (this.sight, schema) = (sight, db.Dialect == Dialect.Sqlite ? "main." : "state.");
        var (device, customer, subject, ofCase) = (Device("t.device"), Customer("t.customer"), Subject("t.subject"), Case("t.case_id"));
        var ofAll = Subject("t.subject", ofAll: true);
        var conditions = new Dictionary<string, string>
        {
            ["devices"] = Within("t.segment"),
            ["device_live"] = device,
            ["device_credentials"] = device,
            ["late_messages"] = device,
            ["late_devices"] = device,
            ["commands"] = device,
            ["heals"] = device,
            ["dues"] = device,
            ["outage_devices"] = device,
            ["enrolment_groups"] = Within("t.segment"),
            ["enrolments"] = Where(sight.Segments.IsEmpty, $"EXISTS (SELECT 1 FROM {schema}enrolment_groups s WHERE s.name = t.fleet AND {Within("s.segment")})"),
            ["faults"] = All(Gone("t"), Where(sight.Queues.IsEmpty, $"(t.case_id = 0 OR {ofCase})")),
            ["held_faults"] = Gone("t"),
            ["fault_transitions"] = Gone("t"),
            ["cases"] = All(CaseRow("t"), $"(t.merged_into = 0 OR {Case("t.merged_into")})"),
            ["case_steps"] = ofCase,
            ["case_handoffs"] = ofCase,
            ["case_waits"] = ofCase,
            ["case_words"] = ofCase,
            ["case_links"] = All(ofCase, subject),
            ["objections"] = ofCase,
            ["complaints"] = ofCase,
            ["grants"] = ofCase,
            ["standard_steps"] = ofCase,
            ["timeline"] = ofAll,
            ["outages"] = Where(sight.Segments.IsEmpty, $"({Within("t.segment")} OR {Part("t.id")})"),
            ["outage_reviews"] = Where(sight.Segments.IsEmpty, Whole("t.outage_id")),
            ["review_notes"] = Where(sight.Segments.IsEmpty, Whole("t.outage_id")),
            ["defects"] = Where(sight.Segments.IsEmpty, "1 = 0"),
            ["maintenance"] = Maintenance("t"),
            ["approvals"] = ofAll,
            ["notices"] = All(customer, subject),
            ["phone_tasks"] = All(customer, subject),
            ["outside_facts"] = subject,
            ["customers"] = Customer("t.id"),
            ["customer_words"] = customer,
            ["consents"] = customer,
            ["carers"] = customer,
            ["notice_words"] = customer,
            ["customer_links"] = customer,
            ["surveys"] = ofCase,
            ["visits"] = ofCase,
            ["slots"] = Where(sight.Segments.IsEmpty, $"(t.segment = '' OR {Within("t.segment")})"),
            ["planned_tellings"] = customer,
            ["inbound_messages"] = customer,
            ["contacts"] = All(customer, Where(sight.Segments.IsEmpty, $"(t.device = '' OR {device})"), $"(t.case_id = 0 OR {ofCase})"),
        };
        tables = conditions.Where(c => c.Value.Length > 0)
            .ToDictionary(c => c.Key, c => $"{c.Key} AS NOT MATERIALIZED (SELECT {Columns(db, c.Key)} FROM {schema}{c.Key} t WHERE {c.Value})", StringComparer.Ordinal);
    }

    /// <summary>Tables that are read as far as they are seen.</summary>
    public IReadOnlyCollection<string> Tables => tables.Keys;

    public static SightSql Of(Db db, Sight sight) => new(db, sight);

    /// <summary>The statement over what is seen.</summary>
    public string Limit(string sql)
    {
        var named = Word().EnumerateMatches(sql);
        var seen = new List<string>();
        foreach (var match in named)
        {
            if (tables.TryGetValue(sql.Substring(match.Index, match.Length), out var table) && !seen.Contains(table))
                seen.Add(table);
        }
        if (seen.Count == 0)
            return sql;
        var own = sql.TrimStart();
        var with = string.Join(",\n", seen);
        return own.StartsWith("WITH ", StringComparison.OrdinalIgnoreCase) ? $"WITH {with},\n{own[5..]}" : $"WITH {with}\n{own}";
    }

    /// <summary>All columns, with numbers of what lies outside put right: an outage that reaches beyond counts what is seen of it.</summary>
    private string Columns(Db db, string table)
    {
        var own = table switch
        {
            "cases" => new Dictionary<string, string> { ["segment"] = Hangs(), ["linked_case"] = $"CASE WHEN t.linked_case = 0 OR {Case("t.linked_case")} THEN t.linked_case ELSE 0 END" },
            "faults" or "held_faults" => new Dictionary<string, string> { ["segment"] = Hangs() },
            "outages" => new Dictionary<string, string>
            {
                ["devices"] = Counted("count(*)", "t.devices", ""),
                ["recovered"] = Counted("count(*)", "t.recovered", " AND o.up_at > 0"),
                ["customers"] = Counted("count(DISTINCT o.customer)", "t.customers", " AND o.customer <> ''"),
            },
            _ => [],
        };
        if (own.Count == 0)
            return "t.*";
        var all = db.Query<string>(db.Dialect == Dialect.Sqlite
            ? "SELECT name FROM pragma_table_info(@table) ORDER BY cid"
            : "SELECT column_name FROM information_schema.columns WHERE table_schema = 'state' AND table_name = @table ORDER BY ordinal_position", new { table });
        return string.Join(", ", all.Select(c => own.TryGetValue(c, out var other) ? $"{other} AS {c}" : $"t.{c}"));
    }

    /// <summary>Where a row's device hangs now: it may have come from elsewhere.</summary>
    private string Hangs() => sight.Segments.IsEmpty ? "t.segment" : $"coalesce((SELECT s.segment FROM {schema}devices s WHERE s.id = t.device), t.segment)";

    private string Counted(string count, string whole, string more) =>
        $"CASE WHEN {Within("t.segment")} THEN {whole} ELSE (SELECT {count} FROM {schema}outage_devices o JOIN {schema}devices s ON s.id = o.device WHERE o.outage_id = t.id AND {Within("s.segment")}{more}) END";

    /// <summary>A path of theirs or one below it; a range, so that an index serves it.</summary>
    private string Within(string column) => sight.Segments.IsEmpty ? "" : "(" + string.Join(" OR ",
        sight.Segments.Select(s => $"{column} = {Literal(s)} OR ({column} >= {Literal(s + "/")} AND {column} < {Literal(s + "0")})")) + ")";

    private string Device(string column) => Where(sight.Segments.IsEmpty, $"EXISTS (SELECT 1 FROM {schema}devices s WHERE s.id = {column} AND {Within("s.segment")})");

    /// <summary>Rows that outlive their device: then the segment counts that they were written with.</summary>
    private string Gone(string row) => Where(sight.Segments.IsEmpty,
        $"({Device(row + ".device")} OR ({Within(row + ".segment")} AND NOT EXISTS (SELECT 1 FROM {schema}devices s WHERE s.id = {row}.device)))");

    /// <summary>A customer, or who cares for one.</summary>
    private string Customer(string column) => Where(sight.Segments.IsEmpty,
        $"EXISTS (SELECT 1 FROM {schema}devices s WHERE s.customer = CASE WHEN {column} LIKE '{Carer.Prefix}%' THEN substr({column}, {Carer.Prefix.Length + 1}) ELSE {column} END AND {Within("s.segment")})");

    private string CaseRow(string row) => All(
        Where(sight.Queues.IsEmpty, $"{row}.queue IN ({string.Join(", ", sight.Queues.Select(Literal))})"), Gone(row));

    private string Case(string number) => $"EXISTS (SELECT 1 FROM {schema}cases c WHERE c.id = {number} AND {CaseRow("c")})";

    private string Part(string outage) =>
        $"EXISTS (SELECT 1 FROM {schema}outage_devices o JOIN {schema}devices s ON s.id = o.device WHERE o.outage_id = {outage} AND {Within("s.segment")})";

    /// <summary>What a line is about: <c>case:12</c>, <c>outage:3</c>, <c>due:7</c>, <c>device:HP-1</c>, <c>customer:ana</c>, <c>fault:HP-1/pump-blocked</c>, <c>maintenance:4</c>.</summary>
    /// <param name="ofAll">It speaks of all of an outage or of planned work: then that is to lie within what is seen.</param>
    private string Subject(string column, bool ofAll = false) => Subject(column, ofAll,
        $"WHEN {column} LIKE 'phone-task:%' THEN EXISTS (SELECT 1 FROM {schema}phone_tasks p WHERE p.id = {Number(column, "phone-task")} AND {All(Customer("p.customer"), Subject("p.subject", false, ""))})");

    private string Subject(string column, bool ofAll, string tasks)
    {
        var cases = $"WHEN {column} LIKE 'case:%' THEN {Case(Number(column, "case"))} {tasks}";
        if (sight.Segments.IsEmpty)
            return $"(CASE {cases} ELSE 1 = 1 END)";
        var outage = Number(column, "outage");
        var whole = Whole(outage);
        var work = ofAll ? WholeMaintenance("m") : Maintenance("m");
        var due = $"EXISTS (SELECT 1 FROM {schema}dues d JOIN {schema}devices s ON s.id = d.device WHERE d.id = {Number(column, "due")} AND {Within("s.segment")})";
        return $"""
            (CASE {cases}
              WHEN {column} LIKE 'outage:%' THEN {(ofAll ? whole : $"({whole} OR {Part(outage)})")}
              WHEN {column} LIKE 'due:%' THEN {due}
              WHEN {column} LIKE 'device:%' THEN {Device($"substr({column}, 8)")}
              WHEN {column} LIKE 'customer:%' THEN {Customer($"substr({column}, 10)")}
              WHEN {column} LIKE 'fault:%' THEN {Device($"rtrim(substr(rtrim({column}, '{RuleCharacters}'), 7), '/')")}
              WHEN {column} LIKE 'maintenance:%' THEN EXISTS (SELECT 1 FROM {schema}maintenance m WHERE m.id = {Number(column, "maintenance")} AND {work})
              WHEN {column} LIKE 'defect:%' THEN 1 = 0
              ELSE 1 = 1 END)
            """;
    }

    private static string Number(string column, string kind) => $"CAST(CASE WHEN {column} LIKE '{kind}:%' THEN substr({column}, {kind.Length + 2}) ELSE '0' END AS BIGINT)";

    /// <summary>An outage that lies within what is seen.</summary>
    private string Whole(string outage) => $"EXISTS (SELECT 1 FROM {schema}outages o WHERE o.id = {outage} AND {Within("o.segment")})";

    /// <summary>Planned work that lies within what is seen.</summary>
    private string WholeMaintenance(string row) => sight.Segments.IsEmpty ? ""
        : $"(({row}.scope = 'Device' AND {Device(row + ".target")}) OR ({row}.scope = 'Segment' AND {Within(row + ".target")}))";

    private string Maintenance(string row)
    {
        if (sight.Segments.IsEmpty)
            return "";
        var above = string.Join(", ", sight.Above().Select(Literal));
        var segment = above.Length > 0 ? $"({Within(row + ".target")} OR {row}.target IN ({above}))" : Within(row + ".target");
        return $"({row}.scope = 'Model' OR ({row}.scope = 'Device' AND {Device(row + ".target")}) OR ({row}.scope = 'Segment' AND {segment}))";
    }

    private static string Where(bool everything, string condition) => everything ? "" : condition;

    private static string All(params ReadOnlySpan<string> conditions)
    {
        var some = new List<string>();
        foreach (var condition in conditions)
        {
            if (condition.Length > 0)
                some.Add(condition);
        }
        return string.Join(" AND ", some);
    }

    /// <summary>Names were read by <see cref="Sight"/>; a quote in one is doubled.</summary>
    private static string Literal(string text) => "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";

    [GeneratedRegex("[a-z_]+")]
    private static partial Regex Word();
}
