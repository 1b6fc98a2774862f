using B2D.Core;
using B2D.Core.Rules;
using B2D.Storage.Faults;

namespace B2D.Simulation.World;

/// <summary>
/// What came too late was found, and nothing else was: back-dated passes beside a naive reading of all that each device told. It is judged after the last looks, long after a town
/// is at rest.
/// </summary>
internal static class BackDatedTruths
{
    /// <summary>What does not hold, one line each.</summary>
    public static IEnumerable<string> Broken(VirtualTown town, Reference reference)
    {
        var state = town.Installation.Stores.State;
        if (state.Read(LateStore.Count) is var waiting and > 0)
            yield return $"{waiting} devices wait for a back-dated pass that nobody makes";
        var judged = town.Installation.Worker.Rules.Current.Set.Faults
            .Where(f => f.Kind != FaultKind.Silence && !f.Text.Contains("fleet_median(", StringComparison.Ordinal)).ToDictionary(f => f.Id, f => f.Kind);
        foreach (var (id, device) in reference.Devices)
        {
            var rows = state.Read(db => FaultStore.List(db, new FaultFilter { Device = id, Limit = Storage.Page.MaxRows }));
            foreach (var problem in Broken(device, rows, judged))
                yield return $"{problem} of {id}";
        }
    }

    /// <summary>What there was of it.</summary>
    public static IReadOnlyDictionary<string, int> Counts(VirtualTown town, Reference reference) => new Dictionary<string, int>
    {
        ["came too late"] = reference.Devices.Values.Sum(d => d.Messages.Count(m => m.IsLate)),
        ["found late"] = (int)town.Installation.Stores.State.Read(db => db.Scalar<long>("SELECT count(*) FROM faults WHERE back_dated = TRUE")),
    };

    private static IEnumerable<string> Broken(ReferenceDevice device, IReadOnlyList<FaultRow> rows, Dictionary<string, FaultKind> judged)
    {
        var late = device.Messages.Where(m => m.IsLate).Select(m => m.At).ToHashSet();
        foreach (var row in rows.Where(r => r.BackDated))
        {
            var then = device.EpisodesOf(device.Messages.Where(m => m.ArrivedAt <= row.RaisedAt));
            if (!then.Any(e => e.Rule == row.Rule && e.From == row.OnsetAt))
                yield return $"{row.Rule} was found late since {row.OnsetAt}, and nothing that had come says so";
            var over = device.EpisodesOf(device.Messages.Where(m => row.ClearedAt == 0 || m.ArrivedAt <= row.ClearedAt));
            if (row.ClearedAt == 0 && !over.Any(e => e.Rule == row.Rule && e.Until == 0 && Overlap(Span(row), (e.From, long.MaxValue))))
                yield return $"{row.Rule} was found late since {row.OnsetAt} and is open, and by all that had come it is over";
            if (row.ClearReason == "BackDated" && row.EndedAt != row.OnsetAt && !over.Any(e => e.Rule == row.Rule && e.Until == row.EndedAt))
                yield return $"{row.Rule} was found late from {row.OnsetAt} to {row.EndedAt}, and nothing that had come says that it ended then";
            if (row.CaseId != 0)
                yield return $"{row.Rule} was found late since {row.OnsetAt}, and somebody was called";
            if (rows.Any(r => !r.BackDated && r.Rule == row.Rule && r.RaisedAt < row.RaisedAt && Overlap(Span(r), Span(row))))
                yield return $"{row.Rule} was found late since {row.OnsetAt}, and had been raised as it happened";
        }
        if (late.Count == 0)
            yield break;
        var inTime = device.EpisodesOf(device.Messages.Where(m => !late.Contains(m.At)));
        foreach (var (rule, from, until) in device.EpisodesOf(device.Messages))
        {
            var span = (from, until == 0 ? long.MaxValue : until);
            if (!judged.TryGetValue(rule, out var kind) || (kind == FaultKind.Codes && until == 0))
                continue;
            if (!inTime.Any(e => e.Rule == rule && Overlap((e.From, e.Until == 0 ? long.MaxValue : e.Until), span)) && !rows.Any(r => r.Rule == rule && Overlap(Span(r), span)))
                yield return $"late messages show {rule} from {from} to {until}, and nobody found it";
        }
    }

    private static (long From, long Until) Span(FaultRow row) => (row.OnsetAt, row.ClearedAt == 0 ? long.MaxValue : row.EndedAt > 0 ? row.EndedAt : row.ClearedAt);

    private static bool Overlap((long From, long Until) a, (long From, long Until) b) => a.From <= b.Until && b.From <= a.Until;
}
