using B2D.Core;
using B2D.Core.Cases;
using B2D.Core.Customers;
using B2D.Simulation.World;
using B2D.Storage.Access;
using B2D.Storage.Cases;
using B2D.Storage.Customers;
using B2D.Storage.Devices;
using B2D.Storage.Notices;
using Xunit;
using static B2D.Acceptance.OutageTown;

namespace B2D.Acceptance;

/// <summary>Sales and erasures in the middle of something: whoever has no part in it any more hears nothing more, and everybody else hears what they are owed.</summary>
public sealed class OwnerScenes
{
    private static void Sell(Scene scene, string device, string to) =>
        Assert.Empty(scene.World.Imports.Devices($"id,customer\n{device},{to}\n", "test", SecretHashing.Sha256).Problems);

    private static void Erase(Scene scene, string customer) => Assert.IsType<ActOutcome.Done>(scene.World.Worker.PrivacyDesk.Erase(customer, "they asked", "admin"));

    [Fact]
    public void SoldWhileTheOutageIsHeldBack_TheNewOwnerIsTold_AndTheSellerNeverHears()
    {
        using var scene = Open();
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(1));
        Sell(scene, "RT-2", "C-RT-9");
        scene.Wait(TimeSpan.FromMinutes(3));
        Assert.Equal(Cabinet.Where(r => r != "RT-2").Select(r => $"C-{r} opened").Append("C-RT-9 opened").Order(), scene.Told.Order());
        scene.Connect(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(12));
        Assert.DoesNotContain(scene.Told, t => t.StartsWith("C-RT-2 ", StringComparison.Ordinal));
        Assert.Contains("C-RT-9 all-clear", scene.Told);
    }

    [Fact]
    public void SoldWhileTheNoticeOfTheOutageWaits_ItIsNotSentToTheSeller_AndTheNewOwnerIsToldOnce()
    {
        using var scene = Open();
        scene.Phones.Mood = n => n.Customer == "C-RT-2" ? ChannelMood.Refuses : ChannelMood.Delivers;
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(3));
        Assert.Equal("Retrying", scene.Ledger.Single(n => n.Customer == "C-RT-2").State);
        Sell(scene, "RT-2", "C-RT-9");
        scene.Wait(TimeSpan.FromSeconds(10));
        scene.Phones.Mood = _ => ChannelMood.Delivers;
        scene.Wait(TimeSpan.FromMinutes(10));
        var sellers = Assert.Single(scene.Ledger, n => n.Customer == "C-RT-2");
        Assert.Equal(("Suppressed", "the device was another’s before it was told"), (sellers.State, sellers.Reason));
        Assert.Equal(["C-RT-9 opened"], scene.Told.Where(t => t is "C-RT-9 opened" or "C-RT-2 opened"));
        scene.Connect(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(12));
        Assert.Equal(["C-RT-9 opened", "C-RT-9 all-clear"], scene.Told.Where(t => t.StartsWith("C-RT-9", StringComparison.Ordinal) || t.StartsWith("C-RT-2 ", StringComparison.Ordinal)));
    }

    [Fact]
    public void SoldWhileTheNoticeToTheirCarerWaits_TheCarerIsToldAsLittleAsTheSeller()
    {
        using var scene = Open();
        Assert.IsType<ActOutcome.Done>(scene.World.Worker.CareDesk.Set("C-RT-2", "a telecare line", "2027-01-01", consent: true, "rui"));
        Assert.IsType<ActOutcome.Done>(scene.World.Worker.CarerDesk.Name("C-RT-2", new Carer("Marta Lopes", "", "+351910000999", "sms", "en"), consent: true, "rui"));
        scene.Phones.Mood = n => Carer.Is(n.Customer) ? ChannelMood.Refuses : ChannelMood.Delivers;
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(3));
        Sell(scene, "RT-2", "C-RT-9");
        scene.Phones.Mood = _ => ChannelMood.Delivers;
        scene.Wait(TimeSpan.FromMinutes(20));
        Assert.DoesNotContain(scene.Phones.Received, n => Carer.Is(n.Customer));
        Assert.Equal(("Suppressed", "the device was another’s before it was told"), scene.Ledger.Where(n => Carer.Is(n.Customer)).Select(n => (n.State, n.Reason)).Single());
    }

    [Fact]
    public void SoldOneOfTwoThatAreDown_TheSellerIsToldAllTheSame()
    {
        using var scene = Open();
        Sell(scene, "RT-3", "C-RT-2");
        scene.Wait(TimeSpan.FromSeconds(5));
        scene.Phones.Mood = n => n.Customer == "C-RT-2" ? ChannelMood.Refuses : ChannelMood.Delivers;
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(3));
        Sell(scene, "RT-2", "C-RT-9");
        scene.Wait(TimeSpan.FromSeconds(5));
        scene.Phones.Mood = _ => ChannelMood.Delivers;
        scene.Wait(TimeSpan.FromMinutes(10));
        Assert.Contains("C-RT-2 opened", scene.Told);
    }

    [Fact]
    public void SoldAfterTheOutageWasTold_BothHearTheEnd()
    {
        using var scene = Open();
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(3));
        Sell(scene, "RT-2", "C-RT-9");
        scene.Wait(TimeSpan.FromMinutes(1));
        Assert.Equal(["C-RT-2 opened", "C-RT-9 opened"], scene.Told.Where(t => t.StartsWith("C-RT-9", StringComparison.Ordinal) || t.StartsWith("C-RT-2 ", StringComparison.Ordinal)).Order());
        scene.Connect(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(12));
        Assert.Contains("C-RT-2 all-clear", scene.Told);
        Assert.Contains("C-RT-9 all-clear", scene.Told);
    }

    [Fact]
    public void ErasedAfterTheOutageWasTold_TheyHearNothingMore_AndEverybodyElseHearsTheEnd()
    {
        using var scene = Open();
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(3));
        Erase(scene, "C-RT-2");
        scene.Wait(TimeSpan.FromMinutes(1));
        scene.Connect(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(12));
        Assert.Equal(Cabinet.SelectMany(r => r == "RT-2" ? ["C-RT-2 opened"] : new[] { $"C-{r} all-clear", $"C-{r} opened" }).Order(), scene.Told.Order());
        Assert.Null(scene.World.Stores.State.Read(db => CustomerStore.Find(db, "C-RT-2")));
        Assert.Equal("", scene.World.Stores.State.Read(db => DeviceStore.Find(db, "RT-2"))!.Customer);
    }

    [Fact]
    public void ErasedWhileTheOutageIsHeldBack_TheyAreNotTold()
    {
        using var scene = Open();
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(1));
        Erase(scene, "C-RT-2");
        scene.Wait(TimeSpan.FromMinutes(3));
        Assert.Equal(Cabinet.Where(r => r != "RT-2").Select(r => $"C-{r} opened").Order(), scene.Told.Order());
        // No import brings them back.
        Assert.Empty(scene.World.Imports.Customers("id,name,phone\nC-RT-2,Person 1,+351910000001\n", "test").Problems);
        Assert.Null(scene.World.Stores.State.Read(db => CustomerStore.Find(db, "C-RT-2")));
    }

    [Fact]
    public void ErasedWhileACallToThemWaits_TheCallIsClosed()
    {
        using var scene = Open(rules: Rules + "- fault: router-burns\n  title: Router runs hot\n  codes: [ E66 ]\n  case: { family: heat }\n  notice: { template: device-fault, to: owner }\n");
        scene.World.Worker.CareDesk.Set("C-RT-2", "a telecare line", "2027-01-01", true, "ana");
        scene.Code("RT-2", "E66", "set");
        scene.Wait(TimeSpan.FromSeconds(30));
        var call = Assert.Single(scene.World.Stores.State.Read(db => PhoneTaskStore.Open(db)));
        Erase(scene, "C-RT-2");
        scene.Wait(TimeSpan.FromSeconds(10));
        var closed = scene.World.Stores.State.Read(db => PhoneTaskStore.Find(db, call.Id))!;
        Assert.Equal(("Closed", "the customer was erased"), (closed.State, closed.Reason));
        // The device is as broken as before: the case goes on, and is nobody's.
        Assert.Equal(("New", "", false), scene.Cases.Single() is var row ? (row.State, row.Customer, row.Care) : default);
    }

    [Fact]
    public void ErasedWithWordsOnACase_NothingSaysWhoTheyWere_AndWhatPeopleWroteIsRead()
    {
        using var scene = Open(rules: Rules + "- fault: router-burns\n  title: Router runs hot\n  codes: [ E66 ]\n  case: { family: heat }\n  notice: { template: device-fault, to: owner }\n");
        scene.Code("RT-2", "E66", "set");
        scene.Wait(TimeSpan.FromSeconds(5));
        var desk = scene.World.Worker.CaseDesk;
        ActOutcome Act(CaseAct act) => desk.Act(1, (int)scene.Cases.Single().Version, act, "rui");
        Assert.IsType<ActOutcome.Done>(Act(new CaseAct.Complain("Person 1 has waited", "")));
        Assert.Equal("a complaint of theirs is open: give the final answer first", scene.World.Worker.PrivacyDesk.Plan("C-RT-2")!.Refusal);
        Assert.IsType<ActOutcome.Rejected>(scene.World.Worker.PrivacyDesk.Erase("C-RT-2", "they asked", "admin"));
        Assert.IsType<ActOutcome.Done>(Act(new CaseAct.AnswerComplaint("Dear Person 1, we are sorry")));
        Assert.IsType<ActOutcome.Done>(Act(new CaseAct.Note("Person 1 works at night")));
        Assert.IsType<ActOutcome.Done>(Act(new CaseAct.PromiseWord(new ServerTime(scene.Clock.Now.AddHours(1).ToUnixTimeMilliseconds()), "ring Person 1")));
        scene.Wait(TimeSpan.FromSeconds(5));
        Erase(scene, "C-RT-2");
        scene.Wait(TimeSpan.FromHours(2));
        Assert.DoesNotContain(scene.Phones.Received, n => n.Status == "no-news");
        var stores = scene.World.Stores.State;
        var everything = stores.Read(db => string.Join('\n', TimelineStore.List(db, "case:1").Select(l => l.Text).Concat(db.Query<string>("SELECT facts FROM notices WHERE subject = 'case:1'"))
            .Concat(db.Query<string>("SELECT body FROM outbox WHERE subject = 'case:1'")).Concat(AuditStore.List(db).Select(a => a.Detail))));
        // What was said to them and by them is gone; what people wrote for each other is theirs to read.
        string[] left = ["Promised the customer a word: ring Person 1", "Person 1 works at night"];
        Assert.Equal(left, everything.Split('\n').Where(l => l.Contains("Person", StringComparison.Ordinal)));
        var texts = stores.Read(db => ErasureStore.Written(db, 1)).Where(t => t.Text.Contains("Person", StringComparison.Ordinal)).ToArray();
        Assert.Equal(left.Order(), texts.Select(t => t.Text).Order());
        foreach (var text in texts)
            Assert.IsType<ActOutcome.Done>(scene.World.Worker.PrivacyDesk.Review(1, text.Key, "admin"));
        Assert.IsType<ActOutcome.Done>(scene.World.Worker.PrivacyDesk.Review(1, "", "admin"));
        Assert.DoesNotContain(stores.Read(db => ErasureStore.Written(db, 1)), t => t.Text.Contains("Person", StringComparison.Ordinal));
        Assert.True(stores.Read(db => ErasureStore.Find(db, 1))!.ReviewedAt > 0);
    }

    [Fact]
    public void ErasedAfterTheirDeviceWasSold_WhatTheySaidOnItsCaseGoes_AndWhatTheNextOwnerSaidStays()
    {
        using var scene = Open(rules: Rules + "- fault: router-burns\n  title: Router runs hot\n  codes: [ E66 ]\n  case: { family: heat }\n");
        scene.Code("RT-2", "E66", "set");
        scene.Wait(TimeSpan.FromSeconds(5));
        ActOutcome Act(CaseAct act) => scene.World.Worker.CaseDesk.Act(1, (int)scene.Cases.Single().Version, act, "rui");
        Assert.IsType<ActOutcome.Done>(Act(new CaseAct.Complain("The seller waits", "")));
        Sell(scene, "RT-2", "C-RT-9");
        scene.Wait(TimeSpan.FromSeconds(5));
        Assert.IsType<ActOutcome.Done>(Act(new CaseAct.Complain("The buyer waits", "")));
        Assert.IsType<ActOutcome.Done>(Act(new CaseAct.AnswerComplaint("Dear buyer, we come")));
        scene.Wait(TimeSpan.FromSeconds(5));
        var stores = scene.World.Stores.State;
        string Everything() => stores.Read(db => string.Join('\n', TimelineStore.List(db, "case:1").Select(l => l.Text).Concat(db.Query<string>("SELECT text FROM complaints ORDER BY id"))));
        Erase(scene, "C-RT-2");
        Assert.DoesNotContain("seller", Everything(), StringComparison.Ordinal);
        Assert.Equal(2, Everything().Split("The buyer waits").Length - 1);
        Assert.Contains("Dear buyer", Everything(), StringComparison.Ordinal);
        // The case is theirs to be read too.
        Assert.Contains(1L, stores.Read(db => ErasureStore.Find(db, 1))!.ToCaseIds());
        Erase(scene, "C-RT-9");
        Assert.DoesNotContain("buyer", Everything(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)] // the fault was told to who is erased then
    [InlineData(false)] // it began while the device was nobody's
    public void GivenAnOwnerAfterItWasNobodys_WhatIsOpenOfItIsTheirs_AndTheyAreTold(bool before)
    {
        using var scene = Open(rules: Rules + "- fault: router-burns\n  title: Router runs hot\n  codes: [ E66 ]\n  case: { family: heat }\n  notice: { template: device-fault, to: owner }\n");
        void Break()
        {
            scene.Code("RT-2", "E66", "set");
            scene.Wait(TimeSpan.FromSeconds(30));
        }
        if (before)
            Break();
        Erase(scene, "C-RT-2");
        scene.Wait(TimeSpan.FromSeconds(5));
        if (!before)
            Break();
        Assert.Equal(("", "New"), scene.Cases.Single() is var row ? (row.Customer, row.State) : default);
        Sell(scene, "RT-2", "C-RT-9");
        scene.Wait(TimeSpan.FromSeconds(30));
        Assert.Equal("C-RT-9", scene.Cases.Single().Customer);
        Assert.Equal("C-RT-9", scene.Faults.Single().Customer);
        Assert.Equal("C-RT-9 device-fault", scene.Told[^1]);
        scene.Code("RT-2", "E66", "clear");
        scene.Wait(TimeSpan.FromHours(3));
        Assert.Equal(before ? ["C-RT-2 device-fault", "C-RT-9 device-fault", "C-RT-9 all-clear"] : ["C-RT-9 device-fault", "C-RT-9 all-clear"], scene.Told);
    }

    [Fact]
    public void GivenToWhomACaseOfItWasOpenedFor_WhatWasPromisedStaysPromised()
    {
        using var scene = Open(rules: Rules + "- fault: router-burns\n  title: Router runs hot\n  codes: [ E66 ]\n  case: { family: heat }\n");
        scene.Code("RT-2", "E66", "set");
        scene.Wait(TimeSpan.FromSeconds(5));
        // The registry loses its owner and finds it again before anything was carried out.
        var at = scene.Clock.Now.AddHours(1).ToUnixTimeMilliseconds();
        Assert.IsType<ActOutcome.Done>(scene.World.Worker.CaseDesk.Act(1, (int)scene.Cases.Single().Version, new CaseAct.PromiseWord(new ServerTime(at), "when we come"), "rui"));
        scene.World.Stores.State.Write(db =>
        {
            var device = DeviceStore.Find(db, "RT-2")!.ToDevice();
            DeviceStore.Put(db, device with { Customer = "" }, at);
            db.Execute("DELETE FROM owner_changes");
            DeviceStore.Put(db, device, at);
        });
        scene.Wait(TimeSpan.FromSeconds(5));
        Assert.Equal(("C-RT-2", at), scene.Cases.Single() is var row ? (row.Customer, row.WordAt) : default);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void MovedDeadOrReturned_IsOverWithTheSale_OrErased_AndTheNextOwnerIsTold(bool erased)
    {
        using var scene = Open(rules: Rules + "- fault: router-burns\n  title: Router runs hot\n  codes: [ E66 ]\n  case: { family: heat }\n  notice: { template: device-fault, to: owner }\n");
        var stores = scene.World.Stores.State;
        foreach (var kind in new[] { "moved", "deceased", "returned" })
            stores.Write(db => OutsideFactStore.Put(db, new OutsideFactRow { Key = kind, Kind = kind, Subject = "device:RT-2", FromAt = 1, Who = "key:crm", CreatedAt = 1 }));
        if (erased)
            Erase(scene, "C-RT-2");
        Sell(scene, "RT-2", "C-RT-9");
        scene.Wait(TimeSpan.FromSeconds(5));
        scene.Code("RT-2", "E66", "set");
        scene.Wait(TimeSpan.FromSeconds(30));
        Assert.Equal(["C-RT-9 device-fault"], scene.Told);
        var facts = stores.Read(db => OutsideFactStore.Of(db, ["device:RT-2", "customer:C-RT-2"]));
        Assert.Equal(erased ? ["device:RT-2 returned"] : ["customer:C-RT-2 returned", "customer:C-RT-2 deceased", "customer:C-RT-2 moved"], facts.Select(f => $"{f.Subject} {f.Kind}"));
        // What is the seller's now is over: it does not speak against what else they have.
        Assert.Empty(stores.Read(db => OutsideFactStore.InForce(db, ["device:RT-2", "customer:C-RT-2"], scene.Clock.Now.ToUnixTimeMilliseconds())));
        if (erased)
            return;
        Erase(scene, "C-RT-2");
        Assert.Empty(stores.Read(db => OutsideFactStore.Of(db, ["device:RT-2", "customer:C-RT-2"])));
    }

    [Fact]
    public void SoldAfterAFaultThatBeganSilenced_TheNextOwnerIsToldToo()
    {
        using var scene = Open(rules: Rules + "- fault: router-burns\n  title: Router runs hot\n  codes: [ E66 ]\n  case: { family: heat }\n  notice: { template: device-fault, to: owner }\n");
        scene.Code("RT-2", "E66", "set");
        scene.Wait(TimeSpan.FromSeconds(5));
        var shelf = new Core.Faults.FaultAct.Shelve(ServerTime.From(scene.Clock.Now.AddMinutes(10)), "roof work");
        Assert.IsType<ActOutcome.Done>(scene.World.Worker.FaultDesk.Act(scene.Faults.Single().Id, shelf, "rui"));
        scene.Code("RT-2", "E66", "clear");
        scene.Wait(TimeSpan.FromMinutes(1));
        scene.Code("RT-2", "E66", "set");
        scene.Wait(TimeSpan.FromMinutes(10));
        Assert.Equal("C-RT-2 device-fault", scene.Told[^1]);
        Sell(scene, "RT-2", "C-RT-9");
        scene.Wait(TimeSpan.FromSeconds(30));
        Assert.Equal("C-RT-9 device-fault", scene.Told[^1]);
    }

    [Fact]
    public void SoldWithAComplaintOpen_TheNextOwnerReadsNothingOfIt()
    {
        using var scene = Open(rules: Rules + "- fault: router-burns\n  title: Router runs hot\n  codes: [ E66 ]\n  case: { family: heat }\n");
        scene.Code("RT-2", "E66", "set");
        scene.Wait(TimeSpan.FromSeconds(5));
        Assert.IsType<ActOutcome.Done>(scene.World.Worker.CaseDesk.Act(1, (int)scene.Cases.Single().Version, new CaseAct.Complain("It is too slow", ""), "rui"));
        Sell(scene, "RT-2", "C-RT-9");
        scene.Wait(TimeSpan.FromSeconds(5));
        Assert.Equal(("C-RT-9", 0L), scene.Cases.Single() is var row ? (row.Customer, row.ComplaintDueAt) : default);
        Assert.Contains(scene.World.Stores.State.Read(db => TimelineStore.List(db, "case:1")), l => l.Kind == "owner" && l.Text.EndsWith("answer it to them by yourself", StringComparison.Ordinal));
    }

}
