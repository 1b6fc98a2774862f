using B2D.Core;
using B2D.Core.Defects;
using B2D.Core.Devices;
using B2D.Core.Faults;
using B2D.Core.Rules;
using B2D.Storage;
using B2D.Storage.Defects;
using B2D.Storage.Devices;

namespace B2D.ProactiveWorker.Defects;

/// <summary>Counts registered devices and those with faults for defect rules, in short reads: page by page, so that no writer waits and nothing large is held.</summary>
internal static class DefectCounting
{
    /// <summary>Cells by rule, in order of <paramref name="set"/>'s defects.</summary>
    public static IReadOnlyList<(DefectRule Rule, IReadOnlyCollection<DefectCell> Cells)> Count(Database state, RuleSet set, ServerTime now)
    {
        var counts = set.Defects.Select(rule => new Counting(rule, [.. set.Faults.Where(f => rule.Of.Contains(f.Id))],
            state.Read(db => DefectStore.Faulty(db, rule.Of, (now - rule.Within).EpochMs)))).ToList();
        foreach (var row in counts.Count > 0 ? DeviceStore.Each(state) : [])
        {
            var device = row.ToDevice();
            foreach (var count in counts)
                count.Add(device, row.FirmwareSince);
        }
        return [.. counts.Select(c => (c.Rule, c.Cells))];
    }

    /// <summary>The counts of one rule while the fleet goes by.</summary>
    private sealed class Counting(DefectRule rule, IReadOnlyList<FaultRule> faults, IReadOnlyDictionary<string, long> faulty)
    {
        private readonly Dictionary<(string Model, string Firmware, string Batch), DefectCell> cells = [];
        private readonly bool bySerial = DefectSearch.Compared(rule).Contains(DefectDimension.Serial);

        public DefectRule Rule => rule;

        public IReadOnlyCollection<DefectCell> Cells => cells.Values;

        public void Add(Device device, long firmwareSince)
        {
            // Where none of the faults can occur, their absence says nothing.
            if (!faults.Any(f => ActiveRules.Applies(f, device)))
                return;
            var batch = bySerial ? DefectSearch.BatchOf(device.Serial, rule.Batch) : "";
            var key = (device.Model, device.Firmware, batch);
            var cell = cells.TryGetValue(key, out var known) ? known : new DefectCell(device.Model, device.Firmware, batch, 0, 0, 0);
            var raisedAt = faulty.TryGetValue(device.Id.Value, out var at) ? at : (long?)null;
            cells[key] = cell with
            {
                Devices = cell.Devices + 1,
                Faulty = cell.Faulty + (raisedAt is null ? 0 : 1),
                FaultyOnFirmware = cell.FaultyOnFirmware + (raisedAt >= firmwareSince ? 1 : 0),
            };
        }
    }
}
