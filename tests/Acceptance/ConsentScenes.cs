using B2D.Core;
using B2D.Core.Cases;
using B2D.Core.Contacts;
using B2D.Core.Notices;
using B2D.ProactiveWorker.Notices;
using B2D.Simulation.World;
using B2D.Storage.Access;
using B2D.Storage.Cases;
using B2D.Storage.Contacts;
using B2D.Storage.Customers;
using B2D.Storage.Notices;
using Xunit;
using static B2D.Acceptance.OutageTown;

namespace B2D.Acceptance;

/// <summary>Who may be told what, when and how: consent and STOP, nights, caps, channels that fail, and people who call.</summary>
public sealed class ConsentScenes
{
    private const string People = "ana,Ana Lopes,ana@example.org,+351910000001,en,Europe/Lisbon,sms,,Porto\n";
    private const string Devices = "HP-1,HP-2,,ana,\n";

    private const string Faults = TownRules.Filter + """
        - fault: pump-blocked
          title: Pump blocked
          codes: [ E42 ]
          notice: { template: device-fault, to: owner }
        - fault: gas-smell
          title: Gas
          class: safety
          codes: [ E99 ]
          notice: { template: device-fault, to: owner }
        """;

    [Fact]
    public void Stop_AfterOneKind_EndsThatAndIsConfirmedOnce()
    {
        using var scene = Household();
        Fault(scene, "E42");
        Assert.Equal(["ana device-fault"], scene.Told);
        var outcome = Write(scene, "m-1", "STOP please!!");
        Assert.Equal((StopKind.Stop, "Case", false), (outcome.Kind, string.Join(' ', outcome.Classes), outcome.Asked));
        Assert.True(Write(scene, "m-1", "STOP please!!").Repeated);
        Write(scene, "m-2", "stop");
        scene.Wait(TimeSpan.FromSeconds(10));
        // The end of what she was told of is owed to her.
        scene.Code("HP-1", "E42", "clear");
        scene.Wait(TimeSpan.FromMinutes(1));
        Assert.Equal(["ana device-fault", "ana stop-done", "ana all-clear"], scene.Told);
        Fault(scene, "E42");
        Assert.Equal(3, scene.Told.Count);
        Assert.Equal("the customer wants no notices of faults and cases", scene.Ledger.Single(n => n.State == "Suppressed").Reason);
        // Danger is told all the same, and somebody calls.
        Fault(scene, "E99");
        Assert.Equal("ana device-fault", scene.Told[^1]);
        Assert.Equal("safety", Assert.Single(Tasks(scene)).Class);
        Assert.Contains(scene.World.Stores.State.Read(db => AuditStore.List(db)), a => a.Action == "consent.stop" && a.Subject == "customer:ana");
    }

    [Fact]
    public void Stop_AfterSeveralKinds_AsksOnceWhich_AndStartBringsItBack()
    {
        using var scene = Household();
        Fault(scene, "E42");
        scene.Telemetry("HP-1", """{"hours_total":1}""");
        scene.Telemetry("HP-1", """{"hours_total":95}""");
        scene.Wait(TimeSpan.FromMinutes(1));
        Assert.Equal(["ana device-fault", "ana due"], scene.Told);
        Assert.True(Write(scene, "m-1", "no more texts").Asked);
        scene.Wait(TimeSpan.FromSeconds(2));
        Assert.Contains("Answer 1 for outages, 2 for faults of your devices, or ALL.", scene.Phones.Received[^1].Text, StringComparison.Ordinal);
        Write(scene, "m-2", "2");
        scene.Wait(TimeSpan.FromSeconds(2));
        Assert.Equal(["ana stop-which", "ana stop-done"], scene.Told.Skip(2));
        Assert.Contains("faults of your devices", scene.Phones.Received[^1].Text, StringComparison.Ordinal);
        Assert.Equal("case- offer- survey- usage-", Consents(scene));
        Write(scene, "m-3", "Start");
        scene.Wait(TimeSpan.FromSeconds(2));
        Assert.Equal("ana start-done", scene.Told[^1]);
        Assert.DoesNotContain("-", Consents(scene), StringComparison.Ordinal);
        // What is about something else is left to a person.
        Assert.Equal(StopKind.Other, Write(scene, "m-4", "The pump has stopped again").Kind);
        Assert.Equal("The pump has stopped again", scene.World.Stores.State.Read(db => InboundStore.Of(db, "ana", 1))[0].Text);
    }

