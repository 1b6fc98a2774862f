using B2D.DeviceGateway.Devices;
using B2D.DeviceGateway.Ingest;
using B2D.DeviceGateway.Listeners;
using B2D.DeviceGateway.Telemetry;
using B2D.Mqtt;

namespace B2D.DeviceGateway;

/// <summary>Where devices connect, who may, and how much. <see cref="Validate"/> names everything that is wrong at once.</summary>
public sealed record GatewayOptions
{
    /// <summary>
    /// IP address of the plain listener, default 127.0.0.1; empty for none. Any other than loopback needs <see cref="AllowPlainOutsideLoopback"/>.
    /// </summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>TCP port of the plain listener, default 1883, 0 to 65,535; 0 takes a free one.</summary>
    public int Port { get; init; } = 1883;

    /// <summary>Passwords and readings may cross a network unencrypted. Default no.</summary>
    public bool AllowPlainOutsideLoopback { get; init; }

    /// <summary>IP address of the TLS listener, default none; <c>0.0.0.0</c> or <c>::</c> for all.</summary>
    public string TlsAddress { get; init; } = "";

    /// <summary>TCP port of the TLS listener, default 8883, 0 to 65,535; 0 takes a free one.</summary>
    public int TlsPort { get; init; } = 8883;

    /// <summary>The TLS listener's certificate: a .pfx file, or a PEM file with its chain.</summary>
    public string Certificate { get; init; } = "";

    /// <summary>PEM file of the private key, where it is not in the certificate's own file.</summary>
    public string CertificateKey { get; init; } = "";

    /// <summary>Password of the .pfx file or of an encrypted PEM key; empty for none.</summary>
    public string CertificatePassword { get; init; } = "";

    /// <summary>More listeners, each with rules of its own: <c>Gateway:Listeners:0:Name</c> and so on. Default none.</summary>
    public IReadOnlyList<ListenerOptions> Listeners { get; init; } = [];

    /// <summary>
    /// For demonstrations: a registered device needs no password, and its client id will do as user name. Only with nothing but a plain
    /// listener on loopback. Default no.
    /// </summary>
    public bool OpenGateway { get; init; }

    /// <summary>
    /// Slow password checks (PBKDF2, 50 to 280 ms of a processor each) at the same time, default half of the processors and at least 1, 1 to 64.
    /// </summary>
    public int MaxPasswordChecks { get; init; } = Math.Clamp(Environment.ProcessorCount / 2, 1, 64);

    /// <summary>Connects that wait for a slow password check, default 1,000, 1 to 100,000; more are told that the server is busy.</summary>
    public int MaxWaitingPasswordChecks { get; init; } = 1_000;

    /// <summary>Commands that wait for one device, default 100, 1 to 10,000; more are given up, the newest first.</summary>
    public int MaxCommandsPerDevice { get; init; } = 100;

    /// <summary>Devices with a fleet's key that wait for a person's approval at once, default 10,000, 1 to 1,000,000; more cannot ask.</summary>
    public int MaxWaitingEnrolments { get; init; } = 10_000;

    /// <summary>How failed attempts to sign in are slowed down.</summary>
    public SignInBackoffOptions SignIn { get; init; } = new();

    /// <summary>Limits of payloads.</summary>
    public FormatLimits Format { get; init; } = new();

    /// <summary>How the log is written.</summary>
    public IngestOptions Ingest { get; init; } = new();

    /// <summary>Limits of MQTT.</summary>
    public MqttServerOptions Mqtt { get; init; } = new();

    /// <summary>All listeners: those of the short options, named <c>plain</c> and <c>tls</c>, and <see cref="Listeners"/>.</summary>
    internal IReadOnlyList<ListenerOptions> AllListeners => [.. Short(), .. Listeners];

