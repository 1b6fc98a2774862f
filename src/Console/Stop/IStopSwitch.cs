using B2D.Core;

namespace B2D.Console;

/// <summary>Whether all notices and remedies are stopped, since when, by whom and why.</summary>
public sealed record StopState(bool Stopped, ServerTime Since, string Who, string Reason)
{
    /// <summary>Everything runs.</summary>
    public static readonly StopState Running = new(false, ServerTime.Zero, "", "");
}

/// <summary>The one switch for all notices and remedies.</summary>
public interface IStopSwitch
{
    StopState State { get; }

    void Stop(string who, string reason);

    void Resume(string who);
}
