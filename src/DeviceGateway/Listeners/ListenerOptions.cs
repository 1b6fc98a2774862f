using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography;

namespace B2D.DeviceGateway.Listeners;

/// <summary>What MQTT is carried in.</summary>
public enum ListenerTransport
{
    /// <summary>A TCP connection.</summary>
    Tcp,

    /// <summary>Binary frames of a WebSocket at the path <c>/mqtt</c> with the sub-protocol <c>mqtt</c>.</summary>
    WebSocket,
}

/// <summary>Versions of TLS that a listener offers.</summary>
public enum ListenerTls
{
    /// <summary>No TLS.</summary>
    None,

    /// <summary>TLS 1.2 only, for device SDKs that fail at 1.3.</summary>
    Tls12,

    /// <summary>TLS 1.3 only.</summary>
    Tls13,

    /// <summary>TLS 1.2 and 1.3.</summary>
    Tls12And13,
}

/// <summary>Whether devices show certificates.</summary>
public enum ClientCertificates
{
    /// <summary>None is asked for.</summary>
    None,

    /// <summary>Who shows one may be known by it; others give a password.</summary>
    Accepted,

    /// <summary>
    /// Nobody connects without one that is registered or issued by the listener's authorities. Where it names no device, a password has to.
    /// </summary>
    Required,
}

/// <summary>One place where devices connect, with rules of its own.</summary>
public sealed record ListenerOptions
{
    /// <summary>Longest name, in characters.</summary>
    public const int MaxNameLength = 64;

    /// <summary>Name in logs and metrics, 1 to 64 characters, unlike that of any other listener (<c>plain</c> and <c>tls</c> are the short options').</summary>
    public string Name { get; init; } = "";

    /// <summary>IP address, <c>0.0.0.0</c> or <c>::</c> for all. No default.</summary>
    public string Address { get; init; } = "";

    /// <summary>TCP port, default 8883, 0 to 65,535; 0 takes a free one.</summary>
    public int Port { get; init; } = 8883;

    /// <summary>Tcp (default) or WebSocket.</summary>
    public ListenerTransport Transport { get; init; }

    /// <summary>None, Tls12, Tls13 or Tls12And13 (default).</summary>
    public ListenerTls Tls { get; init; } = ListenerTls.Tls12And13;

    /// <summary>
    /// The listener's certificate: a .pfx file, or a PEM file with its chain. It is read again when it changes; where the new one cannot be used, the old
    /// one stays.
    /// </summary>
    public string Certificate { get; init; } = "";

    /// <summary>PEM file of the private key, where it is not in the certificate's own file.</summary>
    public string CertificateKey { get; init; } = "";

    /// <summary>Password of the .pfx file or of an encrypted PEM key; empty for none.</summary>
    public string CertificatePassword { get; init; } = "";

    /// <summary>None (default), Accepted or Required; only with TLS.</summary>
    public ClientCertificates ClientCertificates { get; init; }

    /// <summary>
    /// PEM file with the authorities whose certificates name devices by their subject's CN; read again when it changes. Empty: only registered thumbprints
    /// name devices.
    /// </summary>
    public string ClientCertificateAuthorities { get; init; } = "";

    /// <summary>Connections of this listener at once, default 0 (only the limit of all, <c>Gateway:Mqtt:MaxConnections</c>), 0 to 1,000,000.</summary>
    public int MaxConnections { get; init; }

    /// <summary>Passwords and readings may cross a network unencrypted. Default no.</summary>
    public bool AllowPlainOutsideLoopback { get; init; }

    /// <summary>Name of the option that opens this listener to the network, where it is not <see cref="AllowPlainOutsideLoopback"/> of its own.</summary>
    internal string AddressName { get; init; } = nameof(Address);

    internal string PortName { get; init; } = nameof(Port);

    internal bool IsEncrypted => Tls != ListenerTls.None;

    internal bool IsLoopback => IPAddress.TryParse(Address, out var ip) && IPAddress.IsLoopback(ip);

    internal SslProtocols Protocols => Tls switch
    {
        ListenerTls.Tls12 => SslProtocols.Tls12,
        ListenerTls.Tls13 => SslProtocols.Tls13,
        _ => SslProtocols.Tls12 | SslProtocols.Tls13,
    };

