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

    private static void Erase(Scene scene, string customer) => Assert.IsType<ActOutcome.Done>(scene.World.Worker.PrivacyDesk.Erase(customer, "they asked", "admin"));

    private static LinkOutcome Act(Scene scene, string token, LinkAct act) => scene.World.Worker.LinkDesk.Act(token, act);

    private static IReadOnlyList<string> Said(Scene scene) => scene.World.Stores.State.Read(db => db.Query<string>("SELECT text FROM timeline WHERE text LIKE '%baby%' ORDER BY id"));
}
