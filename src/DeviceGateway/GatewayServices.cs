using B2D.Bus;
using B2D.DeviceGateway.Listeners;
using B2D.Storage;
using B2D.Storage.Devices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace B2D.DeviceGateway;

/// <summary>Registration of the gateway with a host.</summary>
public static class GatewayServices
{
    /// <summary>
    /// Adds the <see cref="Gateway"/> and its listeners. The host has registered <see cref="Stores"/>, <see cref="EntryQueue"/>, <see cref="CommandQueue"/> and
    /// <see cref="TimeProvider"/> (and <see cref="SecretSeal"/>, where devices have keys), and still has to start the gateway, pump its loops and stop it.
    /// </summary>
    public static IServiceCollection AddDeviceGateway(this IServiceCollection services, GatewayOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(provider => new Gateway(
            provider.GetRequiredService<Stores>(),
            provider.GetRequiredService<EntryQueue>(),
            provider.GetRequiredService<CommandQueue>(),
            options,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetService<SecretSeal>()));
        services.AddDeviceWebSockets();
        services.AddOptions<KestrelServerOptions>().Configure<Gateway>((kestrel, gateway) => gateway.ConfigureKestrel(kestrel));
        return services;
    }

    /// <summary>
    /// Serves WebSocket listeners of a gateway whose listeners are added by <see cref="Gateway.ConfigureKestrel"/>. Requests that come in by them are answered
    /// before any page of the web application is looked for; they get at none.
    /// </summary>
    public static IServiceCollection AddDeviceWebSockets(this IServiceCollection services) => services.AddSingleton<IStartupFilter, DeviceWebSockets>();

    private sealed class DeviceWebSockets : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.MapWhen(http => http.Features.Get<Listener.Upgrading>() is not null, devices =>
            {
                devices.UseWebSockets();
                devices.Run(http => http.Features.Get<Listener.Upgrading>()!.Listener.AnswerAsync(http));
            });
            next(app);
        };
    }
}
