using System.Text.RegularExpressions;
using B2D.Core.Notices;
using B2D.Core.Outages;
using B2D.Core.Subscriptions;
using B2D.ProactiveWorker;
using B2D.ProactiveWorker.Notices;
using B2D.Storage.Subscriptions;
using Xunit;
using static B2D.Acceptance.OutageTown;

namespace B2D.Acceptance;

/// <summary>People who hear of a place by e-mail without being customers: by the rules of the ledger, as customers do.</summary>
public sealed partial class SubscriptionScenes
{
    private static readonly WorkerOptions Unguarded = new() { GuardShare = 1 };

    [Fact]
    public void OutageInThePlace_IsToldOnce_WithItsNewsAndItsEnd_ToThoseWhoConfirmed()
    {
        using var scene = Town();
        Subscribe(scene, "max@example.org", "Porto");
        Subscribe(scene, "eva@example.org", "Cedofeita");
        Assert.Equal(SubscriptionReason.Mails, Ask(scene, "ivo@example.org", "Bonfim"));
        scene.Wait(TimeSpan.FromSeconds(5));
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(5));
        Assert.Equal(["max@example.org opened"], Heard(scene));
        var first = scene.Phones.Received.Last(n => n.To == "max@example.org");
        Assert.Contains("in Bonfim, Porto", first.Title, StringComparison.Ordinal);
        Assert.Contains("No more of these: https://b2d.example/unsubscribe/", first.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("/l/", first.Text, StringComparison.Ordinal);
        Assert.IsType<Core.ActOutcome.Done>(scene.World.Worker.OutageDesk.Act(1, (int)scene.Outages[0].Version, new OutageAct.SetCause("A digger at south/s1/cab-1"), "rui"));
        scene.Wait(TimeSpan.FromMinutes(3));
        Assert.Equal(["max@example.org opened", "max@example.org update"], Heard(scene));
        // Strangers read no names of nodes.
        Assert.DoesNotContain("cab-1", scene.Phones.Received.Last(n => n.To == "max@example.org").Text, StringComparison.Ordinal);
        Assert.Contains("cab-1", scene.Phones.Received.Last(n => n.Customer == "C-RT-2").Text, StringComparison.Ordinal);
        scene.Connect(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(15));
        Assert.Equal(["max@example.org opened", "max@example.org update", "max@example.org all-clear"], Heard(scene));
        Assert.Equal(8, scene.Told.Count(t => t.StartsWith("C-RT", StringComparison.Ordinal) && t.EndsWith("all-clear", StringComparison.Ordinal)));
    }

    [Fact]
    public void Growing_OtherPlacesHearOfItThen_NobodyTwice_AllHearTheEnd()
    {
        using var scene = Town();
        Subscribe(scene, "eva@example.org", "Cedofeita");
        Subscribe(scene, "max@example.org", "Bonfim");
        Subscribe(scene, "max@example.org", "Cedofeita");
        scene.Drop(Others[..8]);
        scene.Wait(TimeSpan.FromMinutes(5));
        Assert.Equal(["max@example.org opened"], Heard(scene));
        scene.Drop(Others[8..16]);
        scene.Wait(TimeSpan.FromMinutes(8));
        Assert.Single(scene.Outages, o => o.State != "Resolved");
        Assert.Equal(["eva@example.org opened", "max@example.org opened"], Heard(scene).Order());
        scene.Connect(Others[..16]);
        scene.Wait(TimeSpan.FromMinutes(15));
        Assert.Equal(["eva@example.org all-clear", "eva@example.org opened", "max@example.org all-clear", "max@example.org opened"], Heard(scene).Order());
    }

