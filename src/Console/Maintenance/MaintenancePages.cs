using System.Globalization;
using B2D.Console.Access;
using B2D.Console.Faults;
using B2D.Console.Lists;
using B2D.Console.Shell;
using B2D.Core;
using B2D.Core.Maintenance;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Customers;
using B2D.Storage.Maintenance;
using B2D.Storage.Notices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Maintenance;

/// <summary>What the page of maintenance shows: the list, what is held back by what runs, and what the form begins with.</summary>
public sealed record MaintenanceModel(ListPage<MaintenanceRow> List, ListPage<HeldLine> Held, string Scope, string Target);

/// <summary>A customer whom planned work touches, and what they hold of it; null: nothing yet.</summary>
public sealed record ToldCustomer(string Customer, string Name, string Place, PlannedRow? Told);

/// <summary>One maintenance: how many devices and customers it touches as the registry is now, the first of them, and what waits for a person.</summary>
public sealed record MaintenanceOne(MaintenanceRow Row, long Devices, long Customers, IReadOnlyList<ToldCustomer> First, ApprovalRow? Approval, IReadOnlyList<TimelineRow> Timeline)
{
    /// <summary>Customers were told, all of them or the first.</summary>
    public required bool IsTold { get; init; }

    /// <summary>What customers read ahead of it, in each language.</summary>
    public IReadOnlyList<PlannedText> Texts { get; init; } = [];
}

/// <summary>The page of maintenance and its forms.</summary>
internal static class MaintenancePages
{
    /// <summary>The filter of the list of what is held back.</summary>
    public const string HeldFilter = "by:maintenance";

    private const int MostHeld = 20;
    private const int MostCustomers = 100;

    public static void Map(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/maintenance", (HttpContext http, Stores stores, View view) =>
        {
            var held = new ListRequest("/held", FilterText.Parse(HeldFilter), 1, MostHeld);
            var (list, waiting) = stores.State.Read(db => (
                MaintenanceLists.Definition.Page<MaintenanceRow>(db, ListRequest.Of(http.Request, MaintenanceLists.Definition.Usual)), HeldLists.At(view.Now).Page<HeldLine>(db, held)));
            return Html.Page<MaintenancePage>(new MaintenanceModel(list, waiting, http.Request.Query["scope"].ToString(), http.Request.Query["target"].ToString()));
        }).ExcludeFromDescription();
        read.MapGet("/maintenance/{id:long}", (long id, Stores stores, IServiceProvider services) => stores.State.Read(db => MaintenanceStore.Find(db, id) is { } row ? Read(db, row) : null) is { } model
            ? Html.Page<MaintenanceOnePage>(model with { Texts = model.Row.Felt ? services.GetService<IPlannedPreview>()?.Of(id) ?? [] : [] })
            : Html.Missing($"maintenance M-{id}", "/maintenance")).ExcludeFromDescription();
        write.MapForm("/maintenance", (http, form) =>
        {
            var services = http.RequestServices;
            var view = services.GetRequiredService<View>();
            var words = new MaintenanceWords { Title = form.Text("title", 201), Reason = form.Text("reason"), Scope = form.Text("scope", 20), Target = form.Text("target", 501), Hours = HoursOf(form, view),
                Felt = form.Text("felt", 3).Length > 0, Words = form.Text("words", 201), Cause = form.Text("cause", 501), StillWorks = form.Text("still-works", 501), TakesDown = [.. form["takes-down"].OfType<string>()] };
            if (form.Text("from").Length > 0 && form.Time("from", view.Zone) is null)
                return Forms.Back(http, "/maintenance", "Nothing was planned: the beginning is no time.", bad: true);
            var (row, problem) = words.Read(form.Time("from", view.Zone), form.Time("until", view.Zone), new ServerTime(view.Now));
            if (row is null)
                return Forms.Back(http, "/maintenance", $"Nothing was planned: {problem}", bad: true);
            if (Sights.RefusalOf(http, Enum.Parse<MaintenanceScope>(row.Scope), row.Target) is { Length: > 0 } outside)
                return Forms.Back(http, "/maintenance", $"Nothing was planned: {outside}.", bad: true);
            var (id, devices, refused) = services.GetRequiredService<MaintenanceDesk>().Plan(row, view.User);
            return refused.Length > 0
                ? Forms.Back(http, "/maintenance", $"Nothing was planned: {refused}.", bad: true)
                : Forms.Back(http, row.Felt ? string.Create(CultureInfo.InvariantCulture, $"/maintenance/{id}") : "/maintenance", $"Planned; it concerns {Words.Count(devices, "device")}.", bad: devices == 0);
        });
        write.MapForm("/maintenance/{id:long}/act", (http, form) =>
        {
            var services = http.RequestServices;
            var id = long.Parse((string)http.Request.RouteValues["id"]!, CultureInfo.InvariantCulture);
            var zone = services.GetRequiredService<View>().Zone;
            var page = string.Create(CultureInfo.InvariantCulture, $"/maintenance/{id}");
            var (act, problem) = new MaintenanceActWords { Act = form.Text("act", 40), Why = form.Text("why", 501) }.Read(form.Time("from", zone), form.Time("until", zone));
            if (act is null)
                return Forms.Back(http, page, Words.Sentence(problem), bad: true);
            var row = services.GetRequiredService<Stores>().State.Read(db => MaintenanceStore.Find(db, id));
            var (wasTold, calledOff) = (row is { ToldAt: > 0 }, row is { State: nameof(MaintenancePhase.Planned) });
            var heard = wasTold ? " Those who were told hear it." : "";
            return Forms.Back(http, page, services.GetRequiredService<MaintenanceDesk>().Act(id, form.Number("version"), act, http.User.Identity?.Name ?? ""), act switch
                {
                    MaintenanceAct.End when calledOff => "It is called off." + heard,
                    MaintenanceAct.End => "It ends now; what is still bad is raised." + (wasTold ? " Those who were told hear that it is over." : ""),
                    MaintenanceAct.Move => "It is moved." + heard,
                    _ => "Its end is moved." + heard,
                });
        });
    }

    private static MaintenanceOne Read(Db db, MaintenanceRow row)
    {
        var owners = PlannedStore.Owners(db, row, MostCustomers);
        var customers = CustomerStore.FindAll(db, owners).ToDictionary(c => c.Id, StringComparer.Ordinal);
        return new MaintenanceOne(
            row,
            MaintenanceStore.CountDevices(db, row),
            PlannedStore.CountOwners(db, row),
            row.Felt ? [.. owners.Select(o => new ToldCustomer(o, customers.GetValueOrDefault(o)?.Name ?? "", customers.GetValueOrDefault(o)?.Place ?? "", PlannedStore.Find(db, row.Id, o)))] : [],
            ApprovalStore.Find(db, string.Create(CultureInfo.InvariantCulture, $"maintenance:{row.Id}"), "planned"),
            TimelineStore.List(db, string.Create(CultureInfo.InvariantCulture, $"maintenance:{row.Id}")))
        { IsTold = row.ToldAt > 0 || PlannedStore.IsTold(db, row.Id) };
    }

    /// <summary>The hours of a form, in the console's zone; empty where no day is marked.</summary>
    private static string HoursOf(IFormCollection form, View view) => form["days"] is { Count: > 0 } days
        ? $"{string.Join(',', days.ToArray())} {Or(form.Text("hours-from", 5), "00:00")}-{Or(form.Text("hours-to", 5), "24:00")} {view.Zone.Id}"
        : "";

    private static string Or(string text, string other) => text.Length > 0 ? text : other;
}
