using System.Globalization;
using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Telemetry;

namespace B2D.Simulation.World;

/// <summary>
/// The town's faults as somebody finds them who reads the log from its beginning with town.yaml beside him: written down naively, rule by rule, without the product's
/// machines, windows, queues and snapshots. Of the product it takes the log's entries and the one function that judges a device's clock. It knows nothing of
/// restarts, so that whatever a restart changes is a difference.
/// </summary>
internal sealed class Reference
{
    private readonly Dictionary<string, ReferenceDevice> devices = new(StringComparer.Ordinal);
    private readonly List<ReferenceDevice>[] ofPartition = [.. Enumerable.Range(0, Partitions.Count).Select(_ => new List<ReferenceDevice>())];
    private readonly (bool Up, long DownSince, bool Rules)[] partitions = [.. Enumerable.Repeat((true, 0L, false), Partitions.Count)];

    private Reference()
    {
    }

    /// <summary>Every episode, one line each, in the form of <see cref="Line"/>.</summary>
    public IEnumerable<string> Faults => devices.Values.SelectMany(d => d.Faults);

    /// <summary>Different values of metrics that arrived: each has to be stored once.</summary>
    public long Values => devices.Values.Sum(d => d.Values);

    /// <summary>Reads a town's whole log.</summary>
    public static Reference Of(VirtualTown town)
    {
        var (log, reference) = (town.Installation.Stores.Log, new Reference());
        for (var position = 0L; log.Read(position, 10_000) is { Count: > 0 } entries; position = entries[^1].Offset)
        {
            foreach (var entry in entries)
                reference.Take(entry);
        }
        foreach (var (partition, all) in reference.ofPartition.Index())
        {
            if (reference.partitions[partition].Up)
                all.ForEach(d => d.RunTo(log.SealedUntil.EpochMs));
        }
        return reference;
    }

    /// <summary>One episode in words; instants in epoch milliseconds, 0 for not cleared.</summary>
    public static string Line(string device, string rule, long raisedAt, long onsetAt, long clearedAt) =>
        string.Create(CultureInfo.InvariantCulture, $"{rule} of {device} raised {raisedAt}, since {onsetAt}, cleared {clearedAt}");

    private void Take(in LogEntry entry)
    {
        var now = entry.At.EpochMs;
        ref var partition = ref partitions[entry.Partition];
        var all = ofPartition[entry.Partition];
        switch (entry.Body)
        {
            case Entry.RulesActivated:
                partition.Rules = true;
                all.ForEach(d => d.SetRules(now));
                break;
            case Entry.GatewayDown:
                if (partition.Up)
                {
                    all.ForEach(d => d.RunTo(now));
                    partition = partition with { Up = false, DownSince = now };
                }
                break;
            case Entry.GatewayUp up:
                var from = partition.Up ? Math.Min(up.DownFrom.EpochMs, now) : Math.Min(up.DownFrom.EpochMs, partition.DownSince);
                if (partition.Up)
                    all.ForEach(d => d.RunTo(from));
                all.ForEach(d => d.SkipDowntime(from, now));
                partition = partition with { Up = true, DownSince = 0 };
                break;
            case Entry.Registered registered when !devices.ContainsKey(registered.Device.Id.Value):
                var device = new ReferenceDevice(registered.Device, now);
                devices.Add(registered.Device.Id.Value, device);
                all.Add(device);
                if (partition.Rules)
                    device.SetRules(now);
                break;
            default:
                if (DeviceOf(entry.Body) is { } id && devices.TryGetValue(id.Value, out var known))
                {
                    if (partition.Up)
                        known.RunTo(now);
                    known.Take(entry, partition.Up);
                }
                break;
        }
    }

    private static DeviceId? DeviceOf(Entry body) => body switch
    {
        Entry.Telemetry e => e.Device,
        Entry.Event e => e.Device,
        Entry.PresenceChange e => e.Device,
        Entry.Reply e => e.Device,
        _ => null,
    };
}

/// <summary>One device's messages, in the order of the log, and what the town's rules make of them.</summary>
internal sealed class ReferenceDevice
{
    private const long LiveWithinMs = 5 * 60_000;

    private readonly HashSet<(string, long, MetricValue)> values = [];
    private readonly HashSet<(string, CodeState, long)> codes = [];
    private readonly List<ReferenceCondition> conditions = [];
    private readonly List<ReferenceCode> codeRules = [];
    private readonly ReferenceSilence? silence;
    private ClockEstimate clock;
    private long watermark;
    private bool hasRules;

