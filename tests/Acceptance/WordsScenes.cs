using B2D.Core;
using B2D.Core.Notices;
using B2D.Core.Outages;
using B2D.Simulation.World;
using B2D.Storage.Access;
using B2D.Storage.Notices;
using Xunit;
using static B2D.Acceptance.OutageTown;

namespace B2D.Acceptance;

/// <summary>Texts that operators own: what leaves is what is live at that moment, and what was told stays word for word.</summary>
public sealed class WordsScenes
{
    private static readonly TemplateKey Opened = new("outage-opened", "en", "");

    private const string Text = """
        {{title}} in {{place}} since {{since}}. {{still_works}} {{warning}} {{workaround}} {{#if estimate}}{{estimate}}{{else}}No estimate.{{/if}}
        Next news by {{next_update}}. Reference {{reference}}. {{contact}} {{sender}}
        """;

    [Fact]
    public void TextChangedBetweenPlanningAndSending_WhatIsSentIsWhatIsKept()
    {
        using var scene = Open();
        scene.Phones.Mood = _ => ChannelMood.Refuses;
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(14));
        Assert.Equal(8, scene.Ledger.Count);
        Assert.Contains("We know", Kept(scene, scene.Ledger[0]).Text, StringComparison.Ordinal);
        Save(scene, Opened, "Mended text. " + Text);
        scene.Phones.Mood = _ => ChannelMood.Delivers;
        scene.Wait(TimeSpan.FromMinutes(10));
        var told = scene.Phones.Received.Where(n => n.Status == "opened").ToArray();
        Assert.Equal(8, told.Length);
        Assert.All(told, n =>
        {
            Assert.StartsWith("Mended text. ", n.Text, StringComparison.Ordinal);
            Assert.Equal((n.Title, n.Text, 1L), (Kept(scene, n.Id).Subject, Kept(scene, n.Id).Text, Kept(scene, n.Id).Version));
        });
    }

    [Fact]
    public void HandedOverWithoutAnAnswer_IsRepeatedWordForWord()
    {
        using var scene = Open();
        scene.Phones.Mood = _ => ChannelMood.DeliversUnheard;
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(12.2));
        var first = scene.Phones.Received[0];
        Save(scene, Opened, "Mended text. " + Text);
        scene.Phones.Mood = _ => ChannelMood.Delivers;
        scene.Wait(TimeSpan.FromMinutes(10));
        var all = scene.Phones.Received.Where(n => n.Id == first.Id).ToArray();
        Assert.True(all.Length > 1);
        Assert.Single(all.Select(n => n.Text).Distinct());
        Assert.Equal((first.Text, 0L), (Kept(scene, first.Id).Text, Kept(scene, first.Id).Version));
    }

    [Fact]
    public void TextChangedAfterItWasTold_TheOldWordsStay_AndBothVersionsAreNamed()
    {
        using var scene = Open();
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(14));
        var before = scene.Phones.Received.ToDictionary(n => n.Id, n => n.Text);
        Assert.Equal(8, before.Count);
        Save(scene, Opened, "Mended text. " + Text);
        Assert.All(before, n => Assert.Equal((n.Value, 0L), (Kept(scene, n.Key).Text, Kept(scene, n.Key).Version)));
        // And back: the program's own again.
        Assert.IsType<ActOutcome.Done>(scene.World.Worker.TemplateDesk.PutLive(Opened, 0, "it was better", "rui"));
        Assert.Equal(["templates.live", "templates.live", "templates.save"], scene.World.Stores.State.Read(db => AuditStore.List(db)).Where(a => a.Action.StartsWith("templates", StringComparison.Ordinal)).Select(a => a.Action).Order());
    }

    [Fact]
    public void ShorterTextForSms_GoesBySms_AndTheOtherByMail()
    {
        using var scene = Open(rules: Rules.Replace("takes_down: [ email, app ]", "takes_down: [ app ]", StringComparison.Ordinal));
        Save(scene, Opened with { Channel = "sms" }, "Short. " + Text);
        Save(scene, Opened with { Channel = "email" }, "Long. " + Text);
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(14));
        Assert.StartsWith("Long. ", Assert.Single(scene.Phones.Received, n => n.Channel == "email").Text, StringComparison.Ordinal);
        Assert.All(scene.Phones.Received.Where(n => n.Channel == "sms"), n => Assert.StartsWith("Short. ", n.Text, StringComparison.Ordinal));
        Assert.Equal(["email", "sms"], scene.Phones.Received.Select(n => Kept(scene, n.Id).Channel).Distinct().Order());
    }

    [Fact]
    public void TextWithErrors_IsKeptAndNotSent_AndNobodyOverwritesAnother()
    {
        using var scene = Open();
        var desk = scene.World.Worker.TemplateDesk;
        var words = new TemplateWords("{{sender}}", "Buy now");
        Assert.Contains("reads as an offer", Assert.IsType<ActOutcome.Rejected>(desk.Save(Opened, words, "why", 0, live: true, "rui")).Reason, StringComparison.Ordinal);
        Assert.Equal(1, Assert.IsType<ActOutcome.Done>(desk.Save(Opened, words, "why", 0, live: false, "rui")).Version);
        Assert.IsType<ActOutcome.Conflict>(desk.Save(Opened, words, "why", 0, live: false, "ana"));
        Assert.IsType<ActOutcome.Rejected>(desk.Save(Opened, words, " ", 1, live: false, "ana"));
        Assert.IsType<ActOutcome.Rejected>(desk.PutLive(Opened, 1, "why", "rui"));
        Assert.IsType<ActOutcome.Unknown>(desk.PutLive(Opened, 9, "why", "rui"));
    }

    [Fact]
    public async Task TestSend_IsMarked_InTheAuditAndNotInTheLedger()
    {
        using var scene = Open();
        scene.Drop(Cabinet);
        scene.Wait(TimeSpan.FromMinutes(14));
        var ledger = scene.Ledger.Count;
        scene.Phones.Mood = _ => ChannelMood.Delivers;
        var trial = new TemplateTrial(Opened, new TemplateWords("{{sender}}: {{title}}", Text), "outage:1", "C-RT-1");
        Assert.Equal("", await scene.World.Worker.TestNotices.SendAsync(trial, "rui@acme.example", "rui", CancellationToken.None));
        var got = scene.Phones.Received[^1];
        Assert.Equal(("rui@acme.example", "[TEST] Acme: The internet does not work", "email"), (got.To, got.Title, got.Channel));
        Assert.StartsWith("TEST, not meant for a customer.\nThe internet does not work in Bonfim, Porto", got.Text, StringComparison.Ordinal);
        Assert.Equal(ledger, scene.Ledger.Count);
        var audit = scene.World.Stores.State.Read(db => AuditStore.List(db)).First(a => a.Action == "templates.test");
        Assert.DoesNotContain("rui@", audit.Detail, StringComparison.Ordinal);
        Assert.Contains("nothing was told", await scene.World.Worker.TestNotices.SendAsync(trial with { Subject = "outage:9" }, "rui@acme.example", "rui", CancellationToken.None), StringComparison.Ordinal);
        Assert.Contains("enter an e-mail address", await scene.World.Worker.TestNotices.SendAsync(trial, "rui@acme.example\r\nBcc: x", "rui", CancellationToken.None), StringComparison.Ordinal);
        for (var i = 0; i < 30; i++)
            await scene.World.Worker.TestNotices.SendAsync(trial, "+351 910 000 000", "rui", CancellationToken.None);
        Assert.Contains("wait a little", await scene.World.Worker.TestNotices.SendAsync(trial, "+351 910 000 000", "rui", CancellationToken.None), StringComparison.Ordinal);
    }

    private static void Save(Scene scene, TemplateKey key, string text) => Assert.IsType<ActOutcome.Done>(
        scene.World.Worker.TemplateDesk.Save(key, new TemplateWords("{{sender}}: {{title}} in {{place}}", text), "for the test", 0, live: true, "rui"));

    private static NoticeWordsRow Kept(Scene scene, NoticeRow row) => Kept(scene, row.Id);

    private static NoticeWordsRow Kept(Scene scene, string id) => scene.World.Stores.State.Read(db => NoticeWordsStore.Find(db, id))!;
}
