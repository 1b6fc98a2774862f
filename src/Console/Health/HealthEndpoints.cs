using System.Globalization;
using System.Text;
using B2D.Console.Access;
using B2D.Console.Live;
using B2D.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Health;

/// <summary>Whether the program is ready to serve, and if not, which part and why.</summary>
internal sealed record ReadyAnswer(bool Ready, double LagSeconds, IReadOnlyList<NotReady> Reasons);

/// <summary>/healthz, /readyz and /metrics (Prometheus text format 0.0.4).</summary>
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
        routes.MapGet("/metrics", (HttpContext http, IHealth health, Stores stores, LiveEvents live) => MayKnow(http)
            ? Results.Text(Exposition([.. health.Measures, .. Own(stores, live)]), "text/plain; version=0.0.4", Encoding.UTF8)
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

    private static bool MayKnow(HttpContext http) => Loopback.Is(http) || http.User.HasClaim(c => c.Type == Claims.Scope);

    private static IEnumerable<Measure> Own(Stores stores, LiveEvents live)
    {
        var counts = stores.State.Read(db => (
            Cases: db.Scalar<long>("SELECT count(*) FROM cases WHERE state IN ('New', 'Working', 'Waiting')"),
            Outages: db.Scalar<long>("SELECT count(*) FROM outages WHERE state <> 'Resolved'"),
            Faults: db.Scalar<long>("SELECT count(*) FROM faults WHERE cleared_at = 0"),
            Waiting: db.Scalar<long>("SELECT count(*) FROM notices WHERE state IN ('Due', 'Held', 'Sending', 'Retrying')"),
            Online: db.Scalar<long>("SELECT count(*) FROM device_live WHERE online = TRUE")));
        yield return Gauge("b2d_cases_open", "Cases that are new, being worked on or waiting.", counts.Cases);
        yield return Gauge("b2d_outages_open", "Outages that are not resolved.", counts.Outages);
        yield return Gauge("b2d_faults_open", "Faults that have not cleared.", counts.Faults);
        yield return Gauge("b2d_notices_waiting", "Notices that are not sent yet.", counts.Waiting);
        yield return Gauge("b2d_devices_online", "Devices that are connected.", counts.Online);
        yield return Gauge("b2d_console_live_streams", "Pages that are kept current now.", live.Open);
    }

    private static Measure Gauge(string name, string help, double value) => new(name, help, MeasureKind.Gauge, value, []);

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
