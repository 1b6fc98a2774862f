using System.Net;
using B2D.FirmwareSim.Fleets;
using B2D.FirmwareSim.Running;
using B2D.Mqtt;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace B2D.FirmwareSim.Tests;

/// <summary>Links over real sockets against the server of src/Mqtt.</summary>
public sealed class MqttDeviceNetworkTests : IAsyncLifetime, IDisposable
{
    private readonly MqttServer _server = new(new OpenApplication(), new MqttServerOptions(), TimeProvider.System, NullLoggerFactory.Instance);
    private WebApplication? _host;
    private MqttDeviceNetwork? _network;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseConnectionHandler<Mqtt>()));
        builder.Services.AddSingleton(new Mqtt(_server));
        _host = builder.Build();
        await _host.StartAsync();
        var address = _host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        _network = new MqttDeviceNetwork("127.0.0.1", new Uri(address).Port, TimeProvider.System);
    }

    public async Task DisposeAsync()
    {
        await _host!.StopAsync();
        await _host.DisposeAsync();
    }

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task ConnectAsync_TwoDevices_OneHearsWhatTheOtherPublishes()
    {
        var heard = new TaskCompletionSource<(string, byte[])>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var ear = await _network!.ConnectAsync(Session("ear", "devices/RT-1/telemetry"), (t, p) => heard.TrySetResult((t, p.ToArray())), default);
        await using var mouth = await _network.ConnectAsync(Session("RT-1"), (_, _) => { }, default);
        Assert.Equal(PublishOutcome.Acknowledged, await mouth.PublishAsync("devices/RT-1/telemetry", "{}"u8.ToArray(), false));

        var (topic, payload) = await heard.Task;
        Assert.Equal(("devices/RT-1/telemetry", "{}"), (topic, System.Text.Encoding.UTF8.GetString(payload)));
        await mouth.CloseAsync();
        Assert.True(mouth.Closed.IsCompleted);
    }

    [Fact]
    public async Task Abort_Connected_WillIsPublishedAndPublishFails()
    {
        var heard = new TaskCompletionSource<(string, byte[])>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var ear = await _network!.ConnectAsync(Session("ear", "devices/+/status"), (t, p) => heard.TrySetResult((t, p.ToArray())), default);
        await using var device = await _network.ConnectAsync(Session("RT-1"), (_, _) => { }, default);
        device.Abort();
        await device.Closed;

        var (topic, payload) = await heard.Task;
        Assert.Equal(("devices/RT-1/status", "offline"), (topic, System.Text.Encoding.UTF8.GetString(payload)));
        await Assert.ThrowsAsync<LinkLostException>(() => device.PublishAsync("devices/RT-1/telemetry", "{}"u8.ToArray(), false));
    }

    [Fact]
    public async Task ConnectAsync_NobodyThere_LinkLost()
    {
        var nowhere = new MqttDeviceNetwork("127.0.0.1", 1, TimeProvider.System);
        await Assert.ThrowsAsync<LinkLostException>(() => nowhere.ConnectAsync(Session("RT-1"), (_, _) => { }, default));
    }

    [Fact]
    public async Task Runner_RealSockets_EverythingStepIsAcknowledged()
    {
        var now = TimeProvider.System.GetUtcNow();
        var town = Town.Create(3, 60, now.AddSeconds(-30));
        var fleet = new Fleet(town, FleetOptions.Demo with { Disturbances = Disturbances.DuplicateReading });
        await using var runner = new FleetRunner(fleet, _network!, TimeProvider.System);
        // Half a minute of the fleet at once, faster than any server would see it.
        runner.Step(now);
        Assert.True(await runner.DrainAsync());
        await runner.StopAsync(clean: true);

        var sent = fleet.Truth.Messages.Where(m => m.Copies > 0).ToList();
        Assert.True(sent.Count > 1000);
        Assert.All(sent, m => Assert.True(m.Acknowledged));
        Assert.Equal((0, 0), (runner.Counters.Lost, runner.Counters.Refused));
    }

    private static DeviceSession Session(string device, params string[] filters) =>
        new(device, "secret", $"devices/{device}/status", "offline"u8.ToArray(), filters);

    private sealed class Mqtt(MqttServer server) : ConnectionHandler
    {
        public override Task OnConnectedAsync(ConnectionContext connection) => server.RunConnectionAsync(connection, "test");
    }
}
