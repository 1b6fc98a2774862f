namespace B2D.Core.Faults.Snapshots;

/// <summary>Which fields of a fault's state a snapshot holds: those that are not as new.</summary>
internal static class FaultFields
{
    /// <summary>The first version that knows what is held back by people's work on a device.</summary>
    public const byte WithMaintained = 5;

    [Flags]
    internal enum Field : uint
    {
        None = 0,
        Episode = 1 << 0,
        Since = 1 << 1,
        OnsetAt = 1 << 2,
        RaisedAt = 1 << 3,
        LastAt = 1 << 4,
        LastHeard = 1 << 5,
        RaiseBits = 1 << 6,
        ClearBits = 1 << 7,
        CodesSet = 1 << 8,
        CodeAt = 1 << 9,
        WakeAt = 1 << 10,
        ShelvedUntil = 1 << 11,
        CodeTimes = 1 << 12,
        RaiseTimes = 1 << 13,

        /// <summary>By itself: true.</summary>
        Chatters = 1 << 14,

        /// <summary>By itself: true.</summary>
        OutsideHours = 1 << 15,

        /// <summary>By itself: true. From version 5 on.</summary>
        Maintained = 1 << 16,

        All = (1 << 17) - 1,
    }

    public const Field None = Field.None;

    public static Field Of(in FaultState s) =>
        (s.Episode == default ? 0 : Field.Episode)
        | (s.Since == default ? 0 : Field.Since)
        | (s.OnsetAt == default ? 0 : Field.OnsetAt)
        | (s.RaisedAt == default ? 0 : Field.RaisedAt)
        | (s.LastAt == default ? 0 : Field.LastAt)
        | (s.LastHeard == default ? 0 : Field.LastHeard)
        | (s.RaiseBits == 0 ? 0 : Field.RaiseBits)
        // What would clear a fault that is not there no step looks at.
        | (s.ClearBits == 0 || s.Phase is not (FaultPhase.Active or FaultPhase.Clearing) ? 0 : Field.ClearBits)
        | (s.CodesSet == 0 ? 0 : Field.CodesSet)
        | (s.CodeAt == default ? 0 : Field.CodeAt)
        | (s.WakeAt == default ? 0 : Field.WakeAt)
        | (s.ShelvedUntil == default ? 0 : Field.ShelvedUntil)
        | (s.CodeTimes.IsDefault ? 0 : Field.CodeTimes)
        | (s.RaiseTimes.IsDefault ? 0 : Field.RaiseTimes)
        | (s.Chatters ? Field.Chatters : 0)
        | (s.OutsideHours ? Field.OutsideHours : 0)
        | (s.Maintained ? Field.Maintained : 0);
}
