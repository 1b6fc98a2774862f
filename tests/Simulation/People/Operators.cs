using System.Globalization;
using B2D.Console.Customers;
using B2D.Console.Facts;
using B2D.Console.Maintenance;
using B2D.Core;
using B2D.Core.Customers;
using B2D.Core.Links;
using B2D.Core.Notices;
using B2D.Core.Outages;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Devices;
using B2D.Storage.Maintenance;
using B2D.Storage.Notices;
using B2D.Storage.Outages;

namespace B2D.Simulation.People;

/// <summary>Operators and the office: outages, approvals, planned work, slots, sales, what customers want and depend on, who cares for them, what other systems know.</summary>
internal sealed class Operators(PeopleTown town) : IActor
{
    private static readonly string[] Classes = ["service", "case", "usage", "offer", "survey"];
    private static readonly string[] FactKinds = ["moved", "deceased", "returned", "visit-booked"];
    private readonly List<long> works = [];
    private readonly List<long> slots = [];
    private int facts;

    public void Act(Random dice)
    {
        switch (dice.Next(20))
        {
            case 0 or 1 or 2 or 3 or 4:
                Outage(dice);
                break;
            case 5 or 6:
                Approval(dice);
                break;
            case 7:
                Plan(dice);
                break;
            case 8:
                Replan(dice);
                break;
            case 9 or 10:
                Slot(dice);
                break;
            case 11 or 12 or 13:
                Sell(dice);
                break;
            case 14:
                Care(dice);
                break;
            case 15:
                Carer(dice);
                break;
            case 16 or 17:
                Want(dice);
                break;
            case 18:
                Night(dice);
                break;
            default:
                Fact(dice);
                break;
        }
    }

    private static T Any<T>(IReadOnlyList<T> of, Random dice) => of[dice.Next(of.Count)];

    private string Someone(Random dice) => $"C-{dice.Next(1, PeopleTown.Customers + 1)}";

    private ServerTime In(double hours) => ServerTime.From(town.Clock.Now + TimeSpan.FromHours(hours));

    private void Outage(Random dice)
    {
        var all = town.State.Read(db => OutageStore.List(db, []));
        var open = all.Where(o => o.State != "Resolved").ToArray();
        if (all.Count == 0 || (open.Length == 0 && dice.Next(4) > 0))
            return;
        var row = open.Length > 0 ? Any(open, dice) : Any(all, dice);
        OutageAct act = dice.Next(9) switch
        {
            0 or 1 => new OutageAct.SetCause("A digger cut the cable"),
            2 => new OutageAct.SetWorkaround(dice.Next(3) == 0 ? "" : "Mobile networks work"),
            3 => new OutageAct.SetEstimate(In(0.5), In(0.6 + (dice.NextDouble() * 2))),
            4 => new OutageAct.SetNextUpdate(In(0.2 + (dice.NextDouble() * 3))),
            5 => new OutageAct.Override(Any<OutagePhase>([OutagePhase.Resolved, OutagePhase.Monitoring, OutagePhase.Investigating], dice), "the crew says so"),
            _ when row.Guard => new OutageAct.ReleaseGuard(),
            _ => new OutageAct.SetCause("Water in the cabinet"),
        };
        if (dice.Next(3) > 0)
            Do();
        else
            town.Later(town.Clock.Now.AddSeconds(dice.Next(30, 600)), Do);

        void Do() => town.Book.Note("olga", "outage", $"outage:{row.Id}", (int)row.Version, act, town.Installation.Worker.OutageDesk.Act(row.Id, (int)row.Version, act, "olga"));
    }

    private void Approval(Random dice)
    {
        if (town.State.Read(ApprovalStore.Offered) is not [var row, ..])
            return;
        ApprovalAct act = dice.Next(2) == 0 ? new ApprovalAct.LetGo() : new ApprovalAct.Stop("a test of ours");
        town.Book.Note("olga", "approval", row.Subject, (int)row.Version, act, town.Installation.Worker.Approvals.Act(row.Id, (int)row.Version, act, "olga"));
    }

