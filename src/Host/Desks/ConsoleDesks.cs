using System.Text.Json;
using B2D.Bus;
using B2D.Console;
using B2D.Core;
using B2D.Core.Cases;
using B2D.Core.Devices;
using B2D.Core.Outages;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using B2D.Host.Loops;
using B2D.ProactiveWorker.Cases;
using B2D.Storage.Access;
using B2D.Storage.Cases;
using B2D.Storage.Customers;
using B2D.Storage.Devices;
using B2D.Storage.Dues;
using B2D.Storage.Faults;
using B2D.Storage.Notices;
using B2D.Storage.Outages;

namespace B2D.Host.Desks;

/// <summary>The console's case desk over the worker's.</summary>
internal sealed class HostCaseDesk(Installation installation) : ICaseDesk
{
    public ActOutcome Act(long caseId, int version, CaseAct act, string who)
    {
        if (installation.Stores.State.Read(db => CaseStore.Find(db, caseId)) is null)
            return new ActOutcome.Unknown();
        var outcome = Do(installation.Worker.Cases, caseId, version, act, who);
        var now = (int)installation.Stores.State.Read(db => CaseStore.Find(db, caseId)!.Version);
        return outcome switch
        {
            { Done: true } => new ActOutcome.Done(now),
            { Conflict: true } => new ActOutcome.Conflict(now, outcome.Problem),
            _ => new ActOutcome.Rejected(outcome.Problem),
        };
    }

    private static DeskOutcome Do(CaseDesk desk, long id, int version, CaseAct act, string who) => act switch
    {
        CaseAct.Take => desk.Move(id, version, new CaseEvent.Take(who), who, $"{who} took the case"),
        CaseAct.Assign e => desk.Move(id, version, new CaseEvent.Assign(e.To), who, e.To.Length == 0 ? "Given back to the queue" : $"Given to {e.To}"),
        CaseAct.AddStep e => desk.AddStep(id, version, e.Text, e.Position, who),
        CaseAct.CompleteStep e => desk.SetStep(id, version, e.StepId, "Done", who),
        CaseAct.SkipStep e => desk.SetStep(id, version, e.StepId, "Skipped", who),
        CaseAct.MoveStep e => desk.MoveStep(id, version, e.StepId, e.Position, who),
        CaseAct.Wait e => desk.Move(id, version, new CaseEvent.Wait(e.For), who, $"Waiting for {e.For}", c => c with { WaitingFor = e.For, WaitingUntil = e.Until.EpochMs }),
        CaseAct.Resume => desk.Move(id, version, new CaseEvent.Resume(), who, "The waiting is over"),
        CaseAct.Note e => desk.Note(id, version, e.Text, who),
        CaseAct.Resolve => desk.Move(id, version, new CaseEvent.Resolve(), who, "Resolved"),
        CaseAct.Reopen => desk.Move(id, version, new CaseEvent.Reopen(), who, "Reopened", c => c with { Reopened = c.Reopened + 1, ResolvedBy = "", ClearSinceAt = 0 }),
        CaseAct.Close e => desk.Move(id, version, new CaseEvent.Close(DispositionOf(e.Disposition)), who, "Closed", c => c with { Disposition = e.Disposition }, new { e.Disposition }),
        CaseAct.HandOff e => desk.Move(id, version, new CaseEvent.HandOff(e.To), who, $"Handed over to {e.To}. Done: {e.Finished} Open: {e.Open} Promised: {e.Promised}", null, new { e.To, e.Finished, e.Open, e.Promised }),
        _ => DeskOutcome.Refused("this act is not known"),
    };

    private static Disposition DispositionOf(string name) =>
        Enum.TryParse<Disposition>(name.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var disposition) ? disposition : Disposition.None;
}

