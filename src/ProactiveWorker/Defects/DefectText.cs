using System.Globalization;
using B2D.Core.Defects;
using B2D.Storage.Defects;

namespace B2D.ProactiveWorker.Defects;

/// <summary>A defect in words, for its timeline and the log.</summary>
internal static class DefectText
{
    /// <summary><c>firmware 5.1.2 of HP-2</c>.</summary>
    public static string Group(DefectRow row) => row.Dimension switch
    {
        "Firmware" => $"firmware {row.Part} of {row.Model}",
        "Serial" => $"serials {row.Part}… of {row.Model}",
        _ => $"model {row.Model}",
    };

    /// <summary>Counts here and elsewhere, the ratio and what it is at least.</summary>
    public static string Figures(DefectRow row)
    {
        var ratio = RateRatio.Of(row.Faulty, row.Devices, row.OtherFaulty, row.OtherDevices);
        var times = double.IsInfinity(ratio) ? "found nowhere else" : string.Create(CultureInfo.InvariantCulture, $"{ratio:0.#} times as often");
        return string.Create(CultureInfo.InvariantCulture,
            $"{row.Faulty:N0} of {row.Devices:N0} devices with {Group(row)}, {row.OtherFaulty:N0} of {row.OtherDevices:N0} others: {times}, at least {row.AtLeast:0.#} times");
    }
}
