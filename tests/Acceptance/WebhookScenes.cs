using System.Text;
using System.Text.Json;
using B2D.Core;
using B2D.Core.Cases;
using B2D.Core.Webhooks;
using B2D.ProactiveWorker.Notices;
using B2D.Storage.Alarms;
using B2D.Storage.Webhooks;
using Xunit;
using static B2D.Acceptance.OutageTown;

namespace B2D.Acceptance;

/// <summary>Other systems are told what happens: signed, in order, until they have it; those that keep failing are paused with an alarm.</summary>
public sealed class WebhookScenes
{
    private const string People = "ana,Ana Lopes,ana@example.org,+351910000001,en,Europe/Lisbon,email,,Porto\n";
    private const string Devices = "HP-1,HP-2,,ana,\nHP-2,HP-2,,ana,\n";

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
    public void CaseFromOpeningToItsEnd_IsToldInOrder_Signed_WithoutPersonalData()
    {
        using var scene = new Scene(Faults, People, Devices);
        var (_, secret) = Add(scene, "tickets", [.. WebhookEvents.All.Select(e => e.Type)]);
        Fault(scene, "E42", "set");
        Assert.IsType<ActOutcome.Done>(scene.World.Worker.CaseDesk.Act(1, (int)scene.Cases[0].Version, new CaseAct.Take(), "rui"));
        scene.Wait(TimeSpan.FromSeconds(5));
        Fault(scene, "E42", "clear");
        scene.Wait(TimeSpan.FromMinutes(2));
        var ofCase = Types(scene).Where(t => t.StartsWith("case", StringComparison.Ordinal)).ToArray();
        Assert.Equal("case.opened", ofCase[0]);
        Assert.Equal("case.resolved", ofCase[^1]);
        Assert.Contains("case.changed", ofCase);
        Assert.Equal(2, Types(scene).Count(t => t == "notice.sent"));
        Assert.True(WebhookSignature.TryKey(secret, out var key));
        foreach (var post in scene.World.Receivers.Taken)
        {
            Assert.True(WebhookSignature.Verify(key, post.Id, post.UnixSeconds, post.Body, post.Signature));
            var body = JsonElement.Parse(post.Body);
            Assert.StartsWith(body.GetProperty("type").GetString() + "/", post.Id, StringComparison.Ordinal);
            Assert.True(DateTimeOffset.TryParse(body.GetProperty("timestamp").GetString(), out _));
            foreach (var personal in new[] { "Ana", "Lopes", "910000001", "example.org" })
                Assert.DoesNotContain(personal, post.Body, StringComparison.Ordinal);
        }
        Assert.Equal(scene.World.Receivers.Taken.Count, scene.World.Receivers.Taken.Select(p => p.Id).Distinct().Count());
    }

    [Fact]
    public void Danger_OpensATask_AndOnlyWhatWasAskedForIsTold()
    {
        using var scene = new Scene(Faults, People, Devices);
        Add(scene, "dispatch", ["task.opened"]);
        Fault(scene, "E99", "set");
        var post = Assert.Single(scene.World.Receivers.Taken);
        Assert.Equal(("task.opened", "ana", "safety"), (JsonElement.Parse(post.Body).GetProperty("type").GetString(), Data(post, "customer"), Data(post, "class")));
    }

