using System.Globalization;
using B2D.Console.Access;
using B2D.Console.Api;
using B2D.Console.Cases;
using B2D.Console.Shell;
using B2D.Core.Defects;
using B2D.Storage.Defects;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console.Defects;

/// <summary>A defect as the API shows it.</summary>
internal class DefectItem(DefectRow row)
{
    public long Id => row.Id;
    public string State => row.State;
    public string Title => row.Title;
    public string Rule => row.Rule;

    /// <summary>model, firmware or serial.</summary>
    public string Over => row.Dimension.ToLowerInvariant();
    public string Model => row.Model;

    /// <summary>The firmware or the serial batch; empty for a model.</summary>
    public string Part => row.Part;
    public string? OpenedAt => Words.IsoOrNull(row.OpenedAt);

    /// <summary>Since when it no longer stands out.</summary>
    public string? BelowSinceAt => Words.IsoOrNull(row.BelowSinceAt);
    public string? OverAt => Words.IsoOrNull(row.OverAt);

    /// <summary>Why it is over: Subsided, PartOf, RuleRemoved.</summary>
    public string Reason => row.Reason;

    /// <summary>The defect that it became part of.</summary>
    public long? PartOf => row.PartOf == 0 ? null : row.PartOf;

    /// <summary>When the counts were taken.</summary>
    public string? CountedAt => Words.IsoOrNull(row.CountedAt);
    public long Devices => row.Devices;

    /// <summary>Those of them that had the fault.</summary>
    public long Faulty => row.Faulty;
    public long OtherDevices => row.OtherDevices;
    public long OtherFaulty => row.OtherFaulty;

    /// <summary>How many times as often as elsewhere; null where no other device had the fault.</summary>
    public double? Ratio => DefectSentence.Ratio(row);

    /// <summary>What the ratio is at least, at the confidence.</summary>
    public double AtLeast => row.AtLeast;
    public double Confidence => row.Confidence;
    public double WithinHours => row.WithinMs / 3_600_000.0;
}

/// <summary>A device that a defect touches, with its latest fault.</summary>
internal sealed record DefectDeviceItem(string Device, string Firmware, string Serial, string Fault, string? RaisedAt, string? ClearedAt, long? Case, long Times);

/// <summary>A defect with the groups it stands beside, its devices (the first 200) and its timeline.</summary>
internal sealed class DefectDetail(DefectRow row) : DefectItem(row)
{
    public required IReadOnlyList<DefectPart> Beside { get; init; }
    public required IReadOnlyList<DefectDeviceItem> Touched { get; init; }
    public required IReadOnlyList<TimelineItem> Timeline { get; init; }

    public static DefectDetail Of(DefectRecord record) => new(record.Defect)
    {
        Beside = record.Beside,
        Touched =
        [
            .. record.Devices.Select(d => new DefectDeviceItem(d.Device, d.Firmware, d.Serial, d.Title, Words.IsoOrNull(d.RaisedAt), Words.IsoOrNull(d.ClearedAt),
                d.CaseId == 0 ? null : d.CaseId, d.Times)),
        ],
        Timeline = [.. record.Timeline.Select(t => new TimelineItem(t.Id, Words.Iso(t.At), t.Kind, t.Text, t.Who))],
    };
}

/// <summary>/api/defects</summary>
internal static class DefectsApi
{
    public static void Map(IEndpointRouteBuilder read)
    {
        read.MapList<DefectRow, DefectItem>("defects", "Defects, newest first", DefectReader.Definition, d => d.Id.ToString(CultureInfo.InvariantCulture),
            d => new DefectItem(d));
        read.MapGet("/defects/{id:long}", (long id, DefectReader reader) => reader.Find(id) is { } record
            ? Results.Ok(DefectDetail.Of(record)) : Refusals.Of(404, $"There is no defect {id}.")).WithTags("defects").WithSummary("One defect")
                .Produces<DefectDetail>();
    }
}
