using System.Text.RegularExpressions;
using B2D.Interop.Programs;
using Xunit;
using Xunit.Abstractions;

namespace B2D.Interop.Notices;

/// <summary>Signed webhooks, checked by a receiver that shares no code with the sender.</summary>
public sealed class WebhookTests(ITestOutputHelper output)
{
    /// <summary>The example secret of the Standard Webhooks specification.</summary>
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    [Fact]
    public async Task Text_ReceiverBusyAtFirst_ArrivesSignedUnderOneId()
    {
        await using var b2d = await Pump.InstallAsync("Ana Lima,,+351900000001,pt,Europe/Lisbon,sms");
        var port = Places.FreePorts(1)[0];
        b2d.Set.AddRange([$"Notices:Webhook:Url=http://127.0.0.1:{port}/hook", $"Notices:Webhook:Secret={Secret}"]);
        await using var receiver = await Peer.WebhookAsync(Path.Combine(b2d.Folder, "hooks"), port, Secret, refused: 1);
        await b2d.StartAsync();

        await b2d.SayAsync(Pump.Set);
        await Wait.UntilAsync(() => receiver.Got.Count == 2, TimeSpan.FromSeconds(30), "the second try arrives");
        foreach (var hook in receiver.Got)
            output.WriteLine(hook.ToString());
        Assert.Equal([503, 204], receiver.Got.Select(h => h.GetProperty("status").GetInt32()));
        Assert.All(receiver.Got, h => Assert.True(h.GetProperty("signed").GetBoolean()));
        var id = Assert.Single(receiver.Got.Select(h => h.Text("id")).Distinct());
        Assert.Matches(new Regex("^[0-9a-f]{32}$"), id);
        var data = receiver.Got[1].GetProperty("body").GetProperty("data");
        Assert.Equal("notice.sms", receiver.Got[1].GetProperty("body").Text("type"));
        Assert.StartsWith("application/json", receiver.Got[1].Text("type"), StringComparison.Ordinal);
        Assert.Equal((id, "+351900000001", "ana", "pt", "device-fault"), (
            data.Text("id"), data.Text("to"), data.Text("customer"),
            data.Text("language"), data.Text("status")));
        Assert.NotEmpty(data.Text("text"));

        await b2d.SayAsync(Pump.Clear);
        await Wait.UntilAsync(() => receiver.Got.Count == 3, TimeSpan.FromSeconds(20), "the all-clear arrives");
        Assert.True(receiver.Got[2].GetProperty("signed").GetBoolean());
        Assert.Equal("all-clear", receiver.Got[2].GetProperty("body").GetProperty("data").Text("status"));
    }

    [Fact]
    public async Task OtherSystem_AwayAndThenBusy_OverAKill_GetsEverythingSignedInOrderUnderOneIdEach()
    {
        await using var b2d = await Pump.InstallAsync();
        await b2d.StartAsync();
        var port = Places.FreePorts(1)[0];
        var (status, made) = await b2d.Api.PostAsync("/api/webhooks", new { name = "tickets", url = $"http://127.0.0.1:{port}/b2d", events = new[] { "case.opened", "case.resolved" } });
        Assert.Equal(System.Net.HttpStatusCode.Created, status);
        await b2d.SayAsync(Pump.Set);
        await Wait.UntilAsync(async () => (await b2d.Api.ListAsync("/api/webhook-deliveries")) is [var one] && one.Text("lastError").Length > 0, TimeSpan.FromSeconds(20), "nobody answers");
        await b2d.KillAsync();
        await b2d.StartAsync();
        await using var receiver = await Peer.WebhookAsync(Path.Combine(b2d.Folder, "hooks"), port, System.Text.Json.JsonElement.Parse(made).Text("secret"), refused: 1);
        await b2d.SayAsync(Pump.Clear);
        await Wait.UntilAsync(() => receiver.Got.Count(h => h.GetProperty("status").GetInt32() == 204) == 2, TimeSpan.FromSeconds(60), "both arrive");
        foreach (var hook in receiver.Got)
            output.WriteLine(hook.ToString());
        Assert.All(receiver.Got, h => Assert.True(h.GetProperty("signed").GetBoolean()));
        Assert.StartsWith("case.opened/1,case.opened/1,case.resolved/1/", string.Join(',', receiver.Got.Select(h => h.Text("id"))), StringComparison.Ordinal);
        Assert.Equal("HP-1", receiver.Got[1].GetProperty("body").GetProperty("data").Text("device"));
        Assert.All(await b2d.Api.ListAsync("/api/webhook-deliveries"), d => Assert.Equal("delivered", d.Text("state")));
    }
}