    [Fact]
    public void WhatIsNoStop_StandsOnTheCaseThatItIsAbout_AndIsAskedAboutBeforeItEnds()
    {
        using var scene = new Scene(Faults.Replace("codes: [ E42 ]", "codes: [ E42 ]\n  case: { family: pump, resolve_after: 30m }", StringComparison.Ordinal), People, Devices);
        Fault(scene, "E42");
        Write(scene, "m-1", "It is still cold here");
        Write(scene, "m-1", "It is still cold here");
        scene.Code("HP-1", "E42", "clear");
        scene.Wait(TimeSpan.FromHours(1));
        var row = Assert.Single(scene.Cases);
        Assert.Equal(("New", true, 0L), (row.State, row.AskedAt > 0, row.RespondedAt));
        Assert.Single(scene.World.Stores.State.Read(db => TimelineStore.List(db, $"case:{row.Id}")), l => l.Text == "The customer wrote an SMS: It is still cold here.");
        Write(scene, "m-2", "stop");
        var wrote = Assert.Single(scene.World.Stores.State.Read(db => ContactStore.OfCustomer(db, "ana")));
        // Nobody ends it before somebody has read it.
        var desk = scene.World.Worker.CaseDesk;
        Assert.Contains("nobody has read", Assert.IsType<ActOutcome.Rejected>(desk.Act(row.Id, (int)row.Version, new CaseAct.Resolve(), "rui")).Reason, StringComparison.Ordinal);
        Assert.True(scene.World.Worker.ContactDesk.Read(wrote.Id, "rui"));
        Assert.False(scene.World.Worker.ContactDesk.Read(wrote.Id, "rui"));
        Assert.IsType<ActOutcome.Done>(desk.Act(row.Id, (int)row.Version, new CaseAct.Resolve(), "rui"));
    }

    [Fact]
    public void WhatIsWrittenBackAfterTheEnd_WaitsForSomebody_AndAnAnswerEndsThat()
    {
        using var scene = new Scene(Faults.Replace("codes: [ E42 ]", "codes: [ E42 ]\n  case: { family: pump, resolve_after: 30m }", StringComparison.Ordinal), People, Devices);
        Fault(scene, "E42");
        scene.Code("HP-1", "E42", "clear");
        scene.Wait(TimeSpan.FromHours(1));
        var row = Assert.Single(scene.Cases);
        Assert.Equal("Resolved", row.State);
        Write(scene, "m-1", "No it does not");
        Assert.Equal(1, scene.World.Stores.State.Read(ContactStore.CountUnread));
        Assert.IsType<ActOutcome.Done>(scene.World.Worker.CaseDesk.Act(row.Id, (int)row.Version, new CaseAct.Write("We come and look.", ServerTime.Zero, ""), "rui"));
        Assert.Equal(0, scene.World.Stores.State.Read(ContactStore.CountUnread));
        Write(scene, "m-2", "Thank you");
        Assert.Equal(1, scene.World.Stores.State.Read(ContactStore.CountUnread));
        Assert.IsType<ContactOutcome.Kept>(scene.World.Worker.ContactDesk.Log(new Contact("ana", ContactChannel.Phone, Inbound: false, "When we come", Repeated: false), "rui"));
        Assert.Equal(0, scene.World.Stores.State.Read(ContactStore.CountUnread));
    }

    [Fact]
    public void StopWrittenWhileANoticeWaits_ItIsNotSent()
    {
        using var scene = Household();
        scene.Phones.Mood = _ => ChannelMood.Refuses;
        Fault(scene, "E42");
        Write(scene, "m-1", "stop all");
        scene.Phones.Mood = _ => ChannelMood.Delivers;
        scene.Wait(TimeSpan.FromMinutes(5));
        Assert.Equal(["ana stop-done"], scene.Told);
    }

    [Fact]
    public void ImportOfOlderData_DoesNotUndoWhatTheCustomerWrote()
    {
        using var scene = Household();
        Write(scene, "m-1", "stop offers");
        Assert.Empty(scene.World.Imports.Customers("id,consents\nana,offer usage\n", "test").Problems);
        Assert.Equal("offer- usage", Consents(scene));
    }

    [Fact]
    public void FileSpeaksOfOneChannel_AfterTheCustomerSpokeOfAll_NothingIsUndone()
    {
        using var scene = Household();
        Write(scene, "m-1", "stop faults");
        Assert.Empty(scene.World.Imports.Customers("id,consents\nana,case:sms case:email\n", "test").Problems);
        Fault(scene, "E42");
        Assert.Equal(["ana stop-done"], scene.Told);
    }