    /// <summary>
    /// All that is wrong, each with the name of its option behind <paramref name="prefix"/>, its value and what is allowed; empty where all is well.
    /// </summary>
    public IReadOnlyList<string> Validate(string prefix = "Gateway:")
    {
        var failures = new List<string>();
        Places(prefix, failures);
        Range(nameof(MaxPasswordChecks), MaxPasswordChecks, 64);
        Range(nameof(MaxWaitingPasswordChecks), MaxWaitingPasswordChecks, 100_000);
        Range(nameof(MaxCommandsPerDevice), MaxCommandsPerDevice, 10_000);
        Range(nameof(MaxWaitingEnrolments), MaxWaitingEnrolments, 1_000_000);
        failures.AddRange(SignIn.Validate($"{prefix}{nameof(SignIn)}:"));
        if (SignIn.MaxHold >= Mqtt.ConnectTimeout)
            failures.Add($"{prefix}{nameof(SignIn)}:{nameof(SignIn.MaxHold)} is {SignIn.MaxHold}; it must be less than "
                + $"{prefix}{nameof(Mqtt)}:{nameof(Mqtt.ConnectTimeout)}, which is {Mqtt.ConnectTimeout}");
        failures.AddRange(Format.Validate($"{prefix}{nameof(Format)}:"));
        failures.AddRange(Ingest.Validate($"{prefix}{nameof(Ingest)}:"));
        failures.AddRange(Mqtt.Validate().Select(f => $"{prefix}{nameof(Mqtt)}:{f}"));
        return failures;

        void Range(string name, int value, int most)
        {
            if (value < 1 || value > most)
                failures.Add($"{prefix}{name} is {value}; it must be between 1 and {most}");
        }
    }

    private IEnumerable<ListenerOptions> Short()
    {
        if (Address.Length > 0)
            yield return new ListenerOptions
            {
                Name = "plain", Address = Address, Port = Port, Tls = ListenerTls.None, AllowPlainOutsideLoopback = AllowPlainOutsideLoopback,
            };
        if (TlsAddress.Length > 0)
            yield return new ListenerOptions
            {
                Name = "tls", Address = TlsAddress, Port = TlsPort, Certificate = Certificate, CertificateKey = CertificateKey,
                CertificatePassword = CertificatePassword, AddressName = nameof(TlsAddress), PortName = nameof(TlsPort),
            };
    }

    private void Places(string prefix, List<string> failures)
    {
        var all = AllListeners;
        if (all.Count == 0)
            failures.Add($"{prefix}{nameof(Address)}, {prefix}{nameof(TlsAddress)} and {prefix}{nameof(Listeners)} are all empty; devices could not connect");
        foreach (var listener in Short())
            failures.AddRange(listener.Validate(prefix));
        Unused(prefix, failures);
        for (var i = 0; i < Listeners.Count; i++)
        {
            var (at, listener) = ($"{prefix}{nameof(Listeners)}:{i}:", Listeners[i]);
            failures.AddRange(listener.Validate(at));
            var before = all.Take(all.Count - Listeners.Count + i);
            if (before.Any(l => l.Name == listener.Name))
                failures.Add($"{at}{nameof(ListenerOptions.Name)} is '{listener.Name}'; another listener has that name");
            if (listener.Port != 0 && before.Any(l => l.Port == listener.Port && l.Address == listener.Address))
                failures.Add($"{at}{nameof(ListenerOptions.Port)} is {listener.Port}; another listener has it at {listener.Address}");
        }
        if (OpenGateway && all.Any(l => l.IsEncrypted || l.Transport != ListenerTransport.Tcp || !l.IsLoopback))
            failures.Add($"{prefix}{nameof(OpenGateway)} is true; a gateway without passwords may only listen plainly, by TCP, on a loopback address");
    }

    /// <summary>Short options of a listener that is not there are checked all the same.</summary>
    private void Unused(string prefix, List<string> failures)
    {
        if (Address.Length == 0 && Port is < 0 or > 65_535)
            failures.Add($"{prefix}{nameof(Port)} is {Port}; it must be between 0 and 65535");
        if (TlsAddress.Length > 0)
            return;
        if (TlsPort is < 0 or > 65_535)
            failures.Add($"{prefix}{nameof(TlsPort)} is {TlsPort}; it must be between 0 and 65535");
        foreach (var (name, path) in new[] { (nameof(Certificate), Certificate), (nameof(CertificateKey), CertificateKey) })
        {
            if (path.Length > 0 && !File.Exists(path))
                failures.Add($"{prefix}{name} is '{path}'; there is no such file");
        }
    }
}
