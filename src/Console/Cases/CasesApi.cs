using System.Globalization;
using B2D.Console.Access;
using B2D.Console.Api;
using B2D.Console.Shell;
using B2D.Core.Cases;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Cases;

/// <summary>/api/cases</summary>
internal static class CasesApi
{
    public static void Map(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapList<CaseLine, CaseItem>("cases", "Cases, newest first", CaseLists.Definition, c => c.Id.ToString(CultureInfo.InvariantCulture),
            c => new CaseItem(c));
        read.MapGet("/cases/{id:long}", (long id, CaseReader reader, TimeProvider time, ConsoleOptions options) =>
            reader.Find(id) is { } record
                ? Results.Ok(CaseDetail.Of(record, time.GetUtcNow().ToUnixTimeMilliseconds(), TimeZoneInfo.FindSystemTimeZoneById(options.TimeZone)))
                : Refusals.Of(404, $"There is no case {id}."))
            .WithTags("cases").WithSummary("One case with its evidence, rule, steps, timeline, notices and commands").Produces<CaseDetail>();
        write.MapPost("/cases/{id:long}/acts", (long id, CaseActWords words, HttpContext http, ICaseDesk desk) =>
        {
            var (act, problem) = words.Read(Times.Read(words.Until), Roles.Of(http.User)?.Word() ?? "");
            if (act is null)
                return Refusals.Of(400, Words.Sentence(problem));
            if (Rights.Of(act, http.User.Identity?.Name ?? "") is var least && !Roles.May(http.User, least))
                return Refusals.Of(403, Rights.Refusal(least, http.User));
            if (CaseSeen.RefusalOf(http, [id], act) is { Length: > 0 } outside)
                return Refusals.Of(422, Words.Sentence(outside));
            return words.Version is > 0 and var seen
                ? Acts.Answer(desk.Act(id, seen, act, http.User.Identity?.Name ?? ""))
                : Refusals.Of(400, "Version is missing: the one of the case as you saw it, so that nobody’s work is overwritten. GET /api/cases/{id} has it.");
        }).WithTags("cases").Produces<Acted>()
            .WithSummary("Do something to a case")
            .WithDescription("act: take, assign (to), move-queue (to), add-step (text, position), complete-step (stepId), skip-step (stepId), move-step (stepId, position), "
                + "wait (kind: customer, parts or third-party; for, until), resume, note (text), resolve, reopen, close (disposition), hand-off (to, finished, open, promised), "
                + "read-hand-off, repeat-step (stepId), propose-step (stepId), write (text; until and for: the next word), promise-word (until, for), take-back-word (text), "
                + "merge, link, unlink (subject: case:12, outage:3 or defect:1), objection (reason, text), seen-outcome, complain (text, to), "
                + "acknowledge-complaint, answer-complaint (text), grant (kind: money or days; amount, reason), book-visit (slot; text: what the customer reads, may be empty), call-off-visit (text: what the customer reads). "
                + "Giving it to somebody else takes the role lead. version is the one of the case as it was seen; the act is refused with 409 where the case has another one by now.");
    }
}
