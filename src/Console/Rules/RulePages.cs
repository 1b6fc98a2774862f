using B2D.Console.Access;
using B2D.Console.Api;
using B2D.Console.Shell;
using B2D.Core;
using B2D.Core.Rules;
using B2D.Storage;
using B2D.Storage.Cases;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Rules;

/// <summary>What a rule has done: the record by which people judge it.</summary>
public sealed record RuleTally
{
    public string Rule { get; init; } = "";
    public long Faults { get; init; }
    public long Open { get; init; }
    public long LastAt { get; init; }
    public long Cases { get; init; }

    /// <summary>Cases closed as false (bad rule, bad data).</summary>
    public long FalseCases { get; init; }

    /// <summary>Steps that wait for a lead to say whether they become standard.</summary>
    public long Proposed { get; init; }

    /// <summary>How often an agent said that a case should not have reached them.</summary>
    public long Objections { get; init; }
    public long Heals { get; init; }
    public long Dues { get; init; }
    public long Outages { get; init; }

    /// <summary>How often a fault came and went so often that it stayed open.</summary>
    public long Chatters { get; init; }
}

/// <summary>A rule with its record.</summary>
public sealed record RuleLine(Rule Rule, RuleTally Tally)
{
    /// <summary>The rule's last back-test since the start; null for none.</summary>
    public BacktestState? Backtest { get; init; }

    /// <summary>Steps that are standard for its cases, or proposed to be.</summary>
    public IReadOnlyList<StandardStepRow> Steps { get; init; } = [];

    /// <summary>What agents said about its cases that should not have reached them, newest first.</summary>
    public IReadOnlyList<B2D.Console.Cases.ObjectionLine> Said { get; init; } = [];

    /// <summary>It can be tried on what is stored.</summary>
    public bool MayTry { get; init; }

    public string Kind => Rule switch { FaultRule => "fault", DueRule => "due", OutageRule => "outage", _ => "defect" };
}

/// <summary>All rules in force, and what was wrong with the last attempt to change them.</summary>
public sealed record RulesModel(IReadOnlyList<RuleLine> Lines, string Hash, long ActivatedAt, IReadOnlyList<RuleProblem> Problems);

/// <summary>A rule as the API shows it.</summary>
internal sealed record RuleItem(
    string Id, string Kind, string Title, string Version, string File, int Line, string Text, long Faults, long Open, string? LastAt, long Cases,
    long FalseCases, long Objections, long Heals, long Dues, long Outages, long Chatters);

/// <summary>Something wrong with the rule files. Level is error or lint; line and column count from 1.</summary>
internal sealed record ProblemItem(string Level, string File, int Line, int Column, string Message, string Hint)
{
    public static ProblemItem Of(RuleProblem problem) =>
        new(problem.Level.ToString().ToLowerInvariant(), problem.File, problem.Line, problem.Column, problem.Message, problem.Hint);
}

/// <summary>The set in force. Where a problem is an error, the files were not taken over and this set is an older one.</summary>
internal sealed record RulesAnswer(string Hash, string? ActivatedAt, IReadOnlyList<ProblemItem> Problems, IReadOnlyList<RuleItem> Items, string? Next);

/// <summary>Reads rules with their records.</summary>
internal static class RuleReader
{
    /// <summary>One rule with what people say about it; null where it is not in force.</summary>
    public static RuleLine? One(Db db, IRuleView view, string id) => Read(db, view).Lines.FirstOrDefault(l => l.Rule.Id == id) is { } line
        ? line with { Steps = StandardStepStore.List(db, id, ["Proposed", "Accepted"]), Said = [.. ObjectionStore.OfRule(db, id).Select(o => B2D.Console.Cases.ObjectionLine.Of(o, view))] }
        : null;

