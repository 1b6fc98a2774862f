using System.IO.Pipelines;
using System.Text;
using B2D.Core.Devices;
using B2D.Mqtt;
using Microsoft.AspNetCore.Connections;

namespace B2D.DeviceGateway.Tests;

/// <summary>A real MQTT client connected to a gateway by two pipes instead of a socket.</summary>
internal sealed class MqttPipe : IDuplexPipe, IAsyncDisposable
{
    private readonly Pipe up = new();
    private readonly Pipe down = new();

    private MqttPipe(TestGateway gateway)
    {
        var server = new DefaultConnectionContext { Transport = new Duplex(up.Reader, down.Writer) };
        Served = ServeAsync(gateway, server);
    }

    public PipeReader Input => down.Reader;

    public PipeWriter Output => up.Writer;

    /// <summary>Completes when the gateway is done with the connection.</summary>
    public Task Served { get; }

    public static Task<MqttClient> ConnectAsync(TestGateway gateway, DeviceId device, Func<MqttClientOptions, MqttClientOptions>? with = null)
    {
        var options = new MqttClientOptions("pipe", 0)
        {
            ClientId = device.Value,
            UserName = device.Value,
            Password = Encoding.UTF8.GetBytes(TestGateway.PasswordOf(device)),
            KeepAlive = TimeSpan.Zero,
        };
        return MqttClient.ConnectAsync(new MqttPipe(gateway), with?.Invoke(options) ?? options, gateway.Clock);
    }

    /// <summary>A connection without a client: the test writes and reads the bytes.</summary>
    public static MqttPipe Raw(TestGateway gateway) => new(gateway);

    /// <summary>Sends bytes as they are.</summary>
    public async Task SendAsync(params byte[] bytes) => await up.Writer.WriteAsync(bytes);

    /// <summary>All that the gateway sent until it was done with the connection.</summary>
    public async Task<byte[]> ReadToEndAsync()
    {
        while (true)
        {
            var result = await down.Reader.ReadAsync();
            if (result.IsCompleted)
                return System.Buffers.BuffersExtensions.ToArray(result.Buffer);
            down.Reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await up.Writer.CompleteAsync();
        await down.Reader.CompleteAsync();
    }

    private static async Task ServeAsync(TestGateway gateway, DefaultConnectionContext server)
    {
        await gateway.Gateway.RunConnectionAsync(server, "pipe");
        await server.Transport.Output.CompleteAsync();
        await server.Transport.Input.CompleteAsync();
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
