using System.Text.Json;
using B2D.Console.Api;
using B2D.Console.Shell;
using B2D.Core;
using B2D.Core.Rules;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Rules;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Rules;

/// <summary>The rule files as they are on disk.</summary>
public sealed record RuleFilesModel(RuleFilesState State, string Closed);

/// <summary>A file that is being changed.</summary>
/// <param name="Version">Of the folder when it was loaded.</param>
/// <param name="Check">What is wrong with it; null where nobody asked yet.</param>
/// <param name="Said">Why it was not saved; empty where it was not to be.</param>
public sealed record RuleFileModel(string Name, string Text, string Version, RuleCheck? Check, string Said, string Closed, bool IsNew)
{
    /// <summary>Ids of the file's fault rules as they stood when it was read last, which can be tried on what is stored.</summary>
    public IReadOnlyList<string> Tries { get; init; } = [];
}

/// <summary>A set that came into force.</summary>
/// <param name="Changed">Names of the files in which it differs from the one before it.</param>
public sealed record RuleChange(string Hash, long At, string Who, IReadOnlyList<string> Changed, IReadOnlyList<RuleFile> Files, IReadOnlyList<RuleFile> Before);

/// <summary>What came into force, the newest first.</summary>
public sealed record RuleHistoryModel(IReadOnlyList<RuleChange> Changes);

/// <summary>One change and the version of the folder that bringing it back would replace.</summary>
public sealed record RuleChangeModel(RuleChange Change, string Version, string Closed, bool IsCurrent);

/// <summary>What came into force when, by whom: from the audit, and the sets that are kept.</summary>
internal static class RuleHistory
{
    private const int Most = 100;

    public static RuleHistoryModel Read(Db db)
    {
        var acts = db.Query<AuditRow>("SELECT seq, at, who, detail FROM audit WHERE action = 'rules.activate' ORDER BY seq DESC LIMIT @most", new { most = Most + 1 });
        var sets = acts.Select(a => HashOf(a.Detail)).Distinct().ToDictionary(h => h, h => RuleSetStore.Find(db, h)?.ToFiles() ?? [], StringComparer.Ordinal);
        return new RuleHistoryModel([.. acts.Take(Most).Select((act, i) =>
        {
            var (hash, before) = (HashOf(act.Detail), i + 1 < acts.Count ? sets[HashOf(acts[i + 1].Detail)] : []);
            return new RuleChange(hash, act.At, act.Who, Differing(before, sets[hash]), sets[hash], before);
        })]);
    }

