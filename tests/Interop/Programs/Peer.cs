using System.Globalization;
using System.Text.Json;
using Xunit;

namespace B2D.Interop.Programs;

/// <summary>A mail server or receiver in Python, and what it got, in a folder of files.</summary>
internal sealed class Peer : IAsyncDisposable
{
    private readonly ChildProgram program;
    private readonly string folder;
    private readonly string kind;

    private Peer(ChildProgram program, string folder, string kind) => (this.program, this.folder, this.kind) = (program, folder, kind);

    /// <summary>What came, in order.</summary>
    public IReadOnlyList<JsonElement> Got =>
    [
        .. Enumerable.Range(1, 1000).Select(n => Path.Combine(folder, $"{kind}-{n}.json")).TakeWhile(File.Exists)
            .Select(f => JsonElement.Parse(File.ReadAllText(f))),
    ];

    /// <summary>How many connections were turned away.</summary>
    public int Refused => Directory.GetFiles(folder, "refused-*").Length;

    /// <summary>A mail server that turns the first connections away.</summary>
    public static Task<Peer> MailboxAsync(string folder, int port, int refused = 0) =>
        StartAsync("mailbox.py", "mail", "aiosmtpd", "python3-aiosmtpd", folder, Text(port), folder, Text(refused));

    /// <summary>A mail server that takes the first mails and hangs up before it says so.</summary>
    public static Task<Peer> CutMailboxAsync(string folder, int port, int cut) =>
        StartAsync("mailbox.py", "mail", "aiosmtpd", "python3-aiosmtpd", folder, Text(port), folder, "cut-" + Text(cut));

    /// <summary>A mail server that takes mail over TLS only, and only from a user with a password.</summary>
    /// <param name="mode"><c>starttls</c>, or <c>tls</c> from the first byte.</param>
    /// <param name="certificate">A PEM file with the key.</param>
    public static Task<Peer> SafeMailboxAsync(string folder, int port, string mode, string certificate, string user, string password) =>
        StartAsync("mailbox.py", "mail", "aiosmtpd", "python3-aiosmtpd", folder, Text(port), folder, "0", mode, certificate, user, password);

    /// <summary>A receiver of webhooks that answers the first requests with 503.</summary>
    public static Task<Peer> WebhookAsync(string folder, int port, string secret, int refused = 0) =>
        StartAsync("webhook.py", "hook", "hmac", "python3", folder, Text(port), folder, secret, Text(refused));

    public ValueTask DisposeAsync() => program.DisposeAsync();

    private static async Task<Peer> StartAsync(string script, string kind, string module, string package, string folder, params string[] arguments)
    {
        await RequireAsync(module, package);
        Directory.CreateDirectory(folder);
        var program = ChildProgram.Start(Places.Python, [Places.Peer(script), .. arguments], folder);
        await Wait.UntilAsync(
            () => program.Runs
                ? program.Output.Contains("listening", StringComparison.Ordinal)
                : throw new InvalidOperationException($"{script} ended: {program.Error}"),
            TimeSpan.FromSeconds(30), $"{script} listens");
        return new Peer(program, folder, kind);
    }

    /// <summary>Fails the test where Debian's Python has not got a module.</summary>
    public static async Task RequireAsync(string module, string package)
    {
        var found = await ChildProgram.RunAsync(Places.Python, ["-c", $"import {module}"], Path.GetTempPath());
        Assert.True(found.Status == 0, $"{Places.Python} has no module {module}; install Debian's package {package} (test.sh does)");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
