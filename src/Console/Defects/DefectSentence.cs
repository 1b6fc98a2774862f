using B2D.Console.Shell;
using B2D.Core.Defects;
using B2D.Storage.Defects;

namespace B2D.Console.Defects;

/// <summary>A defect in sentences for product and service teams.</summary>
internal static class DefectSentence
{
    /// <summary>What it is compared with.</summary>
    public static string Others(DefectRow row) => row.Dimension switch
    {
        "Firmware" => $"{row.Model} with other firmware",
        "Serial" => $"{row.Model} of other batches",
        _ => "other models",
    };

    /// <summary>How many of how many, here and elsewhere.</summary>
    public static string Short(DefectRow row) =>
        $"{Words.Number(row.Faulty)} of {Words.Count(row.Devices, "device")} ({Rate(row.Faulty, row.Devices)}) in {Words.Duration(TimeSpan.FromMilliseconds(row.WithinMs))}, "
        + $"elsewhere {Words.Number(row.OtherFaulty)} of {Words.Number(row.OtherDevices)} ({Rate(row.OtherFaulty, row.OtherDevices)}): {Times(row)}";

    /// <summary>How many times as often, and what that is at least.</summary>
    public static string Times(DefectRow row)
    {
        var least = row.AtLeast > 0 ? $", at least {Words.Value(Math.Round(row.AtLeast, 1))} times with {Words.Value(row.Confidence * 100)} % confidence" : "";
        return Ratio(row) switch
        {
            null when row.OtherDevices == 0 => "nothing left to compare with",
            null => "only here" + least,
            { } ratio => $"{Words.Value(Math.Round(ratio, 1))} times as often{least}",
        };
    }

    /// <summary>The ratio as counted; null where no other device had the fault.</summary>
    public static double? Ratio(DefectRow row) => row.OtherFaulty == 0 ? null : RateRatio.Of(row.Faulty, row.Devices, row.OtherFaulty, row.OtherDevices);

    /// <summary>The share of devices, <c>4.5 %</c>.</summary>
    public static string Rate(long faulty, long devices) => devices == 0 ? "–" : $"{Words.Value(Math.Round(100.0 * faulty / devices, 2))} %";

    /// <summary>What its state means.</summary>
    public static string State(DefectRow row, long now, TimeZoneInfo zone) => row switch
    {
        { State: "Over", Reason: "RuleRemoved" } => "Over: its rule was removed.",
        { State: "Over", Reason: "PartOf" } => "Over as one of its own: a group that shares its devices explains it.",
        { State: "Over" } => "Over: it no longer stood out for a day.",
        { BelowSinceAt: > 0 } => $"It has not stood out since {Words.Point(row.BelowSinceAt, now, zone)}; it is over when that stays so for a day.",
        _ => "The counts say so; the cause is for people to find.",
    };

    /// <summary>The filter of the list of devices that shows the group.</summary>
    public static string Filter(DefectRow row) => $"model:\"{row.Model}\"" + row.Dimension switch
    {
        "Firmware" => $" firmware:\"{row.Part}\"",
        "Serial" => $" serial:\"{row.Part}*\"",
        _ => "",
    };
}
