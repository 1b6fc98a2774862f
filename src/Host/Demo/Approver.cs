using B2D.Core;
using B2D.Core.Outages;
using B2D.Storage.Notices;
using B2D.Storage.Outages;

namespace B2D.Host.Demo;

/// <summary>The operator of a run without people: what is offered for approval is let go within a second.</summary>
internal sealed class Approver(Installation installation, TimeProvider time)
{
    private readonly HashSet<long> outages = [];

    /// <summary>Outages of which notices were let go.</summary>
    public int LetGo => outages.Count;

    /// <summary>Until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation))
                Look();
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The run is over.
        }
    }

    private void Look()
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var offered = installation.Stores.State.Read(db => OutageStore.Open(db).Where(o => NoticeStore.CountOffered(db, $"outage:{o.Id}", now) > 0).ToArray());
        foreach (var outage in offered)
        {
            // Changed in between, it is looked at again in a second.
            if (installation.Worker.OutageDesk.Act(outage.Id, (int)outage.Version, new OutageAct.Approve(), "operator") is ActOutcome.Done)
                outages.Add(outage.Id);
        }
    }
}
