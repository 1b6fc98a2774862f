using System.Collections.Frozen;
using System.Globalization;
using System.Security.Claims;
using B2D.Console.Shell;
using B2D.Core.Access;
using B2D.Core.Maintenance;
using B2D.Storage;
using B2D.Storage.Devices;
using B2D.Storage.Maintenance;
using B2D.Storage.Notices;
using B2D.Storage.Outages;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Access;

/// <summary>How an address keeps to what somebody sees.</summary>
internal enum SightWay
{
    /// <summary>There is nothing of devices, customers and cases in it.</summary>
    Free = 1,

    /// <summary>It reads, and its reads find only what is seen.</summary>
    Reads,

    /// <summary>It is about the one thing in its address, which is looked for first; what is not seen is not there.</summary>
    About,

    /// <summary>Its body names what it is about; it asks by <see cref="Sights.Sees(HttpContext, string, string)"/>.</summary>
    Asks,

    /// <summary>It is about the whole installation: nobody has it who sees only a part.</summary>
    Closed,
}

/// <summary>
/// What users and keys see that see only a part of the installation (<see cref="Sight"/>): reads of the state find nothing else, and this table says for every address
/// how it keeps to that. What has no line here is closed to them, so that nothing is open because it was forgotten.
/// </summary>
internal static class Sights
{
    private static readonly FrozenDictionary<string, (SightWay Way, string Table)> Table = new Dictionary<(SightWay Way, string Table), string[]>
    {
        [(SightWay.Free, "")] =
        [
            "GET /account", "POST /account/password", "POST /account/sign-ins", "POST /signout", "GET /views", "POST /views", "POST /views/{id:long}",
            "GET /rule-files", "GET /rule-files/{**name}", "GET /rule-history", "GET /rule-history/{hash}", "GET /api/rule-files", "GET /api/rule-history",
            "POST /api/rules/check", "GET /api/stop", "GET /api/openapi.json",
        ],
        [(SightWay.Reads, "")] =
        [
            "GET /", "GET /events", "GET /search", "GET /cases", "GET /cases/new", "GET /cases/{id:long}", "GET /contacts", "GET /queues", "GET /outages", "GET /outages/{id:long}",
            "GET /defects", "GET /defects/{id:long}", "GET /maintenance", "GET /devices", "GET /devices/{id}", "GET /held", "GET /dues", "GET /notices",
            "GET /customers/{id}", "GET /rules", "GET /rules/{id}", "GET /stop", "GET /tasks", "GET /approvals/{id:long}", "GET /grants",
            "GET /api/search", "GET /api/contacts", "GET /api/queues", "GET /api/cases", "GET /api/cases/{id:long}", "GET /api/outages", "GET /api/outages/{id:long}",
            "GET /api/defects", "GET /api/defects/{id:long}", "GET /api/maintenance", "GET /api/maintenance/{id:long}", "GET /api/devices", "GET /api/devices/{id}",
            "GET /api/customers", "GET /api/customers/{id}", "GET /api/customers/{id}/consents", "GET /api/facts", "GET /api/approvals", "GET /api/tasks",
            "GET /api/tasks/{id:long}", "GET /api/dues", "GET /api/dues/{id:long}", "GET /api/notices", "GET /api/notices/{id}", "GET /api/commands",
            "GET /api/commands/{id}", "GET /api/faults", "GET /api/faults/{id:long}", "GET /api/faults/{id:long}/explanation", "GET /api/held", "GET /api/rules",
            "GET /slots", "GET /surveys", "GET /reviews", "GET /outages/{id:long}/review", "GET /outages/{id:long}/review/timeline", "GET /outages/{id:long}/review/told",
            "GET /maintenance/{id:long}", "GET /api/maintenance/{id:long}/customers", "GET /api/reviews", "GET /api/outages/{id:long}/review",
            "GET /exports/cases", "GET /exports/outages", "GET /exports/notices", "GET /exports/devices", "GET /api/slots", "GET /api/surveys", "GET /api/customers/{id}/carer",
            "GET /tasks/letters", "GET /tasks/letters.csv", "GET /tasks/letters.txt", "GET /api/letters",
            "GET /api/rules/{id}", "GET /api/rules/{id}/objections", "GET /api/standard-steps", "GET /api/grants", "GET /api/enrolments", "GET /api/groups",
        ],
        [(SightWay.About, "cases")] = ["POST /cases/{id:long}/act", "POST /api/cases/{id:long}/acts"],
        [(SightWay.About, "contacts")] = ["POST /contacts/{id:long}/read", "POST /api/contacts/{id:long}/read"],
        [(SightWay.About, "customers")] =
        [
            "POST /customers/{id}/care", "PUT /api/customers/{id}/care", "POST /customers/{id}/consents", "POST /customers/{id}/quiet-hours",
            "POST /api/customers/{id}/consents", "POST /api/customers/{id}/quiet-hours", "POST /customers/{id}/carer", "PUT /api/customers/{id}/carer",
            "DELETE /api/customers/{id}/carer", "POST /customers/{id}/email-good", "POST /api/customers/{id}/email-good",
        ],
        [(SightWay.About, "devices")] = ["GET /api/devices/{id}/series", "GET /api/devices/{id}/events", "POST /devices/{id}/command", "POST /devices/{id}/contract", "PUT /api/devices/{id}/contract"],
        [(SightWay.About, "faults")] = ["POST /faults/{id:long}/act", "POST /api/faults/{id:long}/acts"],
        [(SightWay.About, "dues")] = ["POST /dues/{id:long}/done", "POST /api/dues/{id:long}/done"],
        [(SightWay.About, "phone_tasks")] = ["POST /tasks/{id:long}/act", "POST /api/tasks/{id:long}/acts"],
        [(SightWay.About, "outside_facts")] = ["POST /api/facts/{id:long}/end"],
        [(SightWay.About, "standard_steps")] = ["POST /api/standard-steps/{id:long}/acts"],
        [(SightWay.About, "objections")] = ["POST /api/objections/{id:long}/answer"],
        [(SightWay.About, "grants")] = ["POST /grants/{id:long}/act", "POST /api/grants/{id:long}/acts"],
        [(SightWay.About, "outages")] =
        [
            "POST /outages/{id:long}/act", "POST /api/outages/{id:long}/acts", "POST /outages/{id:long}/review/act", "POST /api/outages/{id:long}/review/acts",
        ],
        [(SightWay.About, "approvals")] = ["POST /approvals/{id:long}/act", "POST /api/approvals/{id:long}/acts"],
        [(SightWay.About, "maintenance")] = ["POST /maintenance/{id:long}/act", "POST /api/maintenance/{id:long}/acts"],
        [(SightWay.About, "enrolments")] = ["POST /api/enrolments/{id:long}/approve", "POST /api/enrolments/{id:long}/reject"],
        [(SightWay.Asks, "")] =
        [
            "POST /contacts", "POST /cases/many", "POST /cases", "POST /api/cases", "POST /api/contacts", "POST /api/contacts/inbound", "POST /api/facts", "POST /api/commands", "POST /maintenance",
            "POST /api/maintenance", "POST /rules/{id}/steps", "POST /rules/{id}/objections",
        ],
        [(SightWay.Closed, "")] =
        [
            "GET /demo", "POST /demo/press", "GET /backtests/{id}", "POST /rules/{id}/backtest", "GET /api/rules/{id}/backtest", "POST /api/rules/{id}/backtest",
            "DELETE /api/rules/{id}/backtest", "POST /rule-files", "POST /rule-files/{**name}", "POST /rule-history/{hash}", "PUT /api/rule-files/{**name}",
            "DELETE /api/rule-files/{**name}", "POST /stop", "POST /stop/resume", "POST /api/stop", "DELETE /api/stop", "POST /api/imports/customers",
            "POST /api/imports/devices", "POST /api/groups", "DELETE /api/groups/{name}", "GET /api/backups/latest", "POST /api/backups", "DELETE /api/backups/latest",
            "POST /api/messages/inbound", "POST /api/notices/bounces", "POST /slots", "POST /slots/{id:long}/close", "POST /api/slots", "POST /api/slots/{id:long}/close",
            "POST /tasks/letters", "POST /api/letters/printed",
            // A trial of a text has the facts of any notice in it.
            "GET /templates", "GET /templates/{name}/{language}/{channel}", "GET /api/templates", "GET /api/templates/{name}/{language}/{channel}",
            "POST /templates/{name}/{language}/{channel}", "PUT /api/templates/{name}/{language}/{channel}", "POST /api/templates/{name}/{language}/{channel}/check",
            "POST /api/templates/{name}/{language}/{channel}/live",
            // Administrators see everything.
            "GET /audit", "GET /users", "POST /users", "POST /users/{name}/act", "GET /keys", "POST /keys", "POST /keys/{id}/revoke", "GET /api/audit",
            "GET /api/audit/chain", "GET /api/users", "POST /api/users", "POST /api/users/{name}/acts", "GET /api/keys", "POST /api/keys", "DELETE /api/keys/{id}",
            "GET /webhooks", "GET /webhooks/{id:long}", "POST /webhooks", "POST /webhooks/{id:long}", "POST /webhooks/{id:long}/deliveries/{delivery:long}",
            "GET /api/webhooks", "GET /api/webhooks/{id:long}", "GET /api/webhook-deliveries", "POST /api/webhooks", "PUT /api/webhooks/{id:long}",
            "DELETE /api/webhooks/{id:long}", "POST /api/webhooks/{id:long}/acts", "POST /api/webhooks/{id:long}/deliveries/{delivery:long}/resend",
            "GET /customers/{id}/privacy", "POST /customers/{id}/export", "POST /customers/{id}/erase", "GET /erasures", "GET /erasures/{id:long}", "POST /erasures/{id:long}/act",
            "GET /api/customers/{id}/erasure", "POST /api/customers/{id}/export", "POST /api/customers/{id}/erase", "GET /api/erasures",
        ],
    }.SelectMany(w => w.Value, (w, address) => KeyValuePair.Create(address, w.Key)).ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>How an endpoint keeps to what is seen, as its route is written; null where it has no line.</summary>
    public static SightWay? Of(string method, string route) => Table.TryGetValue($"{method} /{route.TrimStart('/')}", out var line) ? line.Way : null;

