using System.Globalization;
using B2D.Console.Access;
using B2D.Console.Shell;
using B2D.Core;
using B2D.Core.Cases;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Cases;

/// <summary>
/// The same act on several cases that were ticked in the list, each with the version that was shown: one that somebody else has changed meanwhile is left alone
/// and named, the others go through.
/// </summary>
internal static class CaseMany
{
    /// <summary>Most cases of one form; a page has fewer.</summary>
    public const int Most = 200;

    public static void Map(IEndpointRouteBuilder write) => write.MapForm("/cases/many", (http, form) =>
    {
        var view = http.RequestServices.GetRequiredService<View>();
        var back = Forms.LocalOr(form.Text("back", 1000), "/cases");
        var ticked = form["tick"].Select(Ticked).OfType<(long Id, int Version)>().DistinctBy(t => t.Id).ToList();
        if (ticked.Count is 0 or > Most)
            return Forms.Back(http, back, ticked.Count == 0 ? "Nothing was done: tick the cases first." : $"Nothing was done: at most {Most} cases at once.", bad: true);
        var name = form.Text("act", 40);
        var words = new CaseActWords
        {
            Act = name,
            To = name == "move-queue" ? form.Text("queue", CaseQueue.MaxName + 1) : form.Text("to", 100),
            Kind = form.Text("kind", 20),
            For = form.Text("for", 200),
            Disposition = form.Text("disposition", 40),
        };
        var (act, problem) = name is "take" or "assign" or "move-queue" or "wait" or "close"
            ? words.Read(form.Time("until", view.Zone), Roles.Of(http.User)?.Word() ?? "") : (null, "choose what is to be done: take, assign, move, wait or close.");
        if (act is null)
            return Forms.Back(http, back, "Nothing was done: " + problem, bad: true);
        if (Rights.Of(act, view.User) is var least && !view.May(least))
            return Forms.Back(http, back, "Nothing was done. " + Rights.Refusal(least, http.User), bad: true);
        if (CaseSeen.RefusalOf(http, ticked.Select(t => t.Id), act) is { Length: > 0 } outside)
            return Forms.Back(http, back, $"Nothing was done: {outside}.", bad: true);
        var desk = http.RequestServices.GetRequiredService<ICaseDesk>();
        var done = ticked.Select(t => (t.Id, Outcome: Sights.Sees(http, "cases", t.Id) ? desk.Act(t.Id, t.Version, act, view.User) : new ActOutcome.Unknown())).ToList();
        return Forms.Back(http, back, Said(act, done), bad: done.Any(d => d.Outcome is not ActOutcome.Done));
    });

    /// <summary>What came of it, in words: how many, and each that was left alone with its reason.</summary>
    internal static string Said(CaseAct act, IReadOnlyList<(long Id, ActOutcome Outcome)> done)
    {
        var good = done.Count(d => d.Outcome is ActOutcome.Done);
        var left = done.Where(d => d.Outcome is not ActOutcome.Done).GroupBy(d => d.Outcome switch
        {
            ActOutcome.Conflict => "changed meanwhile by somebody else",
            ActOutcome.Rejected rejected => rejected.Reason.TrimEnd('.'),
            _ => "no longer there",
        }).Select(g => $"{string.Join(", ", g.Select(d => string.Create(CultureInfo.InvariantCulture, $"#{d.Id}")))} ({g.Key})").ToList();
        var did = good == 0 ? "Nothing was done." : $"{Words.Count(good, "case")} {Did(act)}.";
        return left.Count == 0 ? did : $"{did} Left alone: {string.Join("; ", left)}.";
    }

    private static string Did(CaseAct act) => act switch
    {
        CaseAct.Take => "taken",
        CaseAct.Assign a => $"assigned to {a.To}",
        CaseAct.MoveQueue m => $"moved to the queue {m.Queue}",
        CaseAct.Wait w => $"waiting for {w.For}",
        _ => "closed for good",
    };

    /// <summary>A case and the version that was shown, <c>12.3</c>.</summary>
    private static (long Id, int Version)? Ticked(string? text) =>
        text?.Split('.') is [var id, var version] && long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var seen) ? (number, seen) : null;
}
