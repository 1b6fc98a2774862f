namespace B2D.Core.Faults;

/// <summary>What is known of the device that another one reports through.</summary>
/// <param name="IsSilent">It has an open silence fault that is not on trial: somebody learns of it.</param>
/// <param name="HeardAgainAt">When its last silence fault ended; zero where it had none.</param>
/// <param name="IsOnline">It is connected, or never said whether it is.</param>
/// <param name="HeardAt">When it was heard last; zero where it never was.</param>
/// <param name="Patience">The longest silence that one of its own rules allows it; zero where no rule watches it.</param>
public readonly record struct ParentFacts(bool IsSilent, ServerTime HeardAgainAt, bool IsOnline, ServerTime HeardAt, TimeSpan Patience);

/// <summary>Why a fault waits or does not.</summary>
public enum ParentReason : byte
{
    /// <summary>The parent is silent: its fault tells of both.</summary>
    ParentSilent = 1,

    /// <summary>The parent may be found silent in a moment, for the same reason.</summary>
    MayFollow = 2,

    /// <summary>The parent is back, and this one has had no time to be heard yet.</summary>
    ParentJustBack = 3,

    /// <summary>The parent is not connected, and its own rules are still patient.</summary>
    ParentOffline = 4,

    /// <summary>The parent is well.</summary>
    ParentWell = 5,

    /// <summary>There is none, or none that the rule waits for.</summary>
    NoParent = 6,
}

/// <summary>
/// Whether the silence of a device is told of by the fault of the one it reports through, as gateways carry their children. A fault is let go as soon as the parent
/// is known to be well; it is held for good only by an open fault of the parent.
/// </summary>
public static class ParentVerdict
{
    /// <summary>The verdict at a moment.</summary>
    /// <param name="raisedAt">When the child's fault was raised.</param>
    /// <param name="parent">What is known of the parent; null where there is none.</param>
    /// <param name="wait">How long a parent may take to be found silent after its child, and a child to be heard after its parent.</param>
    /// <param name="now">Now.</param>
    /// <returns>Whether the fault is held, and why.</returns>
    public static (bool Held, ParentReason Reason) Of(ServerTime raisedAt, ParentFacts? parent, TimeSpan wait, ServerTime now)
    {
        if (parent is not { } known)
            return (false, ParentReason.NoParent);
        if (known.IsSilent)
            return (true, ParentReason.ParentSilent);
        if (!known.IsOnline && known.Patience > TimeSpan.Zero && now < known.HeardAt + known.Patience + wait)
            return (true, ParentReason.ParentOffline);
        if (known.HeardAgainAt > ServerTime.Zero && now < known.HeardAgainAt + wait)
            return (true, ParentReason.ParentJustBack);
        return now < raisedAt + wait ? (true, ParentReason.MayFollow) : (false, ParentReason.ParentWell);
    }
}
