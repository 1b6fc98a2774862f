using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Telemetry;

namespace B2D.Simulation.World;

/// <summary>A message of a device: when it came, what time of the device it is of, and whether something later had been evaluated before.</summary>
internal sealed record Told(long ArrivedAt, long At, bool IsLate)
{
    /// <summary>Null for a code.</summary>
    public Dictionary<string, MetricValue>? Readings { get; init; }

    public string Code { get; init; } = "";

    public CodeState State { get; init; }
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
    private readonly ReferenceRule[] rules;
    private readonly List<(long At, long Until)> worked = [];
    private readonly List<Told> told = [];
    private readonly Func<ReferenceDevice> anew;
    private ClockEstimate clock;
    private long watermark;

    public ReferenceDevice(Device device, long now, ExtraRules extra, PartitionState partition)
    {
        anew = () => new ReferenceDevice(device, now, extra, partition);
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
                conditions.Add(new ReferenceCondition(id, "plug-overheat", "plug_temp_c", t => t > 80, t => t < 70) { HoldMs = 3_000, ReleaseMs = 3_000, GapMs = 20_000, IsSafety = true });
                break;
            case "CM-":
                conditions.Add(new ReferenceCondition(id, "sensor-stuck", "boiler_age_s", a => a > 5, a => a < 2) { HoldMs = 2_000, GapMs = 20_000 });
                break;
            case "RT-":
                conditions.Add(new ReferenceCondition(id, "reboot-loop", "boots_recent", b => b >= 4, b => b < 1) { GapMs = 600_000 });
                silence = new ReferenceSilence(id, "router-silent", 12_000, 5_000, now);
                break;
        }
        var (more, codesToo) = extra.Of(device, partition);
        conditions.AddRange(more);
        codeRules.AddRange(codesToo);
        rules = silence is null ? [.. conditions, .. codeRules] : [.. conditions, .. codeRules, silence];
    }

    public long Values => values.Count;

    /// <summary>Everything it told once, in the order of arrival.</summary>
    public IReadOnlyList<Told> Messages => told;

    /// <summary>The episodes of messages as if they had come in the order in which they happened and yet late, by conditions and times alone; in the device's time, 0 for
    /// not over.</summary>
    public IReadOnlyList<(string Rule, long From, long Until)> EpisodesOf(IEnumerable<Told> messages)
    {
        var device = anew();
        ReferenceRule[] all = [.. device.conditions, .. device.codeRules];
        foreach (var rule in all)
        {
            rule.IsPlain = true;
            rule.SetRules(0);
        }
        foreach (var message in messages.OrderBy(m => m.At))
        {
            foreach (var rule in message.Readings is null ? [] : device.conditions)
                rule.Take(message.Readings!, message.At, false, message.At);
            foreach (var rule in device.codeRules.Where(r => message.Readings is null && r.Code == message.Code))
                rule.Take(message.State, message.At, message.At);
        }
        return [.. all.SelectMany(r => r.All.Select(e => (r.Rule, e.OnsetAt, e.ClearedAt)))];
    }

    public IEnumerable<string> Faults => rules.SelectMany(r => r.Episodes);

    public IReadOnlyList<ReferenceRule> Rules => rules;

    /// <summary>When somebody said until when people work on it.</summary>
    public IReadOnlyList<(long At, long Until)> Worked => worked;

    /// <summary>True at an instant at which people work on it, as far as anybody had said so by then.</summary>
    public bool IsWorkedOn(long at) => worked.FindLastIndex(w => w.At <= at) is var last and >= 0 && worked[last].Until > at;

    /// <summary>The same as far as anybody had said so before: what the clock does at an instant it does before what is said at it.</summary>
    public bool WasWorkedOn(long at) => worked.FindLastIndex(w => w.At < at) is var last and >= 0 && worked[last].Until > at;

    public void SetRules(IReadOnlySet<string> names, long now)
    {
        foreach (var rule in rules.Where(r => names.Contains(r.Rule)))
            rule.SetRules(now);
    }

    /// <summary>Nothing was heard up to an instant, and the gateway could hear.</summary>
    public void RunTo(long until)
    {
        foreach (var rule in rules)
            rule.RunTo(until);
    }

    /// <summary>The gateway could hear nothing for a while.</summary>
    public void SkipDowntime(long from, long now)
    {
        foreach (var rule in rules)
            rule.SkipDowntime(from, now);
    }

    public void Take(in LogEntry entry, bool gatewayUp)
    {
        var now = entry.At.EpochMs;
        switch (entry.Body)
        {
            case Entry.PresenceChange { State: Presence.Offline }:
                if (gatewayUp)
                    silence?.GoOffline(now);
                return;
            case Entry.Action acted:
                foreach (var rule in rules.Where(r => r.Rule == acted.Rule && acted.Kind == FaultAction.Acknowledge))
                    rule.Acknowledge(now);
                return;
            case Entry.Maintenance until:
                Maintain(until.Until.EpochMs, now, gatewayUp);
                return;
        }
        silence?.Hear(now);
        switch (entry.Body)
        {
            case Entry.PresenceChange { Source: PresenceSource.Session }:
                clock = Arrival.OnConnected(clock);
                codeRules.ForEach(r => r.Reconnect(now - LiveWithinMs));
                break;
            case Entry.Telemetry t:
                Take(t, Judge(t.At, entry.At), now);
                break;
            case Entry.Event e:
                Take(e, Judge(e.At, entry.At), now);
                break;
        }
    }

    private void Maintain(long until, long now, bool gatewayUp)
    {
        worked.Add((now, until));
        foreach (var rule in rules)
            rule.Maintain(until, now);
        if (gatewayUp)
            RunTo(now);
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
        if (fresh.Count == 0)
            return;
        var isLate = !MoveOn(time, now);
        told.Add(new Told(now, time.At, isLate) { Readings = fresh });
        if (isLate)
            return;
        foreach (var rule in conditions.Where(r => r.IsInForce))
            rule.Take(fresh, time.At, time.Live, now);
    }

    private void Take(Entry.Event happened, (long At, bool Live) time, long now)
    {
        if (!codes.Add((happened.Code, happened.State, time.At)))
            return;
        told.Add(new Told(now, time.At, !MoveOn(time, now)) { Code = happened.Code, State = happened.State });
        foreach (var rule in codeRules.Where(r => r.IsInForce && r.Code == happened.Code))
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
            foreach (var rule in rules)
                rule.SetClockBack(time.At);
        }
        watermark = setBack ? Math.Min(time.At, now) : Math.Max(watermark, Math.Min(time.At, now));
        return true;
    }
}
