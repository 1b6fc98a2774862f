using System.Runtime.InteropServices;
using B2D.Core.Rules;

namespace B2D.Core.Faults;

/// <summary>The part of a <see cref="FaultState"/> that every sample changes, in place and 32 bytes small: many rules read every message.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FaultPulse
{
    public DeviceTime LastAt;
    public ServerTime LastHeard;
    public uint RaiseBits;
    public uint ClearBits;

    /// <summary>Where the rest of the state is, and one; 0 where that is as new.</summary>
    public int Rest;
    public FaultPhase Phase;
    public Severity Severity;
    public bool LastWasLive;
    public bool Acknowledged;
}
