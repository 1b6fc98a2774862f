using System.Collections.Immutable;
using B2D.Core.Devices;
using B2D.Core.Rules;
using B2D.Core.Telemetry;

namespace B2D.Core.Faults;

/// <summary>An episode that is on record.</summary>
/// <param name="Rule">Of which rule.</param>
/// <param name="Episode">Its name.</param>
/// <param name="OnsetAt">When it began, by the device's clock.</param>
/// <param name="EndedAt">When it was over, by the device's clock; null while it is open.</param>
/// <param name="BackDated">A back-dated pass found it.</param>
public sealed record KnownEpisode(string Rule, EpisodeId Episode, DeviceTime OnsetAt, DeviceTime? EndedAt, bool BackDated);

/// <summary>A fault that nobody could know of as it happened.</summary>
/// <param name="Rule">Under which rule.</param>
/// <param name="Episode">Its name: no entry of the log began it, so minus its onset in milliseconds stands for the offset.</param>
/// <param name="OnsetAt">When it began, by the device's clock.</param>
/// <param name="EndedAt">When it was over; null: it still was there at the newest reading.</param>
/// <param name="Severity">The most serious it was.</param>
/// <param name="Evidence">The readings that raise it.</param>
public sealed record BackDatedFault(FaultRule Rule, EpisodeId Episode, DeviceTime OnsetAt, DeviceTime? EndedAt, Severity Severity, ImmutableArray<EvidenceValue> Evidence);

/// <summary>What is stored of a device from a time of its clock on.</summary>
/// <param name="Told">Its readings and codes, in order of device time.</param>
/// <param name="Known">Its episodes on record that were not over by then; of very many some may be missing.</param>
public sealed record DevicePast(IEnumerable<(DeviceTime At, Entry Body)> Told, IReadOnlyCollection<KnownEpisode> Known);

/// <summary>What a pass came to.</summary>
/// <param name="Found">What is to be recorded, in order of onset.</param>
/// <param name="Over">Open ones that an earlier pass found and that are over, and when.</param>
/// <param name="LeftOut">How many more there were than <see cref="BackDatedPass.MaxFound"/>.</param>
public sealed record BackDatedOutcome(ImmutableArray<BackDatedFault> Found, ImmutableArray<(KnownEpisode Episode, DeviceTime EndedAt)> Over, int LeftOut)
{
    public static BackDatedOutcome Nothing { get; } = new([], [], 0);
}

/// <summary>Device times, in epoch milliseconds, of messages that came late: for rules without lateness, and for those with it, which have a watermark of their own.</summary>
public sealed record LateTimes(IReadOnlySet<long> Prompt, IReadOnlySet<long> Delayed)
{
    public IEnumerable<long> All => Prompt.Concat(Delayed);
}

/// <summary>
/// What readings that came too late to be evaluated as they came would have raised. All that the device told is evaluated twice, in order of device time: with what
/// came late, and without. A fault that is there only with it, and that overlaps none on record, is one that nobody could know of. What differs between now and
/// then for any other reason, such as changed rules, differs in both and is found by neither.
/// </summary>
public sealed class BackDatedPass
{
    /// <summary>Most that one pass finds; what there is more is left out, the oldest kept.</summary>
    public const int MaxFound = 200;

    /// <summary>Where no rule needs to look further back, what happened so long before the late readings still counts.</summary>
    private static readonly TimeSpan LeastReach = TimeSpan.FromMinutes(10);

    private readonly ActiveRules rules;
    private readonly HashSet<string> isDelayed;

    /// <param name="set">The rules in force.</param>
    /// <param name="mostReach">Most that <see cref="Reach"/> may be, whatever the rules ask for; null for no limit.</param>
    public BackDatedPass(RuleSet set, TimeSpan? mostReach = null)
    {
        rules = new ActiveRules(set with { Faults = [.. set.Faults.Where(Judges).Select(Plain)], Dues = [], Outages = [], Defects = [] });
        isDelayed = [.. set.Faults.Where(f => f.Lateness > TimeSpan.Zero).Select(f => f.Id)];
        var faults = rules.Set.Faults;
        Reach = faults.Select(f => f.Hold + f.Release + f.MaxGap).Append(set.Reach).Append(LeastReach).Max();
        Reach = mostReach < Reach ? mostReach.Value : Reach;
    }