    /// <summary>What somebody sees. Administrators see everything.</summary>
    public static Sight Of(ClaimsPrincipal user) => Roles.Of(user) == Role.Administrator ? Sight.Everything
        : Sight.Of(user.FindFirstValue(Claims.Queues) ?? "", user.FindFirstValue(Claims.Segments) ?? "");

    /// <summary>What the reads of a request find. What is open to anybody shows everybody the same.</summary>
    public static Sight Of(HttpContext? http) => http is null || http.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null ? Sight.Everything : Of(http.User);

    /// <summary>The claims of a row of users or keys.</summary>
    public static IEnumerable<Claim> ClaimsOf(string queues, string segments)
    {
        if (queues.Length > 0)
            yield return new Claim(Claims.Queues, queues);
        if (segments.Length > 0)
            yield return new Claim(Claims.Segments, segments);
    }

    /// <summary>Whether something is there for whoever asks, by its id in a table. Without any limit nothing is looked up: who does it looks.</summary>
    public static bool Sees(HttpContext http, string table, string id)
    {
        if (Of(http).IsEverything)
            return true;
        var state = http.RequestServices.GetRequiredService<Stores>().State;
        if (table is "devices" or "customers")
            return state.Read(db => db.Scalar<long>($"SELECT count(*) FROM {table} WHERE id = @id", new { id })) > 0;
        return long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && state.Read(db => db.Scalar<long>($"SELECT count(*) FROM {table} WHERE id = @number", new { number })) > 0;
    }

