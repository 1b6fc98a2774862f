using B2D.Core;
using B2D.Core.Notices;
using B2D.Storage.Access;
using B2D.Storage.Customers;
using B2D.Storage.Notices;
using Xunit;

namespace B2D.Acceptance;

/// <summary>Mails that come back: the next channel is taken once, and an address that nobody has is left alone until it is corrected.</summary>
public sealed class BounceScenes
{
    private const string Devices = "HP-1,HP-2,,ana,\n";

    private const string Rules = """
        - fault: pump-blocked
          title: Pump blocked
          codes: [ E42 ]
          case: { family: pump, reopen_within: 24h, resolve_after: 1m }
          notice: { template: device-fault, to: owner }
        """;

    [Fact]
    public void HardBounce_GoesByTheNextChannelOnce_AndTheAddressIsLeftAloneUntilItIsCorrected()
    {
        using var scene = Household("+351910000001");
        Fault(scene, "set");
        var mail = Assert.Single(scene.Ledger);
        Assert.Equal(("email", "Sent"), (mail.Channel, mail.State));
        var outcome = Report(scene, mail.Id, BounceKind.NoSuchAddress, "Ana@Example.org");
        Assert.Equal((true, false, "by another channel", true), (outcome.Known, outcome.Repeated, outcome.Next, outcome.AddressMarked));
        Assert.True(Report(scene, mail.Id, BounceKind.NoSuchAddress, "ana@example.org").Repeated);
        scene.Wait(TimeSpan.FromSeconds(10));
        Assert.Equal(["email", "sms"], scene.Phones.Received.Select(n => n.Channel));
        Assert.Equal("came back: no such user", scene.Ledger.Single(n => n.Channel == "email").LastError);
        // The end, and what comes next, go where they arrive; the reason is shown.
        Fault(scene, "clear");
        scene.Wait(TimeSpan.FromMinutes(2));
        Fault(scene, "set");
        Assert.Equal(["email device-fault", "sms device-fault", "sms all-clear", "sms device-fault"], scene.Phones.Received.Select(n => $"{n.Channel} {n.Status}"));
        Assert.Equal("mail to the customer’s address comes back: SMS", scene.Ledger[0].Reason);
        // The same file again corrects nothing, another address does.
        Import(scene, "ana@example.org");
        Assert.True(Ana(scene).MailComesBack);
        Import(scene, "ana.lopes@example.org");
        Assert.False(Ana(scene).MailComesBack);
        Fault(scene, "clear");
        scene.Wait(TimeSpan.FromMinutes(2));
        Assert.Equal("ana.lopes@example.org", scene.Phones.Received[^1].To);
        Assert.Equal(["notice.bounced"], scene.World.Stores.State.Read(db => AuditStore.List(db)).Select(a => a.Action).Where(a => a.StartsWith("notice", StringComparison.Ordinal)));
    }

    [Fact]
    public void SaidToBeRight_TheAddressIsUsedAgain()
    {
        using var scene = Household("+351910000001");
        Fault(scene, "set");
        Report(scene, scene.Ledger[0].Id, BounceKind.NoSuchAddress, "ana@example.org");
        Assert.IsType<ActOutcome.Done>(scene.World.Worker.BounceDesk.AddressIsGood("ana", "rui"));
        Assert.IsType<ActOutcome.Rejected>(scene.World.Worker.BounceDesk.AddressIsGood("ana", "rui"));
        Assert.IsType<ActOutcome.Unknown>(scene.World.Worker.BounceDesk.AddressIsGood("nobody", "rui"));
        Assert.False(Ana(scene).MailComesBack);
    }

    [Fact]
    public void MailboxFull_GoesByTheNextChannel_AndTheAddressStays()
    {
        using var scene = Household("+351910000001");
        Fault(scene, "set");
        Assert.False(Report(scene, scene.Ledger[0].Id, BounceKind.NotDelivered, "ana@example.org").AddressMarked);
        scene.Wait(TimeSpan.FromSeconds(10));
        Assert.Equal(["email", "sms"], scene.Phones.Received.Select(n => n.Channel));
        Assert.False(Ana(scene).MailComesBack);
    }

    [Fact]
    public void Delayed_IsNotedAndNothingElse_UntilItFails()
    {
        using var scene = Household("+351910000001");
        Fault(scene, "set");
        Report(scene, scene.Ledger[0].Id, BounceKind.Delayed, "ana@example.org");
        scene.Wait(TimeSpan.FromSeconds(10));
        Assert.Equal(("Sent", "delayed: no such user"), (scene.Ledger.Single().State, scene.Ledger.Single().LastError));
        Report(scene, scene.Ledger[0].Id, BounceKind.NotDelivered, "ana@example.org");
        scene.Wait(TimeSpan.FromSeconds(10));
        Assert.Equal(["email", "sms"], scene.Phones.Received.Select(n => n.Channel));
    }

    [Fact]
    public void NoOtherChannel_APersonHasNobodyToCall_AndItStandsAsFailed()
    {
        using var scene = Household("");
        Fault(scene, "set");
        Assert.Equal("", Report(scene, scene.Ledger[0].Id, BounceKind.NoSuchAddress, "ana@example.org").Next);
        scene.Wait(TimeSpan.FromSeconds(10));
        Assert.Equal("Failed", scene.Ledger.Single().State);
    }

    [Fact]
    public void ComesBackAfterItIsOver_NobodyIsToldLate()
    {
        using var scene = Household("+351910000001");
        Fault(scene, "set");
        var mail = scene.Ledger[0].Id;
        Fault(scene, "clear");
        Assert.Equal("", Report(scene, mail, BounceKind.NoSuchAddress, "ana@example.org").Next);
        scene.Wait(TimeSpan.FromMinutes(5));
        Assert.DoesNotContain(scene.Phones.Received, n => n.Channel == "sms" && n.Status == "device-fault");
    }

    [Fact]
    public void AnotherAddressThanTheirs_IsNotMarked_AndStrangersAreUnknown()
    {
        using var scene = Household("+351910000001");
        Fault(scene, "set");
        Assert.False(Report(scene, new string('0', 32), BounceKind.NoSuchAddress, "ana@example.org").Known);
        Assert.False(Report(scene, scene.Ledger[0].Id, BounceKind.NoSuchAddress, "old@example.org").AddressMarked);
    }

    private static Scene Household(string phone) =>
        new(Rules, $"ana,Ana Lopes,ana@example.org,{phone},en,Europe/Lisbon,email,,Porto\n", Devices);

    private static void Import(Scene scene, string address) => Assert.Empty(scene.World.Imports.Customers($"id,email\nana,{address}\n", "test").Problems);

    private static void Fault(Scene scene, string state)
    {
        scene.Code("HP-1", "E42", state);
        scene.Wait(TimeSpan.FromSeconds(5));
    }

    private static CustomerRow Ana(Scene scene) => scene.World.Stores.State.Read(db => CustomerStore.Find(db, "ana"))!;

    private static BounceOutcome Report(Scene scene, string notice, BounceKind kind, string recipient) =>
        scene.World.Worker.BounceDesk.Take(new Bounce(notice, kind, [recipient], "5.1.1", "no such user"), "key:mail");
}
