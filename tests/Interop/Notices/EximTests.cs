using B2D.Interop.Programs;
using B2D.ProactiveWorker.Notices;
using B2D.ProactiveWorker.Notices.Smtp;
using Xunit;

namespace B2D.Interop.Notices;

/// <summary>Mail to Debian's exim, which delivers it into a mailbox, also over a line that breaks.</summary>
public sealed class EximTests : IDisposable
{
    private const string Id = "0123456789abcdef0123456789abcdef@acme.example.org";

    private readonly string folder = Directory.CreateTempSubdirectory("b2d-exim-").FullName;

    // Exim delivers as another user, who has to come to its mailbox.
    public EximTests() => File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);

    [Fact]
    public async Task Mail_OverTlsWithSignIn_IsDelivered_AndWhatEximRefusesIsKnownForWhatItIs()
    {
        var (port, certificate, authority) = SafeMail.Certificate(folder);
        await using var exim = await Exim.StartAsync(Path.Combine(folder, "exim"), port, certificate);
        var options = SafeMail.Options(port, "starttls", authority);
        Assert.Equal(SendOutcome.Ok, await SafeMail.Send(options));
        await Wait.UntilAsync(() => exim.Got.Count == 1, TimeSpan.FromSeconds(10), "the mail is in the mailbox");
        Assert.Equal([Id], exim.Ids);
        Assert.Contains("with esmtpsa", exim.Got[0], StringComparison.Ordinal);
        Assert.Contains("multipart/alternative", exim.Got[0], StringComparison.Ordinal);
        Assert.Contains("A=plain:b2d", exim.Log, StringComparison.Ordinal);

        // The address is at fault: for good. Who we are is: it is tried again.
        var nobody = await SafeMail.Send(options, "nobody@example.org");
        Assert.Equal((false, false, false), (nobody.Sent, nobody.Retry, nobody.Unanswered));
        Assert.Equal("mail server: 550 at the recipient", nobody.Error);
        var stranger = await SafeMail.Send(options with { Password = "wrong" });
        Assert.Equal((false, true, false), (stranger.Sent, stranger.Retry, stranger.Unanswered));
        Assert.Single(exim.Got);
    }

    /// <summary>In the order of a mail: whether it can have arrived is known at each place where the line may break, and what is repeated has the same Message-ID.</summary>
    [Theory]
    [InlineData("EHLO", false, false)]
    [InlineData("MAIL FROM", false, false)]
    [InlineData("MAIL FROM", true, false)]
    [InlineData("RCPT TO", false, false)]
    [InlineData("DATA", false, false)]
    [InlineData("DATA", true, false)]
    [InlineData("\r\n.\r\n", false, true)]
    [InlineData("\r\n.\r\n", true, true)]
    public async Task LineBreaks_TheNextTryDelivers_UnderTheSameMessageId(string after, bool answered, bool mayHaveArrived)
    {
        var (port, relayed) = Places.FreePorts(2) is [var a, var b] ? (a, b) : default;
        await using var exim = await Exim.StartAsync(Path.Combine(folder, "exim"), port);
        await using var relay = new CutRelay(relayed, port, new Cut(after, answered));
        var options = SafeMail.Options(relayed, "", "") with { Tls = false, User = "", Password = "" };
        var cut = await SafeMail.Send(options);
        Assert.Equal((false, true, mayHaveArrived), (cut.Sent, cut.Retry, cut.Unanswered));
        Assert.Equal(SendOutcome.Ok, await SafeMail.Send(options));
        var copies = answered && mayHaveArrived ? 2 : 1;
        await Wait.UntilAsync(() => exim.Got.Count == copies, TimeSpan.FromSeconds(10), $"{copies} in the mailbox: {exim.Log}");
        Assert.Equal([Id], exim.Ids.Distinct());
        Assert.Equal(2, relay.Connections);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
