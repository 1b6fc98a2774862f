using B2D.Console.Access;
using B2D.Console.Lists;
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
        read.MapGet("/cases", (HttpContext http, Stores stores, View view) =>
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
                db.Scalar<long?>("SELECT max(id) FROM cases") ?? 0)));
        }).ExcludeFromDescription();
        read.MapGet("/cases/{id:long}", (long id, CaseReader reader, View view) =>
            reader.FindWithCharts(id, view.Now, view.Zone) is { } record ? Html.Page<CasePage>(record) : Html.Missing($"case #{id}", "/cases"))
                .ExcludeFromDescription();
        write.MapForm("/cases/{id:long}/act", (http, form) =>
        {
            var id = long.Parse((string)http.Request.RouteValues["id"]!, System.Globalization.CultureInfo.InvariantCulture);
            return Act(http, form, id, http.RequestServices.GetRequiredService<ICaseDesk>(), http.RequestServices.GetRequiredService<View>());
        });
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
            Kind = form.Text("kind", 20),
            For = form.Text("for", 200),
            To = form.Text("to", 100),
            Until = form.Text("until", 40),
            Finished = form.Text("finished", 4000),
            Open = form.Text("open", 4000),
            Promised = form.Text("promised", 4000),
            Disposition = form.Text("disposition", 40),
        };
        var (act, problem) = words.Read(form.Time("until", view.Zone));
        if (act is not null && Rights.Of(act, view.User) is var least && !view.May(least))
            return Forms.Back(http, page, "Nothing was done. " + Rights.Refusal(least, http.User), bad: true);
        return act is null
            ? Forms.Back(http, page, Words.Sentence(problem), bad: true)
            : Forms.Back(http, page, desk.Act(id, form.Number("version"), act, view.User), CaseActWords.Done(act));
    }

    private static long Count(Db db, string more) => db.Scalar<long>($"SELECT count(*) FROM cases WHERE state IN ('New', 'Working', 'Waiting'){more}");
}
