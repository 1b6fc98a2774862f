using System.Security.Cryptography.X509Certificates;

namespace B2D.DeviceGateway;

/// <summary>Reads the TLS listener's certificate from the files that the options name.</summary>
internal static class GatewayCertificate
{
    /// <summary>The certificate with its private key, and the rest of its chain.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The files hold no certificate with a key, or the password is wrong.</exception>
    public static (X509Certificate2 Own, X509Certificate2Collection Chain) Load(GatewayOptions options)
    {
        var password = options.CertificatePassword.Length == 0 ? null : options.CertificatePassword;
        var chain = new X509Certificate2Collection();
        if (Path.GetExtension(options.Certificate).ToUpperInvariant() is ".PFX" or ".P12")
        {
            chain = X509CertificateLoader.LoadPkcs12CollectionFromFile(options.Certificate, password);
            var own = chain.First(c => c.HasPrivateKey);
            chain.Remove(own);
            return (own, chain);
        }
        chain.ImportFromPemFile(options.Certificate);
        var key = options.CertificateKey.Length == 0 ? options.Certificate : options.CertificateKey;
        return (password is null
            ? X509Certificate2.CreateFromPemFile(options.Certificate, key)
            : X509Certificate2.CreateFromEncryptedPemFile(options.Certificate, password, key), chain);
    }
}
