using System.Text.RegularExpressions;
using B2D.Core;
using B2D.Core.Cases;
using B2D.Core.Links;
using B2D.ProactiveWorker;
using B2D.ProactiveWorker.Notices;
using B2D.Simulation.World;
using B2D.Storage.Access;
using B2D.Storage.Cases;
using B2D.Storage.Customers;
using B2D.Storage.Links;
using B2D.Storage.Notices;
using Xunit;

namespace B2D.Acceptance;

/// <summary>What customers do without signing in, from a notice's link to the end of their case.</summary>
public sealed partial class LinkScenes
{
    private const string Rules = """
        - fault: pump-blocked
          title: Pump blocked
          codes: [ E42 ]
          case: { family: pump, priority: P3, reopen_within: 24h, resolve_after: 30m }
          notice: { template: device-fault, to: owner }
        - fault: fan-stuck
          title: Fan stuck
          codes: [ E7 ]
          case: { family: fan, priority: P3, reopen_within: 24h, resolve_after: 30m }
          notice: { template: device-fault, to: owner }
        """;

    private const string People = "ana,Ana Lopes,ana@example.org,+351910000001,en,Europe/Lisbon,sms,,\"Bonfim, Porto\"\nrui,Rui Costa,rui@example.org,+351910000002,de,Europe/Lisbon,sms,,\"Bonfim, Porto\"\n";
    private const string Devices = "HP-1,HP-2,,ana,\nHP-2,HP-2,,rui,\n";

    /// <summary>Notices with links, as the installation of <see cref="VirtualInstallation"/> sends them.</summary>
    internal static NoticeOptions WithLinks { get; } = VirtualInstallation.NoticeOptions with
    {
        Links = new LinkOptions { Url = "https://b2d.example", Secret = "whsec_" + Convert.ToBase64String(new byte[32]), Pages = true },
    };

    [Fact]
    public void StillBroken_AfterTheAllClear_TheSameCaseIsWorkedOnAgain_AndEndsOnlyWhenTheyWereAsked()
    {
        using var scene = Household();
        scene.Code("HP-1", "E42", "set");
        scene.Wait(TimeSpan.FromMinutes(1));
        var token = TokenOf(scene, "ana");
        scene.Code("HP-1", "E42", "clear");
        scene.Wait(TimeSpan.FromMinutes(35));
        Assert.Equal(("Resolved", "B2D"), (scene.Cases[0].State, scene.Cases[0].ResolvedBy));
        Assert.Equal(["ana device-fault", "ana all-clear"], scene.Told);
        Assert.Equal(token, TokenOf(scene, "ana"));
        Assert.Equal(LinkOutcome.Reopened, Act(scene, token, new LinkAct.StillBroken("It is cold")));
        Assert.Equal(LinkOutcome.AlreadySaid, Act(scene, token, new LinkAct.StillBroken("It is cold")));
        // It stays so however quiet the device is; the fault that comes and goes asks instead of ending it.
        scene.Wait(TimeSpan.FromHours(3));
        var row = scene.Cases[0];
        Assert.Equal(("New", 1L, true), (row.State, row.Reopened, row.AskFirst));
        scene.Code("HP-1", "E42", "set");
        scene.Wait(TimeSpan.FromMinutes(1));
        scene.Code("HP-1", "E42", "clear");
        scene.Wait(TimeSpan.FromMinutes(35));
        Assert.Single(scene.Cases);
        Assert.True(scene.Cases[0].AskedAt > 0);
        Assert.Equal("New", scene.Cases[0].State);
        // Nobody has to think of it: they are asked once, and it stays open until they, or one of the team, has said so.
        string[] asked = [.. scene.Phones.Received.Where(n => n.Text.Contains("Does it work for you, too?", StringComparison.Ordinal)).Select(n => n.Status)];
        Assert.Equal(["all-clear"], asked);
        scene.Wait(TimeSpan.FromHours(12));
        Assert.DoesNotContain(scene.Phones.Received, n => n.Status == "ask");
        Assert.Equal(LinkOutcome.Resolved, Act(scene, token, new LinkAct.WorksAgain()));
        Assert.Equal(("Resolved", "customer"), (scene.Cases[0].State, scene.Cases[0].ResolvedBy));
        Assert.Equal(["link.works-again", "link.still-broken"], Audit(scene));
    }

