using System.Net;
using B2D.DeviceGateway;
using B2D.Host.Demo;
using B2D.Host.Loops;
using B2D.Host.Options;
using B2D.ProactiveWorker.Calendar;
using B2D.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quartz;
using Serilog;
using Serilog.Events;

namespace B2D.Host;

/// <summary>An installation with the web server and Quartz around it, running.</summary>
internal sealed class Hosting : IAsyncDisposable
{
    /// <summary>Who logs a start that failed.</summary>
    private const string HostSource = "Microsoft.Extensions.Hosting.Internal.Host";

    private readonly WebApplication app;
    private readonly ILoggerFactory loggers;

    private readonly EpollThreads? threads;

    private Hosting(WebApplication app, Installation installation, Phones? phones, ILoggerFactory loggers, EpollThreads? threads) =>
        (this.app, Installation, Phones, this.loggers, this.threads) = (app, installation, phones, loggers, threads);

    public Installation Installation { get; }

    /// <summary>The demo's receiver, in a demo.</summary>
    public Phones? Phones { get; }

    /// <summary>Where the console listens; null without one.</summary>
    public string? ConsoleUrl { get; private init; }

    /// <summary>Opens the stores, restores memory, listens.</summary>
    /// <exception cref="StorageException">The data cannot be used.</exception>
    public static async Task<Hosting> StartAsync(InstallationOptions options, TimeProvider time, Phones? phones, int phonePort, DemoFeed? demo, CancellationToken cancellation)
    {
        var loggers = Logging(options.LogLevel);
        var stores = Stores.Open(new StorageOptions { DataFolder = options.Data });
        var installation = new Installation(options, stores, time, loggers);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, ApplicationName = "b2d" });
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton(time).AddSingleton(stores).AddSingleton(installation);
        builder.Services.AddDeviceWebSockets();
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(5));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            installation.ConfigureKestrel(kestrel);
            if (phones is not null)
                kestrel.Listen(IPAddress.Loopback, phonePort);
        });
        if (options.Has("worker"))
            AddCalendar(builder.Services, installation);
        var threads = options.Has("gateway") ? EpollThreads.Start(builder.Services, time, installation.Gateway.AfterEvents) : null;
        var console = options.Has("console");
        if (console)
            ConsoleRole.Add(builder, installation, demo);
        var app = builder.Build();
        phones?.Map(app);
        if (console)
            ConsoleRole.Map(app);
        installation.Start();
        await app.StartAsync(cancellation);
        return new Hosting(app, installation, phones, loggers, threads) { ConsoleUrl = console ? ConsoleRole.UrlOf(app, options, phonePort) : null };
    }

    /// <summary>Waits until somebody asks the program to end. The web server still runs then.</summary>
    /// <param name="cancellation">By it come Ctrl-C and SIGTERM.</param>
    public async Task EndingAsync(CancellationToken cancellation)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var byHost = app.Lifetime.ApplicationStopping.Register(() => asked.TrySetResult());
        using var byCaller = cancellation.Register(() => asked.TrySetResult());
        await asked.Task;
    }

    public async ValueTask DisposeAsync()
    {
        // Devices are let go while the loops still run, so that everything they sent is written.
        await Installation.StopAsync();
        await app.StopAsync();
        await app.DisposeAsync();
        threads?.Dispose();
        await Installation.DisposeAsync();
        loggers.Dispose();
    }

    private static void AddCalendar(IServiceCollection services, Installation installation)
    {
        services.AddSingleton(installation.Worker.Promises).AddSingleton(installation.Worker.Retention);
        services.AddQuartz(q =>
        {
            var promise = new JobKey("promises");
            q.AddJob<PromiseJob>(j => j.WithIdentity(promise));
            q.AddTrigger(t => t.ForJob(promise).WithSimpleSchedule(s => s.WithInterval(TimeSpan.FromSeconds(5)).RepeatForever()));
            var retention = new JobKey("retention");
            q.AddJob<RetentionJob>(j => j.WithIdentity(retention));
            q.AddTrigger(t => t.ForJob(retention).WithCronSchedule("0 17 * * * ?"));
        });
        services.AddQuartzHostedService(o => o.WaitForJobsToComplete = true);
    }

    /// <summary>A calm log: what happens in the house, one line each; frameworks only when something is wrong.</summary>
    /// <param name="level">Lowest level that is said: Debug, Information, Warning or Error.</param>
    public static ILoggerFactory Logging(string level)
    {
        var serilog = new LoggerConfiguration()
            .MinimumLevel.Is(Enum.Parse<LogEventLevel>(level))
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("Quartz", LogEventLevel.Warning)
            // It warns on every page with a form that pages are not to be cached; they are not.
            .MinimumLevel.Override("Microsoft.AspNetCore.Antiforgery", LogEventLevel.Error)
            // That cookies' keys are not encrypted is meant so: their folder is the owner's alone.
            .MinimumLevel.Override("Microsoft.AspNetCore.DataProtection", LogEventLevel.Error)
            // A port that is taken and the like: the exception is said in one line by the verb.
            .Filter.ByExcluding(e => e.Exception is IOException && e.Properties.GetValueOrDefault("SourceContext") is ScalarValue { Value: HostSource })
            .WriteTo.Console(outputTemplate: "{Timestamp:HH:mm:ss} {Level:u3} {Message:lj}{NewLine}{Exception}", formatProvider: System.Globalization.CultureInfo.InvariantCulture)
            .CreateLogger();
        return LoggerFactory.Create(b => b.AddSerilog(serilog, dispose: true));
    }
}
