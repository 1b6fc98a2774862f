using B2D.Console.Access;
using B2D.Console.Api;
using B2D.Console.Approvals;
using B2D.Console.Audit;
using B2D.Console.Backups;
using B2D.Console.Cases;
using B2D.Console.Commands;
using B2D.Console.Contacts;
using B2D.Console.Customers;
using B2D.Console.Defects;
using B2D.Console.Demo;
using B2D.Console.Devices;
using B2D.Console.Dues;
using B2D.Console.Enrolments;
using B2D.Console.Facts;
using B2D.Console.Exports;
using B2D.Console.Faults;
using B2D.Console.Health;
using B2D.Console.Imports;
using B2D.Console.Links;
using B2D.Console.Lists;
using B2D.Console.Live;
using B2D.Console.Maintenance;
using B2D.Console.Notices;
using B2D.Console.Now;
using B2D.Console.Outages;
using B2D.Console.Rules;
using B2D.Console.Search;
using B2D.Console.Shell;
using B2D.Console.Status;
using B2D.Console.Stop;
using B2D.Console.Subscriptions;
using B2D.Console.Tasks;
using B2D.Console.Unsubscribe;
using B2D.Console.Users;
using B2D.Console.Webhooks;
using B2D.Storage;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace B2D.Console;

/// <summary>Puts the console into a web application. The caller registers <c>Stores</c>, <c>TimeProvider</c> and the ports of <c>Ports.cs</c>.</summary>
public static class ConsoleServices
{
    /// <summary>Adds what pages and API need.</summary>
    /// <exception cref="ArgumentException">The options are wrong; the message lists all of it.</exception>
    public static IServiceCollection AddConsole(this IServiceCollection services, ConsoleOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Problems() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join("; ", problems), nameof(options));
        services.AddSingleton(options);
        services.AddHttpContextAccessor();
        services.AddRazorComponents();
        services.AddAntiforgery(a =>
        {
            a.FormFieldName = Forms.TokenField;
            a.HeaderName = "X-B2D-Token";
            a.Cookie.Name = "b2d-form";
            a.Cookie.HttpOnly = true;
            a.Cookie.SameSite = SameSiteMode.Lax;
            a.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            a.SuppressXFrameOptionsHeader = true;
        });
        // Whoever asks finds what they see. The stores themselves stay the caller's.
        var stores = services.Single(s => s.ServiceType == typeof(Stores));
        services.Remove(stores);
        services.AddSingleton(p => (stores.ImplementationInstance as Stores ?? (Stores)stores.ImplementationFactory!(p)).SeenThrough(() =>
            Sights.Of(p.GetRequiredService<IHttpContextAccessor>().HttpContext)));
        AddKeys(services, options);
        AddAccess(services, options);
        services.AddProblemDetails();
        services.AddOpenApi("v1", OpenApi.Configure);
        services.AddSingleton<Flash>().AddScoped<View>().AddScoped<FrameCounts>();
        services.AddSingleton<ChangeFeeds>().AddSingleton<LiveEvents>().AddSingleton<Presence>();
        services.AddSingleton<StatusBoard>().AddSingleton<CaseReader>().AddSingleton<DeviceReader>().AddSingleton<OutageReader>().AddSingleton<ReviewReader>()
            .AddSingleton<DefectReader>().AddSingleton<SearchReader>().AddSingleton<MaintenanceDesk>().AddSingleton<ConsentDesk>().AddSingleton<FactDesk>().AddSingleton<CustomerData>();
        services.AddSingleton<LinkGate>().AddSingleton<LinkReader>().AddSingleton<SubscriptionGate>();
        return services;
    }

    /// <summary>Maps pages, assets, API, events and health; sets the order of what every request passes through.</summary>
    public static WebApplication MapConsole(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.Use(SecurityHeaders.Set);
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = Failures.Unhandled, SuppressDiagnosticsCallback = _ => false });
        app.UseStatusCodePages(context => Failures.Status(context.HttpContext));
        app.UseAuthentication();
        app.Use((http, next) => http.RequestServices.GetRequiredService<SignIn>().ByItself(http, next));
        app.UseAuthorization();
        app.Use(Sights.Guard);
        MapPages(app);
        MapApi(app);
        return app;
    }

    private static void MapPages(WebApplication app)
    {
        AssetFiles.Map(app);
        StatusPages.Map(app);
        UnsubscribePages.Map(app);
        LinkPages.Map(app);
        SubscriptionPages.Map(app);
        HealthEndpoints.Map(app);
        var read = app.MapGroup("").ByTheTable();
        var write = app.MapGroup("").ByTheTable();
        SignIn.Map(app, read);
        if (app.Services.GetRequiredService<ConsoleOptions>().OpenId.IsOn)
            OpenIdSignIn.Map(app);
        AccountPages.Map(app, read);
        UserPages.Map(read, write);
        KeyPages.Map(read, write);
        LiveEvents.Map(read);
        NowPages.Map(read);
        CasePages.Map(read, write);
        HandCasePages.Map(read, write);
        OutagePages.Map(read, write);
        ReviewPages.Map(read, write);
        ExportPages.Map(read);
        DefectPages.Map(read);
        MaintenancePages.Map(read, write);
        SlotPages.Map(read, write);
        SurveyPages.Map(read);
        DevicePages.Map(read, write);
        ContractPages.MapForms(write);
        FaultsApi.MapForms(write);
        HeldPages.Map(read);
        DuePages.Map(read, write);
        NoticePages.Map(read);
        BouncesApi.MapForms(write);
        TemplatePages.Map(read, write);
        RulePages.Map(read, write);
        RuleFilePages.Map(read, write);
        StandardStepPages.MapForms(write);
        ObjectionPages.MapForms(write);
        GrantPages.Map(read, write);
        CarePages.MapForms(write);
        CarerPages.MapForms(write);
        LetterPages.Map(read, write);
        AuditPages.Map(read);
        WebhookPages.Map(read, write);
        CustomerPages.Map(read);
        PrivacyPages.Map(read, write);
        ConsentPages.Map(write);
        TaskPages.Map(read, write);
        ApprovalPages.Map(read, write);
        SearchPages.Map(read);
        ContactPages.Map(read, write);
        QueuePages.Map(read);
        CaseMany.Map(write);
        ViewPages.Map(read, write);
        StopPages.Map(read, write);
        if (app.Services.GetService<IDemo>() is not null)
            DemoPages.Map(read, write);
    }

    private static void MapApi(WebApplication app)
    {
        var read = app.MapGroup("/api").ByTheTable();
        var write = app.MapGroup("/api").ByTheTable().AddEndpointFilter(CookieWrites.Guard)
            .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(
            app.Services.GetRequiredService<ConsoleOptions>().MostBodyBytes));
        CasesApi.Map(read, write);
        HandCasePages.MapApi(write);
        StandardStepPages.MapApi(read, write);
        ObjectionPages.MapApi(read, write);
        GrantPages.MapApi(read, write);
        CarePages.MapApi(write);
        CarerPages.MapApi(read, write);
        LetterPages.MapApi(read, write);
        OutagesApi.Map(read, write);
        ReviewPages.MapApi(read, write);
        DefectsApi.Map(read);
        MaintenanceApi.Map(read, write);
        SlotPages.MapApi(read, write);
        SurveyPages.MapApi(read);
        DevicesApi.Map(read);
        ContractPages.MapApi(write);
        CustomersApi.Map(read);
        ConsentPages.MapApi(read, write);
        PrivacyPages.MapApi(read, write);
        InboundApi.Map(write);
        FactsApi.Map(read, write);
        TaskPages.MapApi(read, write);
        ApprovalPages.MapApi(read, write);
        SearchApi.Map(read);
        ContactsApi.Map(read, write);
        QueuesApi.Map(read);
        DuesApi.Map(read, write);
        NoticesApi.Map(read);
        BouncesApi.Map(write);
        TemplatesApi.Map(read, write);
        CommandsApi.Map(read, write);
        FaultsApi.Map(read, write);
        HeldPages.MapApi(read);
        RulesApi.Map(read, write);
        RuleFilesApi.Map(read, write);
        AuditApi.Map(read);
        WebhookPages.MapApi(read, write);
        ImportsApi.Map(write);
        EnrolmentsApi.Map(read, write);
        UsersApi.Map(read, write);
        KeysApi.Map(read, write);
        StopApi.Map(read, write);
        if (app.Services.GetService<IBackups>() is not null)
            BackupsApi.Map(read, write);
        app.MapOpenApi("/api/openapi.json").ByTheTable();
    }

    private static void AddKeys(IServiceCollection services, ConsoleOptions options)
    {
        if (options.KeyFolder.Length > 0)
            services.AddDataProtection().SetApplicationName("b2d").PersistKeysToFileSystem(new DirectoryInfo(options.KeyFolder));
        else
            services.AddDataProtection().SetApplicationName("b2d").UseEphemeralDataProtectionProvider();
    }

    private static void AddAccess(IServiceCollection services, ConsoleOptions options)
    {
        services.AddSingleton<SignInGate>().AddSingleton<FailedSignIns>().AddSingleton<PasswordHashing>().AddSingleton<SignIn>().AddSingleton<UserDesk>();
        var schemes = services.AddAuthentication(Claims.Scheme)
            .AddPolicyScheme(Claims.Scheme, null, p => p.ForwardDefaultSelector = http => KeyAuthentication.Of(http.Request) is null ? Claims.CookieScheme
                : Claims.KeyScheme)
            .AddScheme<AuthenticationSchemeOptions, KeyAuthentication>(Claims.KeyScheme, null)
            .AddCookie(Claims.CookieScheme, c =>
            {
                c.Cookie.Name = "b2d";
                c.Cookie.HttpOnly = true;
                c.Cookie.SameSite = SameSiteMode.Lax;
                c.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                c.ExpireTimeSpan = options.SignInLasts;
                c.SlidingExpiration = false;
                c.Events.OnValidatePrincipal = context => context.HttpContext.RequestServices.GetRequiredService<SignIn>().Recheck(context);
                c.Events.OnRedirectToLogin = context => Failures.SignInFirst(context.HttpContext);
                c.Events.OnRedirectToAccessDenied = context => Failures.NotAllowed(context.HttpContext);
            });
        if (options.OpenId.IsOn)
            OpenIdSignIn.AddTo(schemes, options);
        Rights.AddTo(services.AddAuthorizationBuilder());
    }
}
