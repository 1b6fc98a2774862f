using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using B2D.Mqtt;
using B2D.Mqtt.Transport.Epoll;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace B2D.DeviceGateway.Listeners;

/// <summary>One listener of the web server, with its rules: how many may connect, by which TLS, and what carries MQTT.</summary>
internal sealed class Listener
{
    /// <summary>Where a WebSocket listener takes WebSockets; there is nothing else on it.</summary>
    public const string WebSocketPath = "/mqtt";

    private readonly ListenerOptions options;
    private readonly MqttServer server;
    private readonly TimeProvider clock;
    private readonly TimeSpan upgradeWithin;
    private readonly ReloadedFile<SslStreamCertificateContext>? certificate;
    private readonly ConcurrentDictionary<ConnectionContext, DateTimeOffset> waiting = new();
    private ListenOptions? at;
    private int open;

    public Listener(ListenerOptions options, MqttServer server, TimeSpan upgradeWithin, TimeProvider clock, ILogger logger)
    {
        (this.options, this.server, this.clock, this.upgradeWithin) = (options, server, clock, upgradeWithin);
        if (options.IsEncrypted)
            certificate = new ReloadedFile<SslStreamCertificateContext>(
                [options.Certificate, options.CertificateKey], () => ListenerCertificate.Load(options), clock, logger);
    }

    public ListenerOptions Options => options;

    /// <summary>Where it listens, once the web server has started.</summary>
    public IPEndPoint? EndPoint => at?.IPEndPoint;

    /// <summary>Adds it to the web server.</summary>
    public void AddTo(KestrelServerOptions kestrel)
    {
        // Unusable files are said at the start, not at the first handshake.
        _ = certificate?.Current;
        var address = IPAddress.Parse(options.Address);
        var place = options.Transport == ListenerTransport.Tcp ? new EpollEndPoint(address, options.Port) : new IPEndPoint(address, options.Port);
        kestrel.Listen(place, listen =>
        {
            at = listen;
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(next => connection => CountAsync(next, connection));
            if (certificate is not null)
                listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => new ValueTask<SslServerAuthenticationOptions>(Tls()) });
            if (options.Transport == ListenerTransport.Tcp)
                listen.Run(new MqttConnectionHandler(server, options.Name).OnConnectedAsync);
            else
                listen.Use(next => connection => UpgradeAsync(next, connection));
        });
    }

    /// <summary>Cuts connections that are no WebSocket in time, or do not end in time. Called about every 500 ms.</summary>
    public void Tick(DateTimeOffset now)
    {
        foreach (var (connection, since) in waiting)
        {
            if (now - since > upgradeWithin)
                connection.Abort(new ConnectionAbortedException("no WebSocket, or no end of it, in time"));
        }
    }

    /// <summary>Answers a request on this listener: MQTT at <see cref="WebSocketPath"/>, and nothing anywhere else.</summary>
    public async Task AnswerAsync(HttpContext http)
    {
        if (http.Request.Path != WebSocketPath)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            http.Response.Headers.Connection = "close";
            return;
        }
        var connection = http.Features.Get<Upgrading>()!.Connection;
        await MqttWebSocket.RunAsync(http, server, options.Name, running =>
        {
            if (running)
                waiting.TryRemove(connection, out _);
            else
                waiting.TryAdd(connection, clock.GetUtcNow());
        });
    }

    /// <summary>The connection under a request on a WebSocket listener.</summary>
    internal sealed record Upgrading(Listener Listener, ConnectionContext Connection);

    private async Task CountAsync(ConnectionDelegate next, ConnectionContext connection)
    {
        try
        {
            if (Interlocked.Increment(ref open) > options.MaxConnections && options.MaxConnections > 0)
            {
                server.TurnAway(connection);
                return;
            }
            await next(connection);
        }
        finally
        {
            Interlocked.Decrement(ref open);
        }
    }

    private async Task UpgradeAsync(ConnectionDelegate next, ConnectionContext connection)
    {
        // A request is told by it from those of other listeners, whatever pages and paths the web server has.
        connection.Features.Set(new Upgrading(this, connection));
        waiting.TryAdd(connection, clock.GetUtcNow());
        try
        {
            await next(connection);
        }
        finally
        {
            waiting.TryRemove(connection, out _);
        }
    }

    /// <summary>
    /// Who may be behind a client's certificate is judged at CONNECT; the handshake proves that it has the private key. Application protocols (ALPN) that a
    /// client offers are not answered on TCP, so none is refused.
    /// </summary>
    private SslServerAuthenticationOptions Tls() => new()
    {
        ServerCertificateContext = certificate!.Current,
        EnabledSslProtocols = options.Protocols,
        ApplicationProtocols = options.Transport == ListenerTransport.Tcp ? [] : null,
        ClientCertificateRequired = options.ClientCertificates != ClientCertificates.None,
        RemoteCertificateValidationCallback = options.ClientCertificates == ClientCertificates.None
            ? null
            : (_, shown, _, _) => shown is not null || options.ClientCertificates != ClientCertificates.Required,
    };
}
