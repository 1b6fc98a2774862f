using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace B2D.Core.Notices;

/// <summary>Where a notice stands in the ledger.</summary>
public enum NoticePhase : byte
{
    Due = 1,
    Held = 2,
    Sending = 3,
    Sent = 4,
    Retrying = 5,
    Failed = 6,
    Suppressed = 7,

    /// <summary>A person is to call, or to print a letter.</summary>
    Calling = 8,
}

/// <summary>What happened to a notice.</summary>
public enum NoticeEvent : byte
{
    /// <summary>The sender takes it; written before anything leaves.</summary>
    Take = 1,

    /// <summary>The channel took it.</summary>
    Accepted = 2,

    /// <summary>The channel could not take it now.</summary>
    FailedForNow = 3,

    /// <summary>The channel never will.</summary>
    FailedForGood = 4,

    /// <summary>B2D was killed while it was on its way: it may or may not have left.</summary>
    FoundAfterRestart = 5,

    /// <summary>It became untrue before it left.</summary>
    NoLongerTrue = 6,

    /// <summary>A person lets a held one go.</summary>
    Release = 7,

    /// <summary>It was handed over and no answer came: it may or may not have arrived.</summary>
    Unanswered = 8,

    /// <summary>It became untrue after it may have left: it is not repeated, and whoever got it is owed what follows.</summary>
    OvertakenOnItsWay = 9,
}

/// <summary>The notice machine and the names of notices.</summary>
public static class NoticeStep
{
    /// <summary>Tries before a notice is given up; with the back-off below about two days.</summary>
    public const int MaxAttempts = 24;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(5);

    /// <summary>The longest wait between two tries where nothing else is said.</summary>
    public static readonly TimeSpan LongestDelay = TimeSpan.FromHours(4);

    /// <summary>One step; a pair that means nothing is refused and leaves the phase as it is.</summary>
    /// <param name="attempts">How often it was tried so far, this try included.</param>
    /// <param name="most">Tries before it is given up: fewer where another channel is left.</param>
    /// <param name="longest">The longest wait between two tries; null: <see cref="LongestDelay"/>.</param>
    public static (NoticePhase Phase, bool Accepted, TimeSpan Delay) Step(NoticePhase phase, NoticeEvent happened, int attempts, int most = MaxAttempts, TimeSpan? longest = null) => (phase, happened) switch
    {
        (NoticePhase.Due or NoticePhase.Retrying, NoticeEvent.Take) => (NoticePhase.Sending, true, TimeSpan.Zero),
        (NoticePhase.Sending, NoticeEvent.Accepted) => (NoticePhase.Sent, true, TimeSpan.Zero),
        (NoticePhase.Sending, NoticeEvent.FailedForNow) when attempts < most => (NoticePhase.Retrying, true, Delay(attempts, longest ?? LongestDelay)),
        (NoticePhase.Sending, NoticeEvent.Unanswered) when attempts < most => (NoticePhase.Sending, true, Delay(attempts, longest ?? LongestDelay)),
        (NoticePhase.Sending, NoticeEvent.OvertakenOnItsWay) => (NoticePhase.Sent, true, TimeSpan.Zero),
        (NoticePhase.Sending, NoticeEvent.FailedForNow or NoticeEvent.FailedForGood or NoticeEvent.Unanswered) => (NoticePhase.Failed, true, TimeSpan.Zero),
        (NoticePhase.Sending, NoticeEvent.FoundAfterRestart) => (NoticePhase.Retrying, true, TimeSpan.Zero),
        (NoticePhase.Due or NoticePhase.Retrying or NoticePhase.Held or NoticePhase.Calling, NoticeEvent.NoLongerTrue) => (NoticePhase.Suppressed, true, TimeSpan.Zero),
        (NoticePhase.Held, NoticeEvent.Release) => (NoticePhase.Due, true, TimeSpan.Zero),
        _ => (phase, false, TimeSpan.Zero),
    };

    /// <summary>5 s, 10 s, 20 s … at most the longest.</summary>
    private static TimeSpan Delay(int attempts, TimeSpan longest)
    {
        var factor = Math.Pow(2, Math.Clamp(attempts - 1, 0, 20));
        return TimeSpan.FromSeconds(Math.Min(longest.TotalSeconds, FirstDelay.TotalSeconds * factor));
    }

    /// <summary>The name of a notice, 32 hex digits: the same for the same customer, subject, episode, status, revision and channel, for ever.</summary>
    public static string IdOf(string customer, string subject, string episode, string status, int revision, Channel channel)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"{customer}\n{subject}\n{episode}\n{status}\n{revision}\n{channel}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 16));
    }
}