    /// <summary>Names of files that are in one of them only, or have another text.</summary>
    public static IReadOnlyList<string> Differing(IReadOnlyList<RuleFile> before, IReadOnlyList<RuleFile> after) =>
        [.. before.Except(after).Concat(after.Except(before)).Select(f => f.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static string HashOf(string detail) => JsonElement.Parse(detail).TryGetProperty("hash", out var hash) ? hash.GetString() ?? "" : "";
}

/// <summary>The pages on which rules are changed: through the same checker as on the command line, with history and a way back.</summary>
internal static class RuleFilePages
{
    /// <summary>What a form can carry, in characters.</summary>
    public const int MostText = 200_000;

    /// <summary>The same as a form has it, in which most signs take three bytes.</summary>
    private const long MostBytes = 1024 * 1024;

    private const int MostName = 100;

    public static void Map(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/rule-files", (IRuleFiles files) => Html.Page<RuleFilesPage>(new RuleFilesModel(files.Read(), files.Closed))).ExcludeFromDescription();
        read.MapGet("/rule-files/{**name}", (string name, HttpContext http, IRuleFiles files) => Open(http, files, name)).ExcludeFromDescription();
        read.MapGet("/rule-history", (Stores stores) => Html.Page<RuleHistoryPage>(stores.State.Read(RuleHistory.Read))).ExcludeFromDescription();
        read.MapGet("/rule-history/{hash}", (string hash, Stores stores, IRuleFiles files, IRuleView view) =>
            stores.State.Read(RuleHistory.Read).Changes.FirstOrDefault(c => c.Hash == hash) is { } change
                ? Html.Page<RuleChangePage>(new RuleChangeModel(change, files.Read().Version, files.Closed, change.Hash == view.Current.Hash))
                : Html.Missing("such change of rules among the last hundred", "/rule-history")).ExcludeFromDescription();
        write.MapForm("/rule-files", (_, form) => Results.LocalRedirect("/rule-files/" + Uri.EscapeDataString(form.Text("name", MostName))));
        write.MapForm("/rule-files/{**name}", (http, form) => Change(http, http.RequestServices.GetRequiredService<IRuleFiles>(), form), MostBytes);
        write.MapForm("/rule-history/{hash}", BringBack);
    }

    /// <summary>Why a file cannot have this name; empty where it can.</summary>
    public static string FlawOf(string name) =>
        name.Length is 0 or > MostName || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/') || name.Split('/').Any(p => p.Length == 0 || p[0] == '.')
            ? "a name has letters, digits, dashes and points, and / between folders"
            : name.EndsWith(".yaml", StringComparison.Ordinal) || name.EndsWith(".yml", StringComparison.Ordinal) ? "" : "a rule file's name ends with .yaml";

    /// <summary>All files with this text in place of the one of that name; without it where the text is null.</summary>
    public static IReadOnlyList<RuleFile> With(IReadOnlyList<RuleFile> files, string name, string? text) =>
        [.. files.Where(f => f.Name != name).Concat(text is null ? [] : [new RuleFile(name, text)]).OrderBy(f => f.Name, StringComparer.Ordinal)];

    private static IResult Open(HttpContext http, IRuleFiles files, string name)
    {
        var state = files.Read();
        if (state.Files.FirstOrDefault(f => f.Name == name) is { } file)
            return Html.Page<RuleFilePage>(new RuleFileModel(name, file.Text, state.Version, null, "", ClosedFor(files, file.Text), IsNew: false)
            {
                Tries = TriesOf(http, RuleSetReader.Read(state.Files), name),
            });
        return FlawOf(name) is { Length: > 0 } flaw
            ? Html.Page<Problem>(new ProblemModel("This is no name for a rule file", Words.Sentence(flaw) + ".") { Back = "/rule-files" }, StatusCodes.Status404NotFound)
            : Html.Page<RuleFilePage>(new RuleFileModel(name, "", state.Version, null, "", files.Closed, IsNew: true));
    }

    private static IReadOnlyList<string> TriesOf(HttpContext http, RuleCheck check, string name) =>
        http.RequestServices.GetService<IBacktests>() is null || check.Set is not { } set ? [] : [.. set.Faults.Where(f => f.File == name).Select(f => f.Id)];

    private static string ClosedFor(IRuleFiles files, string text) => files.Closed.Length > 0 ? files.Closed
        : text.Length > MostText ? $"The file has more than {Words.Number(MostText)} characters; change it where it lies." : "";

    private static IResult Change(HttpContext http, IRuleFiles files, IFormCollection form)
    {
        var name = http.Request.RouteValues["name"] as string ?? "";
        var text = Normal(form["text"].ToString());
        var version = form.Text("version", 100);
        var (act, who) = (form.Text("act", 20), http.User.Identity?.Name ?? "");
        if (FlawOf(name) is { Length: > 0 } flaw)
            return Forms.Back(http, "/rule-files", $"Nothing was done: {flaw}.", bad: true);
        var state = files.Read();
        var isNew = state.Files.All(f => f.Name != name);
        if (act == "remove")
            return Forms.Back(http, "/rule-files", files.Write(With(state.Files, name, null), version, who), $"{name} is removed; its rules end within a second, and their open faults with them.");
        var check = FleetCheck.With(RuleSetReader.Read(With(state.Files, name, text)), http.RequestServices.GetRequiredService<Stores>());
        if (act == "try" && http.RequestServices.GetService<IBacktests>() is { } tries && check.Set?.Faults.FirstOrDefault(f => f.Id == form.Text("rule", 200)) is { } rule)
            return Forms.Back(http, $"/backtests/{Uri.EscapeDataString(rule.Id)}", tries.Start(rule, form.Number("days"), who), "It is being tried as it stands in the editor; it is not in force.");
        if (act != "save")
            return Html.Page<RuleFilePage>(new RuleFileModel(name, text, version, check, "", files.Closed, isNew) { Tries = TriesOf(http, check, name) });
        // What was written stays in the form whatever came of it.
        return files.Write(With(state.Files, name, text), version, who) switch
        {
            ActOutcome.Done => Forms.Back(http, "/rules", $"{name} is saved and comes into force within a second."),
            ActOutcome.Conflict conflict => Again($"{conflict.What.TrimEnd('.')}. Your text is below as you wrote it; load the page anew to see theirs.", StatusCodes.Status409Conflict),
            ActOutcome.Rejected rejected => Again(rejected.Reason, StatusCodes.Status422UnprocessableEntity),
            _ => Again("It is no longer there.", StatusCodes.Status404NotFound),
        };

        IResult Again(string why, int status) =>
            Html.Page<RuleFilePage>(new RuleFileModel(name, text, version, check, why, files.Closed, isNew) { Tries = TriesOf(http, check, name) }, status);
    }

    private static IResult BringBack(HttpContext http, IFormCollection form)
    {
        var hash = http.Request.RouteValues["hash"] as string ?? "";
        var set = http.RequestServices.GetRequiredService<Stores>().State.Read(db => RuleSetStore.Find(db, hash));
        if (set is null)
            return Forms.Back(http, "/rule-history", "Nothing was done: that set is not kept any more.", bad: true);
        var outcome = http.RequestServices.GetRequiredService<IRuleFiles>().Write(set.ToFiles(), form.Text("version", 100), http.User.Identity?.Name ?? "");
        return Forms.Back(http, outcome is ActOutcome.Done ? "/rules" : "/rule-history/" + hash, outcome, "The rules are as they were then; they come into force within a second.");
    }

    /// <summary>Browsers send CR LF.</summary>
    private static string Normal(string text)
    {
        var lines = text.ReplaceLineEndings("\n");
        return lines.Length == 0 || lines[^1] == '\n' ? lines : lines + "\n";
    }
}
