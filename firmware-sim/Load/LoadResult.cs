using System.Globalization;
using System.Text.Json.Nodes;

namespace B2D.FirmwareSim.Load;

/// <summary>What came of a load.</summary>
/// <param name="Sent">Messages sent for the first time.</param>
/// <param name="Acknowledged">Messages acknowledged, or at QoS 0 known to be received.</param>
/// <param name="Resent">Messages sent again after a connection broke.</param>
/// <param name="Reconnects">Connections made again.</param>
/// <param name="Refused">Acknowledgements of messages that were not in flight.</param>
/// <param name="Connecting">How long all connections took to be let in.</param>
/// <param name="Taken">From the first message to the last acknowledgement.</param>
/// <param name="Latency">From a message's sending, or planned time, to its acknowledgement.</param>
/// <param name="Trouble">Why not everything was acknowledged; empty where it was.</param>
public sealed record LoadResult(
    long Sent, long Acknowledged, long Resent, long Reconnects, long Refused, TimeSpan Connecting, TimeSpan Taken, LatencyHistogram Latency, string Trouble)
{
    /// <summary>Acknowledged messages a second.</summary>
    public double PerSecond => Taken > TimeSpan.Zero ? Acknowledged / Taken.TotalSeconds : 0;

    /// <summary>Everything that was sent was acknowledged, and nothing else.</summary>
    public bool IsComplete => Sent > 0 && Acknowledged == Sent && Refused == 0;

    /// <summary>For programs: one line.</summary>
    public string Json() => new JsonObject
    {
        ["sent"] = Sent,
        ["acknowledged"] = Acknowledged,
        ["resent"] = Resent,
        ["reconnects"] = Reconnects,
        ["unexpected"] = Refused,
        ["connect_s"] = Math.Round(Connecting.TotalSeconds, 3),
        ["seconds"] = Math.Round(Taken.TotalSeconds, 4),
        ["msgs_per_s"] = Math.Round(PerSecond, 1),
        ["p50_ms"] = Ms(50),
        ["p90_ms"] = Ms(90),
        ["p99_ms"] = Ms(99),
        ["p999_ms"] = Ms(99.9),
        ["max_ms"] = Math.Round(Latency.Max.TotalMilliseconds, 3),
        ["trouble"] = Trouble,
        ["ok"] = IsComplete,
    }.ToJsonString();

    /// <summary>For people: name and value of each line.</summary>
    public IEnumerable<(string Name, string Value)> Lines()
    {
        yield return ("messages", string.Create(CultureInfo.InvariantCulture, $"{Acknowledged:N0} of {Sent:N0} acknowledged"));
        yield return ("rate", string.Create(CultureInfo.InvariantCulture, $"{PerSecond:N0}/s over {Taken.TotalSeconds:0.00} s"));
        if (Latency.Count > 0)
            yield return ("latency", string.Create(CultureInfo.InvariantCulture, $"p50 {Ms(50)}  p90 {Ms(90)}  p99 {Ms(99)}  p99.9 {Ms(99.9)}  max {Latency.Max.TotalMilliseconds:0.00} ms"));
        yield return ("connecting", string.Create(CultureInfo.InvariantCulture, $"{Connecting.TotalSeconds:0.00} s"));
        if (Reconnects > 0) yield return ("reconnected", string.Create(CultureInfo.InvariantCulture, $"{Reconnects:N0} times, {Resent:N0} messages sent again"));
        if (Trouble.Length > 0) yield return ("trouble", Trouble);
    }

    private double Ms(double percent) => Math.Round(Latency.Percentile(percent).TotalMilliseconds, 3);
}
