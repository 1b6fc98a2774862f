using B2D.Console;
using B2D.Core;
using B2D.Core.Devices;
using B2D.Storage.Devices;

namespace B2D.Host.Desks;

/// <summary>Fleets and their devices over the registry; the gateway hears of every change.</summary>
internal sealed class HostEnrolmentDesk(Installation installation) : IEnrolmentDesk
{
    private long Now => ServerTime.From(installation.Time.GetUtcNow()).EpochMs;

    public string? CreateGroup(string name, string model, Segment segment, bool approve, string who)
    {
        var key = EnrolmentGate.CreateGroup(installation.Stores.State, installation.Seal, name, model, segment, approve, who, Now);
        installation.Gateway.RefreshEnrolments();
        return key;
    }

    public ActOutcome RemoveGroup(string name, string who)
    {
        if (!EnrolmentGate.RemoveGroup(installation.Stores.State, name, who, Now))
            return new ActOutcome.Unknown();
        installation.Gateway.RefreshEnrolments();
        return new ActOutcome.Done(0);
    }

    public ActOutcome Decide(long id, bool approve, string who)
    {
        if (installation.Stores.State.Read(db => EnrolmentStore.Find(db, id)) is null)
            return new ActOutcome.Unknown();
        var device = EnrolmentGate.Decide(installation.Stores.State, id, approve, who, Now, out var problem);
        if (problem.Length > 0)
            return new ActOutcome.Rejected(problem);
        if (device is not null)
        {
            installation.Registered([device]);
            installation.Gateway.RefreshEnrolments();
        }
        return new ActOutcome.Done(0);
    }
}