/// <summary>The console's outage desk.</summary>
internal sealed class HostOutageDesk(Installation installation) : IOutageDesk
{
    public ActOutcome Act(long outageId, int version, OutageAct act, string who)
    {
        var state = installation.Stores.State;
        var now = ServerTime.From(installation.Time.GetUtcNow());
        if (act is OutageAct.Override over)
            return Override(outageId, version, over, who, now);
        return state.Write<ActOutcome>(db =>
        {
            if (OutageStore.Find(db, outageId) is not { } row)
                return new ActOutcome.Unknown();
            if (row.Version != version)
                return new ActOutcome.Conflict((int)row.Version, "somebody else changed this outage in the meantime");
            var (changed, text) = act switch
            {
                OutageAct.SetCause e => (row with { Cause = e.Cause, State = row.State is "Held" or "Investigating" ? "Identified" : row.State, Revision = row.Revision + 1 }, $"Cause: {e.Cause}"),
                OutageAct.SetWorkaround e => (row with { Workaround = e.Text }, e.Text.Length > 0 ? $"Work-around: {e.Text}" : "Work-around taken back"),
                OutageAct.SetEstimate e => (row with { EstimateFrom = e.From.EpochMs, EstimateUntil = e.Until.EpochMs }, $"Estimate: {e.From} to {e.Until}"),
                OutageAct.SetNextUpdate e => (row with { NextUpdateAt = e.At.EpochMs }, $"Next news promised by {e.At}"),
                _ => (row with { Guard = false }, "The notices that waited for a person were let go"),
            };
            OutageStore.Update(db, changed);
            if (act is OutageAct.ReleaseGuard)
                NoticeStore.MarkAll(db, $"outage:{outageId}", "Held", "Due", $"let go by {who}");
            TimelineStore.Add(db, new TimelineRow { Subject = $"outage:{outageId}", At = now.EpochMs, Kind = act.GetType().Name.ToLowerInvariant(), Text = text, Who = who });
            AuditStore.Append(db, now.EpochMs, who, $"outage.{act.GetType().Name}", $"outage:{outageId}");
            return new ActOutcome.Done((int)row.Version + 1);
        });
    }

    private ActOutcome Override(long outageId, int version, OutageAct.Override act, string who, ServerTime now)
    {
        var state = installation.Stores.State;
        if (state.Read(db => OutageStore.Find(db, outageId)) is not { } row)
            return new ActOutcome.Unknown();
        if (row.Version != version)
            return new ActOutcome.Conflict((int)row.Version, "somebody else changed this outage in the meantime");
        if (!installation.Worker.Outages.Override(outageId, Enum.Parse<OutagePhase>(act.State.ToString()), now))
            return new ActOutcome.Rejected("the outage is over");
        return state.Write<ActOutcome>(db =>
        {
            TimelineStore.Add(db, new TimelineRow { Subject = $"outage:{outageId}", At = now.EpochMs, Kind = "override", Text = $"Set to {act.State} by hand", Who = who });
            AuditStore.Append(db, now.EpochMs, who, "outage.override", $"outage:{outageId}", JsonSerializer.Serialize(new { state = act.State.ToString() }));
            return new ActOutcome.Done((int)OutageStore.Find(db, outageId)!.Version);
        });
    }
}

/// <summary>What people do to faults goes through the log, like everything that lanes see.</summary>
internal sealed class HostFaultDesk(Installation installation) : IFaultDesk
{
    /// <summary>Nothing is silenced for ever.</summary>
    private static readonly TimeSpan LongestOutOfService = TimeSpan.FromDays(90);

