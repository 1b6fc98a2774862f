using B2D.Core.Dues;

namespace B2D.Core.Faults;

/// <summary>Everything that a lane remembers under one device id; each part comes and goes by itself.</summary>
internal sealed class DeviceMemory
{
    /// <summary>While the device is registered.</summary>
    public DeviceLane? State { get; set; }

    /// <summary>What judging its messages learned; null before the first. Judging alone changes it.</summary>
    public ArrivalMemory? Arrival { get; set; }

    /// <summary>Due cycles that it left behind when it was removed; null for none.</summary>
    public PastCycles? Past { get; set; }

    /// <summary>Nothing is remembered.</summary>
    public bool IsBlank => State is null && Past is null && Arrival is not { IsNew: false };
}
