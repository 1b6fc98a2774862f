using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace B2D.DeviceGateway.Listeners;

/// <summary>Reads a listener's certificate and its devices' authorities from the files that the options name.</summary>
internal static class ListenerCertificate
{
    /// <summary>The certificate with its private key and the rest of its chain, ready for handshakes.</summary>
    /// <exception cref="CryptographicException">The files hold no certificate with a key, the key is another's, or the password is wrong.</exception>
    public static SslStreamCertificateContext Load(ListenerOptions options)
    {
        var (own, chain) = Read(options);
        return own.HasPrivateKey
            ? SslStreamCertificateContext.Create(own, chain, offline: true)
            : throw new CryptographicException("there is no private key with it");
    }

    /// <summary>The certificates of a PEM file; at least one.</summary>
    /// <exception cref="CryptographicException">There is none.</exception>
    public static X509Certificate2Collection LoadAuthorities(string path)
    {
        var all = new X509Certificate2Collection();
        all.ImportFromPemFile(path);
        return all.Count > 0 ? all : throw new CryptographicException("there is no certificate in it");
    }

    private static (X509Certificate2 Own, X509Certificate2Collection Chain) Read(ListenerOptions options)
    {
        var password = options.CertificatePassword.Length == 0 ? null : options.CertificatePassword;
        var chain = new X509Certificate2Collection();
        if (Path.GetExtension(options.Certificate).ToUpperInvariant() is ".PFX" or ".P12")
        {
            chain = X509CertificateLoader.LoadPkcs12CollectionFromFile(options.Certificate, password);
            var own = chain.FirstOrDefault(c => c.HasPrivateKey) ?? throw new CryptographicException("there is no private key in it");
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
