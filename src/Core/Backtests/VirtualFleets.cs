using B2D.Core.Devices;
using B2D.Core.Rules;
using B2D.Core.Telemetry;

namespace B2D.Core.Backtests;

/// <summary>
/// The fleets' medians along recorded time, taken every <see cref="FleetMedian.DefaultEvery"/> from the first thing that was said on, over the latest values so
/// far. What is said comes in order of time.
/// </summary>
/// <param name="set">The rules that ask for medians.</param>
internal sealed class VirtualFleets(RuleSet set)
{
    private static readonly TimeSpan Every = FleetMedian.DefaultEvery;

    private readonly Dictionary<DeviceId, Member> members = [];
    private readonly string[] metrics = [.. set.Fleet.Select(slot => set.Metrics[slot])];
    private ServerTime next;

    /// <summary>The medians taken last; null before the first.</summary>
    public Entry.FleetMedians? Told { get; private set; }

    /// <summary>When they were taken.</summary>
    public ServerTime ToldAt { get; private set; }

    /// <summary>A device is there.</summary>
    public void Register(Device device) => members.Add(device.Id, new Member(device.Model, metrics.Length));

    /// <summary>A registered device says something at <paramref name="at"/>; what it says counts from the next interval on.</summary>
    public void Take(DeviceId device, Entry body, ServerTime at)
    {
        AdvanceTo(at);
        if (body is not (Entry.Telemetry or Entry.Event))
            return;
        if (next == ServerTime.Zero)
            next = at + Every;
        var member = members[device];
        member.HeardAt = ServerTime.Max(member.HeardAt, at);
        foreach (var reading in body is Entry.Telemetry told ? told.Readings : [])
        {
            var slot = Array.IndexOf(metrics, reading.Metric);
            var happened = (body as Entry.Telemetry)?.At ?? new DeviceTime(at.EpochMs);
            if (slot >= 0 && (member.Latest[slot].Value.Kind == ValueKind.Missing || happened >= member.Latest[slot].At))
                member.Latest[slot] = (happened, reading.Value);
        }
    }

    /// <summary>Time passes. Of several intervals that end meanwhile only the last can matter to what is said next.</summary>
    public void AdvanceTo(ServerTime at)
    {
        if (next == ServerTime.Zero || at < next)
            return;
        ToldAt = next + (Every * Math.Floor((at - next) / Every));
        next = ToldAt + Every;
        var gathered = new FleetGathering(ToldAt);
        foreach (var member in members.Values)
        {
            for (var i = 0; i < metrics.Length; i++)
                gathered.Add(member.Model, metrics[i], member.Latest[i].Value, member.HeardAt);
        }
        Told = new Entry.FleetMedians(Every, gathered.Finish().Medians);
    }

    private sealed class Member(string model, int metrics)
    {
        public string Model => model;

        public ServerTime HeardAt { get; set; }

        /// <summary>By fleet slot.</summary>
        public (DeviceTime At, MetricValue Value)[] Latest { get; } = new (DeviceTime, MetricValue)[metrics];
    }
}
