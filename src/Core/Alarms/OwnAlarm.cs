namespace B2D.Core.Alarms;

/// <summary>Troubles of B2D itself, as opposed to faults of devices.</summary>
public enum AlarmKind : byte
{
    /// <summary>The log takes nothing; what devices send is not acknowledged.</summary>
    IngestStopped = 1,

    /// <summary>What came in waits too long to be evaluated.</summary>
    EvaluationLagging = 2,

    /// <summary>No notice gets through.</summary>
    NoticesFailing = 3,

    /// <summary>The disk of the data folder has little room.</summary>
    DiskFilling = 4,

    /// <summary>The system clock was set, or the machine slept.</summary>
    ClockJumped = 5,

    /// <summary>A loop of the program fails again and again.</summary>
    LoopFailing = 6,

    /// <summary>No device is connected, and there were many.</summary>
    NoConnections = 7,
}

/// <summary>How bad it is.</summary>
public enum AlarmLevel : byte
{
    /// <summary>All is well.</summary>
    None = 0,

    /// <summary>B2D does its work, not as well as it should or not for long: degraded.</summary>
    Warning = 1,

    /// <summary>A part of the work is not done: unhealthy.</summary>
    Critical = 2,
}

/// <summary>An alarm of B2D's own.</summary>
/// <param name="Key">Names this one time that it was raised.</param>
/// <param name="Kind">Name of the <see cref="AlarmKind"/>, or of an alarm that evaluation raised itself.</param>
/// <param name="Detail">What is wrong, as of the last look.</param>
/// <param name="Until">When it was over; null while it lasts.</param>
public sealed record OwnAlarm(string Key, string Kind, AlarmLevel Level, ServerTime Since, ServerTime? Until, string Detail)
{
    /// <summary>What it is called.</summary>
    public string Title => AlarmWords.TitleOf(Kind);

    /// <summary>What an operator can do about it.</summary>
    public string WhatToDo => AlarmWords.WhatToDo(Kind);
}