    public ReferenceDevice(Device device, long now)
    {
        var (id, limit) = (device.Id.Value, device.Params.GetValueOrDefault("compressor-overheat.limit", MetricValue.Of(95.0)).Number);
        codeRules.Add(new ReferenceCode(id, "controller-hung", "E17"));
        switch (device.Model[..3])
        {
            case "HP-":
                codeRules.Add(new ReferenceCode(id, "pump-blocked", "E42"));
                conditions.Add(new ReferenceCondition(id, "compressor-overheat", "temp_c", t => t > limit, t => t < limit - 10)
                {
                    And = ("compressor", MetricValue.Of("on")),
                    HoldMs = 4_000,
                    ReleaseMs = 2_000,
                    Raises = (4, 5),
                    Clears = (2, 2),
                    GapMs = 20_000,
                });
                break;
            case "EV-":
                conditions.Add(new ReferenceCondition(id, "plug-overheat", "plug_temp_c", t => t > 80, t => t < 70) { HoldMs = 3_000, ReleaseMs = 3_000, GapMs = 20_000 });
                break;
            case "CM-":
                conditions.Add(new ReferenceCondition(id, "sensor-stuck", "boiler_age_s", a => a > 5, a => a < 2) { HoldMs = 2_000, GapMs = 20_000 });
                break;
            case "RT-":
                conditions.Add(new ReferenceCondition(id, "reboot-loop", "boots_recent", b => b >= 4, b => b < 1) { GapMs = 600_000 });
                silence = new ReferenceSilence(id, "router-silent", 12_000, 5_000, now);
                break;
        }
    }

    public long Values => values.Count;

    public IEnumerable<string> Faults => Rules.SelectMany(r => r.Episodes);

    private IEnumerable<ReferenceRule> Rules => silence is null ? [.. conditions, .. codeRules] : [.. conditions, .. codeRules, silence];

    public void SetRules(long now)
    {
        hasRules = true;
        silence?.SetRules(now);
    }

    /// <summary>Nothing was heard up to an instant, and the gateway could hear.</summary>
    public void RunTo(long until)
    {
        foreach (var rule in Rules)
            rule.RunTo(until);
    }

    /// <summary>The gateway could hear nothing for a while.</summary>
    public void SkipDowntime(long from, long now)
    {
        foreach (var rule in Rules)
            rule.SkipDowntime(from, now);
    }

    public void Take(in LogEntry entry, bool gatewayUp)
    {
        var now = entry.At.EpochMs;
        if (entry.Body is Entry.PresenceChange { State: Presence.Offline })
        {
            if (gatewayUp)
                silence?.GoOffline(now);
            return;
        }
        silence?.Hear(now);
        switch (entry.Body)
        {
            case Entry.PresenceChange { Source: PresenceSource.Session }:
                clock = Arrival.OnConnected(clock);
                codeRules.ForEach(r => r.SetClockBack(now - LiveWithinMs));
                break;
            case Entry.Telemetry t:
                Take(t, Judge(t.At, entry.At), now);
                break;
            case Entry.Event e:
                Take(e, Judge(e.At, entry.At), now);
                break;
        }
    }

    private (long At, bool Live) Judge(DeviceTime? sent, ServerTime now)
    {
        var judged = Arrival.Judge(sent, now, clock, ArrivalOptions.Default);
        clock = judged.Clock;
        return (judged.At.EpochMs, judged.IsLive);
    }

    private void Take(Entry.Telemetry message, (long At, bool Live) time, long now)
    {
        var fresh = message.Readings.Where(r => values.Add((r.Metric, time.At, r.Value))).ToDictionary(r => r.Metric, r => r.Value, StringComparer.Ordinal);
        if (fresh.Count == 0 || !MoveOn(time, now))
            return;
        foreach (var rule in conditions.Where(_ => hasRules))
            rule.Take(fresh, time.At, time.Live, now);
    }

    private void Take(Entry.Event happened, (long At, bool Live) time, long now)
    {
        if (!codes.Add((happened.Code, happened.State, time.At)))
            return;
        MoveOn(time, now);
        foreach (var rule in codeRules.Where(r => hasRules && r.Code == happened.Code))
            rule.Take(happened.State, time.At, now);
    }

    /// <summary>False for what comes from before something that was evaluated already, unless the clock itself was set back.</summary>
    private bool MoveOn((long At, bool Live) time, long now)
    {
        var setBack = time.Live && watermark - time.At > LiveWithinMs;
        if (time.At < watermark && !setBack)
            return false;
        if (setBack)
        {
            foreach (var rule in Rules)
                rule.SetClockBack(time.At);
        }
        watermark = setBack ? Math.Min(time.At, now) : Math.Max(watermark, Math.Min(time.At, now));
        return true;
    }
}
