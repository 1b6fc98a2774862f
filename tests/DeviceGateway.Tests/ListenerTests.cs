using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using B2D.Bus;
using B2D.Mqtt;
using B2D.Storage;
using B2D.Storage.Devices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;
using static B2D.DeviceGateway.Tests.TestGateway;

namespace B2D.DeviceGateway.Tests;

/// <summary>The gateway on real sockets under Kestrel, as a host composes it, with Debian's mosquitto clients and our own as devices.</summary>
public sealed class ListenerTests : IDisposable
{
    private const int Limit = 60_000;
    private readonly string folder = Directory.CreateTempSubdirectory("b2d-listener").FullName;

    public void Dispose() => Directory.Delete(folder, true);

    [Fact(Timeout = Limit)]
    public async Task Plain_MosquittoPub_IsStoredBeforeItIsAcknowledged()
    {
        await using var host = await HostedGateway.StartAsync(new GatewayOptions { Port = 0 });
        var port = host.Gateway.PlainEndPoint!.Port;

        var (exit, error) = await MosquittoPubAsync(
            $"-h 127.0.0.1 -p {port} -q 1 -u pump -P pmup -i pump -t devices/pump/events -m {{\"code\":\"E42\",\"state\":\"set\"}}");

        Assert.Equal((0, ""), (exit, error));
        Assert.Contains("pump E42 Set", host.Entered(), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Plain_MosquittoPubWithWrongPassword_IsRefused()
    {
        await using var host = await HostedGateway.StartAsync(new GatewayOptions { Port = 0 });

        var (exit, error) = await MosquittoPubAsync($"-h 127.0.0.1 -p {host.Gateway.PlainEndPoint!.Port} -q 1 -u pump -P wrong -t devices/pump/events -m {{}}");

        Assert.NotEqual(0, exit);
        Assert.Contains("bad user name or password", error, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("", host.Entered());
    }

    [Theory(Timeout = Limit)]
    [InlineData(".pfx", "secret")]
    [InlineData(".pem", "")]
    [InlineData(".key", "")]
    public async Task Tls_ClientThatTrustsTheCertificate_Publishes(string kind, string password)
    {
        var (options, authority) = Tls(kind, password);
        await using var host = await HostedGateway.StartAsync(options);
        await using var client = await MqttClient.ConnectAsync(
            new MqttClientOptions("localhost", host.Gateway.TlsEndPoint!.Port)
            {
                ClientId = "pump", UserName = "pump", Password = Bytes("pmup"), UseTls = true, CertificateAuthority = authority,
            },
            TimeProvider.System);

        Assert.Equal(ReasonCode.Success, await client.PublishAsync(new MqttMessage("devices/pump/telemetry", Bytes("""{"ts":1,"a":1}"""))));

        Assert.Contains("pump@1 a=1", host.Entered(), StringComparison.Ordinal);
        Assert.Null(host.Gateway.PlainEndPoint);
    }

    [Fact(Timeout = Limit)]
    public async Task Tls_MosquittoPub_Publishes()
    {
        var (options, authority) = Tls(".pem", "");
        var file = Path.Combine(folder, "ca.pem");
        await File.WriteAllTextAsync(file, authority.ExportCertificatePem());
        await using var host = await HostedGateway.StartAsync(options);

        var (exit, error) = await MosquittoPubAsync(
            $"-h localhost -p {host.Gateway.TlsEndPoint!.Port} --cafile {file} -V 5 -q 1 -u pump -P pmup -t devices/pump/telemetry -m {{\"ts\":7}}");

        Assert.Equal((0, ""), (exit, error));
        Assert.Contains("pump@7 ", host.Entered(), StringComparison.Ordinal);
    }

    private (GatewayOptions Options, X509Certificate2 Authority) Tls(string kind, string password)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var own = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var certificate = Path.Combine(folder, kind == ".pfx" ? "gateway.pfx" : "gateway.pem");
        var keyFile = kind == ".key" ? Path.Combine(folder, "gateway.key") : "";
        if (kind == ".pfx")
            File.WriteAllBytes(certificate, own.Export(X509ContentType.Pfx, password));
        else
            File.WriteAllText(certificate, own.ExportCertificatePem() + "\n" + (kind == ".pem" ? key.ExportPkcs8PrivateKeyPem() : ""));
        if (keyFile.Length > 0)
            File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        return (
            new GatewayOptions
            {
                Address = "", TlsAddress = "127.0.0.1", TlsPort = 0, Certificate = certificate, CertificateKey = keyFile, CertificatePassword = password,
            },
            X509CertificateLoader.LoadCertificate(own.RawData));
    }

    private static async Task<(int Exit, string Error)> MosquittoPubAsync(string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("mosquitto_pub", arguments.Split(' ')) { RedirectStandardError = true })!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, error.Trim());
    }
}

