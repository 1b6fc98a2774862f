using B2D.Console;
using B2D.Core;

namespace B2D.Host.Desks;

/// <summary>The one switch.</summary>
internal sealed class HostStopSwitch(Installation installation) : IStopSwitch
{
    public StopState State
    {
        get
        {
            var position = installation.Worker.Stop.Read();
            return position.Stopped ? new StopState(true, new ServerTime(position.At), position.Who, position.Reason) : StopState.Running;
        }
    }

    public void Stop(string who, string reason) => installation.Worker.Stop.Set(true, who, reason, ServerTime.From(installation.Time.GetUtcNow()));

    public void Resume(string who) => installation.Worker.Stop.Set(false, who, "", ServerTime.From(installation.Time.GetUtcNow()));
}
