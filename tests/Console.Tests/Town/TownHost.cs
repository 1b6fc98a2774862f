using System.Net;
using B2D.Bus;
using B2D.Console.Access;
using B2D.Core;
using B2D.Core.Cases;
using B2D.Core.Contacts;
using B2D.Core.Dues;
using B2D.Core.Faults;
using B2D.Core.Links;
using B2D.Core.Notices;
using B2D.Core.Outages;
using B2D.Core.Subscriptions;
using B2D.Core.Telemetry;
using B2D.Core.Webhooks;
using B2D.ProactiveWorker;
using B2D.ProactiveWorker.Notices;
using B2D.Storage;
using B2D.Storage.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace B2D.Console.Tests.Town;

/// <summary>The console on a free port of this machine over real stores in memory, with a small town of rows in them.</summary>
public sealed class TownHost : IAsyncDisposable
{
    /// <summary>The still clock's time: a Tuesday afternoon.</summary>
    public static readonly DateTimeOffset Start = new(2026, 11, 24, 14, 20, 0, TimeSpan.Zero);

    private readonly WebApplication app;

    private TownHost(WebApplication app, Stores stores, Worker worker, EntryQueue entries, Desks desks, TownHealth health, TownRules rules, TownDemo? demo, TimeProvider clock) =>
        (this.app, Stores, Worker, Entries, Desks, Health, Rules, Demo, Clock) = (app, stores, worker, entries, desks, health, rules, demo, clock);

    public Stores Stores { get; }

    /// <summary>Whose desks the console uses. Nothing pumps it.</summary>
    public Worker Worker { get; }

    public Desks Desks { get; }

    /// <summary>What people did to cases and outages, as the audit has it: <c>admin case.Take case:1 {}</c>.</summary>
    public IReadOnlyList<string> Acts => [.. Stores.State.Read(db => AuditStore.List(db, limit: 1000))
        .Where(a => a.Action.StartsWith("case.", StringComparison.Ordinal) || a.Action.StartsWith("outage.", StringComparison.Ordinal))
        .Select(a => $"{a.Who} {a.Action} {a.Subject} {a.Detail}").Reverse()];

    /// <summary>What people did to faults and dues, on its way to the log; taken out.</summary>
    public IReadOnlyList<Entry.Action> Submitted()
    {
        var all = new List<Submission>();
        Entries.Drain(all, int.MaxValue);
        return [.. all.SelectMany(s => s.Entries).OfType<Entry.Action>()];
    }

    public TownHealth Health { get; }

    private EntryQueue Entries { get; }

    public TownRules Rules { get; }

    public TownDemo? Demo { get; }

    public TimeProvider Clock { get; }

    public Uri Address => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public string ReadKey { get; private set; } = "";

    public string WriteKey { get; private set; } = "";

    public string AdministratorKey { get; private set; } = "";

    public string Password => "adminadmin";

    public IServiceProvider Services => app.Services;

    public TownRuleFiles RuleFiles => (TownRuleFiles)app.Services.GetRequiredService<IRuleFiles>();

