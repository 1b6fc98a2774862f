using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using B2D.Mqtt.Transport.Epoll;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace B2D.Mqtt.Tests.Interop;

/// <summary>A server on Kestrel, on free ports of the loopback: plain and TLS with client certificates allowed.</summary>
internal sealed class KestrelHost : IAsyncDisposable
{
    private readonly WebApplication _web;
    private readonly EpollRuns? _loops;

    private KestrelHost(WebApplication web, MqttServer server, X509Certificate2 certificate, EpollRuns? loops)
    {
        (_web, _loops) = (web, loops);
        Server = server;
        Certificate = certificate;
        var ports = web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(a => new Uri(a).Port).ToArray();
        (Port, TlsPort) = (ports[0], ports[1]);
    }

    public MqttServer Server { get; }

    public int Port { get; }

    public int TlsPort { get; }

    /// <summary>The server's certificate, its own authority.</summary>
    public X509Certificate2 Certificate { get; }

    /// <param name="application">Behind the server.</param>
    /// <param name="epoll">By our own transport; else by Kestrel's.</param>
    public static async Task<KestrelHost> StartAsync(IMqttApplication application, bool epoll = false)
    {
        var server = new MqttServer(application, new MqttServerOptions(), TimeProvider.System, NullLoggerFactory.Instance);
        var certificate = SelfSigned("localhost");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        var loops = epoll ? new EpollRuns() : null;
        if (loops != null)
            builder.Services.AddSingleton<IConnectionListenerFactory>(loops.Transport);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(new EpollEndPoint(IPAddress.Loopback, 0), listen => listen.Run(new MqttConnectionHandler(server, "plain").OnConnectedAsync));
            kestrel.Listen(new EpollEndPoint(IPAddress.Loopback, 0), listen =>
            {
                listen.UseHttps(certificate, tls =>
                {
                    tls.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                    tls.AllowAnyClientCertificate();
                });
                listen.Run(new MqttConnectionHandler(server, "tls").OnConnectedAsync);
            });
        });
        var web = builder.Build();
        await web.StartAsync();
        return new KestrelHost(web, server, certificate, loops);
    }

    public static X509Certificate2 SelfSigned(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        // Through PKCS #12, because a key that lives in memory only cannot be used by TLS on every platform.
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.StopAsync();
        await _web.DisposeAsync();
        if (_loops != null)
            await _loops.DisposeAsync();
        Certificate.Dispose();
    }
}
