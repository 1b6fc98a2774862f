using System.Collections.Frozen;
using System.Security.Claims;
using B2D.Core.Cases;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Access;

/// <summary>
/// Who may do what: the least role for each page, form and address of the API that is not open to everybody. What has no line here is the administrators'
/// alone, so that nothing is open because it was forgotten.
/// </summary>
internal static class Rights
{
    private static readonly FrozenDictionary<string, Role> Table = new Dictionary<Role, string[]>
    {
        [Role.Viewer] =
        [
            // pages
            "GET /", "GET /cases", "GET /cases/{id:long}", "GET /contacts", "GET /queues", "GET /views", "POST /views", "POST /views/{id:long}", "GET /outages", "GET /outages/{id:long}", "GET /defects", "GET /defects/{id:long}",
            "GET /maintenance", "GET /slots", "GET /surveys", "GET /devices", "GET /devices/{id}", "GET /held", "GET /dues", "GET /notices", "GET /customers/{id}", "GET /search",
            "GET /rules", "GET /rules/{id}", "GET /backtests/{id}", "GET /rule-files", "GET /rule-files/{**name}", "GET /rule-history",
            "GET /rule-history/{hash}", "GET /stop", "GET /demo", "GET /events", "GET /tasks", "GET /approvals/{id:long}",
            "GET /templates", "GET /templates/{name}/{language}/{channel}", "GET /api/templates", "GET /api/templates/{name}/{language}/{channel}",
            "GET /maintenance/{id:long}", "GET /api/maintenance/{id:long}/customers",
            "GET /reviews", "GET /outages/{id:long}/review", "GET /outages/{id:long}/review/timeline", "GET /outages/{id:long}/review/told", "GET /api/reviews", "GET /api/outages/{id:long}/review",
            "GET /exports/cases", "GET /exports/outages", "GET /exports/notices", "GET /exports/devices",
            // one's own
            "GET /account", "POST /account/password", "POST /account/sign-ins", "POST /signout",
            // API
            "GET /api/search", "GET /api/contacts", "GET /api/queues",
            "GET /api/cases", "GET /api/cases/{id:long}", "GET /api/outages", "GET /api/outages/{id:long}", "GET /api/defects",
            "GET /api/defects/{id:long}", "GET /api/maintenance", "GET /api/maintenance/{id:long}", "GET /api/slots", "GET /api/surveys", "GET /api/devices", "GET /api/devices/{id}",
            "GET /api/devices/{id}/series", "GET /api/devices/{id}/events", "GET /api/customers", "GET /api/customers/{id}", "GET /api/customers/{id}/consents", "GET /api/facts", "GET /api/approvals", "GET /api/tasks", "GET /api/tasks/{id:long}", "GET /api/dues",
            "GET /api/dues/{id:long}", "GET /api/notices", "GET /api/notices/{id}", "GET /api/commands", "GET /api/commands/{id}", "GET /api/faults",
            "GET /api/faults/{id:long}", "GET /api/faults/{id:long}/explanation", "GET /api/held", "GET /api/rules", "GET /api/rules/{id}",
            "GET /api/rules/{id}/backtest", "GET /api/rule-files", "GET /api/rule-history", "GET /api/enrolments", "GET /api/groups", "GET /api/stop",
            "GET /api/openapi.json", "GET /api/standard-steps", "GET /api/rules/{id}/objections",
        ],
        [Role.Agent] =
        [
            "POST /customers/{id}/carer", "GET /api/customers/{id}/carer", "PUT /api/customers/{id}/carer", "DELETE /api/customers/{id}/carer",
            "GET /tasks/letters", "POST /tasks/letters", "GET /tasks/letters.csv", "GET /tasks/letters.txt", "GET /api/letters", "POST /api/letters/printed",
            Reports, "POST /customers/{id}/email-good", "POST /api/customers/{id}/email-good",
            "POST /contacts", "POST /contacts/{id:long}/read", "POST /api/contacts/{id:long}/read", "POST /cases/many", "GET /cases/new", "POST /cases", "POST /api/cases", "POST /api/contacts", Inbound,
            "POST /cases/{id:long}/act", "POST /customers/{id}/care", "PUT /api/customers/{id}/care", "POST /faults/{id:long}/act", "POST /dues/{id:long}/done",
            "POST /customers/{id}/consents", "POST /customers/{id}/quiet-hours", "POST /tasks/{id:long}/act",
            "POST /api/customers/{id}/consents", "POST /api/customers/{id}/quiet-hours", "POST /api/messages/inbound", "POST /api/facts", "POST /api/facts/{id:long}/end", "POST /api/tasks/{id:long}/acts",
            "POST /api/cases/{id:long}/acts", "POST /api/faults/{id:long}/acts", "POST /api/dues/{id:long}/done",
        ],
        [Role.Lead] =
        [
            "POST /rules/{id}/steps", "POST /api/standard-steps/{id:long}/acts", "POST /rules/{id}/objections", "POST /api/objections/{id:long}/answer",
            "POST /outages/{id:long}/review/act", "POST /api/outages/{id:long}/review/acts",
            "GET /grants", "POST /grants/{id:long}/act", "GET /api/grants", "POST /api/grants/{id:long}/acts",
        ],
        [Role.Operator] =
        [
            "POST /outages/{id:long}/act", "POST /approvals/{id:long}/act", "POST /api/approvals/{id:long}/acts", "POST /maintenance", "POST /maintenance/{id:long}/act", "POST /slots", "POST /slots/{id:long}/close", "POST /api/slots", "POST /api/slots/{id:long}/close", "POST /devices/{id}/command", "POST /devices/{id}/contract", "PUT /api/devices/{id}/contract",
            "POST /templates/{name}/{language}/{channel}", "PUT /api/templates/{name}/{language}/{channel}", "POST /api/templates/{name}/{language}/{channel}/live",
            "POST /api/templates/{name}/{language}/{channel}/check",
            "POST /rules/{id}/backtest", "POST /rule-files", "POST /rule-files/{**name}", "POST /rule-history/{hash}", "POST /stop", "POST /stop/resume",
            "POST /demo/press",
            "POST /api/outages/{id:long}/acts", "POST /api/maintenance", "POST /api/maintenance/{id:long}/acts", "POST /api/commands",
            "POST /api/rules/{id}/backtest", "DELETE /api/rules/{id}/backtest", "POST /api/rules/check", "PUT /api/rule-files/{**name}",
            "DELETE /api/rule-files/{**name}", "POST /api/stop", "DELETE /api/stop", "POST /api/imports/customers", "POST /api/imports/devices",
            "POST /api/enrolments/{id:long}/approve", "POST /api/enrolments/{id:long}/reject", "POST /api/groups", "DELETE /api/groups/{name}",
            "GET /api/backups/latest", "POST /api/backups", "DELETE /api/backups/latest",
        ],
        [Role.Administrator] =
        [
            "GET /audit", "GET /users", "POST /users", "POST /users/{name}/act", "GET /keys", "POST /keys", "POST /keys/{id}/revoke",
            "GET /webhooks", "GET /webhooks/{id:long}", "POST /webhooks", "POST /webhooks/{id:long}", "POST /webhooks/{id:long}/deliveries/{delivery:long}",
            "GET /api/webhooks", "GET /api/webhooks/{id:long}", "GET /api/webhook-deliveries", "POST /api/webhooks", "PUT /api/webhooks/{id:long}",
            "DELETE /api/webhooks/{id:long}", "POST /api/webhooks/{id:long}/acts", "POST /api/webhooks/{id:long}/deliveries/{delivery:long}/resend",
            "GET /api/audit", "GET /api/audit/chain", "GET /api/users", "POST /api/users", "POST /api/users/{name}/acts", "GET /api/keys",
            "POST /api/keys", "DELETE /api/keys/{id}",
            "GET /customers/{id}/privacy", "POST /customers/{id}/export", "POST /customers/{id}/erase", "GET /erasures", "GET /erasures/{id:long}", "POST /erasures/{id:long}/act",
            "GET /api/customers/{id}/erasure", "POST /api/customers/{id}/export", "POST /api/customers/{id}/erase", "GET /api/erasures",
        ],
    }.SelectMany(r => r.Value, (r, address) => KeyValuePair.Create(address, r.Key)).ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Where telephone and chat systems tell of contacts: also for keys of the scope <see cref="Claims.Contacts"/>, which may nothing else.</summary>
    private const string Inbound = "POST /api/contacts/inbound";

