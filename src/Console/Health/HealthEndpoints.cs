using System.Globalization;
using System.Text;
using B2D.Console.Access;
using B2D.Console.Live;
using B2D.Console.Shell;
using B2D.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Health;

/// <summary>Whether the program is ready to serve, and if not, which part and why.</summary>
internal sealed record ReadyAnswer(bool Ready, double LagSeconds, IReadOnlyList<NotReady> Reasons);

/// <summary>One thing that is wrong with the program.</summary>
/// <param name="Since">When it began; null where it is not known.</param>
internal sealed record HealthReason(string Part, string Level, string Reason, string WhatToDo, string? Since);

/// <summary>How the program is: <c>healthy</c>, <c>degraded</c> (it does its work, not well or not for long) or <c>unhealthy</c> (a part is not done).</summary>
internal sealed record HealthAnswer(string Status, IReadOnlyList<HealthReason> Reasons);

/// <summary>/healthz, /readyz, /health and /metrics (Prometheus text format 0.0.4).</summary>
internal static class HealthEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", () => Results.Text("alive\n")).AllowAnonymous().ExcludeFromDescription();
        routes.MapGet("/readyz", (HttpContext http, IHealth health) =>
        {
            var reasons = health.NotReady;
            // The reasons are for those who run the program; strangers learn only whether it is ready.
            var answer = new ReadyAnswer(reasons.Count == 0, Math.Round(health.Lag.TotalSeconds, 3), MayKnow(http) ? reasons : []);
            return Results.Json(answer, statusCode: answer.Ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
        }).AllowAnonymous().ExcludeFromDescription();
        routes.MapGet("/health", (HttpContext http, IHealth health) =>
        {
            var answer = Of(health);
            return Results.Json(MayKnow(http) ? answer : answer with { Reasons = [] },
                statusCode: answer.Status == "unhealthy" ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
        }).AllowAnonymous().ExcludeFromDescription();
        routes.MapGet("/metrics", (HttpContext http, IHealth health, Stores stores, LiveEvents live, TimeProvider time) => MayKnow(http)
            ? Results.Text(Exposition([.. health.Measures, .. StateMetrics.Of(stores, live, http.RequestServices.GetRequiredService<Links.LinkGate>(), time.GetUtcNow().ToUnixTimeMilliseconds())]), "text/plain; version=0.0.4", Encoding.UTF8)
            : Refusals.Of(401)).AllowAnonymous().ExcludeFromDescription();
    }

    /// <summary>
    /// Numbers in the text format: one HELP and TYPE for each name, in order of first appearance; of a name in two places the first place counts.
    /// </summary>
    internal static string Exposition(IReadOnlyList<Measure> measures)
    {
        var text = new StringBuilder();
        foreach (var family in measures.GroupBy(m => m.Name))
        {
            var first = family.First();
            text.Append("# HELP ").Append(first.Name).Append(' ')
                .Append(first.Help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('\n');
            text.Append("# TYPE ").Append(first.Name).Append(first.Kind == MeasureKind.Counter ? " counter\n" : " gauge\n");
            foreach (var measure in family.DistinctBy(m => string.Join(',', m.Labels.Select(l => l.Key + "=" + l.Value))))
            {
                text.Append(measure.Name);
                if (measure.Labels.Count > 0)
                    text.Append('{').AppendJoin(',', measure.Labels.Select(l => $"{l.Key}=\"{Escape(l.Value)}\"")).Append('}');
                text.Append(' ').Append(Number(measure.Value)).Append('\n');
            }
        }
        return text.ToString();
    }

    private static HealthAnswer Of(IHealth health)
    {
        var alarms = health.Alarms;
        HealthReason[] reasons =
        [
            .. alarms.Select(a => new HealthReason(a.Title, a.Level.ToString().ToLowerInvariant(), a.Detail, a.WhatToDo, Words.IsoOrNull(a.Since.EpochMs))),
            .. health.NotReady.Select(n => new HealthReason(n.Part, "critical", n.Reason, "", null)),
        ];
        return new HealthAnswer(reasons.Any(r => r.Level == "critical") ? "unhealthy" : reasons.Length > 0 ? "degraded" : "healthy", reasons);
    }

    private static bool MayKnow(HttpContext http) => Loopback.Is(http) || (Roles.Of(http.User) is not null && Sights.Of(http.User).IsEverything);

    private static string Escape(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        double.NaN => "NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };
}