    private void Plan(Random dice)
    {
        // Over before people rest.
        var from = 0.5 + (dice.NextDouble() * 5);
        var until = from + 0.3 + dice.NextDouble();
        if (town.Clock.Now.AddHours(until) > town.LifeEnds)
            return;
        var (id, _, refused) = new MaintenanceDesk(town.Installation.Stores, town.Clock).Plan(new MaintenanceRow
        {
            Title = "Replace the switch",
            Scope = "Segment",
            Target = PeopleTown.Cabinet(dice.Next(1, PeopleTown.Routers + 1)),
            FromAt = In(from).EpochMs,
            UntilAt = In(until).EpochMs,
            Felt = true,
            Words = "The internet does not work",
            Cause = "We replace a switch",
            TakesDown = ChannelSet.Of(Channel.Email).Bits,
        }, "olga");
        if (refused.Length > 0)
            throw new InvalidOperationException(refused);
        works.Add(id);
        town.Book.Note("olga", "maintenance", $"maintenance:{id}", 0, "plan", new ActOutcome.Done(1));
    }

    private void Replan(Random dice)
    {
        if (works.Count == 0)
            return;
        var id = Any(works, dice);
        var end = town.Clock.Now.AddHours(0.2 + dice.NextDouble()) is var at && at < town.LifeEnds ? at : town.LifeEnds;
        MaintenanceAct act = dice.Next(3) switch
        {
            0 => new MaintenanceAct.End("The part is missing."),
            1 => new MaintenanceAct.MoveEnd(ServerTime.From(end), "It takes longer."),
            _ => new MaintenanceAct.Move(ServerTime.From(end - TimeSpan.FromMinutes(10)), ServerTime.From(end), "The part arrives later."),
        };
        town.Book.Note("olga", "maintenance", $"maintenance:{id}", 0, act, new MaintenanceDesk(town.Installation.Stores, town.Clock).Act(id, 0, act, "olga"));
    }

    private void Slot(Random dice)
    {
        var desk = town.Installation.Worker.SlotDesk;
        if (slots.Count > 3 && dice.Next(4) == 0)
        {
            var closed = Any(slots, dice);
            town.Book.Note("olga", "slot", $"slot:{closed}", 0, "close", desk.Close(closed, "olga"));
            return;
        }
        var start = In(0.6 + (dice.NextDouble() * 6));
        var slot = new Slot(dice.Next(2) == 0 ? "" : "Porto", "", start, start + TimeSpan.FromMinutes(90), dice.Next(4) == 0 ? 2 : 1, 0, false);
        var (id, refused) = desk.Add(slot, "olga");
        if (refused.Length > 0)
            return;
        slots.Add(id);
        town.Book.Note("olga", "slot", $"slot:{id}", 0, slot, new ActOutcome.Done(1));
    }

    private void Sell(Random dice)
    {
        // What is broken is sold most times; the buyer is somebody whom it concerns too, every third time.
        var broken = town.State.Read(db => db.Query<string>("SELECT DISTINCT device FROM faults WHERE cleared_at = 0")).Where(d => town.Owners.ContainsKey(d)).ToArray();
        var device = broken.Length > 0 && dice.Next(3) > 0 ? Any(broken, dice) : Any(town.Owners.Keys.ToArray(), dice);
        var before = town.Book.Sales.Where(s => s.Device == device).Select(s => s.From).ToArray();
        var (from, to) = (town.Owners[device], before.Length > 0 && dice.Next(3) == 0 ? Any(before, dice) : Someone(dice));
        if (from == to || to.Length == 0 || town.Book.IsErased(to, town.Now))
            return;
        PeopleTown.Good(town.Installation.Imports.Devices($"id,customer\n{device},{to}\n", "office", SecretHashing.Sha256));
        town.Book.Note("office", "devices", "devices", 0, device, new ActOutcome.Done(0));
        town.Book.Sold(device, from, to);
    }

    private void Care(Random dice)
    {
        var customer = Someone(dice);
        var ends = dice.Next(3) == 0;
        var outcome = town.Installation.Worker.CareDesk.Set(customer, ends ? "" : "a telecare line", ends ? "" : "2027-06-01", consent: true, "office");
        town.Book.Note("office", "customer", $"customer:{customer}", 0, "care", outcome);
        if (outcome is not ActOutcome.Done)
            return;
        End(town.Book.Dependent, customer);
        if (!ends)
            town.Book.Dependent.Add((customer, town.Now, 0));
    }