    [Fact]
    public void StopSaidAgain_AfterSomebodyWroteDownAYesForOneChannel_EndsThatToo()
    {
        using var scene = Household();
        Write(scene, "m-1", "stop faults");
        var desk = new Console.Customers.ConsentDesk(scene.World.Stores, scene.Clock);
        scene.Wait(TimeSpan.FromMinutes(1));
        Assert.IsType<ActOutcome.Done>(desk.Set("ana", NoticeClass.Case, Channel.Email, given: true, "rui"));
        scene.Wait(TimeSpan.FromMinutes(1));
        Write(scene, "m-2", "stop faults");
        Fault(scene, "E42");
        Assert.DoesNotContain("ana device-fault", scene.Told);
        // The same of what somebody writes down twice.
        scene.Wait(TimeSpan.FromMinutes(1));
        Assert.IsType<ActOutcome.Done>(desk.Set("ana", NoticeClass.Usage, Channel.Sms, given: false, "rui"));
        scene.Wait(TimeSpan.FromMinutes(1));
        Assert.IsType<ActOutcome.Done>(desk.Set("ana", NoticeClass.Usage, null, given: true, "rui"));
        scene.Wait(TimeSpan.FromMinutes(1));
        Assert.IsType<ActOutcome.Done>(desk.Set("ana", NoticeClass.Usage, Channel.Sms, given: false, "rui"));
        Assert.IsType<ActOutcome.Rejected>(desk.Set("ana", NoticeClass.Usage, Channel.Sms, given: false, "rui"));
    }

