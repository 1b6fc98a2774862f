using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace B2D.Interop.Programs;

/// <summary>Debian's mail server exim, with a configuration of its own: it takes mail for everybody but <c>nobody@…</c>, and puts it into one folder.</summary>
internal sealed partial class Exim : IAsyncDisposable
{
    private const string IsB2d = "${if and{{eq{$auth2}{b2d}}{eq{$auth3}{correct horse}}}}";

    private readonly ChildProgram program;
    private readonly string folder;

    private Exim(ChildProgram program, string folder) => (this.program, this.folder) = (program, folder);

    /// <summary>The mails that it delivered, as they stand in the mailbox.</summary>
    public IReadOnlyList<string> Got =>
        Directory.Exists(Path.Combine(folder, "box", "mail", "new")) ? [.. Directory.GetFiles(Path.Combine(folder, "box", "mail", "new")).Order(StringComparer.Ordinal).Select(File.ReadAllText)] : [];

    /// <summary>What it wrote down: who connected, what it took, what it refused and why.</summary>
    public string Log => string.Concat(Directory.GetFiles(folder, "log-*").Order(StringComparer.Ordinal).Select(File.ReadAllText));

    /// <summary>The Message-IDs of what it delivered.</summary>
    public IReadOnlyList<string> Ids => [.. Got.Select(m => MessageId().Match(m).Groups[1].Value)];

    /// <summary>Starts it in a folder to which all users come.</summary>
    /// <param name="certificate">A PEM file with the key: it takes mail over TLS only, and only from b2d with the password 'correct horse'. Null: it takes mail without either.</param>
    public static async Task<Exim> StartAsync(string folder, int port, string? certificate = null)
    {
        // It delivers as a user who may do nothing else, and never as root.
        Directory.CreateDirectory(folder);
        var box = Directory.CreateDirectory(Path.Combine(folder, "box"));
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        File.SetUnixFileMode(box.FullName, (UnixFileMode)Convert.ToInt32("777", 8));
        var user = Environment.UserName == "root" ? "mail" : Environment.UserName;
        var configuration = Path.Combine(folder, "exim.conf");
        await File.WriteAllTextAsync(configuration, string.Create(CultureInfo.InvariantCulture,
            $$$"""
            exim_user = {{{Environment.UserName}}}
            never_users =
            spool_directory = {{{folder}}}/spool
            log_file_path = {{{folder}}}/log-%slog
            pid_file_path = {{{folder}}}/exim.pid
            primary_hostname = mail.example.org
            local_interfaces = 127.0.0.1
            daemon_smtp_ports = {{{port}}}
            keep_environment =
            tls_advertise_hosts = {{{(certificate is null ? "" : "*")}}}
            {{{(certificate is null ? "" : $"tls_certificate = {certificate}\ntls_privatekey = {certificate}")}}}
            acl_smtp_rcpt = recipient
            begin acl
            recipient:
            {{{(certificate is null ? "" : "  deny !encrypted = *\n       message = only over TLS\n  deny !authenticated = *\n       message = sign in first")}}}
              deny local_parts = nobody
                   message = no such mailbox
              accept
            begin routers
            all:
              driver = accept
              transport = box
            begin transports
            box:
              driver = appendfile
              directory = {{{folder}}}/box/mail
              maildir_format
              create_directory
              directory_mode = 0777
              mode = 0666
              user = {{{user}}}
            begin authenticators
            plain:
              driver = plaintext
              public_name = PLAIN
              server_prompts = :
              server_condition = {{{IsB2d}}}
              server_set_id = $auth2
            """));
        var program = ChildProgram.Start(Places.Exim, ["-C", configuration, "-bdf", "-q30m"], folder);
        var exim = new Exim(program, folder);
        await Wait.UntilAsync(
            () => program.Runs ? exim.Log.Contains("listening for SMTP", StringComparison.Ordinal) : throw new InvalidOperationException($"exim ended: {program.Output} {program.Error}"),
            TimeSpan.FromSeconds(30), "exim listens");
        return exim;
    }

    public ValueTask DisposeAsync() => program.DisposeAsync();

    [GeneratedRegex("(?m)^Message-ID: <([^>]+)>", RegexOptions.IgnoreCase)]
    private static partial Regex MessageId();
}
