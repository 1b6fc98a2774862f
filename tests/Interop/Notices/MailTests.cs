using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using B2D.Interop.Programs;
using Xunit;
using Xunit.Abstractions;

namespace B2D.Interop.Notices;

/// <summary>By hand: a device's fault code by mosquitto_pub, the case in the API, the owner's mail in a real mail server.</summary>
[Collection(Alone.Name), Trait(Alone.Machine, Alone.Name)]
public sealed class MailTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task FaultCode_ByMosquitto_CaseWithinASecondAndOneMailEachWay()
    {
        await using var b2d = await InstallAsync(out var port);
        await using var mail = await Peer.MailboxAsync(Path.Combine(b2d.Folder, "mail"), port);
        await b2d.StartAsync();
        // The first sign-in checks the password slowly and the first request of a kind is compiled: neither is what is measured here.
        await b2d.PublishAsync(Pump.Id, Pump.Password, $"devices/{Pump.Id}/telemetry", """{"temp_c":41.5}""");
        Assert.Empty(await b2d.CasesAsync());

        var start = Stopwatch.GetTimestamp();
        var published = await b2d.SayAsync(Pump.Set);
        var acknowledged = Stopwatch.GetElapsedTime(start);
        Assert.Equal((0, ""), (published.Status, published.Error));
        var toCase = await Wait.UntilAsync(async () => (await b2d.CasesAsync()).Count > 0, Soon, "a case is open", TimeSpan.FromMilliseconds(10));
        output.WriteLine($"mosquitto_pub took {acknowledged.TotalMilliseconds:0} ms; the case was shown {toCase.TotalMilliseconds:0} ms after its PUBACK");
        Assert.InRange(toCase, TimeSpan.Zero, TimeSpan.FromSeconds(1));

        var toMail = await Wait.UntilAsync(() => mail.Got.Count > 0, Soon, "a mail is in the mailbox");
        output.WriteLine($"{toMail.TotalMilliseconds:0} ms later the mail was in the mailbox: {mail.Got[0]}");
        var told = AssertMail(mail.Got[0]);
        Assert.Contains("Pump blocked", Header(mail.Got[0], "subject"), StringComparison.Ordinal);
        var text = mail.Got[0].Text("text");
        Assert.Contains("gives no heat until the pump turns again", text, StringComparison.Ordinal);
        Assert.Contains("emergency heater", text, StringComparison.Ordinal);
        Assert.Contains($"C-{(await b2d.CasesAsync())[0].Long("id")}", text, StringComparison.Ordinal);
        await AssertSentAsync(b2d, told, "device-fault");

        // The sender runs for the second time over the same ledger: after an orderly end, and after none.
        await b2d.StopAsync();
        await b2d.StartAsync();
        await Wait.ForAsync(TimeSpan.FromSeconds(2));
        await b2d.KillAsync();
        await b2d.StartAsync();
        await Wait.ForAsync(TimeSpan.FromSeconds(2));
        Assert.Single(mail.Got);

        await b2d.SayAsync(Pump.Clear);
        await Wait.UntilAsync(() => mail.Got.Count > 1, Soon, "the all-clear is in the mailbox");
        output.WriteLine(mail.Got[1].ToString());
        var over = AssertMail(mail.Got[1]);
        Assert.NotEqual(told, over);
        Assert.Contains("works again", Header(mail.Got[1], "subject"), StringComparison.Ordinal);
        await AssertSentAsync(b2d, over, "all-clear");
        await Wait.ForAsync(TimeSpan.FromSeconds(2));
        Assert.Equal(2, mail.Got.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public async Task MailServer_RefusesAtFirst_ExactlyOneMailArrives(int answersWith421)
    {
        await using var b2d = await InstallAsync(out var port);
        var folder = Path.Combine(b2d.Folder, "mail");
        // Turned away with 421, or nobody listens at all.
        var mail = answersWith421 > 0 ? await Peer.MailboxAsync(folder, port, answersWith421) : null;
        try
        {
            await b2d.StartAsync();
            await b2d.SayAsync(Pump.Set);
            await Wait.UntilAsync(async () => (await Ledger(b2d)) is [var one] && one.Text("state") == "Retrying", Soon, "the first try has failed");
            var failed = (await Ledger(b2d))[0];
            output.WriteLine($"{failed.GetProperty("lastError")}, next try {failed.GetProperty("nextAttemptAt")}");
            Assert.Equal(1, failed.GetProperty("attempts").GetInt32());
            mail ??= await Peer.MailboxAsync(folder, port);
            Assert.Empty(mail.Got);
            Assert.Equal(answersWith421, mail.Refused);

            await Wait.UntilAsync(() => mail.Got.Count > 0, TimeSpan.FromSeconds(30), "the mail arrives at a later try");
            await Wait.UntilAsync(async () => (await Ledger(b2d))[0].Text("state") == "Sent", Soon, "the ledger says sent");
            await AssertSentAsync(b2d, AssertMail(mail.Got[0]), "device-fault");
            await Wait.ForAsync(TimeSpan.FromSeconds(3));
            Assert.Single(mail.Got);
        }
        finally
        {
            if (mail is not null)
                await mail.DisposeAsync();
        }
    }

    [Fact]
    public async Task MailServer_HangsUpAfterTheMessage_ItIsRepeatedWordForWordUnderItsId()
    {
        await using var b2d = await InstallAsync(out var port);
        await using var mail = await Peer.CutMailboxAsync(Path.Combine(b2d.Folder, "mail"), port, cut: 1);
        await b2d.StartAsync();
        await b2d.SayAsync(Pump.Set);
        await Wait.UntilAsync(() => mail.Got.Count > 1, TimeSpan.FromSeconds(30), "the mail is handed over again");
        await Wait.UntilAsync(async () => (await Ledger(b2d))[0].Text("state") == "Sent", Soon, "the ledger says sent");
        await Wait.ForAsync(TimeSpan.FromSeconds(3));
        Assert.Equal(2, mail.Got.Count);
        Assert.Equal(AssertMail(mail.Got[0]), AssertMail(mail.Got[1]));
        Assert.Equal(mail.Got[0].Text("text"), mail.Got[1].Text("text"));
        Assert.Single(await Ledger(b2d));
    }

    private static Task<B2dProgram> InstallAsync(out int port)
    {
        var free = port = Places.FreePorts(1)[0];
        return Make();

        async Task<B2dProgram> Make()
        {
            var b2d = await Pump.InstallAsync(asShipped: true);
            b2d.Set.AddRange(
            [
                "Notices:Sender=Acme", "Notices:Contact=+351 210 000 000", "Notices:Email:Host=127.0.0.1", $"Notices:Email:Port={free}",
                "Notices:Email:Tls=false", "Notices:Email:From=service@acme.example.org",
            ]);
            return b2d;
        }
    }

    private static Task<List<JsonElement>> Ledger(B2dProgram b2d) => b2d.Api.ListAsync("/api/notices");

    /// <summary>Checks what every mail has; returns the notice's id, which is in the Message-ID.</summary>
    private static string AssertMail(JsonElement mail)
    {
        Assert.Equal("service@acme.example.org", mail.Text("from"));
        Assert.Equal(["ana@example.org"], mail.Items("to").Select(t => t.GetString()));
        Assert.Equal("ana@example.org", Header(mail, "to"));
        Assert.Contains("Acme", Header(mail, "from"), StringComparison.Ordinal);
        Assert.Equal("auto-generated", Header(mail, "auto-submitted"));
        Assert.Contains("+351 210 000 000", mail.Text("text"), StringComparison.Ordinal);
        Assert.NotEmpty(Header(mail, "date"));
        var id = Regex.Match(Header(mail, "message-id"), "^<([0-9a-f]{32})@acme\\.example\\.org>$");
        Assert.True(id.Success, $"no message id of ours: {Header(mail, "message-id")}");
        return id.Groups[1].Value;
    }

    private static async Task AssertSentAsync(B2dProgram b2d, string id, string status)
    {
        await Wait.UntilAsync(async () => (await b2d.Api.GetAsync($"/api/notices/{id}")).Text("state") == "Sent", Soon, $"notice {id} is marked as sent");
        Assert.Equal(status, (await b2d.Api.GetAsync($"/api/notices/{id}")).Text("status"));
    }

    private static string Header(JsonElement mail, string name) => mail.GetProperty("headers").TryGetProperty(name, out var value) ? value.GetString()! : "";
}
