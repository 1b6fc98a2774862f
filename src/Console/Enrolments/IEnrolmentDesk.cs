using B2D.Core;

namespace B2D.Console;

/// <summary>Where fleets are made and their devices let in.</summary>
public interface IEnrolmentDesk
{
    /// <summary>Makes a group; its key in base64, this once. Null where there is one of that name, or as many as there may be.</summary>
    string? CreateGroup(string name, string model, Core.Devices.Segment segment, bool approve, string who);

    /// <summary>Takes a group away.</summary>
    ActOutcome RemoveGroup(string name, string who);

    /// <summary>Approves or rejects a device that waits.</summary>
    ActOutcome Decide(long id, bool approve, string who);
}
