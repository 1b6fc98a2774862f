using B2D.Core;
using B2D.Core.Cases;
using B2D.Core.Contacts;
using B2D.Core.Faults;
using B2D.Core.Notices;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Faults;
using B2D.Storage.Notices;

namespace B2D.Simulation.People;

/// <summary>Agents on cases, calls and faults. What they do they do to what they saw, which in every third case is some minutes ago.</summary>
internal sealed class Agents(PeopleTown town) : IActor
{
    private static readonly string[] Names = ["ana", "rui", "eva"];
    private int said;

    public void Act(Random dice)
    {
        switch (dice.Next(12))
        {
            case 0 or 1:
                Call(dice);
                break;
            case 2:
                Contact(dice);
                break;
            case 3:
                Fault(dice);
                break;
            case 4:
                Open(dice);
                break;
            default:
                Case(dice);
                break;
        }
    }

    private static T Any<T>(IReadOnlyList<T> of, Random dice) => of[dice.Next(of.Count)];

    private ServerTime In(double hours) => ServerTime.From(town.Clock.Now + TimeSpan.FromHours(hours));

    private void Case(Random dice)
    {
        var all = town.State.Read(db => CaseStore.List(db, new CaseFilter { Limit = Page.MaxRows }));
        if (all.Count == 0)
            return;
        var open = all.Where(c => CaseStore.OpenStates.Contains(c.State)).ToArray();
        var row = open.Length > 0 && dice.Next(5) > 0 ? Any(open, dice) : Any(all, dice);
        var (who, act) = (Any(Names, dice), Deed(row, all, dice));
        if (dice.Next(3) > 0)
            Do(row, act, who);
        else
            town.Later(town.Clock.Now.AddSeconds(dice.Next(30, 900)), () => Do(row, act, who));
    }

    private void Do(CaseRow seen, CaseAct act, string who) =>
        town.Book.Note(who, "case", $"case:{seen.Id}", (int)seen.Version, act, town.Installation.Worker.CaseDesk.Act(seen.Id, (int)seen.Version, act, who));

    private CaseAct Deed(CaseRow row, IReadOnlyList<CaseRow> all, Random dice)
    {
        var text = $"word {++said}";
        var near = all.Where(c => c.Id != row.Id && (c.Device == row.Device || c.Customer == row.Customer)).ToArray();
        var steps = town.State.Read(db => StepStore.List(db, row.Id));
        return dice.Next(26) switch
        {
            0 => new CaseAct.Take(),
            1 => new CaseAct.Assign(dice.Next(3) == 0 ? "" : Any(Names, dice)),
            2 => new CaseAct.MoveQueue(dice.Next(2) == 0 ? "second" : "service"),
            3 => new CaseAct.Wait(Any<WaitKind>([WaitKind.Customer, WaitKind.Parts, WaitKind.ThirdParty], dice), "the kit", In(0.2 + (dice.NextDouble() * 4))),
            4 => new CaseAct.Resume(),
            5 => new CaseAct.Note(text),
            6 or 7 => new CaseAct.Resolve(),
            8 => new CaseAct.Reopen(),
            9 => new CaseAct.Close("true-fault"),
            10 => new CaseAct.HandOff(Any(Names, dice), "restarted", "the fan", dice.Next(2) == 0 ? "a call by six" : ""),
            11 => new CaseAct.Write(text, dice.Next(2) == 0 ? In(0.3 + (dice.NextDouble() * 5)) : ServerTime.Zero, "the kit"),
            12 or 13 => new CaseAct.PromiseWord(In(0.1 + (dice.NextDouble() * 5)), "the kit"),
            14 => new CaseAct.TakeBackWord("told by phone"),
            15 => new CaseAct.CallOffVisit($"{text}: nobody comes"),
            16 or 17 => near.Length > 0 ? new CaseAct.Merge(Any(near, dice).Id) : new CaseAct.Take(),
            18 => new CaseAct.Complain(text, ""),
            19 => row.ComplaintDueAt > 0 ? new CaseAct.AnswerComplaint(text) : new CaseAct.AcknowledgeComplaint(text),
            20 => new CaseAct.Objection("nobody-needed", text),
            21 => new CaseAct.Grant(GrantKind.Money, dice.Next(5, 40), text, "agent"),
            22 => new CaseAct.AddStep(text, 0),
            23 when steps.Count > 0 => new CaseAct.CompleteStep(Any(steps, dice).Id),
            24 when steps.Count > 0 => new CaseAct.SkipStep(Any(steps, dice).Id),
            _ => new CaseAct.ReadHandOff(),
        };
    }