    [Fact]
    public void WorksAgain_BeforeTheDeviceSaysSo_ChangesNothing_AndAfterItDoes_EndsTheWait()
    {
        using var scene = Household();
        scene.Code("HP-1", "E42", "set");
        scene.Wait(TimeSpan.FromMinutes(1));
        var token = TokenOf(scene, "ana");
        Assert.Equal(LinkOutcome.Noted, Act(scene, token, new LinkAct.WorksAgain()));
        Assert.Equal("New", scene.Cases[0].State);
        scene.Code("HP-1", "E42", "clear");
        scene.Wait(TimeSpan.FromMinutes(5));
        Assert.Equal(LinkOutcome.AlreadySaid, Act(scene, token, new LinkAct.WorksAgain()));
        scene.Wait(TimeSpan.FromMinutes(30));
        Assert.Equal("Resolved", scene.Cases[0].State);
    }

    [Fact]
    public void WorksAgain_WhereAnotherSystemBookedAVisit_IsNotedOnly_UntilThatIsOver()
    {
        using var scene = Household();
        scene.Code("HP-1", "E42", "set");
        scene.Wait(TimeSpan.FromMinutes(1));
        var token = TokenOf(scene, "ana");
        scene.Code("HP-1", "E42", "clear");
        scene.Wait(TimeSpan.FromMinutes(1));
        var now = scene.Clock.Now.ToUnixTimeMilliseconds();
        scene.World.Stores.State.Write(db => OutsideFactStore.Put(db, new OutsideFactRow { Key = "dispatch-1", Kind = "visit-booked", Subject = "device:HP-1", FromAt = now, UntilAt = now + 600_000 }));
        Assert.Equal(LinkOutcome.Noted, Act(scene, token, new LinkAct.WorksAgain()));
        Assert.Equal("New", scene.Cases[0].State);
        Assert.Equal(LinkOutcome.Kept, Act(scene, token, new LinkAct.StillBroken("")));
        scene.Wait(TimeSpan.FromMinutes(10));
        Assert.Equal(LinkOutcome.Resolved, Act(scene, token, new LinkAct.WorksAgain()));
    }

    [Fact]
    public void SlotsRace_TwoForTheLastPlace_OneGetsIt_AndWhatIsGivenBackIsTheOthers()
    {
        using var scene = Household();
        scene.Code("HP-1", "E42", "set");
        scene.Code("HP-2", "E42", "set");
        scene.Wait(TimeSpan.FromMinutes(1));
        var start = ServerTime.From(scene.Clock.Now) + TimeSpan.FromDays(2);
        var (slot, refused) = scene.World.Worker.SlotDesk.Add(new Slot("Porto", "", start, start + TimeSpan.FromHours(2), 1, 0, false), "marta");
        Assert.Equal("", refused);
        var (ana, rui) = (TokenOf(scene, "ana"), TokenOf(scene, "rui"));
        Assert.Equal([LinkOutcome.Booked, LinkOutcome.Full, LinkOutcome.AlreadyBooked, LinkOutcome.Full],
            new[] { ana, rui, ana, rui }.Select(token => Act(scene, token, new LinkAct.Pick(slot))));
        // A promised visit is not ended by a quiet signal.
        scene.Code("HP-1", "E42", "clear");
        scene.Wait(TimeSpan.FromMinutes(35));
        Assert.Equal(("New", true), scene.Cases.Where(c => c.Device == "HP-1").Select(c => (c.State, c.AskedAt > 0)).Single());
        Assert.Equal(LinkOutcome.Noted, Act(scene, ana, new LinkAct.WorksAgain()));
        Assert.Equal(LinkOutcome.GivenBack, Act(scene, ana, new LinkAct.GiveBack()));
        Assert.Equal(LinkOutcome.Booked, Act(scene, rui, new LinkAct.Pick(slot)));
        scene.Wait(TimeSpan.FromHours(37));
        Assert.Equal(LinkOutcome.Fixed, Act(scene, rui, new LinkAct.GiveBack()));
        Assert.Equal(1, scene.World.Stores.State.Read(db => SlotStore.Find(db, slot))!.Taken);
    }

