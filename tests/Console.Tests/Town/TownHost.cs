using System.Net;
using B2D.Console.Access;
using B2D.Core;
using B2D.Storage;
using B2D.Storage.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace B2D.Console.Tests.Town;

/// <summary>The console on a free port of this machine over real stores in memory, with a small town of rows in them.</summary>
public sealed class TownHost : IAsyncDisposable
{
    /// <summary>The still clock's time: a Tuesday afternoon.</summary>
    public static readonly DateTimeOffset Start = new(2026, 11, 24, 14, 20, 0, TimeSpan.Zero);

    private readonly WebApplication app;

    private TownHost(WebApplication app, Stores stores, Desks desks, TownHealth health, TownRules rules, TownDemo? demo, TimeProvider clock) =>
        (this.app, Stores, Desks, Health, Rules, Demo, Clock) = (app, stores, desks, health, rules, demo, clock);

    public Stores Stores { get; }

    public Desks Desks { get; }

    public TownHealth Health { get; }

    public TownRules Rules { get; }

    public TownDemo? Demo { get; }

    public TimeProvider Clock { get; }

    public Uri Address => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public string ReadKey { get; private set; } = "";

    public string WriteKey { get; private set; } = "";

    public string Password => "adminadmin";

    public IServiceProvider Services => app.Services;

    public TownRuleFiles RuleFiles => (TownRuleFiles)app.Services.GetRequiredService<IRuleFiles>();

    /// <param name="seeded">With the town's rows; else with an administrator and keys only.</param>
    public static async Task<TownHost> Open(bool seeded = true, bool demo = true, Func<ConsoleOptions, ConsoleOptions>? options = null,
        TimeProvider? clock = null, int port = 0)
    {
        clock ??= new StillClock(Start);
        var stores = Stores.InMemory();
        var desks = new Desks(stores, clock);
        var (health, rules, stories) = (new TownHealth(), new TownRules(), demo ? new TownDemo() : null);
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, port));
        var services = builder.Services;
        services.AddSingleton(stores).AddSingleton(clock).AddSingleton<ICaseDesk>(desks).AddSingleton<IOutageDesk>(desks).AddSingleton<IFaultDesk>(desks)
            .AddSingleton<ICommandDesk>(desks).AddSingleton<IDueDesk>(desks).AddSingleton<IStopSwitch>(desks).AddSingleton<IImports>(desks)
                .AddSingleton<INoticeWords>(desks)
            .AddSingleton<IHealth>(health).AddSingleton<IRuleView>(rules).AddSingleton<IRuleFiles, TownRuleFiles>()
            .AddSingleton<IBacktests>(new TownBacktests());
        if (stories is not null)
            services.AddSingleton<IDemo>(stories);
        var chosen = new ConsoleOptions { Organisation = "Acme", TimeZone = "Europe/Lisbon" };
        services.AddConsole(options?.Invoke(chosen) ?? chosen);
        var app = builder.Build();
        app.MapConsole();
        var host = new TownHost(app, stores, desks, health, rules, stories, clock);
        host.AddUser("admin", host.Password, "administrator");
        host.ReadKey = stores.State.Write(db => ApiKeys.Create(db, "reader", "read", ServerTime.From(clock.GetUtcNow())));
        host.WriteKey = stores.State.Write(db => ApiKeys.Create(db, "writer", "write", ServerTime.From(clock.GetUtcNow())));
        if (seeded)
            TownSeed.Fill(host);
        await app.StartAsync();
        return host;
    }

    /// <summary>A user whose password is cheap to check.</summary>
    public void AddUser(string name, string password, string role)
    {
        var (hash, salt) = Passwords.Make(password, rounds: 10);
        Stores.State.Write(db => UserStore.Add(db, new UserRow { Name = name, Hash = hash, Salt = salt, Role = role, CreatedAt = 1 }));
    }

    /// <summary>A browser: keeps cookies, follows no redirect.</summary>
    public HttpClient Browser() => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = true }) { BaseAddress = Address };

    /// <summary>A program with a key; empty: without.</summary>
    public HttpClient Program(string key)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Address };
        if (key.Length > 0)
            client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        Stores.Dispose();
    }
}
