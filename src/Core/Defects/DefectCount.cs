using System.Collections.Immutable;

namespace B2D.Core.Defects;

/// <summary>What the devices of a group have in common.</summary>
public enum DefectDimension : byte { Model = 1, Firmware = 2, Serial = 3 }

/// <summary>Devices that may have a defect: those of a model, of a firmware of a model, or of a serial batch of a model.</summary>
/// <param name="Part">The firmware or the batch; empty for a whole model.</param>
public readonly record struct DefectGroup(DefectDimension Dimension, string Model, string Part) : IComparable<DefectGroup>
{
    /// <summary>In words: <c>HP-2 with firmware 5.1.2</c>.</summary>
    public string Name => Dimension switch
    {
        DefectDimension.Firmware => $"{Model} with firmware {Part}",
        DefectDimension.Serial => $"{Model} with serials {Part}…",
        _ => Model,
    };

    public int CompareTo(DefectGroup other)
    {
        var model = string.CompareOrdinal(Model, other.Model);
        return model != 0 ? model : Dimension != other.Dimension ? Dimension.CompareTo(other.Dimension) : string.CompareOrdinal(Part, other.Part);
    }
}

/// <summary>Registered devices of the same model, firmware and serial batch, and how many of them had a fault that counts. Texts are empty where unknown.</summary>
/// <param name="Faulty">Devices with such a fault within the time that is looked at.</param>
/// <param name="FaultyOnFirmware">Those of them whose fault was raised since they have this firmware: what the one before did is not its fault.</param>
public readonly record struct DefectCell(string Model, string Firmware, string Batch, long Devices, long Faulty, long FaultyOnFirmware);

/// <summary>A group beside the others that it is compared with.</summary>
/// <param name="Devices">Registered devices of the group.</param>
/// <param name="Faulty">Those of them with a fault that counts.</param>
/// <param name="AtLeast">What the ratio of the two rates is at least, at the rule's confidence; 0 where nothing can be said.</param>
public readonly record struct DefectFigures(long Devices, long Faulty, long OtherDevices, long OtherFaulty, double AtLeast)
{
    /// <summary>How many times as often as elsewhere; infinite where no other device had the fault.</summary>
    public double Ratio => RateRatio.Of(Faulty, Devices, OtherFaulty, OtherDevices);
}

/// <summary>One of the groups that a defect's group is compared with, or itself.</summary>
public readonly record struct DefectPart(string Name, long Devices, long Faulty);

/// <summary>A defect that is not over.</summary>
/// <param name="BelowSince">Since when it no longer stands out; zero while it does.</param>
public readonly record struct OpenDefect(DefectGroup Group, ServerTime BelowSince);

/// <summary>What becomes of a group.</summary>
public enum DefectOutcome : byte
{
    /// <summary>It stands out and was not known.</summary>
    Opened = 1,

    /// <summary>It is known and still stands out.</summary>
    Still = 2,

    /// <summary>It is known and no longer stands out, not yet for long enough.</summary>
    Below = 3,

    /// <summary>It has not stood out for long enough.</summary>
    Subsided = 4,

    /// <summary>Another group explains it, which is told instead.</summary>
    PartOf = 5,
}

/// <summary>A decision about one group with its reason.</summary>
/// <param name="Beside">The group itself and those that it is compared with, the worst first; at most <see cref="DefectSearch.MostBeside"/>.</param>
/// <param name="Whole">The group that explains it, for <see cref="DefectOutcome.PartOf"/>.</param>
public sealed record DefectDecision(DefectGroup Group, DefectOutcome Outcome, DefectFigures Figures, ImmutableArray<DefectPart> Beside, DefectGroup? Whole);
