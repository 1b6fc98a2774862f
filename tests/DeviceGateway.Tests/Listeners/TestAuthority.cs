using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace B2D.DeviceGateway.Tests.Listeners;

/// <summary>A certificate authority that lives as long as a test.</summary>
internal sealed class TestAuthority : IDisposable
{
    private static readonly DateTimeOffset Begin = DateTimeOffset.UnixEpoch, End = new(2099, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly X509Certificate2 own;
    private long serial = 1;

    public TestAuthority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        own = request.CreateSelfSigned(Begin, End);
    }

    /// <summary>Without its key.</summary>
    public X509Certificate2 Certificate => X509CertificateLoader.LoadCertificate(own.RawData);

    public string Pem => own.ExportCertificatePem();

    /// <summary>A certificate of a device.</summary>
    /// <param name="subject">Distinguished name.</param>
    public X509Certificate2 ForClient(string subject, DateTimeOffset? until = null, string usage = "1.3.6.1.5.5.7.3.2")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return WithKey(Request(subject, key, usage), key, until);
    }

    /// <summary>Certificate and key of a server at localhost, as PEM.</summary>
    public (string Certificate, string Key) ForServer()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Request("CN=localhost", key, "1.3.6.1.5.5.7.3.1");
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var made = WithKey(request, key, null);
        return (made.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    public static string ThumbprintOf(X509Certificate2 certificate) => certificate.GetCertHashString(HashAlgorithmName.SHA256);

    public void Dispose() => own.Dispose();

    private static CertificateRequest Request(string subject, ECDsa key, string usage)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        return request;
    }

    private X509Certificate2 WithKey(CertificateRequest request, ECDsa key, DateTimeOffset? until)
    {
        using var bare = request.Create(own, Begin, until ?? End, BitConverter.GetBytes(++serial));
        return bare.CopyWithPrivateKey(key);
    }
}
