using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using B2D.Core;
using B2D.Interop.Programs;
using B2D.ProactiveWorker.Notices;
using B2D.ProactiveWorker.Notices.Smtp;

namespace B2D.Interop.Notices;

/// <summary>One mail, and how it is sent to a server on this machine over TLS.</summary>
internal static class SafeMail
{
    public static EmailOptions Options(int port, string mode, string authority) => new()
    {
        Host = "localhost",
        Port = port,
        TlsFromStart = mode == "tls",
        Authorities = authority,
        User = "b2d",
        Password = "correct horse",
        From = "service@acme.example.org",
        Timeout = TimeSpan.FromSeconds(10),
    };

    public static Task<SendOutcome> Send(EmailOptions options, string to = "ana@example.org") => new EmailChannel(options, "Acme Öl").SendAsync(
        new Outgoing("0123456789abcdef0123456789abcdef", "email", "ana", to, "de", "Änderung <b>für</b> Ana – wichtig\r\nBcc: eve@example.org",
            "Grüße, <script>alert(1)</script>\n.\nBis bald", "due:1", "due", new ServerTime(1_767_225_600_000)) { Class = "usage" }, CancellationToken.None);

    public static (int Port, string Certificate, string Authority) Certificate(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        using var own = request.CreateSelfSigned(now.AddHours(-1), now.AddDays(1));
        var authority = Path.Combine(folder, "authority.pem");
        var certificate = Path.Combine(folder, "server.pem");
        File.WriteAllText(authority, own.ExportCertificatePem());
        File.WriteAllText(certificate, own.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");
        return (Places.FreePorts(1)[0], certificate, authority);
    }
}