    /// <summary>How long before the oldest late reading the device's telemetry has to begin, so that windows and holds have what they need, and how long after it
    /// that may still matter.</summary>
    public TimeSpan Reach { get; }

    /// <summary>The metrics that it reads; codes it reads all.</summary>
    public IReadOnlyCollection<string> Metrics => rules.Set.Metrics;

    /// <summary>Whether a rule is asked for what came late. Silence says nothing of when messages were heard, and the medians of back then are not kept.</summary>
    public static bool Judges(FaultRule rule) => rule.Kind == FaultKind.Codes || (rule.Kind == FaultKind.Condition && rule.FleetSlots.IsEmpty);

    /// <summary>What came late of a device, looked at with all that it told around it.</summary>
    /// <param name="device">As it is registered now.</param>
    /// <param name="told">Its readings and codes from <see cref="Reach"/> before the oldest late one (and the onset of every open back-dated episode) on, in order of device time.</param>
    /// <param name="late">What came late; none where only what is open is looked at.</param>
    /// <param name="known">Its episodes on record that were not over before <paramref name="told"/> begins.</param>
    internal BackDatedOutcome Find(
        Device device, IEnumerable<(DeviceTime At, Entry Body)> told, LateTimes late, IReadOnlyCollection<KnownEpisode> known)
    {
        var all = new Evaluation(rules, device);
        (IReadOnlySet<long> Late, Evaluation InTime)[] without = [.. new[] { late.Prompt, late.Delayed }.Select(l => (l, l.Count > 0 ? new Evaluation(rules, device) : all))];
        foreach (var (at, body) in told)
        {
            all.Take(at, body);
            foreach (var (times, inTime) in without)
            {
                if (times.Count > 0 && !times.Contains(at.EpochMs))
                    inTime.Take(at, body);
            }
        }
        // A code that is still set was raised as it came: of one code the newest word counts, however late.
        var found = all.Episodes.Where(e => (e.Rule.Kind != FaultKind.Codes || e.EndedAt is not null)
            && !without[isDelayed.Contains(e.Rule.Id) ? 1 : 0].InTime.Episodes.Any(e.Overlaps) && !known.Any(e.Overlaps)).ToList();
        var over = ImmutableArray.CreateBuilder<(KnownEpisode, DeviceTime)>();
        foreach (var open in known.Where(IsFollowed))
        {
            var still = all.Episodes.Where(e => e.Overlaps(open)).ToList();
            if (still.TrueForAll(e => e.EndedAt is not null))
                over.Add((open, still.Count == 0 ? open.OnsetAt : still[^1].EndedAt!.Value));
        }
        return new BackDatedOutcome([.. found.OrderBy(e => e.OnsetAt).Take(MaxFound).Select(e => e.ToFault(device.Id))], over.ToImmutable(), Math.Max(0, found.Count - MaxFound));
    }

    /// <summary>
    /// A look at what came late and at how the open ones go on that earlier passes found. Where nothing came late, what is still there is seen in the newest readings; only
    /// where these do not show it, all since it began says when it was over.
    /// </summary>
    /// <param name="device">As it is registered now.</param>
    /// <param name="newest">The newest that it told.</param>
    /// <param name="oldest">Nothing before this is looked at but for <see cref="Reach"/> before it.</param>
    /// <param name="late">What came late since then.</param>
    /// <param name="open">Its open episodes that a pass found.</param>
    /// <param name="past">What is stored of it from a time on.</param>
    public BackDatedOutcome Look(
        Device device, DeviceTime newest, DeviceTime oldest, LateTimes late, IReadOnlyCollection<KnownEpisode> open, Func<DeviceTime, DevicePast> past)
    {
        var onsets = open.Where(IsFollowed).Select(k => k.OnsetAt).Concat(late.All.Select(at => new DeviceTime(at))).ToList();
        if (onsets.Count == 0)
            return BackDatedOutcome.Nothing;
        var began = DeviceTime.Max(onsets.Min(), oldest);
        var recent = late.All.Any() ? began : DeviceTime.Max(newest - Reach - Reach, began);
        var outcome = From(recent);
        return outcome.Over.IsEmpty || recent == began ? outcome : From(began);

        BackDatedOutcome From(DeviceTime at)
        {
            var (told, known) = past(at - Reach);
            return Find(device, told, late, [.. known.Union(open)]);
        }
    }

