using B2D.Console.Access;
using B2D.Core;
using B2D.Core.Rules;
using B2D.Console.Shell;
using B2D.Storage;
using B2D.Storage.Rules;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Rules;

/// <summary>A rule file as the API shows it.</summary>
internal sealed record RuleFileItem(string Name, string Text);

/// <summary>All rule files, and the version that a change of them names.</summary>
internal sealed record RuleFilesAnswer(string Version, IReadOnlyList<RuleFileItem> Files);

/// <summary>The text of a rule file, and the version of the files that it was made from; without one it is only checked.</summary>
internal sealed record RuleFileWords
{
    public string? Text { get; init; }
    public string? Version { get; init; }
}

/// <summary>Rule files that are to be checked as one set.</summary>
internal sealed record RuleFilesWords(IReadOnlyList<RuleFileItem>? Files);

/// <summary>What is wrong with the files as they would be.</summary>
internal sealed record RuleCheckAnswer(int Errors, int GoodRules, bool Saved, IReadOnlyList<ProblemItem> Problems);

/// <summary>A set that came into force.</summary>
internal sealed record RuleChangeItem(string Hash, string At, string Who, IReadOnlyList<string> Changed);

/// <summary>/api/rule-files and /api/rule-history</summary>
internal static class RuleFilesApi
{
    public static void Map(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/rule-files", (IRuleFiles files) =>
        {
            var state = files.Read();
            return Results.Ok(new RuleFilesAnswer(state.Version, [.. state.Files.Select(f => new RuleFileItem(f.Name, f.Text))]));
        }).WithTags("rules").WithSummary("The rule files as they are on disk").Produces<RuleFilesAnswer>();
        read.MapGet("/rule-history", (Stores stores) =>
                Results.Ok(stores.State.Read(RuleHistory.Read).Changes.Select(c => new RuleChangeItem(c.Hash, Words.Iso(c.At), c.Who, c.Changed))))
            .WithTags("rules").WithSummary("The sets that came into force, the newest first").Produces<IReadOnlyList<RuleChangeItem>>();
        write.MapPut("/rule-files/{**name}", (string name, RuleFileWords words, HttpContext http, IRuleFiles files) => Put(name, words, http, files))
            .WithTags("rules").WithSummary("Check a rule file and, where a version is given, put it into force").Produces<RuleCheckAnswer>()
            .Produces<RuleCheckAnswer>(StatusCodes.Status422UnprocessableEntity).Produces(StatusCodes.Status409Conflict);
        write.MapPost("/rules/check", (RuleFilesWords words, Stores stores) => words.Files is { Count: > 0 } files
                ? Results.Ok(Answer(FleetCheck.With(RuleSetReader.Read([.. files.Select(f => new RuleFile(f.Name, f.Text))]), stores), saved: false))
                : Refusals.Of(400, "files is missing: name and text of each."))
            .WithTags("rules").WithSummary("Check rule files against each other, the devices and what those report; changes nothing").Produces<RuleCheckAnswer>();
        write.MapDelete("/rule-files/{**name}", (string name, string version, HttpContext http, IRuleFiles files) =>
                files.Read().Files.Any(f => f.Name == name)
                    ? Answer(files.Write(RuleFilePages.With(files.Read().Files, name, null), version, Who(http)), Results.NoContent())
                    : Refusals.Of(404, "There is no such file."))
            .WithTags("rules").WithSummary("Remove a rule file; its rules end").Produces(StatusCodes.Status204NoContent).Produces(StatusCodes.Status409Conflict);
    }

    private static IResult Put(string name, RuleFileWords words, HttpContext http, IRuleFiles files)
    {
        if (RuleFilePages.FlawOf(name) is { Length: > 0 } flaw)
            return Refusals.Of(400, Words.Sentence(flaw) + ".");
        if (words.Text is not { } text)
            return Refusals.Of(400, "text is missing: the whole file.");
        var wanted = RuleFilePages.With(files.Read().Files, name, text);
        var check = FleetCheck.With(RuleSetReader.Read(wanted), http.RequestServices.GetRequiredService<Stores>());
        var answer = Answer(check, check.Set is not null && words.Version is not null);
        if (check.Set is null)
            return Results.Json(answer, statusCode: StatusCodes.Status422UnprocessableEntity);
        return words.Version is null ? Results.Ok(answer) : Answer(files.Write(wanted, words.Version, Who(http)), Results.Ok(answer));
    }

    private static RuleCheckAnswer Answer(RuleCheck check, bool saved) => new(
        check.Problems.Count(p => p.Level == ProblemLevel.Error), check.GoodRules, saved,
        [.. check.Problems.Select(ProblemItem.Of)]);

    private static string Who(HttpContext http) => http.User.Identity?.Name ?? "";

    private static IResult Answer(ActOutcome outcome, IResult done) => outcome switch
    {
        ActOutcome.Done => done,
        ActOutcome.Conflict conflict => Refusals.Of(409, conflict.What + "."),
        ActOutcome.Rejected rejected => Refusals.Of(422, rejected.Reason),
        _ => Refusals.Of(404, "There is no such file."),
    };
}
