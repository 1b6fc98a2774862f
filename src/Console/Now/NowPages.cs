using B2D.Console.Shell;
using B2D.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Now;

/// <summary>The start page.</summary>
internal static class NowPages
{
    public static void Map(IEndpointRouteBuilder read) =>
        read.MapGet("/", (Stores stores, View view, IHealth health) =>
        {
            var known = health.Alarms;
            return Html.Page<NowPage>(stores.State.Read(db => NowReader.Read(db, known, view.Now, view.Zone)));
        })
            .ExcludeFromDescription();
}
