using System.Globalization;
using System.Net.Mail;
using System.Text.Json;
using B2D.Core;
using B2D.Core.Notices;
using B2D.Storage;
using B2D.Storage.Access;

namespace B2D.ProactiveWorker.Notices;

/// <summary>Sends a notice for trial to an address that somebody entered: marked as a test, in the audit, and not in the ledger of what customers were told.</summary>
public sealed class TestNotices(Database state, IReadOnlyList<INoticeChannel> channels, TemplateDesk desk, TimeProvider time)
{
    /// <summary>Tests that all people together send in ten minutes.</summary>
    public const int MostTests = 20;

    private static readonly TimeSpan Lately = TimeSpan.FromMinutes(10);

    /// <summary>Sends it; empty where the channel took it, else why not.</summary>
    public async Task<string> SendAsync(TemplateTrial trial, string address, string who, CancellationToken cancellation)
    {
        if (TemplateCheck.TooLong(trial.Words) is [var tooLong, ..])
            return $"{tooLong.Where}: {tooLong.Message}";
        address = address.Trim();
        var channel = ChannelOf(trial.Key, address);
        if (channel.Length == 0)
            return trial.Key.Channel == "phone" ? "what is said by phone is read from the page; there is nothing to send" : "enter an e-mail address, or a phone number with the country’s code, that suits the channel";
        if (channels.FirstOrDefault(c => c.Carries(channel)) is not { } by)
            return $"{(channel == "email" ? "e-mail" : "SMS")} is not switched on here";
        var now = ServerTime.From(time.GetUtcNow());
        var (outgoing, problem) = state.Write<(Outgoing?, string)>(db =>
        {
            if (StopSwitch.Read(db).Stopped)
                return (null, "everything is stopped");
            var since = (now - Lately).EpochMs;
            if (db.Scalar<long>("SELECT count(*) FROM audit WHERE action = 'templates.test' AND at > @since", new { since }) >= MostTests)
                return (null, $"{MostTests} tests were sent in the last ten minutes; wait a little");
            var (facts, customer, of) = desk.FactsFor(db, trial);
            if (facts.Length == 0)
                return (null, of);
            var (subject, text) = desk.Render(trial.Key, trial.Words, facts, customer);
            // The address is a person's: the audit has what it takes to know it again, and no more.
            var seq = AuditStore.Append(db, now.EpochMs, who, "templates.test", TemplateDesk.SubjectOf(trial.Key), JsonSerializer.Serialize(new { channel, to = Masked(address), facts = of }));
            var id = string.Create(CultureInfo.InvariantCulture, $"test-{seq}-{now.EpochMs}");
            return (new Outgoing(id, channel, "", address, trial.Key.Language, $"[TEST] {subject}", $"TEST, not meant for a customer.\n{text}", "test", "test", now) { Type = "notice.test" }, "");
        });
        if (outgoing is null)
            return problem;
        var outcome = await by.SendAsync(outgoing, cancellation).ConfigureAwait(false);
        return outcome.Sent ? "" : outcome.Error;
    }

    private static string ChannelOf(TemplateKey key, string address)
    {
        var isMail = MailAddress.TryCreate(address, out var mail) && mail.Address == address;
        var isNumber = address.Count(char.IsAsciiDigit) is >= 5 and <= 20 && address.All(c => char.IsAsciiDigit(c) || c is '+' or ' ' or '-' or '(' or ')');
        return key.Channel is "" or "email" && isMail ? "email" : key.Channel is "" or "sms" && isNumber ? "sms" : "";
    }

    private static string Masked(string address) => address.Length <= 4 ? "…"
        : address.Contains('@', StringComparison.Ordinal) ? $"{address[0]}…{address[address.IndexOf('@', StringComparison.Ordinal)..]}" : $"…{address[^3..]}";
}