    /// <inheritdoc cref="Sees(HttpContext, string, string)"/>
    public static bool Sees(HttpContext http, string table, long id) => Sees(http, table, id.ToString(CultureInfo.InvariantCulture));

    /// <summary>Whether what a subject names is there for whoever asks: <c>case:12</c>, <c>outage:3</c>, <c>device:HP-1</c>, <c>customer:ana</c>, <c>defect:1</c>.</summary>
    public static bool Sees(HttpContext http, string subject) => subject.Split(':', 2) is not [var kind, var id] || kind switch
    {
        "case" => Sees(http, "cases", id),
        "outage" => Sees(http, "outages", id),
        "device" => Sees(http, "devices", id),
        "customer" => Sees(http, "customers", id),
        "defect" => Sees(http, "defects", id),
        _ => true,
    };

    /// <summary>Why somebody may not work on this by what they see, in a sentence; empty where they may.</summary>
    public static string RefusalOf(HttpContext http, MaintenanceScope scope, string target)
    {
        var sight = Of(http);
        if (sight.IsEverything)
            return "";
        var segment = scope != MaintenanceScope.Device ? ""
            : http.RequestServices.GetRequiredService<Stores>().State.Read(db => DeviceStore.Find(db, target))?.Segment ?? "";
        return sight.Maintenance(scope, target, segment).IsWhole ? "" : "it is planned on what you see: a segment below yours, or a device there";
    }

