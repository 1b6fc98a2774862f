using B2D.Interop.Programs;
using B2D.ProactiveWorker.Notices;
using B2D.ProactiveWorker.Notices.Smtp;
using Xunit;

namespace B2D.Interop.Notices;

/// <summary>Mail over TLS with signing in, to a real mail server that takes no other.</summary>
public sealed class SafeMailTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("b2d-mail-").FullName;

    [Theory]
    [InlineData("starttls")]
    [InlineData("tls")]
    public async Task Mail_OverTlsWithSignIn_ArrivesAsTextAndHtml(string mode)
    {
        var (port, certificate, authority) = SafeMail.Certificate(folder);
        await using var mail = await Peer.SafeMailboxAsync(folder, port, mode, certificate, "b2d", "correct horse");
        var options = SafeMail.Options(port, mode, authority);

        Assert.Equal(SendOutcome.Ok, await SafeMail.Send(options));
        var got = Assert.Single(mail.Got);
        Assert.Equal((true, "b2d"), (got.GetProperty("encrypted").GetBoolean(), got.Text("user")));
        Assert.Equal(["multipart/alternative", "text/plain", "text/html"], got.Items("types").Select(t => t.GetString()));
        var headers = got.GetProperty("headers");
        Assert.Equal("Änderung <b>für</b> Ana – wichtigBcc: eve@example.org", headers.GetProperty("subject").GetString());
        Assert.Equal("Acme Öl <service@acme.example.org>", headers.GetProperty("from").GetString());
        Assert.Equal("<mailto:service@acme.example.org?subject=STOP%20usage>", headers.GetProperty("list-unsubscribe").GetString());
        Assert.False(headers.TryGetProperty("bcc", out _));
        Assert.Contains("Grüße, <script>alert(1)</script>", got.Text("text"), StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", got.Text("html"), StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;", got.Text("html"), StringComparison.Ordinal);

        // None of these is the customer's address's fault: each is tried again.
        foreach (var wrong in new[] { options with { Password = "wrong" }, options with { Authorities = "" }, options with { User = "" } })
        {
            var outcome = await SafeMail.Send(wrong);
            Assert.Equal((false, true, false), (outcome.Sent, outcome.Retry, outcome.Unanswered));
        }
        Assert.Single(mail.Got);
    }

    [Fact]
    public async Task Mail_ServerWithoutTls_IsNotGivenThePassword()
    {
        var port = Places.FreePorts(1)[0];
        await using var mail = await Peer.MailboxAsync(folder, port);
        var outcome = await SafeMail.Send(SafeMail.Options(port, "starttls", ""));
        Assert.Equal((false, true, "mail server: 0 it does not offer STARTTLS"), (outcome.Sent, outcome.Retry, outcome.Error));
        Assert.Empty(mail.Got);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
