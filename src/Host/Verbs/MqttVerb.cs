using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using B2D.Host.Loops;
using B2D.Host.Options;
using B2D.Mqtt;
using B2D.Mqtt.Transport.Epoll;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace B2D.Host.Verbs;

/// <summary><c>b2d mqtt</c>: the MQTT server alone, for conformance runs, benchmarks and trying out a client.</summary>
internal static class MqttVerb
{
    private static readonly TimeSpan TickEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>What was asked for on the command line.</summary>
    /// <param name="Port">0 = any free one.</param>
    /// <param name="KeepAlive">Longest keep-alive in seconds; null = as <see cref="MqttServerOptions"/> has it.</param>
    /// <param name="Denied">Filters that nobody may subscribe to.</param>
    /// <param name="Certificate">Null = without TLS.</param>
    private sealed record Setting(int Port, int? KeepAlive, string[] Denied, (string Certificate, string Key)? Certificate);

    public static void AddTo(RootCommand root)
    {
        var port = new Option<int>("--port") { Description = "Where it listens, on this machine only; 0 takes a free one and says which", DefaultValueFactory = _ => 1883 };
        var keepAlive = new Option<int?>("--server-keepalive")
        {
            Description = "Longest keep-alive: an MQTT 5.0 client that asks for a longer one or for none is told this one (5 to 65535)",
            HelpName = "SECONDS",
        };
        var denied = new Option<string[]>("--deny-subscribe")
        {
            Description = "A topic filter, letter by letter, that nobody may subscribe to; can be given several times",
            HelpName = "FILTER",
        };
        var tls = new Option<string?>("--tls") { Description = "PEM files of a certificate and its key; the port then speaks TLS", HelpName = "CERT,KEY" };
        port.Validators.Add(given => Range(given.GetValueOrDefault<int>(), 0, 65_535, "--port", given.AddError));
        keepAlive.Validators.Add(given => Range(given.GetValueOrDefault<int?>() ?? 5, 5, 65_535, "--server-keepalive", given.AddError));
        tls.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<string?>() is { } files && Files(files) is null)
                given.AddError($"--tls is '{files}'; it must be two files with a comma between them: CERT,KEY");
        });
        var verb = new Command("mqtt", "Runs the bare MQTT server: this machine only, anybody, any topic, nothing kept. For conformance runs and benchmarks.")
        {
            port, keepAlive, denied, tls,
        };
        verb.SetAction((parsed, cancellation) => Settings.Guard(() => RunAsync(
            new Setting(
                parsed.GetValue(port), parsed.GetValue(keepAlive), parsed.GetValue(denied) ?? [], parsed.GetValue(tls) is { } files ? Files(files) : null),
            cancellation)));
        root.Add(verb);
    }

    private static async Task<int> RunAsync(Setting setting, CancellationToken cancellation)
    {
        using var loggers = Hosting.Logging("Warning");
        using var server = new MqttServer(new OpenApplication(setting.Denied), Limits(setting.KeepAlive), TimeProvider.System, loggers);
        ListenOptions? listener = null;
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, ApplicationName = "b2d" });
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(loggers);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(5));
        builder.WebHost.UseKestrelHttpsConfiguration();
        using var threads = EpollThreads.Start(builder.Services, TimeProvider.System);
        var https = setting.Certificate is var (certificate, key) ? Https(certificate, key) : null;
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            // Both loopbacks: "localhost" means either, depending on the client. A free port can be had for one only.
            kestrel.Listen(new EpollEndPoint(IPAddress.Loopback, setting.Port), Listen);
            if (setting.Port > 0 && System.Net.Sockets.Socket.OSSupportsIPv6)
                kestrel.Listen(new EpollEndPoint(IPAddress.IPv6Loopback, setting.Port), Listen);
        });
        await using var app = builder.Build();
        await app.StartAsync(cancellation);
        using var time = new PumpThread("mqtt", TickEvery, () => Tick(server), loggers.CreateLogger("B2D.Host"));
        time.Start();
        Terminal.WriteLine($"MQTT{(https is null ? "" : " over TLS")} on {listener!.IPEndPoint}, anonymous, in memory; Ctrl+C ends it");
        await EndingAsync(app, cancellation);
        await server.StopAsync();
        await app.StopAsync(CancellationToken.None);
        return 0;

        void Listen(ListenOptions listen)
        {
            listener = listen;
            if (https is not null)
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.UseHttps(https);
            }
            listen.Run(new MqttConnectionHandler(server, https is null ? "plain" : "tls").OnConnectedAsync);
        }
    }

    /// <summary>As wide as they go where a limit protects the one installation and not the server: this one serves whoever tries it out.</summary>
    private static MqttServerOptions Limits(int? keepAlive)
    {
        var limits = new MqttServerOptions
        {
            MaxPacketSize = 1024 * 1024,
            MaxConnections = 1_000_000,
            MaxConnectionsPerAddress = 1_000_000,
            MaxConnectRate = 0,
            MaxPublishRate = 0,
            MaxSessions = 1_000_000,
            MaxClientIdLength = 65_535,
            MaxSubscriptions = 100_000,
            MaxTopicLevels = 200,
            MaxTopicLength = 65_535,
            MaxTopicAliases = 10,
        };
        if (keepAlive is { } seconds)
            limits.MaxKeepAlive = TimeSpan.FromSeconds(seconds);
        return limits;
    }

    private static bool Tick(MqttServer server)
    {
        server.Tick(TimeProvider.System.GetUtcNow());
        return false;
    }

    private static HttpsConnectionAdapterOptions Https(string certificate, string key)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(certificate);
        return new HttpsConnectionAdapterOptions { ServerCertificate = X509Certificate2.CreateFromPemFile(certificate, key), ServerCertificateChain = chain };
    }

    private static async Task EndingAsync(WebApplication app, CancellationToken cancellation)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var byHost = app.Lifetime.ApplicationStopping.Register(() => asked.TrySetResult());
        using var byCaller = cancellation.Register(() => asked.TrySetResult());
        await asked.Task;
    }

    private static (string Certificate, string Key)? Files(string text) =>
        text.Split(',') is [{ Length: > 0 } certificate, { Length: > 0 } key] ? (certificate, key) : null;

    private static void Range(int value, int least, int most, string name, Action<string> refuse)
    {
        if (value < least || value > most)
            refuse(string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; it must be between {least} and {most}"));
    }
}
