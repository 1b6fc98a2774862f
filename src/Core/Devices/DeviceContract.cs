using System.Globalization;

namespace B2D.Core.Devices;

/// <summary>A contract of a device's own.</summary>
/// <param name="Name">As rules name it, <c>gold</c>; empty: none.</param>
/// <param name="From">Its first day, <c>yyyy-MM-dd</c>; empty: without beginning.</param>
/// <param name="Until">Its last day; empty: without end.</param>
public sealed record DeviceContract(string Name, string From, string Until)
{
    public static readonly DeviceContract None = new("", "", "");

    /// <summary>Whether it stands on a day.</summary>
    public bool Stands(DateOnly day)
    {
        var text = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return Name.Length > 0 && (From.Length == 0 || string.CompareOrdinal(From, text) <= 0) && (Until.Length == 0 || string.CompareOrdinal(text, Until) <= 0);
    }

    /// <summary>What is wrong with it, in words; empty where it is good.</summary>
    public static string Problem(string name, string from, string until)
    {
        if (name.Length == 0)
            return from.Length + until.Length > 0 ? "a contract has a name" : "";
        if (name.Length > 64 || ImportField.RuleName(name) is not null)
            return "a contract is called by 1 to 64 small letters, digits and dashes, as rules name it";
        foreach (var day in new[] { from, until })
        {
            if (day.Length > 0 && ImportField.Day(day) is not null)
                return $"'{day}' is no day; write it as 2027-05-31";
        }
        return from.Length > 0 && until.Length > 0 && string.CompareOrdinal(until, from) < 0 ? "it ends before it begins" : "";
    }
}
