using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace B2D.ProactiveWorker.Notices.Smtp;

/// <summary>The mail server said no.</summary>
/// <param name="code">Its reply, 400 to 599; other numbers where it did not speak as a mail server does.</param>
/// <param name="at">In what part of the conversation.</param>
/// <param name="ofMessage">It is about this message, not about us.</param>
internal sealed class SmtpRefusal(int code, string at, bool ofMessage) : Exception($"{code} {at}")
{
    /// <summary>RFC 5321 §4.2.1: 5yz replies are permanent. That we have to sign in or to encrypt first is about us.</summary>
    public bool IsFinal => ofMessage && code is >= 500 and < 600 and not (530 or 535 or 538);
}

/// <summary>One conversation with a mail server (RFC 5321): TLS from the start or by STARTTLS, signing in, one message.</summary>
internal sealed class SmtpConversation : IAsyncDisposable
{
    private const int MaxReply = 64 * 1024;

    private readonly TcpClient client;
    private readonly byte[] buffer = new byte[4096];
    private Stream stream;
    private int begin;
    private int end;

    private SmtpConversation(TcpClient client) => (this.client, stream) = (client, client.GetStream());

    /// <summary>Connects, encrypts and signs in, as the options say.</summary>
    /// <exception cref="SmtpRefusal">The server said no.</exception>
    public static async Task<SmtpConversation> OpenAsync(EmailOptions options, CancellationToken cancellation)
    {
        var client = new TcpClient();
        SmtpConversation? talk = null;
        try
        {
            await client.ConnectAsync(options.Host, options.Port, cancellation).ConfigureAwait(false);
            talk = new SmtpConversation(client);
            if (options.TlsFromStart)
                await talk.EncryptAsync(options, cancellation).ConfigureAwait(false);
            await talk.ExpectAsync(220, "at the greeting", false, cancellation).ConfigureAwait(false);
            var can = await talk.GreetAsync(cancellation).ConfigureAwait(false);
            if (options.Tls && !options.TlsFromStart)
            {
                if (!can.Any(c => c.Equals("STARTTLS", StringComparison.OrdinalIgnoreCase)))
                    throw new SmtpRefusal(0, "it does not offer STARTTLS", false);
                await talk.AskAsync("STARTTLS", 220, "at STARTTLS", false, cancellation).ConfigureAwait(false);
                // What came before in clear is not believed.
                talk.begin = talk.end = 0;
                await talk.EncryptAsync(options, cancellation).ConfigureAwait(false);
                can = await talk.GreetAsync(cancellation).ConfigureAwait(false);
            }
            if (options.User.Length > 0)
                await talk.SignInAsync(options, can, cancellation).ConfigureAwait(false);
            return talk;
        }
        catch
        {
            if (talk is not null)
                await talk.DisposeAsync().ConfigureAwait(false);
            client.Dispose();
            throw;
        }
    }

    /// <summary>Hands a message over.</summary>
    /// <param name="handed">Called when all of it has left: from then on it may have arrived.</param>
    /// <exception cref="SmtpRefusal">The server said no.</exception>
    public async Task SendAsync(string from, string to, byte[] mail, Action handed, CancellationToken cancellation)
    {
        await AskAsync($"MAIL FROM:<{from}>", 250, "at the sender", true, cancellation).ConfigureAwait(false);
        await AskAsync($"RCPT TO:<{to}>", 250, "at the recipient", true, cancellation).ConfigureAwait(false);
        await AskAsync("DATA", 354, "at DATA", true, cancellation).ConfigureAwait(false);
        // Lines of base64 and of our headers never begin with a dot.
        await stream.WriteAsync(mail, cancellation).ConfigureAwait(false);
        handed();
        await AskAsync(".", 250, "at the end of the message", true, cancellation).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync().ConfigureAwait(false);
        client.Dispose();
    }

    private async Task EncryptAsync(EmailOptions options, CancellationToken cancellation)
    {
        var tls = new SslStream(stream);
        stream = tls;
        var trust = new SslClientAuthenticationOptions { TargetHost = options.Host };
        if (options.Authorities.Length > 0)
        {
            trust.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            trust.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(options.Authorities);
        }
        await tls.AuthenticateAsClientAsync(trust, cancellation).ConfigureAwait(false);
    }

    /// <summary>Says hello; what the server can do, a word and its arguments each.</summary>
    private async Task<IReadOnlyList<string>> GreetAsync(CancellationToken cancellation)
    {
        var lines = await AskAsync("EHLO [127.0.0.1]", 250, "at EHLO", false, cancellation).ConfigureAwait(false);
        return [.. lines.Skip(1)];
    }

    private async Task SignInAsync(EmailOptions options, IReadOnlyList<string> can, CancellationToken cancellation)
    {
        if (stream is not SslStream && options.Tls)
            throw new SmtpRefusal(0, "the connection is not encrypted", false);
        var ways = can.Where(c => c.StartsWith("AUTH ", StringComparison.OrdinalIgnoreCase)).SelectMany(c => c.Split(' ').Skip(1)).ToArray();
        if (ways.Contains("PLAIN", StringComparer.OrdinalIgnoreCase))
        {
            await AskAsync("AUTH PLAIN " + Base64($"\0{options.User}\0{options.Password}"), 235, "at signing in", false, cancellation).ConfigureAwait(false);
        }
        else if (ways.Contains("LOGIN", StringComparer.OrdinalIgnoreCase))
        {
            await AskAsync("AUTH LOGIN", 334, "at signing in", false, cancellation).ConfigureAwait(false);
            await AskAsync(Base64(options.User), 334, "at signing in", false, cancellation).ConfigureAwait(false);
            await AskAsync(Base64(options.Password), 235, "at signing in", false, cancellation).ConfigureAwait(false);
        }
        else
        {
            throw new SmtpRefusal(0, "it offers neither AUTH PLAIN nor AUTH LOGIN", false);
        }
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private async Task<IReadOnlyList<string>> AskAsync(string line, int expected, string at, bool ofMessage, CancellationToken cancellation)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"), cancellation).ConfigureAwait(false);
        return await ExpectAsync(expected, at, ofMessage, cancellation).ConfigureAwait(false);
    }

    /// <summary>Reads a reply; its lines without the number.</summary>
    private async Task<IReadOnlyList<string>> ExpectAsync(int expected, string at, bool ofMessage, CancellationToken cancellation)
    {
        var lines = new List<string>();
        var size = 0;
        while (true)
        {
            var line = await LineAsync(cancellation).ConfigureAwait(false);
            size += line.Length;
            if (size > MaxReply || line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var code))
                throw new SmtpRefusal(0, $"{at}: it does not speak as a mail server", false);
            lines.Add(line.Length > 4 ? line[4..] : "");
            if (line.Length > 3 && line[3] == '-')
                continue;
            // 251: it knows where to pass it on to.
            return code == expected || (expected == 250 && code == 251) ? lines : throw new SmtpRefusal(code, at, ofMessage);
        }
    }

    private async Task<string> LineAsync(CancellationToken cancellation)
    {
        var line = new StringBuilder();
        while (line.Length <= MaxReply)
        {
            if (begin == end)
            {
                (begin, end) = (0, await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false));
                if (end == 0)
                    throw new IOException("the mail server closed the connection");
            }
            var c = (char)buffer[begin++];
            if (c == '\n')
                break;
            if (c != '\r')
                line.Append(c);
        }
        return line.ToString();
    }
}
