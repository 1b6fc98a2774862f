using B2D.Core.Rules;
using B2D.Core.Telemetry;

namespace B2D.Core.Faults;

/// <summary>
/// The fleets' medians as a lane's log told them last, and by model as conditions ask for them. A rule set that asks for others finds those among what was
/// told; what no rule asks for any more is forgotten when the rules change.
/// </summary>
internal sealed class FleetMemory
{
    private readonly Dictionary<string, double[]> byModel = new(StringComparer.Ordinal);
    private ServerTime standsUntil;

    /// <summary>What was told last; null before anything, and where no rule asks.</summary>
    public Entry.FleetMedians? Told { get; private set; }

    /// <summary>When it was told; zero before.</summary>
    public ServerTime At { get; private set; }

    /// <summary>By fleet slot, the medians of a model at an instant, NaN where there is none; empty where nothing is known of the model or it is too old.</summary>
    public ReadOnlySpan<double> Of(string model, ServerTime now) =>
        Told is not null && now <= standsUntil && byModel.TryGetValue(model, out var known) ? known : [];

    /// <summary>In place of all that was told before. Also what the rules in force do not ask for stays: those that do may be the next entry.</summary>
    public void Take(Entry.FleetMedians told, ServerTime at, RuleSet set)
    {
        (Told, At) = (told, at);
        standsUntil = at + (told.Every * FleetMedian.StandsForIntervals);
        Arrange(told, set);
    }

    /// <summary>Other rules are in force.</summary>
    public void Switch(RuleSet set)
    {
        if (Told is not { } told)
            return;
        var asked = told.Medians.Where(m => SlotOf(set, m.Metric) >= 0).ToList();
        Told = set.Fleet.IsEmpty ? null : asked.Count == told.Medians.Length ? told : told with { Medians = [.. asked] };
        At = Told is null ? ServerTime.Zero : At;
        Arrange(told, set);
    }

    private void Arrange(Entry.FleetMedians told, RuleSet set)
    {
        byModel.Clear();
        foreach (var median in told.Medians)
        {
            if (median.Devices < FleetMedian.MinDevices || !double.IsFinite(median.Value) || SlotOf(set, median.Metric) is not (var slot and >= 0))
                continue;
            if (!byModel.TryGetValue(median.Model, out var known))
            {
                byModel.Add(median.Model, known = new double[set.Fleet.Length]);
                Array.Fill(known, double.NaN);
            }
            known[slot] = median.Value;
        }
    }

    private static int SlotOf(RuleSet set, string metric)
    {
        for (var i = 0; i < set.Fleet.Length; i++)
        {
            if (set.Metrics[set.Fleet[i]] == metric)
                return i;
        }
        return -1;
    }
}