    [Fact]
    public void AtNight_AnOutageWaitsForTheMorning_AndWhatPassedIsNotTold()
    {
        using var scene = Open(notices: Night);
        UntilHour(scene, 23);
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(30));
        Assert.Empty(scene.Told);
        Assert.All(scene.Ledger, n => Assert.EndsWith("waits for the end of the customer’s quiet hours", n.Reason, StringComparison.Ordinal));
        scene.Connect(Cabinet[..2]);
        UntilHour(scene, 8);
        // Whoever is down in the morning is told then.
        Assert.Equal(6, scene.Told.Count(t => t.EndsWith("opened", StringComparison.Ordinal)));
        Assert.All(scene.Phones.Received, n => Assert.True(DateTimeOffset.FromUnixTimeMilliseconds(n.AtMs).TimeOfDay >= new TimeSpan(7, 30, 0)));
    }

    [Fact]
    public void AtNightElsewhere_TheFirstWordSaysWhatIsKnownWhenItLeaves_AndOfTheNewsOnlyTheLast()
    {
        using var scene = Open(notices: Night);
        var customers = string.Concat(Cabinet.Select(r => $"C-{r},Asia/Tokyo\n"));
        UntilHour(scene, 12);
        scene.Drop(Cabinet[..7]);
        scene.Wait(TimeSpan.FromMinutes(5));
        Assert.Equal(7, scene.Told.Count);
        Assert.Empty(scene.World.Imports.Customers("id,time_zone\n" + customers, "test").Problems);
        UntilHour(scene, 14);
        scene.Drop(Cabinet[7..]);
        UntilHour(scene, 22);
        var before = scene.Phones.Received.Count;
        UntilHour(scene, 23);
        // 22:30 is 7:30 in Tokyo.
        var morning = scene.Phones.Received.Skip(before).ToArray();
        Assert.Equal(Cabinet.Select((r, i) => $"C-{r} {(i == 7 ? "opened" : "update")}").Order(), morning.Select(n => $"{n.Customer} {n.Status}").Order());
        Assert.DoesNotContain(scene.Ledger, n => n is { Status: "opened" or "update", State: "Sent" } && n.SentAt > 0 && System.Text.Json.JsonSerializer.Deserialize<NoticeFacts>(n.Facts)!.NextUpdate < n.SentAt);
    }

    [Fact]
    public void AtNight_OverByMorning_NobodyIsWokenAndNobodyIsTold()
    {
        using var scene = Open(notices: Night);
        UntilHour(scene, 23);
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromHours(1));
        scene.Connect(Cabinet);
        UntilHour(scene, 9);
        Assert.Empty(scene.Told);
        Assert.All(scene.Ledger, n => Assert.Equal("Suppressed", n.State));
    }

    [Fact]
    public void AtNight_DangerWakes_AndTheFaultWaits()
    {
        using var scene = Household(Night);
        UntilHour(scene, 23);
        Fault(scene, "E42");
        Assert.Empty(scene.Told);
        Fault(scene, "E99");
        Assert.Equal(["ana device-fault"], scene.Told);
        UntilHour(scene, 8);
        Assert.Equal(2, scene.Told.Count);
    }

    [Fact]
    public void AtNight_TheEndWaitsAndTheFaultIsBack_NeitherIsTold_AndItsEndOnce()
    {
        using var scene = Household(Night);
        UntilHour(scene, 21);
        Fault(scene, "E42");
        UntilHour(scene, 22);
        scene.Code("HP-1", "E42", "clear");
        scene.Wait(TimeSpan.FromMinutes(10));
        Fault(scene, "E42");
        UntilHour(scene, 8);
        Assert.Equal(["ana device-fault"], scene.Told);
        scene.Code("HP-1", "E42", "clear");
        scene.Wait(TimeSpan.FromMinutes(1));
        Assert.Equal(["ana device-fault", "ana all-clear"], scene.Told);
    }

    [Fact]
    public void QuietHoursOfTheCustomersOwn_None_IsToldAtNight()
    {
        using var scene = Household(Night);
        Assert.Empty(scene.World.Imports.Customers("id,quiet_hours\nana,none\n", "test").Problems);
        UntilHour(scene, 23);
        Fault(scene, "E42");
        Assert.Equal(["ana device-fault"], scene.Told);
    }

    [Fact]
    public void Cap_SwallowsTheThird_SaysWhy_AndNotTheAllClear()
    {
        using var scene = Household(VirtualInstallation.NoticeOptions with { Caps = new CapOptions { Case = 2 } });
        for (var i = 0; i < 3; i++)
        {
            Fault(scene, "E42");
            scene.Code("HP-1", "E42", "clear");
            scene.Wait(TimeSpan.FromMinutes(1));
        }
        Assert.Equal(["ana device-fault", "ana all-clear", "ana device-fault", "ana all-clear"], scene.Told);
        Assert.Equal("the customer got 2 notices of faults and cases within a day, and 2 is the most", scene.Ledger.Single(n => n.State == "Suppressed").Reason);
        Fault(scene, "E99");
        Assert.Equal(5, scene.Told.Count);
    }

    [Fact]
    public void NumberIsDead_TheMailGoes_AndTheAllClearToo()
    {
        using var scene = Household();
        scene.Phones.Mood = n => n.Channel == "sms" ? ChannelMood.RefusesForGood : ChannelMood.Delivers;
        Fault(scene, "E42");
        Assert.Equal(["sms Failed", "email Sent"], scene.Ledger.OrderBy(n => n.CreatedAt).ThenBy(n => n.State).Select(n => $"{n.Channel} {n.State}"));
        Assert.Equal("SMS failed: e-mail", scene.Ledger.Single(n => n.Channel == "email").Reason);
        scene.Code("HP-1", "E42", "clear");
        scene.Wait(TimeSpan.FromMinutes(1));
        Assert.Equal(["ana device-fault", "ana all-clear"], scene.Told);
    }

    [Fact]
    public void ProviderDoesNotAnswer_AfterSixTriesTheNextChannel()
    {
        using var scene = Household();
        scene.Phones.Mood = n => n.Channel == "sms" ? ChannelMood.Refuses : ChannelMood.Delivers;
        Fault(scene, "E42");
        Assert.Empty(scene.Told);
        scene.Wait(TimeSpan.FromMinutes(6));
        Assert.Equal(["email"], scene.Phones.Received.Select(n => n.Channel));
        Assert.Equal(6, scene.Ledger.Single(n => n.Channel == "sms").Attempts);
    }

    [Fact]
    public void EverythingFails_APersonCalls_AndWhoWasReachedIsOwedTheEnd()
    {
        using var scene = Household();
        scene.Phones.Mood = _ => ChannelMood.RefusesForGood;
        Fault(scene, "E42");
        var task = Assert.Single(Tasks(scene));
        Assert.Equal(("Open", "every other channel has failed"), (task.State, task.Reason));
        var later = ServerTime.From(scene.Clock.Now + TimeSpan.FromMinutes(30));
        Assert.IsType<ActOutcome.Done>(Desk(scene).Act(task.Id, 1, new PhoneTaskAct.NotReached(later), "rui"));
        Assert.IsType<ActOutcome.Conflict>(Desk(scene).Act(task.Id, 1, new PhoneTaskAct.Reached(), "eva"));
        Assert.IsType<ActOutcome.Done>(Desk(scene).Act(task.Id, 2, new PhoneTaskAct.Reached(), "rui"));
        Assert.IsType<ActOutcome.Rejected>(Desk(scene).Act(task.Id, 3, new PhoneTaskAct.Reached(), "eva"));
        Assert.Equal(("Sent", 2), (scene.Ledger.Single(n => n.Channel == "phone").State, scene.Ledger.Single(n => n.Channel == "phone").Attempts));
        scene.Phones.Mood = _ => ChannelMood.Delivers;
        scene.Code("HP-1", "E42", "clear");
        scene.Wait(TimeSpan.FromMinutes(1));
        Assert.Equal(["ana all-clear"], scene.Told);
    }

    [Fact]
    public void CallIsNotNeededAnyMore_ItClosesItselfWithTheReason()
    {
        using var scene = Household();
        scene.Phones.Mood = _ => ChannelMood.RefusesForGood;
        Fault(scene, "E42");
        scene.Code("HP-1", "E42", "clear");
        scene.Wait(TimeSpan.FromSeconds(20));
        var task = Assert.Single(Tasks(scene));
        Assert.Equal(("Closed", "it was over before it was told"), (task.State, task.Reason));
        Assert.Equal("Suppressed", scene.Ledger.Single(n => n.Channel == "phone").State);
    }

    [Fact]
    public void CallInDanger_NobodyCallsInTime_IsLate()
    {
        using var scene = Household();
        Fault(scene, "E99");
        Assert.False(Assert.Single(Tasks(scene)).Late);
        scene.Wait(TimeSpan.FromMinutes(15));
        Assert.True(Assert.Single(Tasks(scene)).Late);
    }

    [Fact]
    public void OutageOverWhileACallWaits_NobodyIsCalled()
    {
        using var scene = Open();
        scene.Phones.Mood = n => n.Customer == "C-RT-2" ? ChannelMood.RefusesForGood : ChannelMood.Delivers;
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(3));
        // E-mail would not reach them: what is out takes it down.
        Assert.Equal(["phone Calling", "sms Failed"], scene.Ledger.Where(n => n.Customer == "C-RT-2").Select(n => $"{n.Channel} {n.State}").Order());
        scene.Connect(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(15));
        Assert.Equal(("Closed", 7), (Assert.Single(Tasks(scene)).State, scene.Told.Count(t => t.EndsWith("all-clear", StringComparison.Ordinal))));
    }

    private static NoticeOptions Night { get; } = VirtualInstallation.NoticeOptions with { QuietHours = "22:00-07:30" };

    private static Scene Household(NoticeOptions? notices = null)
    {
        var scene = new Scene(Faults, People, Devices, notices: notices);
        scene.Wait(TimeSpan.FromSeconds(1));
        return scene;
    }

    private static void Fault(Scene scene, string code)
    {
        scene.Code("HP-1", code, "set");
        scene.Wait(TimeSpan.FromSeconds(10));
    }

    private static void UntilHour(Scene scene, int hour)
    {
        var today = new DateTimeOffset(scene.Clock.Now.Date, TimeSpan.Zero).AddHours(hour);
        scene.Wait((today > scene.Clock.Now ? today : today.AddDays(1)) - scene.Clock.Now);
    }

    private static InboundOutcome Write(Scene scene, string id, string text) =>
        scene.World.Worker.InboundDesk.Take(new InboundMessage(id, Channel.Sms, "00351 910 000 001", text), "provider");

    private static IPhoneTaskDesk Desk(Scene scene) => scene.World.Worker.PhoneTaskDesk;

    private static IReadOnlyList<PhoneTaskRow> Tasks(Scene scene) =>
        scene.World.Stores.State.Read(db => db.Query<PhoneTaskRow>("SELECT * FROM phone_tasks ORDER BY id"));

    private static string Consents(Scene scene) => string.Join(' ', scene.World.Stores.State.Read(db => ConsentStore.Of(db, "ana"))
        .GroupBy(c => c.Class).Select(g => g.Key + (g.MaxBy(c => (c.At, c.Channel))!.Given ? "" : "-")));
}
