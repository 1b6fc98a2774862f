using B2D.Core.Devices;

namespace B2D.Core.Cases;

/// <summary>A case that a person opens, because a customer says that something does not work.</summary>
/// <param name="Device">The device's id.</param>
/// <param name="Family">The kind of problem, as rules have it; <see cref="OtherFamily"/> where it is none of them.</param>
/// <param name="Title">What is wrong, in a few words.</param>
/// <param name="About">More about it, for the team; may be empty.</param>
/// <param name="Priority">1 (most urgent) to 4.</param>
public sealed record HandCase(string Device, string Family, string Title, string About, string Queue, int Priority)
{
    public const string OtherFamily = "reported";
    public const int MaxTitle = 200;
    public const int MaxAbout = 2000;

    /// <summary>The contact in which they said so; 0: none. It joins the case.</summary>
    public long Contact { get; init; }

    /// <summary>What is wrong with it, in words; empty where it is good.</summary>
    public string Problem() =>
        !DeviceId.TryParse(Device, out _, out var device) ? device
        : Title.Trim().Length is 0 or > MaxTitle ? $"say what is wrong in 1 to {MaxTitle} characters"
        : About.Length > MaxAbout ? $"more about it has at most {MaxAbout:N0} characters"
        : CaseQueue.Problem(Family).Length > 0 ? "a kind of problem is called by 1 to 64 small letters, digits and dashes"
        : CaseQueue.Problem(Queue) is { Length: > 0 } queue ? queue
        : Priority is < 1 or > 4 ? "the priority is 1 to 4" : "";
}

/// <summary>What came of opening a case by hand.</summary>
public abstract record HandCaseOutcome
{
    private HandCaseOutcome() { }

    /// <summary>There is a case: a new one, or the one of that device and kind that takes it.</summary>
    public sealed record Taken(long CaseId, CaseOpening How) : HandCaseOutcome;

    /// <summary>Nothing was done, for a reason in words.</summary>
    public sealed record Rejected(string Reason) : HandCaseOutcome;
}

/// <summary>Where cases are opened by hand, through the guard that keeps one open case for each device and kind of problem.</summary>
public interface IHandCaseDesk
{
    HandCaseOutcome Open(HandCase asked, string who);
}