    /// <summary>Lets a request of somebody who sees a part only go on where the table says so.</summary>
    public static Task Guard(HttpContext http, RequestDelegate next)
    {
        var sight = Of(http);
        if (sight.IsEverything || http.GetEndpoint() is not RouteEndpoint endpoint)
            return next(http);
        var (way, table) = Table.GetValueOrDefault($"{http.Request.Method} /{endpoint.RoutePattern.RawText?.TrimStart('/')}", (SightWay.Closed, ""));
        if (way == SightWay.Closed)
            return Failures.NotAllowed(http, $"This is about all of the installation, and {http.User.Identity?.Name} sees {sight}. An administrator can change that.");
        if (way != SightWay.About)
            return next(http);
        var id = http.Request.RouteValues["id"]?.ToString() ?? "";
        if (!Sees(http, table, id))
            return Failures.NotThere(http);
        return IsWhole(http, sight, table, id) ? next(http)
            : Failures.NotAllowed(http, $"This reaches beyond what {http.User.Identity?.Name} sees ({sight}); somebody who sees all of it acts on it.");
    }

    /// <summary>Whether what is acted on lies within what is seen; of an approval that is what it is about.</summary>
    private static bool IsWhole(HttpContext http, Sight sight, string table, string id) =>
        table is not ("outages" or "maintenance" or "approvals") || http.RequestServices.GetRequiredService<Stores>().State.Read(db => IsWhole(db, sight, table, long.Parse(id, CultureInfo.InvariantCulture)));

    private static bool IsWhole(Db db, Sight sight, string table, long id)
    {
        if (table == "approvals")
        {
            return ApprovalStore.Find(db, id)?.Subject.Split(':', 2) is [("outage" or "maintenance") and var kind, var about]
                && IsWhole(db, sight, kind == "outage" ? "outages" : kind, long.Parse(about, CultureInfo.InvariantCulture));
        }
        var seen = table == "outages" ? sight.Outage(OutageStore.Find(db, id)?.Segment ?? "", theirs: true)
            : MaintenanceStore.Find(db, id) is { } row ? sight.Maintenance(Enum.Parse<MaintenanceScope>(row.Scope), row.Target, DeviceStore.Find(db, row.Target)?.Segment ?? "")
            : new Seen(SightReason.OtherSegment);
        return seen.IsWhole;
    }
}
