using B2D.Core;
using B2D.Core.Notices;
using B2D.Storage.Notices;

namespace B2D.Host.Demo;

/// <summary>The operator of a run without people: what is offered for approval is let go within a second.</summary>
internal sealed class Approver(Installation installation, TimeProvider time)
{
    /// <summary>How often it let notices to many go.</summary>
    public int LetGo { get; private set; }

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
        foreach (var offered in installation.Stores.State.Read(ApprovalStore.Offered))
        {
            // Changed in between, it is looked at again in a second.
            if (installation.Worker.Approvals.Act(offered.Id, (int)offered.Version, new ApprovalAct.LetGo(), "operator") is ActOutcome.Done)
                LetGo++;
        }
    }
}