    /// <summary>Where mail servers report: also for keys of the scope <see cref="Claims.Bounces"/>, which may nothing else.</summary>
    private const string Reports = "POST /api/notices/bounces";

    /// <summary>Addresses that keys of a scope without a role may use, by address.</summary>
    private static string? ScopeOf(string address) => address switch { Inbound => Claims.Contacts, Reports => Claims.Bounces, _ => null };

    /// <summary>Everything that is not open to everybody, as it is written here.</summary>
    public static IEnumerable<string> Addresses => Table.Keys;

    /// <summary>The least role for an endpoint as its route is written; null where it has no line.</summary>
    public static Role? Of(string method, string route) => Table.TryGetValue($"{method} /{route.TrimStart('/')}", out var role) ? role : null;

    /// <summary>The least role for an act on a case: whoever gives it to somebody else leads. Handing off one's own with its three lines is an agent's.</summary>
    public static Role Of(CaseAct act, string who) => act is CaseAct.Assign assign && assign.To != who ? Role.Lead : Role.Agent;

    /// <summary>Asks, of whoever calls one of these, for the role that the table says.</summary>
    public static T ByTheTable<T>(this T endpoints) where T : IEndpointConventionBuilder
    {
        endpoints.Finally(endpoint =>
        {
            var route = ((RouteEndpointBuilder)endpoint).RoutePattern.RawText ?? "";
            var methods = endpoint.Metadata.OfType<IHttpMethodMetadata>().FirstOrDefault()?.HttpMethods ?? [];
            // Several methods at one endpoint: the strictest of them.
            var role = methods.Count == 0 ? Role.Administrator : methods.Max(m => Of(m, route) ?? Role.Administrator);
            endpoint.Metadata.Add(new Needed(role));
            endpoint.Metadata.Add(new AuthorizeAttribute(methods.Select(m => ScopeOf($"{m} /{route.TrimStart('/')}")).FirstOrDefault(s => s is not null) ?? role.Word()));
        });
        return endpoints;
    }

