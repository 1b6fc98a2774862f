using System.Collections.Immutable;
using System.Globalization;
using B2D.Console.Shell;
using B2D.Core;
using B2D.Core.Notices;
using B2D.Storage;
using B2D.Storage.Notices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Notices;

/// <summary>A text as a line of the list.</summary>
/// <param name="Live">What is sent; 0: the program's own.</param>
/// <param name="Newest">The last that was saved; 0: nothing was.</param>
public sealed record TemplateLine(TemplateKey Key, long Live, long Newest, bool IsBuiltIn);

/// <summary>All texts.</summary>
public sealed record TemplatesModel(IReadOnlyList<TemplateLine> Lines, string Problem);

/// <summary>One text with its versions, as it is being written.</summary>
/// <param name="Trial">What stands in the form.</param>
/// <param name="BasedOn">The last version that was saved when it was read; 0: none.</param>
public sealed record TemplateModel(TemplateTrial Trial, TemplatePreview Preview, long BasedOn, TemplateLiveRow? Live, IReadOnlyList<TemplateRow> Versions, string Why, string Said)
{
    public TemplateKind Kind => TemplateKinds.Find(Trial.Key.Name)!;

    /// <summary>The version that stands in the form; null: it was changed, or is of none.</summary>
    public long? Shown { get; init; }

    /// <summary>The program has such a text.</summary>
    public bool IsBuiltIn { get; init; }
}

/// <summary>Reads texts of notices and their versions.</summary>
internal static class TemplateReader
{
    public static IReadOnlyList<TemplateLine> Lines(Db db, ITemplateDesk desk)
    {
        var live = TemplateStore.Live(db).ToDictionary(l => new TemplateKey(l.Name, l.Language, l.Channel), l => l.Version);
        var newest = TemplateStore.Newest(db).ToDictionary(t => new TemplateKey(t.Name, t.Language, t.Channel), t => t.Version);
        var order = desk.BuiltIns.Select(k => k.Language).Distinct().OrderBy(l => l == "en" ? 0 : 1).ThenBy(l => l, StringComparer.Ordinal).ToList();
        return [.. desk.BuiltIns.Concat(newest.Keys).Distinct().OrderBy(k => k.Name, StringComparer.Ordinal).ThenBy(k => order.IndexOf(k.Language) is >= 0 and var at ? at : order.Count)
            .ThenBy(k => k.Language, StringComparer.Ordinal).ThenBy(k => k.Channel, StringComparer.Ordinal)
            .Select(k => new TemplateLine(k, live.GetValueOrDefault(k), newest.GetValueOrDefault(k), desk.BuiltIns.Contains(k)))];
    }

    /// <summary>The words of a version, of what is live, or of what is there to begin with.</summary>
    public static (TemplateWords Words, long? Version)? Words(Db db, ITemplateDesk desk, TemplateKey key, long? version)
    {
        var latest = TemplateStore.Latest(db, key.Name, key.Language, key.Channel);
        var wanted = version ?? latest;
        if (wanted > 0)
            return TemplateStore.Find(db, key.Name, key.Language, key.Channel, wanted) is { } row ? (new TemplateWords(row.Subject, row.Text), wanted) : null;
        if (desk.BuiltIn(key) is { } own)
            return (own, desk.BuiltIns.Contains(key) ? 0 : null);
        // A language that the program has not: begun from the English.
        return (desk.BuiltIn(key with { Language = "en" }) ?? new TemplateWords("", ""), null);
    }

    public static TemplateLiveRow? Live(Db db, TemplateKey key) =>
        TemplateStore.Live(db).FirstOrDefault(l => l.Name == key.Name && l.Language == key.Language && l.Channel == key.Channel);
}

/// <summary>The pages on which operators write what customers read.</summary>
internal static class TemplatePages
{
    private const string Path = "/templates/{name}/{language}/{channel}";

