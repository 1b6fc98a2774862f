using B2D.Console;
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
using B2D.Core.Webhooks;
using B2D.Host.Demo;
using B2D.Host.Desks;
using B2D.Host.Options;
using B2D.ProactiveWorker.Notices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace B2D.Host;

/// <summary>Puts the console into the web server.</summary>
internal static class ConsoleRole
{
    public static void Add(WebApplicationBuilder builder, Installation installation, DemoFeed? demo)
    {
        var options = installation.Options;
        // Assets of referenced projects are found when the program runs from its bin folder, wherever it was started.
        builder.WebHost.UseStaticWebAssets();
        builder.Services.AddConsole(options.Console with { KeyFolder = demo is null ? KeyFolder(options.Data) : "" });
        builder.Services
            .AddSingleton<ICaseDesk>(installation.Worker.CaseDesk)
            .AddSingleton<IStandardStepDesk>(installation.Worker.StandardSteps)
            .AddSingleton<IObjectionDesk>(installation.Worker.ObjectionDesk)
            .AddSingleton<IGrantDesk>(installation.Worker.GrantDesk)
            .AddSingleton<B2D.Core.Customers.ICareDesk>(installation.Worker.CareDesk)
            .AddSingleton<B2D.Core.Customers.ICarerDesk>(installation.Worker.CarerDesk)
            .AddSingleton<ILetterDesk>(installation.Worker.LetterDesk)
            .AddSingleton<B2D.Core.Customers.IPrivacyDesk>(installation.Worker.PrivacyDesk)
            .AddSingleton<IHandCaseDesk>(installation.Worker.HandCaseDesk)
            .AddSingleton<IOutageDesk>(installation.Worker.OutageDesk)
            .AddSingleton<IContactDesk>(installation.Worker.ContactDesk)
            .AddSingleton<IFaultDesk>(installation.Worker.FaultDesk)
            .AddSingleton<ICommandDesk>(new HostCommandDesk(installation))
            .AddSingleton<IDueDesk>(installation.Worker.DueDesk)
            .AddSingleton<IInboundDesk>(installation.Worker.InboundDesk)
            .AddSingleton<IWebhookDesk>(installation.Worker.WebhookDesk)
            .AddSingleton<IBounceDesk>(installation.Worker.BounceDesk)
            .AddSingleton<IApprovalDesk>(installation.Worker.Approvals)
            .AddSingleton<IPhoneTaskDesk>(installation.Worker.PhoneTaskDesk)
            .AddSingleton<ILinkDesk>(installation.Worker.LinkDesk)
            .AddSingleton<ISlotDesk>(installation.Worker.SlotDesk)
            .AddSingleton<ISubscriptionDesk>(installation.Worker.SubscriptionDesk)
            .AddSingleton<IReviewDesk>(installation.Worker.ReviewDesk)
            .AddSingleton<B2D.Core.Maintenance.IPlannedPreview>(installation.Worker.PlannedPreview)
            .AddSingleton<B2D.Core.Outages.IOutagePreview>(installation.Worker.OutagePreview)
            .AddSingleton<IStopSwitch>(new HostStopSwitch(installation))
            .AddSingleton<IImports>(new HostImports(installation))
            .AddSingleton<IEnrolmentDesk>(new HostEnrolmentDesk(installation))
            .AddSingleton<IBackups>(installation.Backups)
            .AddSingleton<IBacktests>(installation.Backtests)
            .AddSingleton<IHealth>(new HostHealth(installation))
            .AddSingleton<IRuleView>(new HostRuleView(installation))
            .AddSingleton<IRuleFiles>(installation.RuleFiles)
            .AddSingleton<INoticeWords>(new HostNoticeWords(installation.Stores.State, installation.Worker.Templates, installation.Worker.Links))
            .AddSingleton<ITemplateDesk>(installation.Worker.TemplateDesk)
            .AddSingleton<ITestNotices>(new HostTestNotices(installation.Worker.TestNotices));
        if (demo is not null)
            builder.Services.AddSingleton<IDemo>(demo);
    }

    public static void Map(WebApplication app) => app.MapConsole();

    /// <summary>Whoever can read the keys of sign-in cookies can sign in as anybody: the folder is its owner's alone.</summary>
    private static string KeyFolder(string data)
    {
        var folder = Path.GetFullPath(Path.Combine(data, "keys"));
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return folder;
    }

    /// <summary>Makes the first administrator where there is none and returns the password to print, once.</summary>
    public static string? FirstPassword(Installation installation) => FirstAdministrator.Ensure(installation.Stores, ServerTime.From(installation.Time.GetUtcNow()));

    /// <summary>The console's address with the port it really has.</summary>
    public static string UrlOf(WebApplication app, InstallationOptions options, int phonePort)
    {
        var wanted = new Uri(options.Url);
        if (wanted.Port != 0)
            return options.Url.TrimEnd('/');
        var devices = app.Services.GetRequiredService<Installation>().Gateway.Places.Select(p => p.At.Port).ToHashSet();
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        return addresses.Select(a => new Uri(a)).First(a => !devices.Contains(a.Port) && a.Port != phonePort).GetLeftPart(UriPartial.Authority);
    }
}
