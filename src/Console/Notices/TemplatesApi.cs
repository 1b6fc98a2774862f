using System.Collections.Immutable;
using System.Globalization;
using B2D.Console.Access;
using B2D.Console.Api;
using B2D.Console.Shell;
using B2D.Core;
using B2D.Core.Notices;
using B2D.Storage;
using B2D.Storage.Notices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Notices;

/// <summary>A text as a list has it. Live: the version that is sent, 0 for the program's own; newest: the last that was saved.</summary>
internal sealed record TemplateListItem(string Name, string Language, string Channel, long Live, long Newest);

/// <summary>A version of a text.</summary>
internal sealed record TemplateVersionItem(long Version, string Subject, string Text, string Who, string Why, string At);

/// <summary>A text: the program's own, what was saved, and which of them is live.</summary>
internal sealed record TemplateItem(string Name, string Language, string Channel, long Live, TemplateWords? BuiltIn, ImmutableArray<TemplateVersionItem> Versions);

/// <summary>A text to save, or to look at.</summary>
internal sealed record TemplateTextWords
{
    public string Subject { get; init; } = "";
    public string Text { get; init; } = "";

    /// <summary>Why it is changed, 1 to 200 characters.</summary>
    public string? Why { get; init; }

    /// <summary>It is sent from now on.</summary>
    public bool Live { get; init; }

    /// <summary>The newest version that was read; without it the present one.</summary>
    public int? Version { get; init; }

    /// <summary>For a look: whose facts, outage:3 and a customer's id; without them samples.</summary>
    public string? Of { get; init; }
    public string? Customer { get; init; }
}

/// <summary>Which version is to be sent; 0: the program's own.</summary>
internal sealed record TemplateLiveWords
{
    public int? Version { get; init; }
    public string? Why { get; init; }
}

/// <summary>How a text looks, and what is to be mended in it. Title and text are null where there are no such facts; smsParts where it is no SMS.</summary>
internal sealed record TemplateLook(string? Title, string? Text, string Of, int? SmsParts, bool? SmsSmallAlphabet, ImmutableArray<TemplateProblem> Problems);

/// <summary>/api/templates</summary>
internal static class TemplatesApi
{
    private const string Path = "/templates/{name}/{language}/{channel}";

    public static void Map(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/templates", (Stores stores, ITemplateDesk desk) => stores.State.Read(db => TemplateReader.Lines(db, desk))
            .Select(l => new TemplateListItem(l.Key.Name, l.Key.Language, l.Key.ChannelWord, l.Live, l.Newest)).ToArray())
            .WithTags("templates").WithSummary("Texts of notices, and which versions are sent").Produces<TemplateListItem[]>();
        read.MapGet(Path, (string name, string language, string channel, Stores stores, ITemplateDesk desk) =>
            TemplateKey.Of(name, language, channel, out var problem) is { } key ? Results.Ok(stores.State.Read(db => Item(db, desk, key))) : Refusals.Of(404, Words.Sentence(problem) + "."))
            .WithTags("templates").WithSummary("One text with all its versions").Produces<TemplateItem>();
        write.MapPut(Path, (string name, string language, string channel, TemplateTextWords words, HttpContext http, Stores stores, ITemplateDesk desk) =>
        {
            if (TemplateKey.Of(name, language, channel, out var problem) is not { } key)
                return Refusals.Of(404, Words.Sentence(problem) + ".");
            var version = words.Version ?? (int)stores.State.Read(db => TemplateStore.Latest(db, key.Name, key.Language, key.Channel));
            return Acts.Answer(desk.Save(key, new TemplateWords(words.Subject, words.Text), words.Why ?? "", version, words.Live, Who(http)));
        }).WithTags("templates").WithSummary("Save a text as a new version").Produces<Acted>()
            .WithDescription("subject and text with {{facts}}; why; live: it is sent from now on, refused where it has errors; version: the newest that was read. channel is any, email, sms, webhook or phone.");
        write.MapPost(Path + "/live", (string name, string language, string channel, TemplateLiveWords words, HttpContext http, ITemplateDesk desk) =>
            TemplateKey.Of(name, language, channel, out var problem) is not { } key ? Refusals.Of(404, Words.Sentence(problem) + ".")
            : words.Version is not { } version ? Refusals.Of(400, "version is missing: the one to be sent, 0 for the program's own.")
            : Acts.Answer(desk.PutLive(key, version, words.Why ?? "", Who(http))))
            .WithTags("templates").WithSummary("Send a version of a text from now on; 0 is the program's own").Produces<Acted>();
        write.MapPost(Path + "/check", (string name, string language, string channel, TemplateTextWords words, ITemplateDesk desk) =>
        {
            if (TemplateKey.Of(name, language, channel, out var problem) is not { } key)
                return Refusals.Of(404, Words.Sentence(problem) + ".");
            var look = desk.Try(new TemplateTrial(key, new TemplateWords(words.Subject, words.Text), words.Of ?? "", words.Customer ?? ""));
            return Results.Ok(new TemplateLook(look.Shown?.Subject, look.Shown?.Text, look.Of, look.Sms?.Parts, look.Sms?.IsSmall, look.Problems));
        }).WithTags("templates").WithSummary("Look at a text with facts in it, and at what is to be mended; nothing is saved").Produces<TemplateLook>();
    }

    private static TemplateItem Item(Db db, ITemplateDesk desk, TemplateKey key) => new(key.Name, key.Language, key.ChannelWord, TemplateReader.Live(db, key)?.Version ?? 0,
        desk.BuiltIns.Contains(key) ? desk.BuiltIn(key) : null,
        [.. TemplateStore.Versions(db, key.Name, key.Language, key.Channel).Select(v => new TemplateVersionItem(v.Version, v.Subject, v.Text, v.Who, v.Why, Words.Iso(v.At)))]);

    private static string Who(HttpContext http) => http.User.Identity?.Name ?? "";
}