    public static void Map(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/templates", (string? name, string? language, string? channel, Stores stores, ITemplateDesk desk) =>
        {
            var problem = "";
            if (name is not null && TemplateKey.Of(name, (language ?? "").Trim().ToLowerInvariant(), channel ?? "any", out problem) is { } key)
                return Results.LocalRedirect(AddressOf(key));
            return Html.Page<TemplatesPage>(new TemplatesModel(stores.State.Read(db => TemplateReader.Lines(db, desk)), problem));
        }).ExcludeFromDescription();
        read.MapGet(Path, (string name, string language, string channel, long? version, string? subject, string? customer, Stores stores, ITemplateDesk desk) =>
        {
            if (TemplateKey.Of(name, language, channel, out var problem) is not { } key)
                return Html.Page<Problem>(new ProblemModel("There is no such text", Words.Sentence(problem) + ".") { Back = "/templates" }, StatusCodes.Status404NotFound);
            if (stores.State.Read(db => TemplateReader.Words(db, desk, key, version)) is not var (words, shown))
                return Html.Missing($"version {version} of this text", AddressOf(key));
            var trial = new TemplateTrial(key, words, Words.Cut((subject ?? "").Trim(), 200), Words.Cut((customer ?? "").Trim(), 200));
            return Html.Page<TemplatePage>(Page(stores, desk, trial, "", "") with { Shown = shown });
        }).ExcludeFromDescription();
        write.MapForm(Path, ActAsync);
    }

    public static string AddressOf(TemplateKey key) => $"/templates/{key.Name}/{key.Language}/{key.ChannelWord}";

    private static TemplateModel Page(Stores stores, ITemplateDesk desk, TemplateTrial trial, string why, string said, long? basedOn = null)
    {
        var (key, preview) = (trial.Key, desk.Try(trial));
        return stores.State.Read(db => new TemplateModel(trial, preview, basedOn ?? TemplateStore.Latest(db, key.Name, key.Language, key.Channel), TemplateReader.Live(db, key),
            TemplateStore.Versions(db, key.Name, key.Language, key.Channel), why, said)
        { IsBuiltIn = desk.BuiltIns.Contains(key) });
    }

    private static async Task<IResult> ActAsync(HttpContext http, IFormCollection form)
    {
        var services = http.RequestServices;
        var (stores, desk) = (services.GetRequiredService<Stores>(), services.GetRequiredService<ITemplateDesk>());
        string Of(string part) => http.Request.RouteValues[part] as string ?? "";
        if (TemplateKey.Of(Of("name"), Of("language"), Of("channel"), out var problem) is not { } key)
            return Forms.Back(http, "/templates", $"Nothing was done: {problem}.", bad: true);
        // What is a little too long stays in the form, to be shortened there.
        var words = new TemplateWords(form.Text("subject", TemplateCheck.MaxSubject + 1), Words.Cut(form["text"].ToString().ReplaceLineEndings("\n").Trim(), 2 * TemplateCheck.MaxText));
        var trial = new TemplateTrial(key, words, form.Text("of", 200), form.Text("customer", 200));
        var (why, basedOn, who) = (form.Text("why", 300), form.Number("based-on"), http.User.Identity?.Name ?? "");
        switch (form.Text("act", 10))
        {
            case "use":
                return Forms.Back(http, AddressOf(key), desk.PutLive(key, form.Number("version"), why, who), "It is sent from now on. What was told before stays as it was.");
            case "save" or "live" when desk.Save(key, words, why, basedOn, form.Text("act", 10) == "live", who) is var outcome:
                return outcome switch
                {
                    ActOutcome.Done done => Forms.Back(http, AddressOf(key), string.Create(CultureInfo.InvariantCulture,
                        $"Saved as version {done.Version}.{(form.Text("act", 10) == "live" ? " It is sent from now on." : " It is not sent before you put it live.")}")),
                    ActOutcome.Conflict conflict => Again($"{conflict.What}. Your text is below as you wrote it; look at theirs under Versions.", StatusCodes.Status409Conflict),
                    ActOutcome.Rejected rejected => Again(rejected.Reason + ".", StatusCodes.Status422UnprocessableEntity),
                    _ => Again("It is no longer there.", StatusCodes.Status404NotFound),
                };
            case "test":
                var failed = await services.GetRequiredService<ITestNotices>().SendAsync(trial, form.Text("address", 254), who, http.RequestAborted);
                return Again(failed.Length == 0 ? "The test is on its way. It is not in the ledger, since no customer was told." : $"The test was not sent: {failed}.", failed.Length == 0 ? 200 : StatusCodes.Status422UnprocessableEntity);
            default:
                return Again("", StatusCodes.Status200OK);
        }

        // What was written stays in the form whatever came of it.
        IResult Again(string said, int status) => Html.Page<TemplatePage>(Page(stores, desk, trial, why, said, basedOn), status);
    }
}
