using System.Collections.Immutable;
using B2D.Core.Devices;
using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using B2D.Core.Tests.Rules;

namespace B2D.Core.Tests.Faults;

/// <summary>Rules built by hand, mostly without the reader of rule files: what a test means stands in the test.</summary>
internal static class TestRules
{
    /// <summary>The instant that tests count seconds from, for both clocks: 2023-11-14T22:13:20Z.</summary>
    public const long Epoch = 1_700_000_000_000;

    public static ServerTime Server(double seconds) => new(Epoch + (long)(seconds * 1000));

    public static DeviceTime Device(double seconds) => new(Epoch + (long)(seconds * 1000));

    public static TimeSpan Sec(double seconds) => TimeSpan.FromSeconds(seconds);

    public static Device DeviceOf(string id, string model = "HP-2", string segment = "") =>
        new(DeviceId.Parse(id)) { Model = model, Segment = Segment.Parse(segment) };

    /// <summary>A condition over one metric slot; unknown while the metric was never reported.</summary>
    public static Condition When(int slot, Func<double, bool> holds) => new($"slot {slot}", [slot], (in ConditionScope s) =>
        s.Metrics[slot].Kind == ValueKind.Missing ? Truth.Unknown : holds(s.Metrics[slot].Number) ? Truth.True : Truth.False);

    public static Condition ForModel(string model) => new($"model {model}", [], (in ConditionScope s) => s.Device.Model == model ? Truth.True : Truth.False);

    /// <summary>Raises above 90, clears as soon as it does not, unless the test says otherwise.</summary>
    public static FaultRule Hot(string id = "hot", double hold = 0, double release = 0, double gap = 600) => Fault(id, FaultKind.Condition) with
    {
        Raise = When(0, v => v > 90),
        Hold = Sec(hold),
        Release = Sec(release),
        MaxGap = Sec(gap),
        MetricSlots = [0],
    };

    public static FaultRule Codes(string id, params string[] codes) => Fault(id, FaultKind.Codes) with { Codes = [.. codes], MaxGap = Sec(600) };

    public static FaultRule Silent(string id = "silent", double after = 600, double grace = 0, double hold = 0, double release = 0) =>
        Fault(id, FaultKind.Silence) with
    {
        Silent = Sec(after),
        StartGrace = Sec(grace),
        Hold = Sec(hold),
        Release = Sec(release),
    };

    public static DueRule Due(string id = "filter", double every = 1000, int marker = -1) => new()
    {
        Id = id,
        Title = id,
        Version = "1",
        Text = "",
        File = "test.yaml",
        Line = 1,
        CounterSlot = 1,
        Every = every,
        DoneByResetOfSlot = marker,
        DoneByOwner = true,
    };

    public static RemedyRule Remedy(double within = 60, int atMost = 3, double per = 86_400, Condition? verify = null) =>
        new("restart", ImmutableSortedDictionary<string, MetricValue>.Empty, verify, Sec(within), atMost, Sec(per));

    /// <summary>Every day from 23:00 to 00:30 UTC: 2,800 seconds after <see cref="Epoch"/> they begin, 8,200 seconds after it they end.</summary>
    public static Hours Night { get; } = new([new WeekHours([true, true, true, true, true, true, true], 23 * 60, 30, NodaTime.DateTimeZone.Utc)]);

    public static ChatterRule Chatter(int raises, double within, double quiet, double gap = 600) => new(raises, Sec(within), Sec(quiet), Sec(gap));

    /// <summary>A set over the metrics <c>m0</c> to <c>m3</c>.</summary>
    public static ActiveRules Set(string hash, params Rule[] rules) => new(new RuleSet
    {
        Hash = hash,
        Metrics = ["m0", "m1", "m2", "m3"],
        Faults = [.. rules.OfType<FaultRule>()],
        Dues = [.. rules.OfType<DueRule>()],
        Outages = [],
        Defects = [],
    });

    /// <summary>The same rule, which waits for what comes late.</summary>
    public static FaultRule Late(FaultRule rule, double lateness = 60) => rule with { Lateness = Sec(lateness) };

    /// <summary>The set of a rule file that must be good.</summary>
    public static ActiveRules FromFile(string yaml) => new(RuleFiles.Good(yaml));

    private static FaultRule Fault(string id, FaultKind kind) => new()
    {
        Id = id,
        Title = id,
        Version = "1",
        Text = "",
        File = "test.yaml",
        Line = 1,
        Kind = kind,
        BaseSeverity = Severity.High,
    };
}