    [Fact]
    public void Slots_OfOtherTowns_HowManyEver_LeaveACustomerTheirOwn()
    {
        using var scene = Household();
        scene.Code("HP-1", "E42", "set");
        scene.Wait(TimeSpan.FromMinutes(1));
        var start = ServerTime.From(scene.Clock.Now) + TimeSpan.FromDays(2);
        long Slot(string place, int minutes) => scene.World.Worker.SlotDesk.Add(new Slot(place, "", start + TimeSpan.FromMinutes(minutes), start + TimeSpan.FromMinutes(minutes + 60), 1, 0, false), "marta").Id;
        for (var i = 0; i < 201; i++)
            Slot("Faro", i);
        var theirs = Slot("porto", 300);
        Assert.Equal([theirs], scene.World.Worker.LinkDesk.ChoicesOf(Link(scene, TokenOf(scene, "ana"))).Slots.Select(s => s.Id));
    }

    [Fact]
    public void VisitMade_AnotherCanBeBooked_AndWhereTheCaseIsMergedItStaysTheirs()
    {
        using var scene = Household();
        scene.Code("HP-1", "E42", "set");
        scene.Code("HP-1", "E7", "set");
        scene.Wait(TimeSpan.FromMinutes(1));
        var (pump, fan) = (scene.Cases.Single(c => c.Family == "pump").Id, scene.Cases.Single(c => c.Family == "fan").Id);
        var token = TokenOf(scene, "ana", $"case:{pump}");
        var tomorrow = ServerTime.From(scene.Clock.Now) + TimeSpan.FromDays(1);
        long Slot(int day) => scene.World.Worker.SlotDesk.Add(new Slot("", "", tomorrow + TimeSpan.FromDays(day), tomorrow + TimeSpan.FromDays(day) + TimeSpan.FromHours(2), 1, 0, false), "marta").Id;
        var (first, second) = (Slot(0), Slot(2));
        Assert.Equal(LinkOutcome.Booked, Act(scene, token, new LinkAct.Pick(first)));
        scene.Wait(TimeSpan.FromHours(27));
        // It was made and did not help.
        Assert.Null(scene.World.Worker.LinkDesk.ChoicesOf(Link(scene, token)).Visit);
        Assert.Equal(LinkOutcome.NothingBooked, Act(scene, token, new LinkAct.GiveBack()));
        Assert.Equal(LinkOutcome.Booked, Act(scene, token, new LinkAct.Pick(second)));
        var row = scene.Cases.Single(c => c.Id == pump);
        Assert.IsType<ActOutcome.Done>(scene.World.Worker.CaseDesk.Act(pump, (int)row.Version, new CaseAct.Merge(fan), "rui"));
        Assert.Equal(fan, Link(scene, token).CaseId);
        Assert.NotNull(scene.World.Worker.LinkDesk.ChoicesOf(Link(scene, token)).Visit);
        Assert.Equal([1L, 1L], scene.World.Stores.State.Read(db => new[] { first, second }.Select(id => SlotStore.Find(db, id)!.Taken).ToArray()));
        // The customer waits for it: it is called off in words to them, and somebody else can have the place, before the case ends.
        ActOutcome AsAgent(CaseAct act) => scene.World.Worker.CaseDesk.Act(fan, (int)scene.Cases.Single(c => c.Id == fan).Version, act, "rui");
        Assert.All(new CaseAct[] { new CaseAct.Resolve(), new CaseAct.Close("true-fault") }, act => Assert.Contains("waits for a visit", Assert.IsType<ActOutcome.Rejected>(AsAgent(act)).Reason, StringComparison.Ordinal));
        Assert.IsType<ActOutcome.Done>(AsAgent(new CaseAct.CallOffVisit("It works without us, so nobody comes.")));
        Assert.Equal(0, scene.World.Stores.State.Read(db => SlotStore.Find(db, second)!.Taken));
        Assert.IsType<ActOutcome.Rejected>(AsAgent(new CaseAct.CallOffVisit("Nobody comes.")));
        Assert.IsType<ActOutcome.Done>(AsAgent(new CaseAct.Resolve()));
        scene.Wait(TimeSpan.FromMinutes(1));
        Assert.Contains("nobody comes.", scene.Phones.Received.Last(n => n.Customer == "ana").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void VisitOver_OfTheCaseThatRemains_DoesNotCostTheOtherItsVisit_AndOfTwoToComeNeitherIsLost()
    {
        using var scene = Household();
        scene.Code("HP-1", "E42", "set");
        scene.Code("HP-1", "E7", "set");
        scene.Wait(TimeSpan.FromMinutes(1));
        var (pump, fan) = (scene.Cases.Single(c => c.Family == "pump").Id, scene.Cases.Single(c => c.Family == "fan").Id);
        string[] tokens = [TokenOf(scene, "ana", $"case:{pump}"), TokenOf(scene, "ana", $"case:{fan}")];
        var tomorrow = ServerTime.From(scene.Clock.Now) + TimeSpan.FromDays(1);
        long Slot(int day) => scene.World.Worker.SlotDesk.Add(new Slot("", "", tomorrow + TimeSpan.FromDays(day), tomorrow + TimeSpan.FromDays(day) + TimeSpan.FromHours(2), 1, 0, false), "marta").Id;
        ActOutcome Merge() => scene.World.Worker.CaseDesk.Act(pump, (int)scene.Cases.Single(c => c.Id == pump).Version, new CaseAct.Merge(fan), "rui");
        var (early, late) = (Slot(0), Slot(2));
        Assert.Equal([LinkOutcome.Booked, LinkOutcome.Booked], [Act(scene, tokens[1], new LinkAct.Pick(early)), Act(scene, tokens[0], new LinkAct.Pick(late))]);
        Assert.Contains("a visit of each", Assert.IsType<ActOutcome.Rejected>(Merge()).Reason, StringComparison.Ordinal);
        scene.Wait(TimeSpan.FromHours(27));
        Assert.IsType<ActOutcome.Done>(Merge());
        Assert.Equal(tomorrow + TimeSpan.FromDays(2), scene.World.Worker.LinkDesk.ChoicesOf(Link(scene, tokens[0])).Visit?.Start);
        Assert.Equal(1, scene.World.Stores.State.Read(db => SlotStore.Find(db, late))!.Taken);
    }

    [Fact]
    public void CallMe_TheTaskIsLateWhenNobodyCalls_AndLeavesWithASale()
    {
        using var scene = Household();
        scene.Code("HP-1", "E42", "set");
        scene.Wait(TimeSpan.FromMinutes(1));
        var token = TokenOf(scene, "ana");
        var by = ServerTime.From(new DateTimeOffset(2026, 11, 2, 12, 0, 0, TimeSpan.Zero));
        Assert.Equal(LinkOutcome.CallPromised, Act(scene, token, new LinkAct.CallMe(by)));
        Assert.Equal(LinkOutcome.AlreadyPromised, Act(scene, token, new LinkAct.CallMe(by)));
        var task = Assert.Single(Tasks(scene));
        Assert.Equal((by.EpochMs, "case:1"), (task.DueAt, task.Subject));
        scene.Wait(TimeSpan.FromHours(2.5));
        Assert.False(Assert.Single(Tasks(scene)).Late);
        scene.Wait(TimeSpan.FromHours(3));
        Assert.True(Assert.Single(Tasks(scene)).Late);
        Sell(scene, "HP-1", "rui");
        Assert.Equal(LinkOutcome.Gone, Act(scene, token, new LinkAct.StillBroken("")));
        scene.Wait(TimeSpan.FromMinutes(1));
        Assert.Empty(Tasks(scene));
    }

    [Fact]
    public void CallMe_SomebodyResolvesIt_AndTheFaultComesBack_TheCustomerIsAskedFirst()
    {
        using var scene = Household();
        scene.Code("HP-1", "E42", "set");
        scene.Wait(TimeSpan.FromMinutes(1));
        Assert.Equal(LinkOutcome.CallPromised, Act(scene, TokenOf(scene, "ana"), new LinkAct.CallMe(ServerTime.From(new DateTimeOffset(2026, 11, 2, 16, 0, 0, TimeSpan.Zero)))));
        scene.Code("HP-1", "E42", "clear");
        scene.Wait(TimeSpan.FromMinutes(1));
        Assert.IsType<ActOutcome.Done>(scene.World.Worker.CaseDesk.Act(1, (int)scene.Cases[0].Version, new CaseAct.Resolve(), "rui"));
        Assert.Single(Tasks(scene));
        Case(scene, "HP-1", "E42");
        var asked = Assert.Single(scene.Cases);
        Assert.Equal(("New", 1L, true), (asked.State, asked.Reopened, asked.AskedAt > 0));
    }

    [Fact]
    public void Survey_AsksACustomerOnceInAWhile_AndByMessageOnlyWhoWantsThat()
    {
        using var scene = Household();
        scene.World.Stores.State.Write(db => ConsentStore.Set(db, new ConsentRow { Customer = "ana", Class = "survey", Given = true, Source = "customer", At = 1 }));
        Case(scene, "HP-1", "E42");
        Case(scene, "HP-2", "E42");
        scene.Wait(TimeSpan.FromHours(2.5));
        Assert.Equal(["ana survey"], scene.Told.Where(t => t.EndsWith("survey", StringComparison.Ordinal)));
        Assert.Contains("How hard was it for you", scene.Phones.Received.Single(n => n.Status == "survey").Text, StringComparison.Ordinal);
        // A second case within the time: nobody is asked.
        Case(scene, "HP-1", "E7");
        scene.Wait(TimeSpan.FromHours(2.5));
        Assert.Equal([1L, 2L], Asked(scene));
        var ana = scene.Cases.Single(c => c.Family == "fan");
        Assert.False(scene.World.Worker.LinkDesk.ChoicesOf(Link(scene, TokenOf(scene, "ana")) with { CaseId = ana.Id }).AsksHowHard);
        // Of the first one both can answer, once; of the other customer the page asks although no message went.
        Assert.Equal(LinkOutcome.Thanked, Act(scene, TokenOf(scene, "ana", "case:1"), new LinkAct.Answer(2, "")));
        Assert.Equal(LinkOutcome.AlreadyAnswered, Act(scene, TokenOf(scene, "ana", "case:1"), new LinkAct.Answer(7, "")));
        Assert.True(scene.World.Worker.LinkDesk.ChoicesOf(Link(scene, TokenOf(scene, "rui"))).AsksHowHard);
        scene.Wait(TimeSpan.FromDays(31));
        Case(scene, "HP-1", "E7");
        scene.Wait(TimeSpan.FromHours(2.5));
        Assert.Equal(3, Asked(scene).Count);
        Assert.Equal(2, scene.Told.Count(t => t == "ana survey"));
    }

    [Fact]
    public void Survey_WithdrawnOrReopened_IsNotAsked()
    {
        using var scene = Household();
        scene.World.Stores.State.Write(db =>
        {
            ConsentStore.Set(db, new ConsentRow { Customer = "ana", Class = "survey", Given = false, Source = "customer", At = 1 });
            ConsentStore.Set(db, new ConsentRow { Customer = "rui", Class = "survey", Given = true, Source = "customer", At = 1 });
        });
        Case(scene, "HP-1", "E42");
        Case(scene, "HP-2", "E42");
        Act(scene, TokenOf(scene, "rui"), new LinkAct.StillBroken(""));
        scene.Wait(TimeSpan.FromHours(2.5));
        Assert.Equal([2L], Asked(scene));
        Assert.DoesNotContain(scene.Told, t => t.EndsWith("survey", StringComparison.Ordinal));
    }

    [Fact]
    public void OutageOver_ButNotForOne_BecomesTheirCase_AndEverybodyElseIsLeftInPeace()
    {
        using var scene = OutageTown.Open(notices: WithLinks);
        scene.Drop(OutageTown.Cabinet);
        scene.Wait(TimeSpan.FromMinutes(5));
        var token = TokenOf(scene, "C-RT-1");
        Assert.Equal(LinkOutcome.Noted, Act(scene, token, new LinkAct.StillBroken("")));
        Assert.Equal(LinkOutcome.AlreadySaid, Act(scene, token, new LinkAct.StillBroken("")));
        Assert.Empty(scene.Cases);
        scene.Connect(OutageTown.Cabinet);
        scene.Wait(TimeSpan.FromMinutes(15));
        Assert.Equal("Resolved", scene.Outages[0].State);
        Assert.Equal(LinkOutcome.Opened, Act(scene, token, new LinkAct.StillBroken("No light on it")));
        Assert.Equal(LinkOutcome.AlreadySaid, Act(scene, token, new LinkAct.StillBroken("No light on it")));
        var row = Assert.Single(scene.Cases);
        Assert.Equal(("RT-1", "C-RT-1", 1L, "New", true), (row.Device, row.Customer, row.OutageId, row.State, row.AskFirst));
        Assert.Equal(row.Id, Link(scene, token).CaseId);
        // Those who work here read that there was a link, and not the link.
        var notice = scene.Ledger.First(n => n.Customer == "C-RT-1");
        Assert.Equal("https://b2d.example/l/…", scene.World.Stores.State.Read(db => scene.World.Worker.Links.Shown(db, notice)).Page);
    }

    [Fact]
    public void StillBroken_SaidWhileTheOutageIsWatched_IsNoAllClearForThem_AndACase()
    {
        using var scene = OutageTown.Open(notices: WithLinks);
        scene.Drop(OutageTown.Cabinet);
        scene.Wait(TimeSpan.FromMinutes(5));
        string[] tokens = [TokenOf(scene, "C-RT-1"), TokenOf(scene, "C-RT-2"), TokenOf(scene, "C-RT-3")];
        Assert.All(tokens[1..], token => Assert.Equal(LinkOutcome.Noted, Act(scene, token, new LinkAct.StillBroken(""))));
        scene.Connect(OutageTown.Cabinet);
        scene.Wait(TimeSpan.FromMinutes(2));
        Assert.Equal("Monitoring", scene.Outages[0].State);
        // What they said while it was down is known; that it answers and does not work is new.
        Assert.All(tokens[..2], token => Assert.Equal(LinkOutcome.Noted, Act(scene, token, new LinkAct.StillBroken("No light on it"))));
        Assert.Equal(LinkOutcome.AlreadySaid, Act(scene, tokens[0], new LinkAct.StillBroken("")));
        scene.Wait(TimeSpan.FromMinutes(15));
        Assert.Equal(["C-RT-1 left", "C-RT-2 left"], scene.Told.Where(t => t.EndsWith("left", StringComparison.Ordinal)).Order());
        Assert.Equal(OutageTown.Cabinet[2..].Select(r => $"C-{r} all-clear"), scene.Told.Where(t => t.EndsWith("all-clear", StringComparison.Ordinal)).Order());
        Assert.Contains("you told us that yours still does not work.", scene.Phones.Received.Single(n => n is { Customer: "C-RT-1", Status: "left" }).Text, StringComparison.Ordinal);
        Assert.Equal([("RT-1", 1L, true), ("RT-2", 1L, true)], scene.Cases.OrderBy(c => c.Device, StringComparer.Ordinal).Select(c => (c.Device, c.OutageId, c.AskFirst)));
        Assert.Equal(scene.Cases.Single(c => c.Device == "RT-1").Id, Link(scene, tokens[0]).CaseId);
    }

    [Fact]
    public void Sold_TheSellersAllClearHasNoLink_AndTheNextOwnersFaultIsACaseOfTheirOwn()
    {
        using var scene = OutageTown.Open(notices: WithLinks);
        scene.Drop(OutageTown.Cabinet);
        scene.Wait(TimeSpan.FromMinutes(5));
        Assert.NotEmpty(TokenOf(scene, "C-RT-2"));
        Sell(scene, "RT-2", "C-RT-9");
        scene.Connect(OutageTown.Cabinet);
        scene.Wait(TimeSpan.FromMinutes(15));
        Assert.DoesNotMatch(TokenIn(), scene.Phones.Received.Single(n => n is { Customer: "C-RT-2", Status: "all-clear" }).Text);
        Assert.Matches(TokenIn(), scene.Phones.Received.Single(n => n is { Customer: "C-RT-3", Status: "all-clear" }).Text);

        using var household = Household();
        Case(household, "HP-1", "E42");
        Sell(household, "HP-1", "rui");
        household.Wait(TimeSpan.FromMinutes(1));
        household.Code("HP-1", "E42", "set");
        household.Wait(TimeSpan.FromMinutes(1));
        Assert.Equal([(1L, "ana", "Resolved", 0L), (2L, "rui", "New", 1L)], household.Cases.OrderBy(c => c.Id).Select(c => (c.Id, c.Customer, c.State, c.LinkedCase)));
        Assert.Equal(2, Link(household, TokenOf(household, "rui")).CaseId);
    }

    private static void Sell(Scene scene, string device, string to) =>
        Assert.Empty(scene.World.Imports.Devices($"id,customer\n{device},{to}\n", "test", Storage.Devices.SecretHashing.Sha256).Problems);

    internal static Scene Household() => new(Rules, People, Devices, notices: WithLinks);

    /// <summary>A fault comes and goes, and its case resolves.</summary>
    private static void Case(Scene scene, string device, string code)
    {
        scene.Code(device, code, "set");
        scene.Wait(TimeSpan.FromMinutes(1));
        scene.Code(device, code, "clear");
        scene.Wait(TimeSpan.FromMinutes(35));
    }

    internal static string TokenOf(Scene scene, string customer, string about = "") =>
        TokenIn().Match(scene.Phones.Received.Last(n => n.Customer == customer && TokenIn().IsMatch(n.Text) && Of(scene, n.Id, about)).Text).Groups[1].Value;

    private static bool Of(Scene scene, string notice, string about) => about.Length == 0 || scene.Ledger.Single(n => n.Id == notice).Facts.Contains($"\"Case\":{about["case:".Length..]},", StringComparison.Ordinal);

    internal static CustomerLink Link(Scene scene, string token) => scene.World.Worker.LinkDesk.Open(token)!;

    internal static LinkOutcome Act(Scene scene, string token, LinkAct act) => scene.World.Worker.LinkDesk.Act(token, act);

    private static IReadOnlyList<long> Asked(Scene scene) => scene.World.Stores.State.Read(db => db.Query<long>("SELECT case_id FROM surveys ORDER BY case_id"));

    private static IReadOnlyList<PhoneTaskRow> Tasks(Scene scene) => scene.World.Stores.State.Read(db => PhoneTaskStore.Open(db));

    private static List<string> Audit(Scene scene) => [.. scene.World.Stores.State.Read(db => AuditStore.List(db)).Where(a => a.Who == "customer").Select(a => a.Action)];

    [GeneratedRegex(@"https://b2d\.example/l/([^\s)]+)")]
    private static partial Regex TokenIn();
}
