using System.Text.Json;
using B2D.Console.Access;
using B2D.Console.Api;
using B2D.Console.Shell;
using B2D.Core;
using B2D.Core.Devices;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Devices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Devices;

/// <summary>A device's own contract. Days are <c>yyyy-MM-dd</c>; an empty contract takes it away.</summary>
internal sealed record ContractWords
{
    public string? Contract { get; init; }

    /// <summary>Its first and its last day; without them it has no beginning and no end.</summary>
    public string? From { get; init; }
    public string? Until { get; init; }
}

/// <summary>Giving devices contracts of their own, beside the import: by a form on the device's page and over the API.</summary>
internal static class ContractPages
{
    public static void MapForms(IEndpointRouteBuilder write) => write.MapForm("/devices/{id}/contract", (http, form) =>
    {
        var id = (string)http.Request.RouteValues["id"]!;
        var words = new ContractWords { Contract = form.Text("contract", 65), From = form.Text("from", 20), Until = form.Text("until", 20) };
        return Forms.Back(http, $"/devices/{Uri.EscapeDataString(id)}", Set(http, id, words), words.Contract.Length > 0 ? "Noted; open cases are counted anew." : "It has no contract of its own any more.");
    });

    public static void MapApi(IEndpointRouteBuilder write) => write.MapPut("/devices/{id}/contract", (string id, ContractWords words, HttpContext http) => Acts.Answer(Set(http, id, words)))
        .WithTags("devices").WithSummary("Give a device a contract of its own").Produces<Acted>()
        .WithDescription("contract: its name, as rules have it, empty for none; from and until: its first and last day. It goes before its owner's; which one counts is judged by the day on which a fault began.");

    private static ActOutcome Set(HttpContext http, string id, ContractWords words)
    {
        var contract = new DeviceContract((words.Contract ?? "").Trim(), (words.From ?? "").Trim(), (words.Until ?? "").Trim());
        if (DeviceContract.Problem(contract.Name, contract.From, contract.Until) is { Length: > 0 } problem)
            return new ActOutcome.Rejected(problem);
        var now = http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds();
        return http.RequestServices.GetRequiredService<Stores>().State.Write<ActOutcome>(db =>
        {
            if (DeviceStore.Find(db, id) is not { } row)
                return new ActOutcome.Unknown();
            if (!DeviceStore.SetContract(db, id, contract, now))
                return new ActOutcome.Rejected("it is so already");
            AuditStore.Append(db, now, http.User.Identity?.Name ?? "", "device.contract", $"device:{id}", JsonSerializer.Serialize(new
            {
                from = new { contract = row.Contract, from = row.ContractFrom, until = row.ContractUntil },
                to = new { contract = contract.Name, from = contract.From, until = contract.Until },
            }));
            return new ActOutcome.Done(0);
        });
    }
}
