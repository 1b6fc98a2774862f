using B2D.Core;
using B2D.Core.Cases;
using B2D.ProactiveWorker;
using B2D.Storage.Access;
using B2D.Storage.Cases;
using B2D.Storage.Notices;
using Xunit;

namespace B2D.Acceptance;

/// <summary>What is promised of a case: response and repair in working hours, waits that pause them, contracts, and what is said before it is too late. The scene begins on a Monday
/// at nine; Tuesday is a holiday.</summary>
public sealed class ClockScenes
{
    private const string Rules = """
        - calendar: office
          zone: Europe/Lisbon
          week: { mon-fri: [ "09:00-12:00", "13:00-18:00" ] }
          holidays: [ 2026-11-03 ]
        - fault: fan-stuck
          title: Fan stuck
          codes: [ E7 ]
          case:
            family: fan
            resolve_after: 30m
            respond: 1h
            repair: 8h
            hours: office
            contracts: { gold: { respond: 30m, repair: 4h, hours: always } }
        """;

    private static readonly DateTimeOffset Monday = new(2026, 11, 2, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void NobodyDoesAnything_ItIsSaidOnceThatItIsAtRisk_AndThatItIsLate()
    {
        using var scene = Broken();
        Assert.Equal((Case(scene).OpenedAt + 3_600_000, After(scene, 48), false), (Case(scene).ResponseDueAt, Case(scene).RepairDueAt, Case(scene).Late));
        scene.Wait(TimeSpan.FromMinutes(47));
        Assert.Equal((3, 0), (Case(scene).Priority, Lines(scene, "at-risk").Count));
        scene.Wait(TimeSpan.FromMinutes(2));
        Assert.Equal("The response is at risk: most of the 60 min that were promised are over. Raised to P2", Assert.Single(Lines(scene, "at-risk")));
        Assert.Equal((2, false), (Case(scene).Priority, Case(scene).Late));
        scene.World.KillWorker();
        scene.World.StartWorker();
        scene.Wait(TimeSpan.FromMinutes(12));
        Assert.Equal("The response is late: the 60 min that were promised are over", Assert.Single(Lines(scene, "late")));
        Assert.Equal((2, true), (Case(scene).Priority, Case(scene).Late));
        Done(scene, new CaseAct.Take());
        Assert.False(Case(scene).Late);
        Assert.Equal(Case(scene).RepairDueAt, Case(scene).NextDueAt);
    }

    [Fact]
    public void Late_WhereSomebodyIsNamedForIt_TheCaseIsTheirs_EachTimeThatATimeIsOver()
    {
        using var nobody = Broken(new WorkerOptions { LateTo = "matra" });
        nobody.Wait(TimeSpan.FromMinutes(62));
        Assert.Equal(("New", "", true), (Case(nobody).State, Case(nobody).Assignee, Case(nobody).Late));
        Assert.Contains("Worker:LateTo has to be changed", Lines(nobody, "assign")[0], StringComparison.Ordinal);
        using var scene = Broken(new WorkerOptions { LateTo = "marta" });
        scene.World.Stores.State.Write(db => UserStore.Add(db, new UserRow { Name = "marta", Role = "lead" }));
        Done(scene, new CaseAct.Assign("olga"));
        scene.Wait(TimeSpan.FromMinutes(59));
        Assert.Equal("olga", Case(scene).Assignee);
        scene.Wait(TimeSpan.FromMinutes(2));
        Assert.Equal(("Working", "marta", true), (Case(scene).State, Case(scene).Assignee, Case(scene).Late));
        Assert.Equal("Given to marta, because it is late; it was olga’s", Lines(scene, "assign")[0]);
        // It is not taken from whoever she gives it to, before the repair is late, too.
        Done(scene, new CaseAct.Assign("olga"));
        scene.Wait(TimeSpan.FromHours(40));
        Assert.Equal("olga", Case(scene).Assignee);
        scene.Wait(TimeSpan.FromHours(10));
        Assert.Equal("marta", Case(scene).Assignee);
    }

    [Fact]
    public void GivenToSomebody_IsNoResponse_ANoteIs()
    {
        using var scene = Broken();
        Done(scene, new CaseAct.Assign("marta"));
        Assert.Equal(0, Case(scene).RespondedAt);
        Done(scene, new CaseAct.Note("Called, nobody there"));
        Assert.Equal((scene.Clock.Now.ToUnixTimeMilliseconds(), "rui"), (Case(scene).RespondedAt, Case(scene).RespondedBy));
    }

    [Fact]
    public void WaitsForParts_TheClockStandsStill_AndGoesOnWhereItStood()
    {
        using var scene = Broken();
        Done(scene, new CaseAct.Take());
        scene.Wait(TimeSpan.FromHours(1));
        Done(scene, Wait(scene, WaitKind.Parts, TimeSpan.FromDays(3)));
        Assert.Equal(("parts", 0L, 0L), (Case(scene).WaitingKind, Case(scene).RepairDueAt, Case(scene).NextDueAt));
        scene.Wait(TimeSpan.FromHours(6));
        Done(scene, new CaseAct.Resume());
        // An hour of work was used by ten. Left are seven: two on Monday, five on Wednesday, for Tuesday is a holiday.
        Assert.Equal(After(scene, 54), Case(scene).RepairDueAt);
        Assert.Empty(Lines(scene, "late"));
        var wait = Assert.Single(scene.World.Stores.State.Read(db => WaitStore.List(db, 1)));
        Assert.Equal(("parts", "the part", TimeSpan.FromHours(6)), (wait.Kind, wait.WaitingFor, TimeSpan.FromMilliseconds(wait.UntilAt - wait.FromAt)));
    }

    [Fact]
    public void WaitRunsOut_ClockGoesOnFromWhenItWasMeantTo()
    {
        using var scene = Broken();
        Done(scene, Wait(scene, WaitKind.ThirdParty, TimeSpan.FromMinutes(30)));
        scene.World.KillWorker();
        scene.Wait(TimeSpan.FromHours(3));
        scene.World.StartWorker();
        scene.Wait(TimeSpan.FromMinutes(1));
        var wait = Assert.Single(scene.World.Stores.State.Read(db => WaitStore.List(db, 1)));
        Assert.Equal(("New", TimeSpan.FromMinutes(30)), (Case(scene).State, TimeSpan.FromMilliseconds(wait.UntilAt - wait.FromAt)));
    }

    [Fact]
    public void HolidayTakenFromTheCalendar_OpenCasesAreCountedAnew()
    {
        using var scene = Broken();
        Assert.True(scene.World.Offer(Rules.Replace("2026-11-03", "2026-11-05", StringComparison.Ordinal)));
        scene.Wait(TimeSpan.FromSeconds(5));
        Assert.Equal(After(scene, 24), Case(scene).RepairDueAt);
        Assert.True(scene.World.Offer(Rules.Replace("repair: 8h", "repair: 3h", StringComparison.Ordinal)));
        scene.Wait(TimeSpan.FromSeconds(5));
        Assert.Equal(After(scene, 4), Case(scene).RepairDueAt);
        Assert.Equal("Promised now: a response within 60 min, the repair within 3 h", Assert.Single(Lines(scene, "promised")));
    }

    [Theory]
    [InlineData("gold", "2026-11-02", 4)] // ends today: it stood when the fault began
    [InlineData("gold", "", 4)]
    [InlineData("gold", "2026-11-01", 48)]
    [InlineData("iron", "", 48)]
    public void Contract_CountsAsItStoodAtTheOnset_AlsoWhereItIsCorrectedLater(string contract, string until, int repair)
    {
        using var scene = Town();
        Contract(scene, contract, until);
        Break(scene, "FAN-1");
        Assert.Equal(After(scene, repair), Case(scene).RepairDueAt);
        using var later = Broken();
        later.Wait(TimeSpan.FromMinutes(10));
        Done(later, Wait(later, WaitKind.Customer, TimeSpan.FromMinutes(20)));
        later.Wait(TimeSpan.FromMinutes(25));
        Contract(later, contract, until);
        later.Wait(TimeSpan.FromSeconds(5));
        Assert.Equal(After(later, repair) + (20 * 60_000), Case(later).RepairDueAt);
        Assert.Equal(repair == 4 ? 1 : 0, Lines(later, "promised").Count);
    }

    [Theory]
    [InlineData("gold", "", "", "", 4)]
    [InlineData("gold", "2026-11-02", "2026-11-02", "", 4)]
    [InlineData("gold", "2026-11-03", "", "", 48)]
    [InlineData("gold", "", "2026-11-01", "gold", 4)] // the device's own is over: its owner's counts
    [InlineData("iron", "", "", "gold", 48)] // the device's own goes first, also where it promises less
    public void ContractOfTheDevice_GoesBeforeItsOwners_AlsoWhereItIsCorrectedLater(string contract, string from, string until, string customers, int repair)
    {
        using var scene = Town();
        Contract(scene, customers, "");
        OfDevice(scene, contract, from, until);
        Break(scene, "FAN-1");
        Assert.Equal(After(scene, repair), Case(scene).RepairDueAt);
        using var later = Broken();
        later.Wait(TimeSpan.FromMinutes(10));
        Contract(later, customers, "");
        OfDevice(later, contract, from, until);
        later.Wait(TimeSpan.FromSeconds(5));
        Assert.Equal(After(later, repair), Case(later).RepairDueAt);
        // Whoever buys the device does not buy the seller's contract.
        Assert.Empty(later.World.Imports.Devices("id,customer\nFAN-1,nobody-known\n", "test", Storage.Devices.SecretHashing.Sha256).Problems);
        Assert.Equal("", later.World.Stores.State.Read(db => Storage.Devices.DeviceStore.Find(db, "FAN-1"))!.Contract);
    }

    [Fact]
    public void FaultsAreGone_WhereAnotherSystemBookedAVisit_SomebodyAsksFirst()
    {
        using var scene = Broken();
        var now = scene.Clock.Now.ToUnixTimeMilliseconds();
        scene.World.Stores.State.Write(db => OutsideFactStore.Put(db, new OutsideFactRow { Key = "dispatch-1", Kind = "visit-booked", Subject = "device:FAN-1", FromAt = now, UntilAt = now + 86_400_000 }));
        scene.Code("FAN-1", "E7", "clear");
        scene.Wait(TimeSpan.FromHours(5));
        Assert.Equal("New", Case(scene).State);
        Assert.Equal("Its faults are gone; ask the customer before closing", Assert.Single(Lines(scene, "ask")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void FaultsAreGone_WhileTheCustomerWaitsForUs_SomebodyAsksFirst(bool waits)
    {
        using var scene = Broken();
        Done(scene, new CaseAct.Take());
        Done(scene, waits ? Wait(scene, WaitKind.Customer, TimeSpan.FromDays(2)) : new CaseAct.HandOff("marta", "", "the fan", "a technician tomorrow at ten"));
        scene.Code("FAN-1", "E7", "clear");
        scene.Wait(TimeSpan.FromHours(5));
        Assert.Equal(("Working", waits ? "rui" : "marta"), (Case(scene).State, Case(scene).Assignee));
        Assert.Equal("Its faults are gone; ask the customer before closing", Assert.Single(Lines(scene, "ask")));
        Done(scene, new CaseAct.Resolve());
        Assert.Equal(("Resolved", "rui", 0L), (Case(scene).State, Case(scene).ResolvedBy, Case(scene).AskedAt));
    }

    [Fact]
    public void CustomerSaysStillBroken_ItDoesNotResolveByItselfAgain_ButWithoutThatItDoes()
    {
        using var scene = Broken();
        scene.Code("FAN-1", "E7", "clear");
        scene.Wait(TimeSpan.FromMinutes(31));
        Assert.Equal("Resolved", Case(scene).State);
        scene.Wait(TimeSpan.FromMinutes(29));
        Done(scene, new CaseAct.Reopen());
        // The half hour in which it was taken for done counts for nobody.
        var between = Assert.Single(scene.World.Stores.State.Read(db => WaitStore.List(db, 1)));
        Assert.Equal(("resolved", Case(scene).RepairDueAt), (between.Kind, After(scene, 48) + between.UntilAt - between.FromAt));
        scene.Code("FAN-1", "E7", "set");
        scene.Wait(TimeSpan.FromMinutes(1));
        scene.Code("FAN-1", "E7", "clear");
        scene.Wait(TimeSpan.FromMinutes(40));
        Assert.Equal("New", Case(scene).State);
        Assert.Single(Lines(scene, "ask"));
    }

    /// <summary>So many hours after the fault's begin by the clock on the wall.</summary>
    private static long After(Scene scene, int hours) => Case(scene).OnsetAt + (hours * 3_600_000L);

    private static CaseRow Case(Scene scene) => Assert.Single(scene.Cases);

    private static IReadOnlyList<string> Lines(Scene scene, string kind) =>
        [.. scene.World.Stores.State.Read(db => TimelineStore.List(db, "case:1")).Where(l => l.Kind == kind).Select(l => l.Text)];

    private static CaseAct.Wait Wait(Scene scene, WaitKind kind, TimeSpan time) => new(kind, "the part", ServerTime.From(scene.Clock.Now + time));

    private static void Done(Scene scene, CaseAct act)
    {
        Assert.IsType<ActOutcome.Done>(scene.World.Worker.CaseDesk.Act(1, (int)Case(scene).Version, act, "rui"));
        scene.World.Pump();
    }

    private static void OfDevice(Scene scene, string contract, string from, string until) =>
        Assert.Empty(scene.World.Imports.Devices($"id,contract,contract_from,contract_until\nFAN-1,{contract},{from},{until}\n", "test", Storage.Devices.SecretHashing.Sha256).Problems);

    private static void Contract(Scene scene, string contract, string until) =>
        Assert.Empty(scene.World.Imports.Customers($"id,contract,contract_until\nC-1,{contract},{until}\n", "test").Problems);

    private static Scene Broken(WorkerOptions? options = null)
    {
        var scene = Town(options);
        Break(scene, "FAN-1");
        return scene;
    }

    private static void Break(Scene scene, string device)
    {
        scene.Code(device, "E7", "set");
        scene.Wait(TimeSpan.FromSeconds(2));
        Assert.InRange(Case(scene).OnsetAt, Monday.AddHours(9).ToUnixTimeMilliseconds(), Monday.AddHours(9.1).ToUnixTimeMilliseconds());
    }

    private static Scene Town(WorkerOptions? options = null)
    {
        var scene = new Scene(Rules, "C-1,Ana,a@example.org,+351911111111,en,Europe/Lisbon,sms,,Porto\n", "FAN-1,FAN,,C-1,\n", options);
        scene.Connect("FAN-1");
        scene.Wait(TimeSpan.FromSeconds(10));
        return scene;
    }
}
