using System.Net.Mail;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using B2D.Core.Notices;

namespace B2D.ProactiveWorker.Notices.Smtp;

/// <summary>E-mail through a mail server. The message id is the notice's own, so that a repeat is seen as one.</summary>
/// <param name="links">Where a customer ends such mails with one click; null: by an answer only.</param>
public sealed class EmailChannel(EmailOptions options, string sender, UnsubscribeLinks? links = null) : INoticeChannel
{
    public bool Carries(string channel) => channel == "email";

    public async Task<SendOutcome> SendAsync(Outgoing notice, CancellationToken cancellation)
    {
        if (!MailAddress.TryCreate(notice.Address, out var to) || !to.Address.All(char.IsAscii))
            return new SendOutcome(false, false, "the address is no e-mail address");
        var handed = false;
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(options.Timeout);
            var talk = await SmtpConversation.OpenAsync(options, limit.Token).ConfigureAwait(false);
            await using (talk.ConfigureAwait(false))
                await talk.SendAsync(options.From, to.Address, MailText.Of(notice, new MailFrame(options.From, sender, UnsubscribeOf(notice))), () => handed = true, limit.Token).ConfigureAwait(false);
            return SendOutcome.Ok;
        }
        catch (SmtpRefusal e)
        {
            return new SendOutcome(false, !e.IsFinal, $"mail server: {e.Message}");
        }
        catch (OperationCanceledException)
        {
            return new SendOutcome(false, true, "the mail server did not answer in time") { Unanswered = handed };
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException or CryptographicException)
        {
            return new SendOutcome(false, true, handed ? "the mail server did not answer" : e is AuthenticationException ? "the mail server’s certificate is not trusted" : "the mail server cannot be reached") { Unanswered = handed };
        }
    }

    private string[] UnsubscribeOf(Outgoing notice)
    {
        if (NoticeClasses.Of(notice.Class) is not { } noticeClass || !NoticeClasses.WithConsent.Contains(noticeClass))
            return [];
        var byAnswer = $"mailto:{options.From}?subject={Uri.EscapeDataString(StopWords.Command(noticeClass))}";
        return links is null ? [byAnswer] : [links.Of(notice.Customer, noticeClass, notice.Address), byAnswer];
    }
}