    [Fact]
    public void Ended_WhoeverEndedIt_HearsNothingMore()
    {
        using var scene = Town();
        Subscribe(scene, "max@example.org", "Porto");
        Subscribe(scene, "eva@example.org", "Porto");
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(5));
        Assert.Equal(["eva@example.org opened", "max@example.org opened"], Heard(scene).Order());
        var token = EndIn().Match(scene.Phones.Received.Last(n => n.To == "max@example.org").Text).Groups[1].Value;
        Assert.Equal(NoticeClass.Service, scene.World.Worker.InboundDesk.WhatEnds(token));
        Assert.Equal((2L, 0L), scene.World.Stores.State.Read(SubscriptionStore.Count));
        Assert.Equal(NoticeClass.Service, scene.World.Worker.InboundDesk.End(token));
        // The other one answers the mail.
        scene.World.Worker.InboundDesk.Take(new InboundMessage("m-1", Channel.Email, "Eva@example.org", "STOP outages"), "mail");
        Assert.Equal((0L, 0L), scene.World.Stores.State.Read(SubscriptionStore.Count));
        scene.Connect(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(15));
        Assert.Equal(2, Heard(scene).Count);
        Assert.Equal(8, scene.Told.Count(t => t.EndsWith("all-clear", StringComparison.Ordinal)));
    }

    [Fact]
    public void CustomerOfOurs_WhoAlsoSubscribed_IsToldOnceOfTheirOwnOutage()
    {
        using var scene = Town();
        Subscribe(scene, "p1@example.org", "Porto");
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(5));
        Assert.Empty(Heard(scene));
        Assert.Single(scene.Told, t => t == "C-RT-2 opened");
        // An outage that does not touch them is one of their place.
        scene.Drop(Others[..8]);
        scene.Wait(TimeSpan.FromMinutes(5));
        Assert.Equal(["p1@example.org opened"], Heard(scene));
    }

    [Fact]
    public void HeldForAPerson_NobodyHearsBeforeItIsLetGo_AndUnconfirmedOnesAreForgotten()
    {
        using var scene = OutageTown.Open(new WorkerOptions { ApprovalAbove = 7, ApprovalByItself = false }, notices: LinkScenes.WithLinks);
        Subscribe(scene, "max@example.org", "Porto");
        Ask(scene, "ivo@example.org", "Porto");
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(15));
        Assert.Empty(Heard(scene));
        Assert.IsType<Core.ActOutcome.Done>(scene.World.Worker.OutageDesk.Act(1, (int)scene.Outages[0].Version, new OutageAct.SetCause("A digger at south/s1/cab-1"), "rui"));
        scene.World.Worker.Approvals.Act(1, (int)scene.World.Stores.State.Read(db => Storage.Notices.ApprovalStore.Find(db, "outage:1", "opened"))!.Version, new ApprovalAct.LetGo(), "rui");
        scene.Wait(TimeSpan.FromMinutes(1));
        Assert.Equal(["max@example.org opened"], Heard(scene));
        // What was found out meanwhile is told, and strangers read no names of nodes in it.
        Assert.Contains("cab-1", scene.Ledger.Single(n => n is { Customer: "C-RT-2", Status: "opened" }).Facts, StringComparison.Ordinal);
        Assert.DoesNotContain("cab-1", scene.Ledger.Single(n => n.Customer.StartsWith("subscriber/", StringComparison.Ordinal) && n.Status == "opened").Facts, StringComparison.Ordinal);
        scene.World.Worker.Retention.Run(Core.ServerTime.From(scene.Clock.Now + TimeSpan.FromDays(3)), CancellationToken.None);
        Assert.Equal((1L, 0L), scene.World.Stores.State.Read(SubscriptionStore.Count));
    }

    [Fact]
    public void Place_AfterAThousandOthers_IsServedAllTheSame()
    {
        using var scene = Town();
        scene.World.Stores.State.Write(db =>
        {
            for (var i = 0; i < 1000; i++)
                Storage.Customers.CustomerStore.Put(db, new Core.Customers.Customer($"a{i}") { Place = $"Alm {i:0000}" }, 1);
        });
        Assert.Equal(SubscriptionReason.NoPlace, Ask(scene, "max@example.org", "Paris"));
        Assert.Equal(SubscriptionReason.Mails, Ask(scene, "max@example.org", "Bonfim"));
    }

    [Fact]
    public void MailToASubscriberComesBackForGood_TheyAreWrittenToNoMore()
    {
        using var scene = Town();
        Subscribe(scene, "max@example.org", "Porto");
        Subscribe(scene, "max@example.org", "Bonfim");
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(5));
        var outcome = scene.World.Worker.BounceDesk.Take(new Bounce(scene.Phones.Received.Last(n => n.To == "max@example.org").Id, BounceKind.NoSuchAddress, ["max@example.org"], "5.1.1", "no such user"), "key:mail");
        Assert.Equal((true, "", true), (outcome.Known, outcome.Next, outcome.AddressMarked));
        Assert.Equal((0L, 0L), scene.World.Stores.State.Read(SubscriptionStore.Count));
        scene.Connect(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(15));
        Assert.Equal(["max@example.org opened"], Heard(scene));
    }

    private static Scene Town() => OutageTown.Open(Unguarded, notices: LinkScenes.WithLinks);

    private static SubscriptionReason Ask(Scene scene, string email, string place) => scene.World.Worker.SubscriptionDesk.Ask(email, place, "en");

    private static void Subscribe(Scene scene, string email, string place)
    {
        Assert.Equal(SubscriptionReason.Mails, Ask(scene, email, place));
        scene.Wait(TimeSpan.FromSeconds(2));
        var token = ConfirmIn().Match(scene.Phones.Received.Last(n => n.To == email).Text).Groups[1].Value;
        Assert.Equal(place, scene.World.Worker.SubscriptionDesk.Confirm(token));
    }

    /// <summary>What those who are no customers got of outages.</summary>
    private static List<string> Heard(Scene scene) => [.. scene.Phones.Received.Where(n => n.Customer.StartsWith("subscriber/", StringComparison.Ordinal) && n.About.StartsWith("outage:", StringComparison.Ordinal)).Select(n => $"{n.To} {n.Status}")];

    [GeneratedRegex(@"/status/subscriptions/(\S+)")]
    private static partial Regex ConfirmIn();

    [GeneratedRegex(@"/unsubscribe/(\S+)")]
    private static partial Regex EndIn();
}