    private void Carer(Random dice)
    {
        var customer = Someone(dice);
        var desk = town.Installation.Worker.CarerDesk;
        if (dice.Next(3) == 0)
        {
            var removed = desk.Remove(customer, "office");
            town.Book.Note("office", "customer", $"customer:{customer}", 0, "carer", removed);
            if (removed is ActOutcome.Done)
                End(town.Book.Cared, customer);
            return;
        }
        var named = desk.Name(customer, new Carer("Marta Lopes", "", "+3519300" + customer[2..].PadLeft(5, '0'), "sms", "en"), consent: true, "office");
        town.Book.Note("office", "customer", $"customer:{customer}", 0, "carer", named);
        if (named is ActOutcome.Done && !town.Book.Cared.Exists(c => c.Customer == customer && c.Until == 0))
            town.Book.Cared.Add((customer, town.Now, 0));
    }

    private void End(List<(string Customer, long From, long Until)> spans, string customer)
    {
        for (var i = 0; i < spans.Count; i++)
        {
            if (spans[i].Customer == customer && spans[i].Until == 0)
                spans[i] = spans[i] with { Until = town.Now };
        }
    }

    /// <summary>Somebody here writes down what a customer said, or a file says it.</summary>
    private void Want(Random dice)
    {
        var (customer, noticeClass, channel, wants) = (Someone(dice), Any(Classes, dice), dice.Next(3) switch { 0 => "sms", 1 => "email", _ => "" }, dice.Next(2) == 0);
        if (town.Book.IsErased(customer, town.Now))
            return;
        if (dice.Next(3) == 0)
        {
            PeopleTown.Good(town.Installation.Imports.Customers($"id,consents\n{customer},{(wants ? "" : "-")}{noticeClass}{(channel.Length > 0 ? ":" + channel : "")}\n", "office"));
            town.Book.Note("office", "customers", "customers", 0, "consents", new ActOutcome.Done(0));
            town.Book.Say(customer, noticeClass, channel, wants, "import");
            return;
        }
        var outcome = new ConsentDesk(town.Installation.Stores, town.Clock).Set(customer, NoticeClasses.Of(noticeClass)!.Value, ConsentText.ChannelOf(channel), wants, "office");
        town.Book.Note("office", "consent", $"customer:{customer}", 0, (noticeClass, channel, wants), outcome);
        town.Book.Say(customer, noticeClass, channel, wants, "person");
    }

    private void Night(Random dice)
    {
        var customer = Someone(dice);
        var hours = dice.Next(3) switch { 0 => "none", 1 => "", _ => Hours(dice.Next(24), dice.Next(1, 9)) };
        var outcome = new ConsentDesk(town.Installation.Stores, town.Clock).SetQuietHours(customer, hours, "office");
        town.Book.Note("office", "customer", $"customer:{customer}", 0, "quiet-hours", outcome);
        if (outcome is ActOutcome.Done)
            town.Book.Nights.Add((customer, town.Now, hours));
    }

    private static string Hours(int from, int lasts) => string.Create(CultureInfo.InvariantCulture, $"{from:00}:00-{(from + lasts) % 24:00}:30");

    private void Fact(Random dice)
    {
        if (dice.Next(3) == 0 && dice.Next(6) == 0)
        {
            Erase(Someone(dice));
            return;
        }
        var kind = Any(FactKinds, dice);
        var subject = kind is "moved" or "deceased" ? $"customer:{Someone(dice)}" : $"device:HP-{dice.Next(1, PeopleTown.Pumps + 1)}";
        // Seldom, since much is not told then.
        if (kind != "visit-booked" && dice.Next(3) > 0)
            return;
        var row = new OutsideFactRow
        {
            Key = $"crm-{++facts}",
            Kind = kind,
            Subject = subject,
            FromAt = town.Now,
            UntilAt = kind == "visit-booked" ? In(2).EpochMs : 0,
            Who = "crm",
            CreatedAt = town.Now,
        };
        new FactDesk(town.Installation.Stores, town.Clock).Take(row);
        town.Book.Note("crm", "fact", subject, 0, kind, new ActOutcome.Done(0));
        town.Book.Facts.Add((town.Now, subject, kind));
    }

    private void Erase(string customer)
    {
        var outcome = town.Installation.Worker.PrivacyDesk.Erase(customer, "they asked", "admin");
        town.Book.Note("admin", "customer", $"customer:{customer}", 0, "erase", outcome);
        if (outcome is not ActOutcome.Done)
            return;
        town.Book.Erased.TryAdd(customer, town.Now);
        foreach (var device in town.Owners.Where(o => o.Value == customer).Select(o => o.Key).ToArray())
            town.Book.Sold(device, customer, "");
    }
}
