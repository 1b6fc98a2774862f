using B2D.Core.Defects;

namespace B2D.Storage.Defects;

/// <summary>
/// The same fault among the devices of one model, firmware or serial batch, with the counts of the last look. States: Suspected while it stands out or has
/// until lately, Over.
/// </summary>
public sealed record DefectRow
{
    public long Id { get; init; }
    public string Rule { get; init; } = "";
    public string Title { get; init; } = "";
    public string RuleVersion { get; init; } = "";

    /// <summary>Ids of the fault rules that count, parted by blanks.</summary>
    public string Faults { get; init; } = "";

    /// <summary><c>Model</c>, <c>Firmware</c> or <c>Serial</c>.</summary>
    public string Dimension { get; init; } = "";
    public string Model { get; init; } = "";

    /// <summary>The firmware or the serial batch; empty for a model.</summary>
    public string Part { get; init; } = "";

    /// <summary>Whose defect it is.</summary>
    public DefectGroup ToGroup() => new(Enum.Parse<DefectDimension>(Dimension), Model, Part);

    /// <summary>So many last characters of a serial number count within its batch.</summary>
    public long BatchCharacters { get; init; } = 3;
    public string State { get; init; } = "Suspected";

    /// <summary>Why it is over: Subsided, PartOf, RuleRemoved; empty while it is not.</summary>
    public string Reason { get; init; } = "";
    public long OpenedAt { get; init; }

    /// <summary>Since when it no longer stands out; 0 while it does.</summary>
    public long BelowSinceAt { get; init; }
    public long OverAt { get; init; }

    /// <summary>When the counts were taken.</summary>
    public long CountedAt { get; init; }
    public long WithinMs { get; init; }

    /// <summary>What the rule asked for: devices, ratio and confidence.</summary>
    public long LeastDevices { get; init; }
    public double RateRatio { get; init; }
    public double Confidence { get; init; }
    public long Devices { get; init; }
    public long Faulty { get; init; }
    public long OtherDevices { get; init; }
    public long OtherFaulty { get; init; }

    /// <summary>What the ratio of the rates is at least, at the rule's confidence.</summary>
    public double AtLeast { get; init; }

    /// <summary>JSON: the group and those it is compared with, the worst first, <c>[{"name":"5.1.2","devices":1000,"faulty":30}]</c>.</summary>
    public string Beside { get; init; } = "[]";

    /// <summary>The defect that it became part of; 0 for none.</summary>
    public long PartOf { get; init; }
    public long Version { get; init; } = 1;
}

/// <summary>A device of a defect's group that had one of its faults: the last of them.</summary>
public sealed record DefectDeviceRow
{
    public string Device { get; init; } = "";
    public string Firmware { get; init; } = "";
    public string Serial { get; init; } = "";
    public string Title { get; init; } = "";
    public long FaultId { get; init; }
    public long RaisedAt { get; init; }
    public long ClearedAt { get; init; }
    public long CaseId { get; init; }

    /// <summary>How many such faults it had.</summary>
    public long Times { get; init; }
}
