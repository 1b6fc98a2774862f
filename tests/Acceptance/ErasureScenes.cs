using B2D.Core;
using B2D.Core.Cases;
using B2D.Core.Customers;
using B2D.Core.Links;
using B2D.Core.Notices;
using B2D.ProactiveWorker;
using B2D.Storage.Cases;
using B2D.Storage.Customers;
using B2D.Storage.Devices;
using B2D.Storage.Notices;
using B2D.Storage.Subscriptions;
using Xunit;

namespace B2D.Acceptance;

/// <summary>Somebody is erased: wherever they left words or an address, these go, and nobody else's.</summary>
public sealed class ErasureScenes
{
    private const string Rules = """
        - fault: pump-blocked
          title: Pump blocked
          codes: [ E42 ]
          case: { family: pump, reopen_within: 24h, resolve_after: 1m }
          notice: { template: device-fault, to: owner }
        """;

    [Fact]
    public void WordsOnAnOutageAndACase_ByTheirLink_Go_AndTheNeighboursStay()
    {
        using var scene = OutageTown.Open(notices: LinkScenes.WithLinks, rules: OutageTown.Rules + Rules);
        scene.Drop(OutageTown.Cabinet);
        scene.Wait(TimeSpan.FromMinutes(3));
        foreach (var customer in new[] { "C-RT-1", "C-RT-2" })
            Act(scene, LinkScenes.TokenOf(scene, customer), new LinkAct.StillBroken($"the baby of {customer} is ill"));
        scene.Connect(OutageTown.Cabinet);
        scene.Wait(TimeSpan.FromMinutes(12));
        scene.Code("RT-1", "E42", "set");
        scene.Wait(TimeSpan.FromMinutes(1));
        scene.Code("RT-1", "E42", "clear");
        scene.Wait(TimeSpan.FromMinutes(5));
        Assert.Equal(LinkOutcome.Reopened, Act(scene, LinkScenes.TokenOf(scene, "C-RT-1"), new LinkAct.StillBroken("the baby of C-RT-1 is cold")));
        Assert.Equal(3, Said(scene).Count);
        Erase(scene, "C-RT-1");
        Assert.Equal(["C-RT-2 says that it does not work: the baby of C-RT-2 is ill"], Said(scene));
    }

    [Fact]
    public void WordsOfAHandOff_OnceTakenOut_StandNowhere()
    {
        using var scene = OutageTown.Open(rules: OutageTown.Rules + Rules);
        scene.Code("RT-2", "E42", "set");
        scene.Wait(TimeSpan.FromSeconds(10));
        Assert.IsType<ActOutcome.Done>(scene.World.Worker.CaseDesk.Act(1, (int)scene.Cases.Single().Version, new CaseAct.HandOff("marta", "rang the baby’s aunt", "the baby", "to ring when the baby sleeps"), "rui"));
        Erase(scene, "C-RT-2");
        foreach (var text in scene.World.Stores.State.Read(db => ErasureStore.Written(db, 1)).Where(t => t.Text.Contains("baby", StringComparison.Ordinal)))
            Assert.IsType<ActOutcome.Done>(scene.World.Worker.PrivacyDesk.Review(1, text.Key, "admin"));
        Assert.Equal(0, scene.World.Stores.State.Read(db => db.Scalar<long>(
            "SELECT (SELECT count(*) FROM timeline WHERE text LIKE '%baby%' OR detail LIKE '%baby%') + (SELECT count(*) FROM case_handoffs WHERE finished || still_open || promised LIKE '%baby%')")));
    }

    [Fact]
    public void MoreThanAPageOfDevicesAndCasesAndLines_AreAllEndedAndBlanked()
    {
        const int Many = 1003;
        using var scene = OutageTown.Open();
        var stores = scene.World.Stores.State;
        stores.Write(db =>
        {
            var like = DeviceStore.Find(db, "RT-2")!.ToDevice();
            for (var i = 0; i < Many; i++)
            {
                DeviceStore.Put(db, like with { Id = Core.Devices.DeviceId.Parse($"M-{i}") }, 1);
                CaseStore.TryOpen(db, new CaseRow { Device = $"M-{i}", Family = "heat", Customer = "C-RT-2", WordAt = 5 });
                TimelineStore.Add(db, new TimelineRow { Subject = "case:1", Kind = "write", Text = "Dear Person 1", Who = "rui" });
            }
        });
        Erase(scene, "C-RT-2");
        foreach (var (table, where) in new[] { ("devices", "customer = 'C-RT-2'"), ("cases", "customer = 'C-RT-2' AND word_at > 0"), ("timeline", "text LIKE '%Person 1'") })
            Assert.Equal(0, stores.Read(db => db.Scalar<long>($"SELECT count(*) FROM {table} WHERE {where}")));
        Assert.Equal(Many + 1, stores.Read(db => db.Scalar<long>("SELECT count(*) FROM owner_changes")));
    }

    [Fact]
    public void PlacesTheirAddressHearsOf_GoWithThem()
    {
        using var scene = OutageTown.Open();
        Assert.Empty(scene.World.Imports.Customers("id,email\nC-RT-2,Max@Example.org\n", "test").Problems);
        HearOf(scene, "max@example.org", "eva@example.org");
        Erase(scene, "C-RT-2");
        Assert.Equal(["eva@example.org"], Places(scene));
    }

    [Theory]
    [InlineData("stop", false)]
    [InlineData("stop everything", false)]
    [InlineData("STOP outages", false)]
    [InlineData("STOP surveys", true)]
    [InlineData("thank you", true)]
    public void StopByMail_OfACustomer_AlsoEndsThePlacesThatTheirAddressHearsOf(string text, bool stays)
    {
        using var scene = OutageTown.Open();
        HearOf(scene, "p1@example.org");
        scene.World.Worker.InboundDesk.Take(new InboundMessage("m-1", Channel.Email, "P1@example.org", text), "mail");
        Assert.Equal(stays ? ["p1@example.org"] : [], Places(scene));
    }

    [Fact]
    public void AnsweredWhich_TheOutagesAreOverToo()
    {
        using var scene = OutageTown.Open();
        scene.World.Worker.InboundDesk.Take(new InboundMessage("m-1", Channel.Email, "p1@example.org", "stop"), "mail");
        HearOf(scene, "p1@example.org");
        scene.World.Worker.InboundDesk.Take(new InboundMessage("m-2", Channel.Email, "p1@example.org", "1"), "mail");
        Assert.Empty(Places(scene));
    }

    private static void HearOf(Scene scene, params string[] addresses) => scene.World.Stores.State.Write(db =>
    {
        foreach (var address in addresses)
            SubscriptionStore.Add(db, new SubscriptionRow { Email = address, Place = "Porto", PlaceFolded = "porto", ConfirmedAt = 1 });
    });

    private static IReadOnlyList<string> Places(Scene scene) => scene.World.Stores.State.Read(db => db.Query<string>("SELECT email FROM subscriptions ORDER BY email"));

    private static void Erase(Scene scene, string customer) => Assert.IsType<ActOutcome.Done>(scene.World.Worker.PrivacyDesk.Erase(customer, "they asked", "admin"));

    private static LinkOutcome Act(Scene scene, string token, LinkAct act) => scene.World.Worker.LinkDesk.Act(token, act);

    private static IReadOnlyList<string> Said(Scene scene) => scene.World.Stores.State.Read(db => db.Query<string>("SELECT text FROM timeline WHERE text LIKE '%baby%' ORDER BY id"));
}
