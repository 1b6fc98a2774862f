using B2D.Bus;
using B2D.Core;
using B2D.ProactiveWorker.Remedies;
using B2D.Storage;
using B2D.Storage.Outbox;

namespace B2D.ProactiveWorker.Notices;

/// <summary>Carries out effects that are due: tellings become rows of the ledger, commands go to the bus. Each in the transaction that marks it.</summary>
public sealed class OutboxLoop(Database state, NoticePlanner planner, CommandDispatch commands)
{
    private const int AtOnce = 200;
    private readonly DueWatch watch = new(state);
    private readonly List<DeviceCommand> leaving = [];

    /// <summary>One turn; true where there may be more to do at once.</summary>
    public bool Pump(ServerTime now) => watch.IsDue(now, OutboxStore.NextDueAt) && CarryDue(now);

    private bool CarryDue(ServerTime now)
    {
        var more = state.Write(db =>
        {
            var stopped = StopSwitch.Read(db).Stopped;
            var due = OutboxStore.NextDue(db, now.EpochMs, AtOnce);
            var done = 0;
            foreach (var row in due)
            {
                if (row.Kind == CommandDispatch.OutboxKind)
                    commands.Carry(db, row, stopped, now, leaving);
                else
                    planner.Carry(db, row, now);
                done++;
            }
            return done == AtOnce;
        });
        commands.HandOver(leaving);
        return more;
    }
}
