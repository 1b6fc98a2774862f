using B2D.Console.Access;
using B2D.Console.Api;
using B2D.Console.Shell;
using B2D.Core;
using B2D.Core.Notices;
using B2D.Storage;
using B2D.Storage.Customers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Customers;

/// <summary>What a customer said of notices of a class, as the API shows it. Channel null: whatever the channel.</summary>
internal sealed record ConsentItem(string Class, string? Channel, bool Given, string Source, string Who, string At);

/// <summary>What somebody writes down of it.</summary>
internal sealed record ConsentWords
{
    /// <summary>service, case, usage, offer or survey.</summary>
    public string Class { get; init; } = "";

    /// <summary>email, sms, webhook or phone; without it: whatever the channel.</summary>
    public string? Channel { get; init; }

    public bool? Given { get; init; }

    /// <summary>What is meant, or what is wrong with it in a sentence.</summary>
    public ((NoticeClass Class, Channel? Channel, bool Given)? Said, string Problem) Read()
    {
        if (NoticeClasses.Of(Class) is not { } noticeClass || !NoticeClasses.WithConsent.Contains(noticeClass))
            return (null, $"'{Words.Cut(Class, 40)}' is no class that somebody may want or not: {string.Join(", ", NoticeClasses.WithConsent.Select(c => c.Word()))}.");
        Channel? channel = null;
        if (Channel is { Length: > 0 } word && (channel = ConsentText.ChannelOf(word)) is null)
            return (null, $"'{Words.Cut(word, 40)}' is no channel: email, sms, webhook, phone.");
        return Given is { } given ? ((noticeClass, channel, given), "") : (null, "given is missing: true or false.");
    }
}

/// <summary>Hours in which a customer is not woken.</summary>
internal sealed record QuietHoursWords
{
    /// <summary>21:00-09:00, none, or empty for the installation's.</summary>
    public string Hours { get; init; } = "";
}

/// <summary>Forms and API of what customers want to hear, and when.</summary>
internal static class ConsentPages
{
    public static void Map(IEndpointRouteBuilder write)
    {
        write.MapForm("/customers/{id}/consents", (http, form) =>
        {
            var words = new ConsentWords { Class = form.Text("class", 20), Channel = form.Text("channel", 20), Given = form.Text("given", 5) == "yes" };
            var (said, problem) = words.Read();
            return said is var (noticeClass, channel, given) && problem.Length == 0
                ? Forms.Back(http, PageOf(http), Desk(http).Set(IdOf(http), noticeClass, channel, given, Who(http)), "Written down.")
                : Forms.Back(http, PageOf(http), problem, bad: true);
        });
        write.MapForm("/customers/{id}/quiet-hours", (http, form) =>
            Forms.Back(http, PageOf(http), Desk(http).SetQuietHours(IdOf(http), form.Text("hours", 20), Who(http)), "Written down."));
    }

    public static void MapApi(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/customers/{id}/consents", (string id, Stores stores) => stores.State.Read(db => CustomerStore.Find(db, id) is null ? null : ConsentStore.Of(db, id)) is { } rows
            ? Results.Ok(rows.Select(r => new ConsentItem(r.Class, r.Channel.Length == 0 ? null : r.Channel, r.Given, r.Source, r.Who, Words.Iso(r.At))))
            : Refusals.Of(404, "There is no such customer.")).WithTags("customers").WithSummary("What a customer wants to hear and does not").Produces<ConsentItem[]>();
        write.MapPost("/customers/{id}/consents", (string id, ConsentWords words, HttpContext http) =>
        {
            var (said, problem) = words.Read();
            return said is var (noticeClass, channel, given) && problem.Length == 0
                ? Acts.Answer(Desk(http).Set(id, noticeClass, channel, given, Who(http)))
                : Refusals.Of(400, problem);
        }).WithTags("customers").WithSummary("Write down what a customer wants to hear").Produces<Acted>()
            .WithDescription("class: service, case, usage, offer or survey; channel: email, sms, webhook or phone, without it all of them; given: true or false. What was said last counts.");
        write.MapPost("/customers/{id}/quiet-hours", (string id, QuietHoursWords words, HttpContext http) => Acts.Answer(Desk(http).SetQuietHours(id, words.Hours.Trim(), Who(http))))
            .WithTags("customers").WithSummary("Write down in which hours a customer is not woken").Produces<Acted>()
            .WithDescription("hours: 21:00-09:00 in the customer's time zone, none, or empty for the installation's.");
    }

    private static ConsentDesk Desk(HttpContext http) => http.RequestServices.GetRequiredService<ConsentDesk>();

    private static string IdOf(HttpContext http) => (string)http.Request.RouteValues["id"]!;

    private static string PageOf(HttpContext http) => "/customers/" + Uri.EscapeDataString(IdOf(http));

    private static string Who(HttpContext http) => http.User.Identity?.Name ?? "";
}
