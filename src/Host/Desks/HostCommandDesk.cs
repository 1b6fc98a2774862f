using B2D.Console;
using B2D.Core;
using B2D.Storage.Devices;

namespace B2D.Host.Desks;

/// <summary>Commands by hand.</summary>
internal sealed class HostCommandDesk(Installation installation) : ICommandDesk
{
    public CommandOutcome Send(string device, string name, string argsJson, string who)
    {
        if (installation.Stores.State.Read(db => DeviceStore.Find(db, device)) is null)
            return new CommandOutcome("", $"no device '{device}' is registered");
        if (name.Length is 0 or > 128)
            return new CommandOutcome("", "a command's name has 1 to 128 characters");
        if (installation.Worker.Stop.Read().Stopped)
            return new CommandOutcome("", "all notices and remedies are stopped; let them go on first");
        return new CommandOutcome(installation.Worker.Commands.Send(device, name, argsJson, who, ServerTime.From(installation.Time.GetUtcNow())), "");
    }
}
