using System.Collections.Immutable;
using B2D.Core.Rules;

namespace B2D.Core.Defects;

/// <summary>
/// The counts of one rule by group: a model beside all others, a firmware beside the other firmwares of its model, a serial batch beside the other batches of
/// its model.
/// </summary>
public sealed class DefectSearch
{
    /// <summary>Groups shown beside each other.</summary>
    public const int MostBeside = 12;

    private readonly DefectRule rule;
    private readonly Dictionary<string, List<DefectCell>> models = new(StringComparer.Ordinal);
    private readonly Dictionary<DefectGroup, List<DefectCell>> groups = [];
    private readonly (long Devices, long Faulty) all;

    /// <param name="cells">Devices to which one of the rule's faults applies, and no others: only they can be compared.</param>
    public DefectSearch(DefectRule rule, IEnumerable<DefectCell> cells)
    {
        this.rule = rule;
        foreach (var cell in cells)
        {
            Cells(models, cell.Model).Add(cell);
            all = (all.Devices + cell.Devices, all.Faulty + cell.Faulty);
            foreach (var dimension in Compared(rule))
            {
                if (GroupOf(cell, dimension) is { } group)
                    Cells(groups, group).Add(cell);
            }
        }
    }

    /// <summary>Every group that is compared, in order.</summary>
    public IEnumerable<DefectGroup> Groups => groups.Keys.Order();

    /// <summary>What is compared under a rule: what <c>against</c> says, else all that it is <c>over</c>.</summary>
    public static IEnumerable<DefectDimension> Compared(DefectRule rule) =>
        (rule.Against.Length > 0 ? [rule.Against["other ".Length..]] : rule.Over).Select(word => Enum.Parse<DefectDimension>(word, ignoreCase: true)).Distinct();

    /// <summary>The batch of a serial number: all but its last characters; empty where nothing would be left.</summary>
    public static string BatchOf(string serial, int characters) => serial.Length > characters ? serial[..^characters] : "";

    /// <summary>A group beside the others; the devices of <paramref name="without"/> count neither here nor elsewhere.</summary>
    public DefectFigures Figures(DefectGroup group, IReadOnlyCollection<DefectGroup>? without = null)
    {
        var (devices, faulty) = (0L, 0L);
        var (wholeDevices, wholeFaulty) = (0L, 0L);
        foreach (var cell in groups.GetValueOrDefault(group) ?? [])
        {
            wholeDevices += cell.Devices;
            wholeFaulty += FaultyOf(cell, group.Dimension);
            if (without is not null && without.Any(g => IsIn(cell, g)))
                continue;
            devices += cell.Devices;
            faulty += FaultyOf(cell, group.Dimension);
        }
        var (allDevices, allFaulty) = Around(group);
        var (otherDevices, otherFaulty) = (allDevices - wholeDevices, allFaulty - wholeFaulty);
        return new DefectFigures(devices, faulty, otherDevices, otherFaulty, RateRatio.AtLeast(faulty, devices, otherFaulty, otherDevices, rule.Confidence));
    }

    /// <summary>The group and those that it is compared with, the worst first.</summary>
    public ImmutableArray<DefectPart> Beside(DefectGroup group) =>
    [
        .. groups.Where(g => g.Key.Dimension == group.Dimension && (group.Dimension == DefectDimension.Model || g.Key.Model == group.Model))
            .Select(g => (g.Key, Part: new DefectPart(NameOf(g.Key), g.Value.Sum(c => c.Devices), g.Value.Sum(c => FaultyOf(c, group.Dimension)))))
            .OrderBy(g => g.Key == group ? 0 : 1).ThenByDescending(g => g.Part.Devices == 0 ? 0 : (double)g.Part.Faulty / g.Part.Devices)
            .ThenByDescending(g => g.Part.Devices).ThenBy(g => g.Part.Name, StringComparer.Ordinal)
            .Select(g => g.Part).Take(MostBeside),
    ];

    /// <summary>Whether two groups have devices in common.</summary>
    public bool Overlap(DefectGroup a, DefectGroup b) => (groups.GetValueOrDefault(a) ?? []).Any(c => IsIn(c, b));

    private (long Devices, long Faulty) Around(DefectGroup group)
    {
        if (group.Dimension == DefectDimension.Model)
            return all;
        var cells = models.GetValueOrDefault(group.Model) ?? [];
        return (cells.Sum(c => c.Devices), cells.Sum(c => FaultyOf(c, group.Dimension)));
    }

    private static string NameOf(DefectGroup group) => group.Dimension == DefectDimension.Model ? group.Model : group.Part;

    private static long FaultyOf(DefectCell cell, DefectDimension dimension) => dimension == DefectDimension.Firmware ? cell.FaultyOnFirmware : cell.Faulty;

    private static bool IsIn(DefectCell cell, DefectGroup group) => GroupOf(cell, group.Dimension) == group;

    /// <summary>Null where that is not known of the devices.</summary>
    private static DefectGroup? GroupOf(DefectCell cell, DefectDimension dimension)
    {
        var part = dimension switch { DefectDimension.Firmware => cell.Firmware, DefectDimension.Serial => cell.Batch, _ => "" };
        return cell.Model.Length == 0 || (dimension != DefectDimension.Model && part.Length == 0) ? null : new DefectGroup(dimension, cell.Model, part);
    }

    private static List<DefectCell> Cells<T>(Dictionary<T, List<DefectCell>> by, T key)
        where T : notnull => by.TryGetValue(key, out var cells) ? cells : by[key] = [];
}