    public static RulesModel Read(Db db, IRuleView view)
    {
        var tallies = db.Query<RuleTally>(
            """
            SELECT rule, count(*) AS faults, count(CASE WHEN cleared_at = 0 THEN 1 END) AS open, max(raised_at) AS last_at FROM faults GROUP BY rule
            """).ToDictionary(t => t.Rule, StringComparer.Ordinal);
        Add("SELECT rule, count(*) AS cases, count(CASE WHEN disposition LIKE 'false%' THEN 1 END) AS false_cases FROM cases GROUP BY rule",
            (t, n) => t with { Cases = n.Cases, FalseCases = n.FalseCases });
        Add("SELECT rule, count(*) AS proposed FROM standard_steps WHERE state = 'Proposed' GROUP BY rule", (t, n) => t with { Proposed = n.Proposed });
        Add("SELECT rule, count(*) AS objections FROM objections GROUP BY rule", (t, n) => t with { Objections = n.Objections });
        Add("SELECT rule, count(*) AS heals FROM heals GROUP BY rule", (t, n) => t with { Heals = n.Heals });
        Add("SELECT rule, count(*) AS dues, max(changed_at) AS last_at FROM dues GROUP BY rule", (t, n) => t with { Dues = n.Dues, LastAt = n.LastAt });
        Add("SELECT rule, count(*) AS outages, max(began_at) AS last_at FROM outages GROUP BY rule",
            (t, n) => t with { Outages = n.Outages, LastAt = n.LastAt });
        Add("SELECT rule, count(*) AS chatters FROM fault_transitions WHERE kind = 'Chatters' GROUP BY rule", (t, n) => t with { Chatters = n.Chatters });
        var set = view.Current;
        IEnumerable<Rule> rules = [.. set.Faults, .. set.Dues, .. set.Outages, .. set.Defects];
        return new RulesModel(
            [.. rules.OrderBy(r => r.File, StringComparer.Ordinal).ThenBy(r => r.Line)
                .Select(r => new RuleLine(r, tallies.GetValueOrDefault(r.Id) ?? new RuleTally { Rule = r.Id }))],
            set.Hash, view.ActivatedAt.EpochMs, view.Problems);

        void Add(string sql, Func<RuleTally, RuleTally, RuleTally> join)
        {
            foreach (var more in db.Query<RuleTally>(sql))
                tallies[more.Rule] = join(tallies.GetValueOrDefault(more.Rule) ?? new RuleTally { Rule = more.Rule }, more);
        }
    }
}

/// <summary>The pages of rules.</summary>
internal static class RulePages
{
    public static void Map(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/rules", (Stores stores, IRuleView view) => Html.Page<RulesPage>(stores.State.Read(db => RuleReader.Read(db, view))))
            .ExcludeFromDescription();
        read.MapGet("/rules/{id}", (string id, HttpContext http, Stores stores, IRuleView view) =>
            stores.State.Read(db => RuleReader.One(db, view, id)) is { } line
                ? Html.Page<RulePage>(http.RequestServices.GetService<IBacktests>() is { } tries ? line with { MayTry = line.Rule is FaultRule, Backtest = tries.Of(id) } : line) : Html.Missing($"rule “{Words.Cut(id, 64)}” in force", "/rules")).ExcludeFromDescription();
        read.MapGet("/backtests/{id}", (string id, HttpContext http) => http.RequestServices.GetService<IBacktests>()?.Of(id) is { } state
            ? Html.Page<BacktestPage>(state) : Html.Missing($"back-test of “{Words.Cut(id, 64)}” since the start", "/rules")).ExcludeFromDescription();
        write.MapForm("/rules/{id}/backtest", (http, form) =>
        {
            var id = (string)http.Request.RouteValues["id"]!;
            var back = $"/rules/{Uri.EscapeDataString(id)}";
            if (http.RequestServices.GetService<IBacktests>() is not { } tries)
                return Forms.Back(http, back, "Nothing is stored here to try a rule on.", bad: true);
            if (form.Text("act", 20) == "cancel")
            {
                tries.Cancel();
                return Forms.Back(http, $"/backtests/{Uri.EscapeDataString(id)}", "The back-test is called off.");
            }
            return http.RequestServices.GetRequiredService<IRuleView>().Current.Faults.FirstOrDefault(f => f.Id == id) is { } rule
                ? Forms.Back(http, back, tries.Start(rule, form.Number("days"), http.User.Identity?.Name ?? ""), "It is being tried; what it would have done will stand below.")
                : Forms.Back(http, back, "Only fault rules in force can be tried here.", bad: true);
        });
    }
}

/// <summary>A rule's back-test as the API shows it.</summary>
internal sealed record BacktestItem(
    string Rule, string Version, int Days, string State, double Done, string Problem, string? Since, double TookSeconds, BacktestFigures? Figures);

/// <summary>What a rule would have done; of the faults the first 2,000.</summary>
internal sealed record BacktestFigures(
    string? From, string? Until, long Readings, long Devices, long Faulty, long Faults, long Cases, long DuplicatesAvoided, double? CasesPerDeviceYear, IReadOnlyList<BacktestFaultItem> Found);

