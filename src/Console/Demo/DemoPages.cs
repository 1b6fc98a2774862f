using B2D.Console.Shell;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Demo;

/// <summary>The guided demo: four buttons, and each story side by side.</summary>
internal static class DemoPages
{
    /// <summary>The buttons: what they are called and what they do.</summary>
    public static readonly IReadOnlyList<(DemoButton Button, string Name, string What)> Buttons =
    [
        (DemoButton.CutCabinet, "Cut a cabinet", "Every router of one street goes silent"),
        (DemoButton.BlockPump, "Block a pump", "A heat pump’s pump draws too much"),
        (DemoButton.RunFilterOut, "Run a filter out", "A coffee machine has used its water filter up"),
        (DemoButton.Repair, "Repair", "Whatever was broken here is mended"),
    ];

    public static void Map(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/demo", (IDemo demo) => Html.Page<DemoPage>(demo.Stories)).ExcludeFromDescription();
        write.MapForm("/demo/press", (http, form) => Enum.TryParse<DemoButton>(form.Text("button", 40), out var button) && Enum.IsDefined(button)
            ? Forms.Back(http, "/demo", http.RequestServices.GetRequiredService<IDemo>().Press(button))
            : Forms.Back(http, "/demo", "There is no such button.", bad: true));
    }
}