    /// <param name="seeded">With the town's rows; else with an administrator and keys only.</param>
    public static async Task<TownHost> Open(bool seeded = true, bool demo = true, Func<ConsoleOptions, ConsoleOptions>? options = null,
        TimeProvider? clock = null, int port = 0, NoticeOptions? notices = null, IReadOnlyList<INoticeChannel>? channels = null)
    {
        clock ??= new StillClock(Start);
        var stores = Stores.InMemory();
        var (desks, entries) = (new Desks(stores, clock), new EntryQueue());
        var worker = new Worker(stores, entries, new CommandQueue(), new WorkerOptions(), notices ?? new NoticeOptions(), channels ?? [], clock, NullLoggerFactory.Instance);
        worker.Start();
        var (health, rules, stories) = (new TownHealth(), new TownRules(), demo ? new TownDemo() : null);
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, port));
        var services = builder.Services;
        services.AddSingleton<ILinkDesk>(worker.LinkDesk).AddSingleton<ISlotDesk>(worker.SlotDesk).AddSingleton<ISubscriptionDesk>(worker.SubscriptionDesk);
        services.AddSingleton(stores).AddSingleton(clock).AddSingleton<ICaseDesk>(worker.CaseDesk).AddSingleton<IOutageDesk>(worker.OutageDesk)
            .AddSingleton<IStandardStepDesk>(worker.StandardSteps).AddSingleton<IObjectionDesk>(worker.ObjectionDesk)
            .AddSingleton<IGrantDesk>(worker.GrantDesk).AddSingleton<B2D.Core.Customers.ICareDesk>(worker.CareDesk)
            .AddSingleton<B2D.Core.Customers.IPrivacyDesk>(worker.PrivacyDesk)
            .AddSingleton<IHandCaseDesk>(worker.HandCaseDesk)
            .AddSingleton<IContactDesk>(worker.ContactDesk).AddSingleton<IFaultDesk>(worker.FaultDesk).AddSingleton<IDueDesk>(worker.DueDesk)
            .AddSingleton<IInboundDesk>(worker.InboundDesk).AddSingleton<IPhoneTaskDesk>(worker.PhoneTaskDesk).AddSingleton<IApprovalDesk>(worker.Approvals)
            .AddSingleton<IBounceDesk>(worker.BounceDesk).AddSingleton<IWebhookDesk>(worker.WebhookDesk)
            .AddSingleton<B2D.Core.Customers.ICarerDesk>(worker.CarerDesk).AddSingleton<ILetterDesk>(worker.LetterDesk)
            .AddSingleton<B2D.Core.Maintenance.IPlannedPreview>(worker.PlannedPreview)
            .AddSingleton<IOutagePreview>(worker.OutagePreview)
            .AddSingleton<IReviewDesk>(worker.ReviewDesk)
            .AddSingleton<ICommandDesk>(desks).AddSingleton<IStopSwitch>(desks).AddSingleton<IImports>(desks).AddSingleton<INoticeWords>(desks)
            .AddSingleton<ITemplateDesk>(worker.TemplateDesk).AddSingleton<ITestNotices>(new TownTests(worker.TestNotices))
            .AddSingleton<IHealth>(health).AddSingleton<IRuleView>(rules).AddSingleton<IRuleFiles, TownRuleFiles>()
            .AddSingleton<IBacktests>(new TownBacktests()).AddSingleton<IBackups>(new TownBackups());
        if (stories is not null)
            services.AddSingleton<IDemo>(stories);
        var chosen = new ConsoleOptions { Organisation = "Acme", TimeZone = "Europe/Lisbon" };
        services.AddConsole(options?.Invoke(chosen) ?? chosen);
        var app = builder.Build();
        app.MapConsole();
        var host = new TownHost(app, stores, worker, entries, desks, health, rules, stories, clock);
        host.AddUser("admin", host.Password, "administrator");
        host.ReadKey = stores.State.Write(db => ApiKeys.Create(db, "reader", "read", ServerTime.From(clock.GetUtcNow())));
        host.WriteKey = stores.State.Write(db => ApiKeys.Create(db, "writer", "write", ServerTime.From(clock.GetUtcNow())));
        host.AdministratorKey = host.Key("administrator");
        if (seeded)
            TownSeed.Fill(host);
        host.ReadWords();
        await app.StartAsync();
        return host;
    }

    /// <summary>Has all that was written so far found by search.</summary>
    public void ReadWords()
    {
        while (Worker.Search.Pump(ServerTime.From(Clock.GetUtcNow()), busy: false))
        {
        }
    }

    /// <summary>A new key of a role.</summary>
    public string Key(string scope) => Stores.State.Write(db => ApiKeys.Create(db, "of " + scope, scope, ServerTime.From(Clock.GetUtcNow())));

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
