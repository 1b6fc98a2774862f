using B2D.Core.Devices;
using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.Core.Telemetry;

namespace B2D.Core.Backtests;

/// <summary>Back-dated passes along virtual time, over everything that was said so far.</summary>
/// <param name="set">The rules.</param>
internal sealed class VirtualPasses(RuleSet set)
{
    /// <summary>As long after the last late message as the worker waits where no option says otherwise.</summary>
    private static readonly TimeSpan After = TimeSpan.FromSeconds(10);

    /// <summary>What is open is looked at again after so long.</summary>
    private static readonly TimeSpan AgainAfter = 10 * After;

    private readonly BackDatedPass pass = new(set);
    private readonly Dictionary<DeviceId, Member> members = [];

    /// <summary>A device says something that counts for a time of its clock.</summary>
    public void Take(DeviceId device, Entry body, DeviceTime at, ServerTime now)
    {
        var member = MemberOf(device);
        // Looks at which nothing was new are passed over.
        if (member.OpenAt < now)
            member.OpenAt = now + AgainAfter - TimeSpan.FromMilliseconds((now - member.OpenAt.Value).TotalMilliseconds % AgainAfter.TotalMilliseconds);
        switch (body)
        {
            case Entry.Telemetry told when told.Readings.RemoveAll(r => !member.Values.Add((at, r.Metric, r.Value))) is { IsEmpty: false } fresh:
                member.Add(at, told with { Readings = fresh });
                break;
            case Entry.Event told when member.Codes.Add((at, told.Code, told.State)):
                member.Add(at, told);
                break;
        }
    }

    /// <summary>What it said came too late.</summary>
    public void CameLate(LaneEffect.CameLate late)
    {
        var member = MemberOf(late.Device);
        (late.Delayed ? member.Delayed : member.Prompt).Add(late.SentAt.EpochMs);
        (member.LookAt, member.SettledAt) = (late.At + After, late.At + pass.Reach);
    }

    /// <summary>When a pass is to look at what a device said; null for nothing.</summary>
    public ServerTime? DueAt(DeviceId device) => members.GetValueOrDefault(device) is { } member
        ? new[] { member.LookAt, member.SettledAt, member.IsNew ? member.OpenAt : null }.Min()
        : null;

    /// <summary>Looks at what a device said: at what came late twice, at what is open every so often where the device said something since.</summary>
    public BackDatedOutcome Run(Device device, ServerTime now, IReadOnlyCollection<KnownEpisode> known)
    {
        var member = MemberOf(device.Id);
        var open = known.Where(k => k.BackDated && k.EndedAt is null).ToList();
        var (oldest, newest) = member.Told.Count > 0 ? (member.Told[0].At, member.Told[^1].At) : default;
        var outcome = pass.Look(device, newest, oldest, new LateTimes(member.Prompt, member.Delayed), open, from => new DevicePast(member.From(from), known));
        (member.LookAt, member.IsNew) = (null, false);
        if (member.SettledAt <= now)
        {
            member.Prompt.Clear();
            member.Delayed.Clear();
            member.SettledAt = null;
        }
        var isOpen = outcome.Found.Any(f => f.EndedAt is null) || open.Count > outcome.Over.Length;
        member.OpenAt = isOpen ? now + AgainAfter : null;
        return outcome;
    }

    private Member MemberOf(DeviceId device)
    {
        if (!members.TryGetValue(device, out var member))
            members.Add(device, member = new Member());
        return member;
    }

    private sealed class Member
    {
        /// <summary>In order of device time, each value and code once.</summary>
        public List<(DeviceTime At, Entry Body)> Told { get; } = [];

        /// <summary>Something was said since the last look.</summary>
        public bool IsNew { get; set; }

        public HashSet<(DeviceTime At, string Metric, MetricValue Value)> Values { get; } = [];

        public HashSet<(DeviceTime At, string Code, CodeState State)> Codes { get; } = [];

        public HashSet<long> Prompt { get; } = [];

        public HashSet<long> Delayed { get; } = [];

        /// <summary>When it is looked at for the first time after something came late.</summary>
        public ServerTime? LookAt { get; set; }

        /// <summary>When what came late can change nothing more.</summary>
        public ServerTime? SettledAt { get; set; }

        /// <summary>When what is open is looked at again.</summary>
        public ServerTime? OpenAt { get; set; }

        /// <summary>Of one instant, in order of arrival.</summary>
        public void Add(DeviceTime at, Entry body)
        {
            Told.Insert(CountUpTo(at), (at, body));
            IsNew = true;
        }

        /// <summary>What was told from an instant on.</summary>
        public IEnumerable<(DeviceTime At, Entry Body)> From(DeviceTime from) => Told.Skip(CountUpTo(new DeviceTime(from.EpochMs - 1)));

        private int CountUpTo(DeviceTime at)
        {
            var (low, high) = (0, Told.Count);
            while (low < high)
            {
                var middle = (low + high) / 2;
                (low, high) = Told[middle].At <= at ? (middle + 1, high) : (low, middle);
            }
            return low;
        }
    }
}