    public ActOutcome Act(long faultId, FaultAct act, string who)
    {
        if (installation.Stores.State.Read(db => FaultStore.Find(db, faultId)) is not { } fault)
            return new ActOutcome.Unknown();
        var now = ServerTime.From(installation.Time.GetUtcNow());
        var (kind, until, reason) = act switch
        {
            FaultAct.Acknowledge => (FaultAction.Acknowledge, (ServerTime?)null, ""),
            FaultAct.Shelve e => (FaultAction.Shelve, e.Until, e.Reason),
            FaultAct.Unshelve => (FaultAction.Unshelve, null, ""),
            FaultAct.OutOfService => (FaultAction.OutOfService, now + LongestOutOfService, "out of service"),
            _ => (FaultAction.InService, null, ""),
        };
        if (kind == FaultAction.Shelve && (until <= now || until > now + LongestOutOfService))
            return new ActOutcome.Rejected("a fault is shelved until a time within the next 90 days");
        // No rule's memory follows what was found late, and nobody is told of it.
        if (fault.BackDated && act is not FaultAct.Acknowledge)
            return new ActOutcome.Rejected("this fault was found later, in readings that came late: nobody is told of it, so there is nothing to silence");
        var entry = new Entry.Action(DeviceId.Parse(fault.Device), fault.Rule, kind, who, until, reason);
        if (fault.BackDated)
            installation.Stores.State.Write(db => FaultStore.Acknowledge(db, fault.Device, fault.Rule, who, now.EpochMs));
        else if (!installation.Entries.TrySubmit(Submission.Of(entry)))
            return new ActOutcome.Rejected("the log is busy; try again in a moment");
        installation.Stores.State.Write(db => AuditStore.Append(db, now.EpochMs, who, $"fault.{kind}", $"fault:{faultId}", JsonSerializer.Serialize(new { until = until?.EpochMs, reason })));
        return new ActOutcome.Done(0);
    }
}

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

/// <summary>Dues that a person marks as done.</summary>
internal sealed class HostDueDesk(Installation installation) : IDueDesk
{
    public ActOutcome MarkDone(long dueId, string who)
    {
        if (installation.Stores.State.Read(db => DueStore.Find(db, dueId)) is not { } due)
            return new ActOutcome.Unknown();
        if (due.State == "Done")
            return new ActOutcome.Rejected("it is done already");
        var entry = new Entry.Action(DeviceId.Parse(due.Device), due.Rule, FaultAction.DueDone, who, null, "");
        if (!installation.Entries.TrySubmit(Submission.Of(entry)))
            return new ActOutcome.Rejected("the log is busy; try again in a moment");
        installation.Stores.State.Write(db => AuditStore.Append(db, installation.Time.GetUtcNow().ToUnixTimeMilliseconds(), who, "due.done", $"due:{dueId}"));
        return new ActOutcome.Done(0);
    }
}

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

/// <summary>Imports by the API.</summary>
internal sealed class HostImports(Installation installation) : IImports
{
    public ImportOutcome Customers(string csv, string who) => Outcome(QuietThread.Run("import", () => installation.Imports.Customers(csv, who)));

    public ImportOutcome Devices(string csv, string who) => Outcome(QuietThread.Run("import", () => installation.Imports.Devices(csv, who)));

    private static ImportOutcome Outcome(ImportResult result) => new(result.Applied, [.. result.Problems.Select(p => new BadRow(p.Line, Imports.WithoutLine(p)))]);
}

/// <summary>Rules in force and what was wrong with the files last.</summary>
internal sealed class HostRuleView(Installation installation) : IRuleView
{
    public RuleSet Current => installation.Worker.Rules.Current.Set;

    // From memory: the console asks in the middle of its own reading.
    public ServerTime ActivatedAt => installation.Worker.Rules.ActivatedAt;

    public IReadOnlyList<RuleProblem> Problems => installation.Worker.Activation.Problems;
}

/// <summary>The words of notices for the pages that show what customers were told.</summary>
internal sealed class HostNoticeWords(Installation installation, ProactiveWorker.Notices.Templates templates) : INoticeWords
{
    public NoticeWords? Of(string noticeId) => installation.Stores.State.Read(db =>
    {
        if (NoticeStore.Find(db, noticeId) is not { } row || CustomerStore.Find(db, row.Customer) is not { } customer)
            return null;
        var (title, text) = templates.Render(row, customer);
        return new NoticeWords(title, text);
    });
}