    /// <summary>The policies, one for each role and called like it.</summary>
    public static void AddTo(AuthorizationBuilder authorization)
    {
        foreach (var role in Roles.All)
            authorization.AddPolicy(role.Word(), p => p.RequireAssertion(c => Roles.May(c.User, role)));
        foreach (var scope in (string[])[Claims.Contacts, Claims.Bounces])
            authorization.AddPolicy(scope, p => p.RequireAssertion(c => Roles.May(c.User, Role.Agent) || c.User.HasClaim(Claims.Scope, scope)));
    }

    /// <summary>Why somebody was refused, in words.</summary>
    public static string Refusal(HttpContext http) => Refusal(
        http.GetEndpoint()?.Metadata.GetMetadata<Needed>()?.Role ?? Role.Administrator, http.User);

    /// <inheritdoc cref="Refusal(HttpContext)"/>
    public static string Refusal(Role needed, ClaimsPrincipal user) =>
        $"This takes the role {needed.Word()}{(needed == Role.Administrator ? "" : " or one above it")}; {user.Identity?.Name} has {Roles.Of(user)?.Word() ?? (user.FindFirstValue(Claims.Scope) is { } scope ? $"only the scope {scope}" : "none")}. "
        + "An administrator can change that.";

    /// <summary>The role that an endpoint asks for.</summary>
    internal sealed record Needed(Role Role);
}
