using System.Collections.Immutable;
using B2D.Core.Cases;
using B2D.Core.Devices;
using B2D.Core.Maintenance;

namespace B2D.Core.Access;

/// <summary>Why something is seen, or is not.</summary>
public enum SightReason : byte
{
    /// <summary>Whoever looks sees everything.</summary>
    Everything = 1,

    /// <summary>It lies within what they see.</summary>
    Inside = 2,

    /// <summary>It is of a queue that they do not see.</summary>
    OtherQueue = 3,

    /// <summary>It hangs in a part of the topology that they do not see, or in none.</summary>
    OtherSegment = 4,

    /// <summary>A part of it lies within what they see: they read it and do not act on it.</summary>
    ReachesBeyond = 5,
}

/// <summary>Whether something is seen, and why.</summary>
public readonly record struct Seen(SightReason Reason)
{
    /// <summary>It is shown. What is not answers as if it did not exist.</summary>
    public bool IsShown => Reason is SightReason.Everything or SightReason.Inside or SightReason.ReachesBeyond;

    /// <summary>It may be acted on, as far as the role goes.</summary>
    public bool IsWhole => Reason is SightReason.Everything or SightReason.Inside;
}

/// <summary>
/// What of the installation somebody sees: cases of their queues, and devices of their segments with all below them and with all that hangs on them. No queue means all
/// queues, no segment the whole topology. This is the one place that decides; the database asks the same of rows.
/// </summary>
public sealed class Sight : IEquatable<Sight>
{
    /// <summary>Most queues, and most segments, of one user or key.</summary>
    public const int Most = 50;

    /// <summary>Nothing is left out.</summary>
    public static readonly Sight Everything = new([], []);

    private Sight(ImmutableArray<string> queues, ImmutableArray<string> segments) => (Queues, Segments) = (queues, segments);

    /// <summary>Their queues in order; empty: all.</summary>
    public ImmutableArray<string> Queues { get; }

    /// <summary>Paths of their segments in order, none below another; empty: all.</summary>
    public ImmutableArray<string> Segments { get; }

    public bool IsEverything => Queues.IsEmpty && Segments.IsEmpty;

    /// <summary>Queues and segments as they are kept: one a line.</summary>
    public (string Queues, string Segments) Text => (string.Join('\n', Queues), string.Join('\n', Segments));

    /// <summary>Reads names of queues and paths of segments, each apart by commas or lines; null with what is wrong in a sentence.</summary>
    public static (Sight? Sight, string Problem) Read(string? queues, string? segments)
    {
        var named = Split(queues).Select(q => q.ToLowerInvariant()).Distinct().Order(StringComparer.Ordinal).ToImmutableArray();
        var paths = Split(segments).Select(s => s.Trim('/')).Distinct().Order(StringComparer.Ordinal).ToImmutableArray();
        if (named.Length > Most || paths.Length > Most)
            return (null, $"at most {Most} queues and {Most} segments");
        if (named.Select(CaseQueue.Problem).FirstOrDefault(p => p.Length > 0) is { } wrong)
            return (null, wrong);
        foreach (var path in paths)
        {
            if (!Segment.TryParse(path, out _, out var error))
                return (null, error);
            if (path.Any(char.IsControl))
                return (null, $"segment '{path}' has a control character");
        }
        // What lies below another of them says nothing of its own.
        return (new Sight(named, [.. paths.Where(p => !paths.Any(other => other != p && Segment.Parse(other).Contains(Segment.Parse(p))))]), "");
    }

    /// <summary>What is kept, as it was read once.</summary>
    public static Sight Of(string queues, string segments) =>
        queues.Length == 0 && segments.Length == 0 ? Everything : new Sight([.. Split(queues)], [.. Split(segments)]);

    /// <summary>A device, or what hangs on one, by its segment.</summary>
    public Seen Device(string segment) => new(Segments.IsEmpty ? IsEverything ? SightReason.Everything : SightReason.Inside
        : Contains(segment) ? SightReason.Inside : SightReason.OtherSegment);

    /// <summary>A case by its queue and by its device's segment.</summary>
    public Seen Case(string queue, string segment) =>
        Device(segment) is { IsShown: false } elsewhere ? elsewhere
        : !Queues.IsEmpty && !Queues.Contains(queue) ? new Seen(SightReason.OtherQueue)
        : new Seen(IsEverything ? SightReason.Everything : SightReason.Inside);

    /// <summary>An outage by its segment: what is larger than what they see is read by them where a device of theirs is down, with their numbers.</summary>
    /// <param name="theirs">A device that they see is part of it.</param>
    public Seen Outage(string segment, bool theirs) => Device(segment) is { IsShown: false } elsewhere
        ? theirs ? new Seen(SightReason.ReachesBeyond) : elsewhere : Device(segment);

    /// <summary>Planned work: on every device of a model, or on more than they see, it is read and not acted on.</summary>
    /// <param name="deviceSegment">Of the device that is worked on; empty for other scopes and for a device that is not known.</param>
    public Seen Maintenance(MaintenanceScope scope, string target, string deviceSegment)
    {
        if (Segments.IsEmpty)
            return Device("");
        return scope switch
        {
            MaintenanceScope.Device => Device(deviceSegment),
            MaintenanceScope.Model => new Seen(SightReason.ReachesBeyond),
            _ when Contains(target) => new Seen(SightReason.Inside),
            _ => new Seen(Above().Contains(target) ? SightReason.ReachesBeyond : SightReason.OtherSegment),
        };
    }

    /// <summary>Segments above theirs.</summary>
    public IEnumerable<string> Above() => Segments.SelectMany(s => Segment.Parse(s).SelfAndAncestors().Skip(1)).Select(s => s.Path).Distinct();

    public bool Equals(Sight? other) => other is not null && Queues.SequenceEqual(other.Queues) && Segments.SequenceEqual(other.Segments);

    public override bool Equals(object? obj) => Equals(obj as Sight);

    public override int GetHashCode() => Text.GetHashCode();

    /// <summary>In words, for lists: <c>queues heating, coffee; segments north</c>.</summary>
    public override string ToString() => IsEverything ? "everything"
        : string.Join("; ", new[] { Words("queue", Queues), Words("segment", Segments) }.Where(w => w.Length > 0));

    private static string Words(string one, ImmutableArray<string> names) =>
        names.Length == 0 ? "" : $"{one}{(names.Length == 1 ? "" : "s")} {string.Join(", ", names)}";

    private static string[] Split(string? text) => (text ?? "").Split([',', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private bool Contains(string segment) => Segment.TryParse(segment, out var parsed, out _) && Segments.Any(s => Segment.Parse(s).Contains(parsed));
}