    private bool IsFollowed(KnownEpisode known) => known.BackDated && known.EndedAt is null && rules.FaultOf(known.Rule) >= 0;

    /// <summary>The rule's conditions and times alone: people, hours, customers and commands have no part in what was.</summary>
    private static FaultRule Plain(FaultRule rule) => rule with { Lateness = TimeSpan.Zero, Latch = false, Chatter = null, During = null, Remedy = null, Notice = null };

    private sealed class Episode(FaultRule rule, DeviceTime onset, ImmutableArray<EvidenceValue> evidence)
    {
        public FaultRule Rule => rule;

        public DeviceTime OnsetAt => onset;

        public DeviceTime? EndedAt { get; set; }

        public Severity Severity { get; set; }

        public BackDatedFault ToFault(DeviceId device) => new(rule, new EpisodeId(Partitions.Of(device), -onset.EpochMs), onset, EndedAt, Severity, evidence);

        public bool Overlaps(Episode other) => other.Rule.Id == rule.Id && Overlaps(other.OnsetAt, other.EndedAt);

        public bool Overlaps(KnownEpisode other) => other.Rule == rule.Id && Overlaps(other.OnsetAt, other.EndedAt);

        private bool Overlaps(DeviceTime from, DeviceTime? until) => (until is null || until >= onset) && (EndedAt is null || EndedAt >= from);
    }

    /// <summary>One device's memory, which hears everything as if it came at once and late: nothing is completed by the server's clock.</summary>
    private sealed class Evaluation
    {
        private static readonly ServerTime Now = new(ServerTime.Never.EpochMs / 2);

        private readonly Lane lane;
        private readonly List<LaneEffect> effects = [];
        private readonly Dictionary<string, Episode> open = new(StringComparer.Ordinal);
        private long offset;

        public Evaluation(ActiveRules rules, Device device)
        {
            lane = new Lane(Partitions.Of(device.Id), ArrivalOptions.Default);
            Apply(new DeviceTime(0), new Entry.RulesActivated(rules.Set.Hash), rules);
            Apply(new DeviceTime(0), new Entry.Registered(device), rules);
        }

        /// <summary>In order of being raised.</summary>
        public List<Episode> Episodes { get; } = [];

        public void Take(DeviceTime at, Entry body)
        {
            Apply(at, body, lane.Rules);
            foreach (var effect in effects)
            {
                switch (effect)
                {
                    case LaneEffect.Raised e:
                        open[e.Rule.Id] = new Episode(e.Rule, e.OnsetAt, e.Evidence) { Severity = e.Severity };
                        Episodes.Add(open[e.Rule.Id]);
                        break;
                    case LaneEffect.SeverityChanged e when open.TryGetValue(e.Rule.Id, out var changed) && e.Severity > changed.Severity:
                        changed.Severity = e.Severity;
                        break;
                    case LaneEffect.Cleared e when open.Remove(e.Rule, out var cleared):
                        cleared.EndedAt = e.ClearedAt;
                        break;
                }
            }
            effects.Clear();
        }

        private void Apply(DeviceTime at, Entry body, ActiveRules rules) =>
            lane.Apply(new LogEntry(lane.Partition, ++offset, Now, body), new Judgement(at, false, false, TimeQuality.Late), [], _ => rules, effects);
    }
}
