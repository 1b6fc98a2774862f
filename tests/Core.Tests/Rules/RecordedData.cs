using System.IO.Compression;
using B2D.Core.Devices;
using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using Xunit;

namespace B2D.Core.Tests.Rules;

/// <summary>A test over recorded telemetry, skipped with a reason where the recordings are not beside the project.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RecordedFactAttribute : FactAttribute
{
    public RecordedFactAttribute(string folder)
    {
        if (RecordedData.Folder(folder) is null)
            Skip = $"there is no folder shared/data/{folder} beside the project";
    }
}

/// <summary>Recorded telemetry of shared/data, and examples' rules over it.</summary>
internal static class RecordedData
{
    /// <summary>shared/data/NAME beside the solution or any folder above it; null where there is none.</summary>
    public static string? Folder(string name)
    {
        for (var folder = new DirectoryInfo(RuleFiles.Root()); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "data", name);
            if (Directory.Exists(candidate))
                return candidate;
        }
        return null;
    }

    /// <summary>The rows of a CSV without quotes, plain or gzipped, as cells by column name.</summary>
    public static IEnumerable<Dictionary<string, string>> Rows(string path)
    {
        using var file = File.OpenRead(path);
        using Stream plain = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var reader = new StreamReader(plain);
        var header = reader.ReadLine()!.Split(',');
        while (reader.ReadLine() is { } line)
            yield return header.Zip(line.Split(',')).ToDictionary(p => p.First, p => p.Second, StringComparer.Ordinal);
    }

    public static RuleSet Example(string name)
    {
        var path = Path.Combine(RuleFiles.Root(), "examples", name, "rules", name + ".yaml");
        var check = RuleSetReader.Read([new RuleFile(name + ".yaml", File.ReadAllText(path))]);
        Assert.True(check.Set is not null && check.Problems.IsEmpty, RuleReport.Text(check));
        return check.Set!;
    }

    /// <summary>Runs entries of long ago, in order, as a replay at full speed does: one a millisecond by the server's clock.</summary>
    public static List<LaneEffect> Run(RuleSet set, IEnumerable<Device> devices, IEnumerable<Entry> entries)
    {
        var lane = new Lane(0, ArrivalOptions.Default);
        var effects = new List<LaneEffect>();
        var rules = new ActiveRules(set);
        var offset = 0L;
        var start = ServerTime.From(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        IEnumerable<Entry> all = [new Entry.RulesActivated(set.Hash), .. devices.Select(d => new Entry.Registered(d)), .. entries];
        foreach (var body in all)
        {
            var entry = new LogEntry(0, ++offset, start + TimeSpan.FromMilliseconds(offset), body);
            lane.Apply(entry, lane.Judge(entry), [], _ => rules, effects);
        }
        return effects;
    }
}
