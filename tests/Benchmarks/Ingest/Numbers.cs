using System.Globalization;

namespace B2D.Benchmarks.Ingest;

/// <summary>Medians, ranges and arguments.</summary>
internal static class Numbers
{
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    public static double Percentile(IEnumerable<double> values, double percent)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : sorted[Math.Clamp((int)Math.Ceiling(percent / 100 * sorted.Length) - 1, 0, sorted.Length - 1)];
    }

    /// <summary>Median and range: <c>114,000 (98,000 to 120,000)</c>.</summary>
    public static string Range(IEnumerable<double> values, string format = "N0")
    {
        double[] all = [.. values];
        return all.Length == 0 ? "–" : string.Create(CultureInfo.InvariantCulture,
            $"{Median(all).ToString(format, CultureInfo.InvariantCulture)} ({all.Min().ToString(format, CultureInfo.InvariantCulture)} to {all.Max().ToString(format, CultureInfo.InvariantCulture)})");
    }

    /// <summary>A line at once, in the same words everywhere.</summary>
    public static void Say(FormattableString line) => Console.WriteLine(FormattableString.Invariant(line));

    /// <summary>The value of <c>--name value</c>.</summary>
    public static string? Option(string[] arguments, string name) =>
        Array.IndexOf(arguments, name) is var at and >= 0 && at + 1 < arguments.Length ? arguments[at + 1] : null;

    /// <summary>The first argument as a number.</summary>
    public static int First(string[] arguments, int usual) =>
        arguments.Length > 0 && int.TryParse(arguments[0], CultureInfo.InvariantCulture, out var number) ? number : usual;

    /// <summary>Bytes of all files in a folder.</summary>
    public static long BytesOf(string folder) => new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length);

    /// <summary>Copies a folder.</summary>
    public static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var folder in Directory.GetDirectories(from, "*", SearchOption.AllDirectories))
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
    }
}