    /// <summary>What a device connects to: <c>mqtt://</c>, <c>mqtts://</c>, or <c>ws://</c> and <c>wss://</c> with the path.</summary>
    public string UrlAt(IPEndPoint at) => (Transport, IsEncrypted) switch
    {
        (ListenerTransport.Tcp, false) => $"mqtt://{at}",
        (ListenerTransport.Tcp, true) => $"mqtts://{at}",
        (_, false) => $"ws://{at}{Listener.WebSocketPath}",
        _ => $"wss://{at}{Listener.WebSocketPath}",
    };

    /// <summary>All that is wrong, each with the name of its option behind <paramref name="prefix"/>, its value and what is allowed.</summary>
    public IReadOnlyList<string> Validate(string prefix)
    {
        var failures = new List<string>();
        Place(prefix, failures);
        Encryption(prefix, failures);
        return failures;
    }

    private void Place(string prefix, List<string> failures)
    {
        if (Name.Length is 0 or > MaxNameLength)
            failures.Add($"{prefix}{nameof(Name)} is '{Name}'; it must have 1 to {MaxNameLength} characters");
        if (Port is < 0 or > 65_535)
            failures.Add($"{prefix}{PortName} is {Port}; it must be between 0 and 65535");
        if (MaxConnections is < 0 or > 1_000_000)
            failures.Add($"{prefix}{nameof(MaxConnections)} is {MaxConnections}; it must be between 0 and 1000000");
        if (!Enum.IsDefined(Transport))
            failures.Add($"{prefix}{nameof(Transport)} is {Transport}; it must be one of {string.Join(", ", Enum.GetNames<ListenerTransport>())}");
        if (!IPAddress.TryParse(Address, out var ip))
            failures.Add($"{prefix}{AddressName} is '{Address}'; it must be an IP address, such as 127.0.0.1, 0.0.0.0 or ::");
        else if (!IsEncrypted && !IPAddress.IsLoopback(ip) && !AllowPlainOutsideLoopback)
            failures.Add($"{prefix}{AddressName} is {Address}; unencrypted connections from elsewhere need "
                + $"{prefix}{nameof(AllowPlainOutsideLoopback)}=true, or use TLS");
    }

    private void Encryption(string prefix, List<string> failures)
    {
        if (!Enum.IsDefined(Tls))
            failures.Add($"{prefix}{nameof(Tls)} is {Tls}; it must be one of {string.Join(", ", Enum.GetNames<ListenerTls>())}");
        if (!Enum.IsDefined(ClientCertificates))
            failures.Add($"{prefix}{nameof(ClientCertificates)} is {ClientCertificates}; it must be one of {string.Join(", ", Enum.GetNames<ClientCertificates>())}");
        var missing = Files(prefix, failures);
        if (!IsEncrypted)
        {
            if (ClientCertificates != ClientCertificates.None)
                failures.Add($"{prefix}{nameof(ClientCertificates)} is {ClientCertificates}; without TLS nobody can show one");
            return;
        }
        if (Certificate.Length == 0)
            failures.Add($"{prefix}{nameof(Certificate)} is empty; the TLS listener needs a .pfx or .pem file");
        else if (!missing)
            Try(() => ListenerCertificate.Load(this), nameof(Certificate), Certificate, "a certificate with its private key");
        if (ClientCertificateAuthorities.Length > 0 && !missing)
            Try(() => ListenerCertificate.LoadAuthorities(ClientCertificateAuthorities), nameof(ClientCertificateAuthorities), ClientCertificateAuthorities,
                "a PEM file of certificates");
        if (ClientCertificateAuthorities.Length > 0 && ClientCertificates == ClientCertificates.None)
            failures.Add($"{prefix}{nameof(ClientCertificateAuthorities)} is '{ClientCertificateAuthorities}'; "
                + $"it needs {prefix}{nameof(ClientCertificates)}=Accepted or Required");

        void Try(Action load, string name, string value, string wanted)
        {
            try
            {
                load();
            }
            catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or InvalidOperationException)
            {
                failures.Add($"{prefix}{name} is '{value}'; it must be {wanted}: {e.Message}");
            }
        }
    }

    private bool Files(string prefix, List<string> failures)
    {
        var before = failures.Count;
        foreach (var (name, path) in new[]
        {
            (nameof(Certificate), Certificate), (nameof(CertificateKey), CertificateKey), (nameof(ClientCertificateAuthorities), ClientCertificateAuthorities),
        })
        {
            if (path.Length > 0 && !File.Exists(path))
                failures.Add($"{prefix}{name} is '{path}'; there is no such file");
        }
        return failures.Count > before;
    }
}
