namespace B2D.Core.Alarms;

/// <summary>From when on something is an alarm.</summary>
public sealed record AlarmLimits
{
    /// <summary>Oldest entry that may wait for its evaluation; ten times as much is critical.</summary>
    public TimeSpan EvaluationLag { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Failed tries to send a notice since the last that was sent.</summary>
    public int NoticeFailures { get; init; } = 5;

    /// <summary>Bytes free, below which it is a warning.</summary>
    public long DiskWarn { get; init; } = 2048L << 20;

    /// <summary>Bytes free, below which it is critical.</summary>
    public long DiskCritical { get; init; } = 512L << 20;

    /// <summary>A difference between the system clock and time that passed.</summary>
    public TimeSpan ClockJump { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a jump is shown.</summary>
    public TimeSpan ClockJumpShown { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Connections that were there at once, so that none is worth an alarm.</summary>
    public int ManyConnections { get; init; } = 10;

    /// <summary>How long none is there.</summary>
    public TimeSpan NoConnectionsFor { get; init; } = TimeSpan.FromMinutes(10);
}

/// <summary>What the program looks like at one moment.</summary>
public sealed record AlarmFacts
{
    /// <summary>Why the log takes nothing; null while it does.</summary>
    public string? IngestProblem { get; init; }

    /// <summary>Last offset of the log.</summary>
    public long LogOffset { get; init; }

    /// <summary>Last offset that is evaluated and committed.</summary>
    public long EvaluatedOffset { get; init; }

    /// <summary>Notices sent since the start.</summary>
    public long NoticesSent { get; init; }

    /// <summary>Tries that failed since the start.</summary>
    public long NoticeFailures { get; init; }

    /// <summary>Bytes free on the disk of the data folder; null where that cannot be told.</summary>
    public long? DiskFree { get; init; }

    /// <summary>Loops that fail now, with the reason.</summary>
    public IReadOnlyList<(string Loop, string Reason)> FailingLoops { get; init; } = [];

    /// <summary>Devices connected; null where this process has no gateway.</summary>
    public int? Connections { get; init; }
}