    private void Call(Random dice)
    {
        var tasks = town.State.Read(db => PhoneTaskStore.Open(db)).Where(t => t.TryAt <= town.Now).ToArray();
        if (tasks.Length == 0)
            return;
        var (task, who) = (Any(tasks, dice), Any(Names, dice));
        PhoneTaskAct act = dice.Next(6) switch { 0 => new PhoneTaskAct.WrongNumber(), 1 or 2 => new PhoneTaskAct.NotReached(In(0.5)), _ => new PhoneTaskAct.Reached() };
        town.Book.Note(who, "phone-task", $"phone-task:{task.Id}", (int)task.Version, act, town.Installation.Worker.PhoneTaskDesk.Act(task.Id, (int)task.Version, act, who));
    }

    /// <summary>A customer called: what it joins is decided once more here, by the order of the documentation.</summary>
    private void Contact(Random dice)
    {
        var customer = $"C-{dice.Next(1, PeopleTown.Customers + 1)}";
        var theirs = town.Owners.Where(o => o.Value == customer).Select(o => o.Key).ToArray();
        var about = new Contact(customer, ContactChannel.Phone, dice.Next(4) > 0, "It is cold", dice.Next(3) == 0) { Device = theirs.Length > 0 && dice.Next(2) == 0 ? Any(theirs, dice) : "" };
        var wanted = Joins(about);
        var outcome = town.Installation.Worker.ContactDesk.Log(about, "rui");
        town.Book.Note("rui", "contact", outcome is ContactOutcome.Kept kept ? $"contact:{kept.Id}" : "", 0, (about, wanted), outcome, outcome is ContactOutcome.Kept ? 1 : 0);
    }

    private (long Case, long Outage) Joins(Contact about)
    {
        var open = town.State.Read(db => CaseStore.List(db, new CaseFilter { States = CaseStore.OpenStates, Customer = about.Customer, Limit = Page.MaxRows }));
        var ofDevice = open.Where(c => c.Device == about.Device).OrderByDescending(c => c.Family == "gas").ThenByDescending(c => c.Id).ToArray();
        if (about.Device.Length > 0 && ofDevice.Length > 0)
            return (ofDevice[0].Id, 0);
        var touched = town.State.Read(db => Storage.Outages.OutageStore.OpenOf(db, about.Customer));
        if (touched.Any(t => about.Device.Length == 0 || t.Device == about.Device))
            return (0, 1);
        if (about.Device.Length == 0 && open.Count > 0)
            return open.Count == 1 ? (open[0].Id, 0) : (0, 0);
        var over = town.State.Read(db => CaseStore.List(db, new CaseFilter { States = ["Resolved"], Customer = about.Customer, Limit = Page.MaxRows }))
            .Where(c => c.MergedInto == 0 && town.Now - c.ResolvedAt < c.ReopenWithinMs && (about.Device.Length == 0 || c.Device == about.Device)).OrderByDescending(c => c.Id).ToArray();
        return over.Length == 1 || (about.Device.Length > 0 && over.Length > 0) ? (over[0].Id, 0) : (0, 0);
    }

    private void Fault(Random dice)
    {
        var open = town.State.Read(db => FaultStore.List(db, new FaultFilter { OpenOnly = true, Limit = Page.MaxRows }));
        if (open.Count == 0)
            return;
        var (fault, who) = (Any(open, dice), Any(Names, dice));
        FaultAct act = dice.Next(3) == 0 ? new FaultAct.Shelve(In(0.1 + dice.NextDouble()), "roof work") : new FaultAct.Acknowledge();
        town.Book.Note(who, "fault", $"fault:{fault.Id}", 0, act, town.Installation.Worker.FaultDesk.Act(fault.Id, act, who));
    }

    private void Open(Random dice)
    {
        var device = Any(town.Owners.Keys.ToArray(), dice);
        var outcome = town.Installation.Worker.HandCaseDesk.Open(new HandCase(device, dice.Next(2) == 0 ? "pump" : HandCase.OtherFamily, "It drips", "Under the lid", "service", 3), "eva");
        town.Book.Note("eva", "case", outcome is HandCaseOutcome.Taken taken ? $"case:{taken.CaseId}" : "", 0, device, outcome, outcome is HandCaseOutcome.Taken ? 1 : 0);
    }
}
