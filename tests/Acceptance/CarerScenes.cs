using B2D.Core;
using B2D.Core.Cases;
using B2D.Core.Customers;
using B2D.Core.Notices;
using B2D.ProactiveWorker.Notices;
using B2D.Simulation.World;
using B2D.Storage.Access;
using B2D.Storage.Contacts;
using B2D.Storage.Customers;
using B2D.Storage.Notices;
using Xunit;
using static B2D.Acceptance.OutageTown;

namespace B2D.Acceptance;

/// <summary>A carer is told besides the customer, and where nothing else is left a letter is printed.</summary>
public sealed class CarerScenes
{
    private const string Devices = "HP-1,HP-2,,ana,\n";

    private const string Faults = """
        - fault: pump-blocked
          title: Pump blocked
          codes: [ E42 ]
          case: { family: pump, reopen_within: 24h, resolve_after: 1m }
          notice: { template: device-fault, to: owner }
        - fault: gas-smell
          title: Gas
          class: safety
          codes: [ E99 ]
          case: { family: gas, reopen_within: 24h, resolve_after: 1m }
          notice: { template: device-fault, to: owner }
        """;

    [Fact]
    public void Danger_TheCarerIsToldOnce_InTheirLanguageByTheirChannel_AndHearsTheEnd()
    {
        using var scene = Household();
        Name(scene, "ana", new Carer("Marta Lopes", "marta@example.org", "", "email", "pt"));
        Fault(scene, "E99", "set");
        Assert.Equal(["ana sms device-fault", "carer:ana email device-fault"], Got(scene));
        var word = scene.Phones.Received.Single(n => n.Customer == "carer:ana");
        Assert.Equal("marta@example.org", word.To);
        Assert.StartsWith("Foi indicado como pessoa de contacto de Ana Lopes. Esta mensagem é para Ana Lopes:\n", word.Text, StringComparison.Ordinal);
        scene.World.KillWorker();
        scene.World.StartWorker();
        Fault(scene, "E99", "clear");
        scene.Wait(TimeSpan.FromMinutes(2));
        Assert.Equal(["ana sms all-clear", "carer:ana email all-clear"], Got(scene).Skip(2).Order());
        Assert.Equal(word.Text, scene.World.Stores.State.Read(db => NoticeWordsStore.Find(db, word.Id))!.Text);
        // People call customers, not carers.
        Assert.All(scene.World.Stores.State.Read(db => PhoneTaskStore.Open(db)), t => Assert.Equal("ana", t.Customer));
    }

    [Fact]
    public void TheirCarerCannotBeReached_TheCustomerHearsTheEndAtOnce_AndTheCarerWhenItIsKnown()
    {
        using var scene = Household();
        Name(scene, "ana", new Carer("Marta Lopes", "marta@example.org", "", "email", "en"));
        scene.Phones.Mood = n => Carer.Is(n.Customer) ? ChannelMood.DeliversUnheard : ChannelMood.Delivers;
        Fault(scene, "E99", "set");
        // So long that the next try is many minutes ahead.
        scene.Wait(TimeSpan.FromMinutes(22));
        Fault(scene, "E99", "clear");
        scene.Wait(TimeSpan.FromMinutes(2));
        Assert.Equal(["ana sms all-clear"], Got(scene).Where(g => g.EndsWith("all-clear", StringComparison.Ordinal)));
        scene.Phones.Mood = _ => ChannelMood.Delivers;
        scene.Wait(TimeSpan.FromMinutes(40));
        Assert.Equal(["ana sms all-clear", "carer:ana email all-clear"], Got(scene).Where(g => g.EndsWith("all-clear", StringComparison.Ordinal)));
    }

    [Fact]
    public void FaultThatIsNoDanger_IsTheirsOnlyWhereTheCustomerDependsOnIt()
    {
        using var scene = Household();
        Name(scene, "ana", new Carer("Marta Lopes", "", "+351 910 000 002", "sms", ""));
        Fault(scene, "E42", "set");
        Assert.Equal(["ana sms device-fault"], Got(scene));
        Fault(scene, "E42", "clear");
        scene.Wait(TimeSpan.FromMinutes(2));
        Assert.IsType<ActOutcome.Done>(scene.World.Worker.CareDesk.Set("ana", "a telecare line", "2027-01-01", consent: true, "rui"));
        Fault(scene, "E42", "set");
        Assert.Contains("carer:ana sms device-fault", Got(scene));
        Assert.Equal("+351 910 000 002", scene.Phones.Received.Single(n => n.Customer == "carer:ana").To);
    }