/// <summary>A fault that a back-test found; clearedAt null: there at the end.</summary>
internal sealed record BacktestFaultItem(string Device, string? RaisedAt, string? ClearedAt, string Values);

/// <summary>How far back a rule is tried.</summary>
internal sealed record BacktestWords
{
    public int Days { get; init; } = 7;
}

/// <summary>/api/rules</summary>
internal static class RulesApi
{
    public static void Map(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/rules/{id}/backtest", (string id, HttpContext http) => http.RequestServices.GetService<IBacktests>()?.Of(id) is { } state
            ? Results.Ok(Item(state)) : Refusals.Of(404, "The rule was not tried since the start.")).WithTags("rules").WithSummary("A rule's back-test that runs, or its last since the start")
            .Produces<BacktestItem>();
        write.MapPost("/rules/{id}/backtest", (string id, BacktestWords words, HttpContext http, IRuleView view) =>
        {
            if (http.RequestServices.GetService<IBacktests>() is not { } tries || view.Current.Faults.FirstOrDefault(f => f.Id == id) is not { } rule)
                return Refusals.Of(404, "There is no such fault rule in force.");
            return tries.Start(rule, words.Days, http.User.Identity?.Name ?? "") switch
            {
                ActOutcome.Rejected rejected => Refusals.Of(422, Words.Sentence(rejected.Reason) + "."),
                ActOutcome.Conflict conflict => Refusals.Of(409, Words.Sentence(conflict.What) + "."),
                _ => Results.Json(Item(tries.Of(id)!), statusCode: StatusCodes.Status202Accepted),
            };
        }).WithTags("rules").WithSummary("Try a fault rule on the telemetry of the last days (1 to 366, default 7)").Produces<BacktestItem>(StatusCodes.Status202Accepted);
        write.MapDelete("/rules/{id}/backtest", (string id, HttpContext http) =>
        {
            if (http.RequestServices.GetService<IBacktests>() is { } tries && tries.Of(id) is { Running: true })
                tries.Cancel();
            return Results.NoContent();
        }).WithTags("rules").WithSummary("Call off a rule's back-test");
        read.MapGet("/rules", (Stores stores, IRuleView view) =>
        {
            var model = stores.State.Read(db => RuleReader.Read(db, view));
            return Results.Ok(new RulesAnswer(
                model.Hash, Words.IsoOrNull(model.ActivatedAt),
                [.. model.Problems.Select(ProblemItem.Of)],
                [.. model.Lines.Select(Item)], null));
        }).WithTags("rules").WithSummary("The rules in force, with what they have done and what was wrong with the last attempt to change them")
            .Produces<RulesAnswer>();
        read.MapGet("/rules/{id}", (string id, Stores stores, IRuleView view) =>
            stores.State.Read(db => RuleReader.Read(db, view)).Lines.FirstOrDefault(l => l.Rule.Id == id) is { } line
                ? Results.Ok(Item(line)) : Refusals.Of(404, "There is no such rule in force.")).WithTags("rules").WithSummary("One rule").Produces<RuleItem>();
    }

    private static BacktestItem Item(BacktestState s) => new(s.Rule, s.Version, s.Days, s.Running ? "running" : s.Problem.Length > 0 ? "failed" : "done", Math.Round(s.Done, 3), s.Problem,
        Words.IsoOrNull(s.Since.EpochMs), Math.Round(s.Took.TotalSeconds, 3), s.Outcome is not { } o ? null : new BacktestFigures(
            Words.IsoOrNull(o.From.EpochMs), Words.IsoOrNull(o.Until.EpochMs), o.Readings, o.Devices, o.Faulty, o.Faults, o.Cases, o.DuplicatesAvoided, o.CasesPerDeviceYear,
            [.. o.Found.Select(f => new BacktestFaultItem(f.Device, Words.IsoOrNull(f.RaisedAt.EpochMs), Words.IsoOrNull(f.ClearedAt.EpochMs), f.Values))]));

    private static RuleItem Item(RuleLine line) => new(
        line.Rule.Id, line.Kind, line.Rule.Title, line.Rule.Version, line.Rule.File, line.Rule.Line, line.Rule.Text, line.Tally.Faults, line.Tally.Open,
        Words.IsoOrNull(line.Tally.LastAt),
        line.Tally.Cases, line.Tally.FalseCases, line.Tally.Objections, line.Tally.Heals, line.Tally.Dues, line.Tally.Outages, line.Tally.Chatters);
}
