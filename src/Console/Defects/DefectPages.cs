using B2D.Console.Lists;
using B2D.Console.Shell;
using B2D.Storage;
using B2D.Storage.Defects;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Defects;

/// <summary>The pages of defects.</summary>
internal static class DefectPages
{
    public static void Map(IEndpointRouteBuilder read)
    {
        read.MapGet("/defects", (HttpContext http, Stores stores) =>
            Html.Page<DefectsPage>(stores.State.Read(db => DefectReader.Definition.Page<DefectRow>(db,
                ListRequest.Of(http.Request, DefectReader.Definition.Usual))))).ExcludeFromDescription();
        read.MapGet("/defects/{id:long}", (long id, DefectReader reader) =>
            reader.Find(id) is { } record ? Html.Page<DefectPage>(record) : Html.Missing($"defect #{id}", "/defects")).ExcludeFromDescription();
    }
}