    [Fact]
    public void Outage_IsToldWhenItIsOne_AndWhenItIsOver()
    {
        using var scene = Open();
        Add(scene, "dashboard", ["outage.opened", "outage.changed", "outage.resolved"]);
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(14));
        Assert.Equal("outage.opened", Types(scene)[0]);
        scene.Connect(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(14));
        Assert.Equal("outage.resolved", Types(scene)[^1]);
        Assert.Single(Types(scene), t => t == "outage.opened");
        Assert.Single(Types(scene), t => t == "outage.resolved");
    }

    [Fact]
    public void OutageThatPassesWithinItsHoldBack_IsToldToNobody()
    {
        using var scene = Open();
        Add(scene, "dashboard", ["outage.opened", "outage.changed", "outage.resolved"]);
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromSeconds(90));
        scene.Connect(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(20));
        Assert.Empty(scene.World.Receivers.Taken);
    }

    [Fact]
    public void ReceiverThatFailsAndRecovers_GetsEverythingOnce_EachSubjectInItsOrder()
    {
        using var scene = new Scene(Faults, People, Devices);
        Add(scene, "tickets", ["case.opened", "case.changed", "case.resolved"]);
        var down = 0;
        scene.World.Receivers.Mood = _ => down++ % 3 == 2 ? PostAnswer.Taken : PostAnswer.Unreachable;
        for (var i = 0; i < 3; i++)
        {
            Fault(scene, "E42", "set", "HP-1");
            Fault(scene, "E42", "set", "HP-2");
            Fault(scene, "E42", "clear", "HP-1");
            Fault(scene, "E42", "clear", "HP-2");
            scene.Wait(TimeSpan.FromMinutes(3));
        }
        scene.Wait(TimeSpan.FromMinutes(30));
        var taken = scene.World.Receivers.Taken;
        Assert.Equal(taken.Count, taken.Select(p => p.Id).Distinct().Count());
        Assert.All(Deliveries(scene), d => Assert.Equal("Delivered", d.State));
        Assert.Equal(Deliveries(scene).Count, taken.Count);
        foreach (var subject in Deliveries(scene).GroupBy(d => d.Subject))
            Assert.Equal(subject.OrderBy(d => d.Id).Select(d => d.MessageId), taken.Select(p => p.Id).Where(i => subject.Any(d => d.MessageId == i)));
    }

    [Fact]
    public void ReceiverThatKeepsFailing_IsPausedWithAnAlarm_AndAfterResumingGetsWhatWaited()
    {
        using var scene = new Scene(Faults, People, Devices);
        var (id, _) = Add(scene, "tickets", ["case.opened", "case.resolved"]);
        scene.World.Receivers.Mood = _ => PostAnswer.Unreachable;
        Fault(scene, "E42", "set");
        scene.Wait(TimeSpan.FromHours(6));
        var receiver = Receiver(scene, id);
        Assert.Equal(("Paused", 12L), (receiver.State, receiver.Failures));
        Assert.Contains("tickets", Assert.Single(Paused(scene)).Detail, StringComparison.Ordinal);
        var tries = scene.World.Receivers.Tries;
        Fault(scene, "E42", "clear");
        scene.Wait(TimeSpan.FromMinutes(30));
        Assert.Equal(tries, scene.World.Receivers.Tries);
        scene.World.Receivers.Mood = _ => PostAnswer.Taken;
        // Also over a restart.
        scene.World.KillWorker();
        scene.World.StartWorker();
        Assert.IsType<ActOutcome.Done>(scene.World.Worker.WebhookDesk.Act(id, (int)Receiver(scene, id).Version, ReceiverAct.Resume, "root"));
        scene.Wait(TimeSpan.FromSeconds(5));
        Assert.Equal(["case.opened", "case.resolved"], Types(scene));
        Assert.Empty(Paused(scene));
    }

    [Fact]
    public void ManyMessagesAtOnceThatNobodyAnswers_AreOneFailure()
    {
        using var scene = Open();
        var (id, _) = Add(scene, "tickets", ["notice.sent"]);
        scene.World.Receivers.Mood = _ => PostAnswer.Unreachable;
        scene.Drop(Cabinet);
        for (var second = 0; second < 900 && scene.World.Receivers.Tries == 0; second++)
            scene.Wait(TimeSpan.FromSeconds(1));
        Assert.Equal((8, 1L, "On"), (scene.World.Receivers.Tries, Receiver(scene, id).Failures, Receiver(scene, id).State));
    }

    [Fact]
    public void MessageThatIsRefused_KeepsNoOtherSubject_AndIsGivenUpAtLast()
    {
        using var scene = new Scene(Faults, People, Devices);
        var (id, _) = Add(scene, "tickets", ["case.opened"]);
        scene.World.Receivers.Mood = p => p.Id == "case.opened/1" ? PostAnswer.Refused : PostAnswer.Taken;
        Fault(scene, "E42", "set", "HP-1");
        Fault(scene, "E42", "set", "HP-2");
        Assert.Equal(["case.opened/2"], scene.World.Receivers.Taken.Select(p => p.Id));
        for (var i = 0; i < 20 && Receiver(scene, id).State == "On" && Deliveries(scene)[0].State == "Waiting"; i++)
        {
            scene.Wait(TimeSpan.FromHours(4));
            // Others get through meanwhile, so that it is not the receiver.
            Assert.IsType<ActOutcome.Done>(scene.World.Worker.WebhookDesk.Act(id, (int)Receiver(scene, id).Version, ReceiverAct.Test, "root"));
            scene.Wait(TimeSpan.FromSeconds(2));
        }
        Assert.Contains(scene.World.Receivers.Taken, p => p.Id.StartsWith("test/", StringComparison.Ordinal));
    }

    [Fact]
    public void HostileNames_StayInsideTheirJson()
    {
        using var scene = new Scene(Faults.Replace("Pump blocked", "\"Pump \\\"},{\\\"x\\\":1 </script> \\u202E\"", StringComparison.Ordinal), People, Devices);
        Add(scene, "tickets", ["case.opened"]);
        Fault(scene, "E42", "set");
        var post = Assert.Single(scene.World.Receivers.Taken);
        Assert.StartsWith("Pump \"},{\"x\":1 </script>", Data(post, "title"), StringComparison.Ordinal);
        Assert.DoesNotContain("</script>", post.Body, StringComparison.Ordinal);
        Assert.Equal(3, JsonElement.Parse(post.Body).EnumerateObject().Count());
    }

    [Fact]
    public void Secrets_AreKeptSealed_AndGone_IsPausedAtOnce()
    {
        using var scene = new Scene(Faults, People, Devices);
        var (id, secret) = Add(scene, "tickets", ["case.opened"]);
        Assert.DoesNotContain(Encoding.UTF8.GetString(Convert.FromBase64String(secret["whsec_".Length..])), Encoding.UTF8.GetString(Receiver(scene, id).Secret), StringComparison.Ordinal);
        scene.World.Receivers.Mood = _ => PostAnswer.Gone;
        Fault(scene, "E42", "set");
        Assert.Equal("Paused", Receiver(scene, id).State);
        Assert.IsType<ActOutcome.Done>(scene.World.Worker.WebhookDesk.Act(id, (int)Receiver(scene, id).Version, ReceiverAct.Remove, "root"));
        Assert.Empty(Deliveries(scene));
        Assert.Empty(Paused(scene));
    }

    private static (long Id, string Secret) Add(Scene scene, string name, string[] events)
    {
        var made = scene.World.Worker.WebhookDesk.Add(new ReceiverWords(name, "https://tickets.example.com/b2d", [.. events]), "root");
        Assert.IsType<ActOutcome.Done>(made.Outcome);
        return (made.Id, made.Secret);
    }

    private static void Fault(Scene scene, string code, string state, string device = "HP-1")
    {
        scene.Code(device, code, state);
        scene.Wait(TimeSpan.FromSeconds(5));
    }

    private static ReceiverRow Receiver(Scene scene, long id) => scene.World.Stores.State.Read(db => WebhookStore.Find(db, id))!;

    private static IReadOnlyList<DeliveryRow> Deliveries(Scene scene) => scene.World.Stores.State.Read(db => db.Query<DeliveryRow>("SELECT * FROM webhook_deliveries ORDER BY id"));

    private static IEnumerable<OwnAlarmRow> Paused(Scene scene) => scene.World.Stores.State.Read(OwnAlarmStore.Open).Where(a => a.Kind == "WebhookPaused");

    private static string[] Types(Scene scene) => [.. scene.World.Receivers.Taken.Select(p => JsonElement.Parse(p.Body).GetProperty("type").GetString()!)];

    private static string? Data(B2D.ProactiveWorker.Webhooks.WebhookPost post, string name) => JsonElement.Parse(post.Body).GetProperty("data").GetProperty(name).GetString();
}
