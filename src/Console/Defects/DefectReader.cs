using System.Collections.Immutable;
using System.Text.Json;
using B2D.Console.Lists;
using B2D.Core.Defects;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Defects;

namespace B2D.Console.Defects;

/// <summary>All there is to know about one defect.</summary>
public sealed record DefectRecord
{
    /// <summary>Most devices that are listed.</summary>
    public const int MostDevices = 200;

    public required DefectRow Defect { get; init; }

    /// <summary>The group itself, then those it is compared with, the worst first.</summary>
    public required IReadOnlyList<DefectPart> Beside { get; init; }

    /// <summary>Those that had the fault last first; the first <see cref="MostDevices"/>.</summary>
    public required IReadOnlyList<DefectDeviceRow> Devices { get; init; }

    /// <summary>Latest first.</summary>
    public required IReadOnlyList<TimelineRow> Timeline { get; init; }
}

/// <summary>Reads defects.</summary>
internal sealed class DefectReader(Stores stores, TimeProvider time)
{
    public static readonly ListDefinition Definition = new()
    {
        Select = "*",
        From = "defects",
        Fields =
        [
            new("state", "state", FieldMatch.Whole, "open, suspected or over")
            {
                Meanings = ImmutableDictionary<string, string>.Empty.Add("open", "state <> 'Over'"),
            },
            new("over", "dimension", FieldMatch.Whole, "model, firmware or serial"),
            new("model", "model", FieldMatch.Pattern, "the model, with *"),
            new("part", "part", FieldMatch.Pattern, "the firmware or the serial batch, with *"),
            new("rule", "rule", FieldMatch.Pattern, "the rule’s id, with *"),
            new("id", "id", FieldMatch.Number, "the defect’s number"),
        ],
        Text = ["title", "model", "part"],
        TextWords = "title, model, firmware and serial batch",
        Order = "CASE WHEN state = 'Over' THEN 1 ELSE 0 END, opened_at DESC, id DESC",
        Key = ListKey.NumberDown,
        KeyColumn = "id",
        Views = [new("All", ""), new("Open", "state:open"), new("Over", "state:over")],
        Example = "state:open over:firmware HP-2",
    };

    public DefectRecord? Find(long id) => stores.State.Read(db => DefectStore.Find(db, id) is not { } row ? null : new DefectRecord
    {
        Defect = row,
        Beside = Beside(row),
        Devices = DefectStore.Devices(db, row, time.GetUtcNow().ToUnixTimeMilliseconds(), DefectRecord.MostDevices),
        Timeline = TimelineStore.List(db, $"defect:{row.Id}"),
    });

    private static DefectPart[] Beside(DefectRow row) => JsonSerializer.Deserialize<DefectPart[]>(row.Beside, JsonSerializerOptions.Web) ?? [];
}