    [Fact]
    public void Outage_OfADependentCustomer_TheCarerHearsItsBeginningAndItsEnd_AndNoNewsBetween()
    {
        using var scene = Open();
        Assert.IsType<ActOutcome.Done>(scene.World.Worker.CareDesk.Set("C-RT-2", "a telecare line", "2027-01-01", consent: true, "rui"));
        Name(scene, "C-RT-2", new Carer("Marta Lopes", "marta@example.org", "", "email", "en"));
        Name(scene, "C-RT-3", new Carer("Nobody's", "", "+351 910 000 003", "sms", "en"));
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(90));
        scene.Connect(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(20));
        Assert.Equal(["opened", "all-clear"], scene.Phones.Received.Where(n => Carer.Is(n.Customer)).Select(n => n.Status));
        // What the outage takes down for the customer their carer has.
        Assert.All(scene.Ledger.Where(n => Carer.Is(n.Customer)), n => Assert.Equal("the customer’s carer is told by e-mail", n.Reason));
        Assert.Equal("carer:C-RT-2", Assert.Single(scene.Phones.Received.Where(n => Carer.Is(n.Customer)).Select(n => n.Customer).Distinct()));
    }

    [Fact]
    public void CarerWhoWritesStop_IsToldNoMore_AndOneWhoIsTakenAwayBeforeItLeftIsNotTold()
    {
        using var scene = Household();
        Name(scene, "ana", new Carer("Marta Lopes", "", "+351 910 000 002", "sms", "en"));
        scene.World.Worker.InboundDesk.Take(new InboundMessage("m-1", Channel.Sms, "+351910000002", "STOP"), "key:sms");
        Fault(scene, "E99", "set");
        Assert.DoesNotContain(Got(scene), g => g.StartsWith("carer", StringComparison.Ordinal));
        Assert.Contains(scene.World.Stores.State.Read(db => AuditStore.List(db)), a => a.Action == "customer.CarerEnded");
        Fault(scene, "E99", "clear");
        scene.Wait(TimeSpan.FromMinutes(2));
        Name(scene, "ana", new Carer("Marta Lopes", "", "+351 910 000 002", "sms", "en"));
        scene.Phones.Mood = n => Carer.Is(n.Customer) ? ChannelMood.Refuses : ChannelMood.Delivers;
        Fault(scene, "E99", "set");
        Assert.IsType<ActOutcome.Done>(scene.World.Worker.CarerDesk.Remove("ana", "rui"));
        scene.Phones.Mood = _ => ChannelMood.Delivers;
        scene.Wait(TimeSpan.FromMinutes(5));
        Assert.DoesNotContain(Got(scene), g => g.StartsWith("carer", StringComparison.Ordinal));
        Assert.Equal("they care for the customer no more", scene.Ledger.Single(n => Carer.Is(n.Customer)).Reason);
    }

    [Fact]
    public void CarerWhoWritesBack_IsReadAsAContactOfWhomTheyCareFor()
    {
        using var scene = Household();
        Name(scene, "ana", new Carer("Marta Lopes", "", "+351 910 000 002", "sms", "en"));
        Fault(scene, "E99", "set");
        for (var i = 0; i < 2; i++)
            scene.World.Worker.InboundDesk.Take(new InboundMessage("m-1", Channel.Sms, "+351910000002", "She does not open the door"), "key:sms");
        var wrote = Assert.Single(scene.World.Stores.State.Read(db => ContactStore.OfCustomer(db, "ana")));
        Assert.Equal(("Who cares for them wrote: She does not open the door", true, scene.Cases[0].Id), (wrote.About, wrote.Unread, wrote.CaseId));
        scene.World.Worker.InboundDesk.Take(new InboundMessage("m-2", Channel.Sms, "+351910000002", "STOP"), "key:sms");
        Assert.Single(scene.World.Stores.State.Read(db => ContactStore.OfCustomer(db, "ana")));
    }

    [Fact]
    public void CarerWhoEndsItWithOneClick_IsToldNoMore_AndTheCustomerIs()
    {
        using var scene = Household(LinkScenes.WithLinks);
        Name(scene, "ana", new Carer("Marta Lopes", "marta@example.org", "", "email", "en"));
        var token = new UnsubscribeLinks(LinkScenes.WithLinks.Links).Of(Carer.Prefix + "ana", NoticeClass.Case, "Marta@example.org").Split('/')[^1];
        var before = new UnsubscribeLinks(LinkScenes.WithLinks.Links).Of(Carer.Prefix + "ana", NoticeClass.Case, "who-was@example.org").Split('/')[^1];
        // Who was a carer before has a link too; it ends nothing of whom it is now.
        scene.World.Worker.InboundDesk.End(before);
        Assert.NotNull(scene.World.Stores.State.Read(db => CarerStore.Find(db, "ana")));
        Assert.Equal(NoticeClass.Case, scene.World.Worker.InboundDesk.End(token));
        Assert.Null(scene.World.Stores.State.Read(db => CarerStore.Find(db, "ana")));
        Assert.Single(scene.World.Stores.State.Read(db => AuditStore.List(db)), a => a is { Action: "customer.CarerEnded", Who: "carer" });
        Fault(scene, "E99", "set");
        Assert.Equal(["ana sms device-fault"], Got(scene));
    }

    [Fact]
    public void CarerWhoIsACustomerToo_AndEndsOffers_StaysACarer()
    {
        using var scene = Household();
        Name(scene, "ana", new Carer("Marta Lopes", "", "+351 910 000 002", "sms", "en"));
        scene.World.Worker.InboundDesk.Take(new InboundMessage("m-1", Channel.Sms, "+351910000002", "STOP offers"), "key:sms");
        Fault(scene, "E99", "set");
        Assert.Contains("carer:ana sms device-fault", Got(scene));
    }

    [Fact]
    public void MailToTheCarerComesBack_TheirNumberIsUsedUntilTheyAreWrittenDownAgain()
    {
        using var scene = Household();
        var carer = new Carer("Marta Lopes", "marta@example.org", "+351 910 000 002", "email", "en");
        Name(scene, "ana", carer);
        Fault(scene, "E99", "set");
        var mail = scene.Ledger.Single(n => n is { Customer: "carer:ana", Channel: "email" }).Id;
        var outcome = scene.World.Worker.BounceDesk.Take(new Bounce(mail, BounceKind.NoSuchAddress, ["marta@example.org"], "5.1.1", "no such user"), "key:mail");
        Assert.Equal(("by another channel", true), (outcome.Next, outcome.AddressMarked));
        scene.Wait(TimeSpan.FromSeconds(10));
        Fault(scene, "E99", "clear");
        scene.Wait(TimeSpan.FromMinutes(2));
        Assert.Equal(["email device-fault", "sms device-fault", "sms all-clear"], Got(scene).Where(g => g.StartsWith("carer:ana ", StringComparison.Ordinal)).Select(g => g["carer:ana ".Length..]));
        Assert.Equal("no such user", scene.World.Stores.State.Read(db => CarerStore.Find(db, "ana"))!.EmailBadWhy);
        Name(scene, "ana", carer);
        Assert.Equal(0, scene.World.Stores.State.Read(db => CarerStore.Find(db, "ana"))!.EmailBadAt);
    }

    [Fact]
    public void CustomerErased_TheirCarerIsErasedToo()
    {
        using var scene = Household();
        Name(scene, "ana", new Carer("Marta Lopes", "", "+351 910 000 002", "sms", "en"));
        Fault(scene, "E99", "set");
        var word = scene.Phones.Received.Single(n => Carer.Is(n.Customer));
        scene.World.Stores.State.Write(db => CustomerStore.Erase(db, "ana"));
        Assert.Null(scene.World.Stores.State.Read(db => CarerStore.Find(db, "ana")));
        Assert.Null(scene.World.Stores.State.Read(db => NoticeWordsStore.Find(db, word.Id)));
    }

    [Fact]
    public void NobodyCanBeReachedOrCalled_ALetterIsPrinted_AndThenTheCustomerWasTold()
    {
        using var scene = Letters("ana,Ana Lopes,,,en,Europe/Lisbon,,\"Rua 1, Porto\",Porto\n");
        Fault(scene, "E42", "set");
        var letter = Assert.Single(scene.Ledger);
        Assert.Equal(("letter", "Calling", "nothing else reaches the customer: a letter"), (letter.Channel, letter.State, letter.Reason));
        Assert.StartsWith("Your device HP-1", scene.World.Stores.State.Read(db => NoticeWordsStore.Find(db, letter.Id))!.Text, StringComparison.Ordinal);
        Assert.Equal(1, Assert.IsType<ActOutcome.Done>(scene.World.Worker.LetterDesk.Printed([letter.Id, "n-none"], "rui")).Version);
        Assert.IsType<ActOutcome.Rejected>(scene.World.Worker.LetterDesk.Printed([letter.Id], "rui"));
        Assert.True(scene.Ledger.Single().WasTold);
        Fault(scene, "E42", "clear");
        scene.Wait(TimeSpan.FromMinutes(2));
        Assert.Equal(["all-clear letter", "device-fault letter"], scene.Ledger.Select(n => $"{n.Status} {n.Channel}").Order());
    }

    [Fact]
    public void NoNewsYet_IsNotPrinted_WhatAPersonWritesIs()
    {
        using var scene = Letters("ana,Ana Lopes,,,en,Europe/Lisbon,,\"Rua 1, Porto\",Porto\n");
        Fault(scene, "E42", "set");
        var desk = scene.World.Worker.CaseDesk;
        Assert.IsType<ActOutcome.Done>(desk.Act(1, (int)scene.Cases[0].Version, new CaseAct.PromiseWord(ServerTime.From(scene.Clock.Now + TimeSpan.FromHours(1)), "when the part comes"), "rui"));
        scene.Wait(TimeSpan.FromHours(6));
        Assert.Equal(["Suppressed"], scene.Ledger.Where(n => n.Status == "no-news").Select(n => n.State).Distinct());
        Assert.IsType<ActOutcome.Done>(desk.Act(1, (int)scene.Cases[0].Version, new CaseAct.Write("The part is here.", ServerTime.Zero, ""), "rui"));
        scene.Wait(TimeSpan.FromSeconds(5));
        Assert.Equal("Calling", scene.Ledger.Single(n => n.Status == "word").State);
    }

    [Fact]
    public void OverBeforeItWasPrinted_TheLetterLeavesTheList()
    {
        using var scene = Letters("ana,Ana Lopes,,,en,Europe/Lisbon,,\"Rua 1, Porto\",Porto\n");
        Fault(scene, "E42", "set");
        Fault(scene, "E42", "clear");
        scene.Wait(TimeSpan.FromSeconds(10));
        Assert.Equal(("Suppressed", "it was over before it was printed"), (scene.Ledger.Single().State, scene.Ledger.Single().Reason));
    }

    [Fact]
    public void NumberIsSomebodyElses_ALetterInstead_UnlessATextArrived()
    {
        using var scene = Letters("ana,Ana Lopes,,+351910000001,en,Europe/Lisbon,,\"Rua 1, Porto\",Porto\n");
        scene.Phones.Mood = _ => ChannelMood.RefusesForGood;
        Fault(scene, "E42", "set");
        var task = Assert.Single(scene.World.Stores.State.Read(db => PhoneTaskStore.Open(db)));
        Assert.IsType<ActOutcome.Done>(scene.World.Worker.PhoneTaskDesk.Act(task.Id, (int)task.Version, new PhoneTaskAct.WrongNumber(), "rui"));
        Assert.Equal("Calling", scene.Ledger.Single(n => n.Channel == "letter").State);
    }

    [Fact]
    public void WithoutTheOption_ThereAreNoLetters()
    {
        using var scene = new Scene(Faults, "ana,Ana Lopes,,,en,Europe/Lisbon,,\"Rua 1, Porto\",Porto\n", Devices);
        Fault(scene, "E42", "set");
        Assert.Equal("Suppressed", scene.Ledger.Single().State);
    }

    private static Scene Household(NoticeOptions? notices = null) => new(Faults, "ana,Ana Lopes,ana@example.org,+351910000001,en,Europe/Lisbon,sms,,Porto\n", Devices, notices: notices);

    private static Scene Letters(string people) => new(Faults, people, Devices, notices: VirtualInstallation.NoticeOptions with { Letters = true });

    private static void Name(Scene scene, string customer, Carer carer) => Assert.IsType<ActOutcome.Done>(scene.World.Worker.CarerDesk.Name(customer, carer, consent: true, "rui"));

    private static IEnumerable<string> Got(Scene scene) => scene.Phones.Received.Select(n => $"{n.Customer} {n.Channel} {n.Status}");

    private static void Fault(Scene scene, string code, string state)
    {
        scene.Code("HP-1", code, state);
        scene.Wait(TimeSpan.FromSeconds(5));
    }
}