/// <summary>A host around the gateway: a web server that listens, and one loop that pumps when something wakes it.</summary>
internal sealed class HostedGateway : IAsyncDisposable
{
    private readonly Stores stores = NewStores();
    private readonly ErrorList errors = new();
    private readonly WebApplication application;
    private readonly SemaphoreSlim wake = new(0);
    private readonly CancellationTokenSource stopping = new();
    private readonly Task pumping;

    private HostedGateway(GatewayOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(errors).SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton(stores).AddSingleton<CommandQueue>().AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(new EntryQueue());
        builder.Services.AddSingleton(Seal);
        builder.Services.AddDeviceGateway(options);
        builder.WebHost.UseKestrelHttpsConfiguration();
        application = builder.Build();
        Gateway = application.Services.GetRequiredService<Gateway>();
        foreach (var loop in Gateway.Loops)
            loop.Wake = () => wake.Release();
        pumping = PumpAsync();
    }

    public Gateway Gateway { get; }

    public Stores Stores => stores;

    public SecretSeal Seal { get; } = SecretSeal.InMemory();

    public int PortOf(string listener) => Gateway.Places.Single(p => p.Listener.Name == listener).At.Port;

    /// <summary>Imports certificates and keys, as an operator does, and tells the gateway.</summary>
    public void Import(string csv) => Gateway.RefreshDevices(TestGateway.Import(stores, Seal, csv));

    public static async Task<HostedGateway> StartAsync(GatewayOptions options)
    {
        var host = new HostedGateway(options);
        host.Gateway.Start();
        await host.application.StartAsync();
        Assert.All(host.Gateway.Places, p => Assert.NotEqual(0, p.At.Port));
        Assert.NotEmpty(host.Gateway.Places);
        return host;
    }

    public string Entered() => string.Join(" | ", stores.Log.Read(0, 100_000).Select(e => e.Body)
        .Where(e => e is Core.Telemetry.Entry.Telemetry or Core.Telemetry.Entry.Event).Select(Show));

    public async ValueTask DisposeAsync()
    {
        Assert.Empty(errors.All);
        await Gateway.CloseConnectionsAsync();
        await application.StopAsync();
        await stopping.CancelAsync();
        await pumping;
        Gateway.Stop();
        await application.DisposeAsync();
        stores.Dispose();
        wake.Dispose();
        stopping.Dispose();
    }

    private async Task PumpAsync()
    {
        try
        {
            while (true)
            {
                await wake.WaitAsync(stopping.Token);
                foreach (var loop in Gateway.Loops)
                {
                    while (loop.Pump())
                    {
                        // Each turn is bounded.
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the test.
        }
    }
}

/// <summary>Keeps what is logged as an error.</summary>
internal sealed class ErrorList : ILoggerProvider, ILogger
{
    private readonly System.Collections.Concurrent.ConcurrentQueue<string> all = new();

    public IReadOnlyCollection<string> All => all;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            all.Enqueue($"{formatter(state, exception)} {exception}");
    }

    public void Dispose()
    {
    }
}
