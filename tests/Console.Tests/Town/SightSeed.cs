using B2D.Core.Access;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Cases;
using B2D.Storage.Contacts;
using B2D.Storage.Customers;
using B2D.Storage.Devices;
using B2D.Storage.Dues;
using B2D.Storage.Faults;
using B2D.Storage.Maintenance;
using B2D.Storage.Notices;
using B2D.Storage.Remedies;

namespace B2D.Console.Tests.Town;

/// <summary>One thing of every kind in cabinet 7 and one in cabinet 8, and people who see cabinet 8 only.</summary>
public sealed class SightSeed
{
    /// <summary>What people who see cabinet 8 see.</summary>
    public const string Segment = "north/n12/cab-8";

    private readonly TownHost host;
    private readonly Dictionary<string, (string Outside, string Inside)> ids = [];

    public SightSeed(TownHost host)
    {
        this.host = host;
        var now = host.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        (ids["devices"], ids["customers"]) = (("HP-0010", "HP-0030"), ("c10", "c30"));
        ids["outages"] = ("1", "2");
        ids["defects"] = ("1", "");
        host.Stores.State.Write(db =>
        {
            var open = CaseStore.TryOpen(db, CaseStore.Find(db, 1)! with { Id = 0, Device = "HP-0030", Customer = "c30", Segment = Segment, Episode = "90-1", LinkedCase = 0 })!.Value;
            ids["cases"] = ("1", Text(open));
            ids["faults"] = ("1", Text(FaultStore.Raise(db, FaultStore.Find(db, 1)! with { Id = 0, Device = "HP-0030", Customer = "c30", Segment = Segment, Episode = "90-1", CaseId = open })!.Value));
            ids["dues"] = ("1", Text(DueStore.TryOpen(db, DueStore.Find(db, 1)! with { Id = 0, Device = "CM-0030", Customer = "c30" })!.Value));
            NoticeStore.Put(db, NoticeStore.Find(db, "n-pump")! with { Id = "n-inside", Customer = "c30", Subject = $"case:{open}", Episode = "90-1" });
            (ids["notices"], ids["commands"]) = (("n-pump", "n-inside"), ("r1", "h15"));
            Pair("maintenance", (device, _, cabinet, _) => MaintenanceStore.TryAdd(db, new MaintenanceRow { Title = "New cable", Scope = "Segment", Target = cabinet, FromAt = now, UntilAt = now + 3_600_000 })!.Value);
            Pair("facts", (device, _, _, _) => OutsideFactStore.Put(db, new OutsideFactRow { Key = "of " + device, Kind = "shipped", Subject = "device:" + device, CreatedAt = now })!.Value);
            Pair("grants", (_, customer, _, known) => GrantStore.Add(db, new GrantRow { CaseId = known, Customer = customer, Kind = "Money", Amount = 10, State = "Asked", Who = "marta" }));
            Pair("standard-steps", (_, _, _, known) => StandardStepStore.Add(db, new StandardStepRow { Rule = "pump-blocked", Model = "HP-2", Text = "Rinse it", CaseId = known }));
            Pair("approvals", (_, _, cabinet, _) => ApprovalStore.Put(db, new ApprovalRow { Subject = cabinet == Segment ? "outage:2" : "outage:1", Status = "opened", OfferedAt = now })!.Value);
            Pair("objections", (_, _, _, known) =>
            {
                ObjectionStore.Put(db, new ObjectionRow { CaseId = known, Rule = "pump-blocked", Who = "marta", Reason = "other" });
                return ObjectionStore.OfCase(db, known)[0].Id;
            });
            Pair("tasks", (device, customer, _, known) =>
            {
                PhoneTaskStore.Put(db, new PhoneTaskRow { Notice = "t-" + device, Customer = customer, Subject = $"case:{known}", DueAt = now, CreatedAt = now });
                return PhoneTaskStore.OfNotice(db, "t-" + device)!.Id;
            });
            Pair("enrolments", (device, _, cabinet, _) =>
            {
                EnrolmentStore.AddGroup(db, new EnrolmentGroupRow { Name = "fleet of " + cabinet, Segment = cabinet });
                EnrolmentStore.Add(db, new EnrolmentRow { Device = "new-" + device, Fleet = "fleet of " + cabinet, State = EnrolmentState.Waiting });
                return EnrolmentStore.Find(db, "new-" + device)!.Id;
            });
            Pair("contacts", (device, customer, _, known) => ContactStore.Add(db, new ContactRow { Customer = customer, Device = device, CaseId = known, Channel = "phone", About = "the pump", At = now }));
            foreach (var customer in new[] { "c10", "c30" })
                CarerStore.Put(db, new CarerRow { Customer = customer, Name = "Rosa", Phone = "+351 912 999 000", Channel = "sms", At = now });
            HeldFaultStore.Hold(db, new HeldFaultRow { Device = "HP-0012", Rule = "pump-blocked", Episode = "91-1", Title = "Held", Segment = "north/n12/cab-7", Customer = "c12" });
            HeldFaultStore.Hold(db, new HeldFaultRow { Device = "HP-0032", Rule = "pump-blocked", Episode = "91-2", Title = "Held", Segment = Segment, Customer = "c32" });
        });
        host.AddUser("ana", "anasana", "operator");
        host.Stores.State.Write(db => UserStore.SetSight(db, "ana", Sight.Of("", Segment)));
        host.ReadWords();
    }

    /// <summary>The id of something of a kind (<c>cases</c>), as its address has it; empty: there is none of it there.</summary>
    public string Outside(string kind) => ids[kind].Outside;

    public string Inside(string kind) => ids[kind].Inside;

    public bool Knows(string kind) => ids.ContainsKey(kind);

    /// <summary>A key that sees cabinet 8 only.</summary>
    public string Key(string role) => host.Stores.State.Write(db => Access.ApiKeys.Create(db, "part", role, Core.ServerTime.From(host.Clock.GetUtcNow()), "admin", sight: Sight.Of("", Segment)));

    private void Pair(string kind, Func<string, string, string, long, long> make) => ids[kind] = (
        Text(make("HP-0010", "c10", "north/n12/cab-7", 1)), Text(make("HP-0030", "c30", Segment, long.Parse(ids["cases"].Inside, System.Globalization.CultureInfo.InvariantCulture))));

    private static string Text(long id) => id.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
