using B2D.Console.Access;
using B2D.Console.Lists;
using B2D.Console.Live;
using B2D.Console.Shell;
using B2D.Core.Cases;
using B2D.Storage;
using B2D.Storage.Cases;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Cases;

/// <summary>The pages of cases and their forms.</summary>
internal static class CasePages
{
    public static void Map(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/cases", (HttpContext http, Stores stores, IRuleView rules, View view) =>
        {
            var request = ListRequest.Of(http.Request, CaseLists.Definition.Usual);
            var filter = request.Filter.Replace("assignee", "me", http.User.Identity?.Name ?? "");
            var asked = request with { Filter = CaseLists.Definition.Timed(filter, view.Now, view.Zone) };
            return Html.Page<CasesPage>(stores.State.Read(db => new CasesModel(
                CaseLists.Definition.Page<CaseLine>(db, asked),
                Count(db, ""),
                Count(db, " AND class = 1"),
                Count(db, " AND assignee = ''"),
                Count(db, " AND late = TRUE"),
                db.Scalar<long>($"SELECT count(*) FROM cases c WHERE {CaseLists.States["open"]} AND {CaseLists.InOutage}"),
                db.Scalar<long?>("SELECT max(id) FROM cases") ?? 0)
            {
                Grants = GrantStore.CountWaiting(db) is var waiting ? waiting.Asked + waiting.ToReview : 0,
                News = [.. ObjectionStore.Unseen(db, view.User).Select(o => ObjectionLine.Of(o, rules)).Where(o => o.IsNews)],
            }));
        }).ExcludeFromDescription();
        read.MapGet("/cases/{id:long}", (long id, CaseReader reader, Presence presence, View view) =>
            reader.FindWithCharts(id, view.Now, view.Zone) is { } record ? Html.Page<CasePage>(Beside(record, presence, view)) : Html.Missing($"case #{id}", "/cases"))
                .ExcludeFromDescription();
        write.MapForm("/cases/{id:long}/act", (http, form) =>
        {
            var id = long.Parse((string)http.Request.RouteValues["id"]!, System.Globalization.CultureInfo.InvariantCulture);
            return Act(http, form, id, http.RequestServices.GetRequiredService<ICaseDesk>(), http.RequestServices.GetRequiredService<View>());
        });
    }

    /// <summary>The same with who else is at it; whoever looks is seen by them.</summary>
    private static CaseRecord Beside(CaseRecord record, Presence presence, View view)
    {
        var page = $"case:{record.Case.Id}";
        if (!view.IsPart)
            presence.Opened(page, view.User, view.Now);
        return record with { Others = presence.Others(page, view.User, view.Now) };
    }

    private static IResult Act(HttpContext http, IFormCollection form, long id, ICaseDesk desk, View view)
    {
        var page = $"/cases/{id}";
        var name = form.Text("act", 40);
        // The arrows beside a step carry its new position in the button itself, so that they work without script.
        var position = 0;
        var moves = name.StartsWith("step-", StringComparison.Ordinal) && int.TryParse(name.AsSpan(5), out position);
        var words = new CaseActWords
        {
            Act = moves ? "move-step" : name,
            Text = form.Text("text", 4000),
            Position = moves ? position : form.ContainsKey("position") ? form.Number("position") : null,
            StepId = form.Long("step"),
            Slot = form.Long("slot"),
            Kind = form.Text("kind", 20),
            For = form.Text("for", 200),
            To = form.Text("to", 100),
            Subject = form.ContainsKey("number") ? $"{form.Text("subject", 20)}:{form.Text("number", 20).TrimStart('#', 'O', 'o', 'C', 'c', '-')}" : form.Text("subject", 40),
            Until = form.Text("until", 40),
            Finished = form.Text("finished", 4000),
            Open = form.Text("open", 4000),
            Promised = form.Text("promised", 4000),
            Reason = form.Text("reason", 500),
            Amount = form.ContainsKey("amount") ? form.Number("amount") : null,
            Disposition = form.Text("disposition", 40),
        };
        var (act, problem) = words.Read(form.Time("until", view.Zone), Roles.Of(http.User)?.Word() ?? "");
        if (act is not null && Rights.Of(act, view.User) is var least && !view.May(least))
            return Forms.Back(http, page, "Nothing was done. " + Rights.Refusal(least, http.User), bad: true);
        if (act is not null && CaseSeen.RefusalOf(http, [id], act) is { Length: > 0 } outside)
            return Forms.Back(http, page, $"Nothing was done: {outside}.", bad: true);
        return act is null
            ? Forms.Back(http, page, Words.Sentence(problem), bad: true)
            : Forms.Back(http, page, desk.Act(id, form.Number("version"), act, view.User), CaseActWords.Done(act));
    }

    private static long Count(Db db, string more) => db.Scalar<long>($"SELECT count(*) FROM cases WHERE state IN ('New', 'Working', 'Waiting'){more}");
}
