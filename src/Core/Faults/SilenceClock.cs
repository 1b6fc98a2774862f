using B2D.Core.Rules;
using B2D.Core.Telemetry;

namespace B2D.Core.Faults;

/// <summary>What one device's silence is counted from, and what names it.</summary>
internal readonly record struct SilenceClock
{
    /// <summary>When silence began to count; zero while the device was never heard.</summary>
    public ServerTime Since { get; init; }

    /// <summary>When the start grace of silence rules began.</summary>
    public ServerTime GraceFrom { get; init; }

    /// <summary>When the connection ended; zero while it is connected or nothing is known.</summary>
    public ServerTime OfflineSince { get; init; }

    /// <summary>The entry that was heard last; silence is named by it.</summary>
    public EpisodeId LastEntry { get; init; }

    /// <summary>A message of any kind came.</summary>
    public SilenceClock Heard(EpisodeId entry, ServerTime now) => this with { Since = now, OfflineSince = ServerTime.Zero, LastEntry = entry };

    /// <summary>Its connection ended.</summary>
    public SilenceClock WentOffline(EpisodeId entry, ServerTime now) =>
        this with { Since = Since == ServerTime.Zero ? now : Since, OfflineSince = now, LastEntry = entry };

    /// <summary>The gateway could hear nothing from <paramref name="downFrom"/> to <paramref name="now"/>: that time is nobody's silence.</summary>
    public SilenceClock WithoutDowntime(ServerTime downFrom, ServerTime now) => this with
    {
        Since = Since == ServerTime.Zero ? Since : Since + (now - ServerTime.Max(Since, downFrom)),
        OfflineSince = ServerTime.Zero,
        GraceFrom = now,
    };

    /// <summary>When a silence rule raises if nothing more is heard; zero for never.</summary>
    public ServerTime RaisesAt(FaultRule rule, FaultPhase phase)
    {
        if (Since == ServerTime.Zero || phase is FaultPhase.Active or FaultPhase.Pending)
            return ServerTime.Zero;
        var silent = OfflineSince != ServerTime.Zero ? OfflineSince : Since + rule.Silent;
        return ServerTime.Max(silent, GraceFrom + rule.StartGrace);
    }
}
