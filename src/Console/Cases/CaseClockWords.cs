using B2D.Console.Shell;
using B2D.Core.Cases;

namespace B2D.Console.Cases;

/// <summary>The clocks of a case in words: <c>repair due 17:40, in 2 h 10 min</c>.</summary>
internal static class CaseClockWords
{
    /// <summary>Share of a promised time from which a page says that it is close.</summary>
    public const double RiskShare = 0.8;

    /// <summary>What is to be said of each clock, and whether it is late.</summary>
    public static IReadOnlyList<(string Words, bool Late)> Of(CaseClockReadings clocks, long now, TimeZoneInfo zone) =>
    [
        .. new[] { (Words: Of("response", clocks.Response, now, zone), clocks.Response.Reason), (Words: Of("repair", clocks.Repair, now, zone), clocks.Repair.Reason) }
            .Where(c => c.Words.Length > 0).Select(c => (c.Words, c.Reason == ClockReason.Late)),
    ];

    /// <summary>Whom a case waits for.</summary>
    public static string Kind(WaitKind kind) => kind switch { WaitKind.Customer => "the customer", WaitKind.Parts => "parts", _ => "a third party" };

    private static string Of(string name, ClockReading clock, long now, TimeZoneInfo zone) => clock.Reason switch
    {
        ClockReason.NothingPromised => "",
        ClockReason.Running or ClockReason.AtRisk when clock.DueAt.EpochMs == 0 => $"{name}: its calendar has no hours in which it could fall due",
        ClockReason.Running => $"{name} due {Due(clock, now, zone)}",
        ClockReason.AtRisk => $"{name} due {Due(clock, now, zone)}: most of its time is used",
        ClockReason.Late => $"{name} late since {Words.Point(clock.DueAt.EpochMs, now, zone)}",
        ClockReason.WaitsForCustomer => Paused(name, clock, WaitKind.Customer),
        ClockReason.WaitsForParts => Paused(name, clock, WaitKind.Parts),
        ClockReason.WaitsForThirdParty => Paused(name, clock, WaitKind.ThirdParty),
        ClockReason.DoneInTime => $"{name} in time",
        _ => $"{name} too late",
    };

    private static string Due(ClockReading clock, long now, TimeZoneInfo zone) =>
        $"{Words.Point(clock.DueAt.EpochMs, now, zone)}, in {Words.Duration(TimeSpan.FromMilliseconds(clock.DueAt.EpochMs - now))}";

    private static string Paused(string name, ClockReading clock, WaitKind kind) =>
        $"{name} clock stands still, {Words.Duration(clock.Left)} left: it waits for {Kind(kind)}";
}
