using System.Globalization;
using B2D.Interop.Programs;
using Xunit;

namespace B2D.Interop.Mqtt;

/// <summary>The built <c>b2d mqtt</c> on a port of its own.</summary>
internal sealed class BareServer : IAsyncDisposable
{
    private readonly ChildProgram program;

    private BareServer(ChildProgram program, string folder, int port) => (this.program, Folder, Port) = (program, folder, port);

    /// <summary>For other people's programs to run in; removed at the end.</summary>
    public string Folder { get; }

    public int Port { get; }

    /// <summary>Everything it said.</summary>
    public string Said => program.Output + program.Error;

    /// <summary>The authority of the certificate, with <see cref="StartTlsAsync"/>.</summary>
    public string Authority => Path.Combine(Folder, "ca.pem");

    public static Task<BareServer> StartAsync(params string[] options) => StartAsync(Directory.CreateTempSubdirectory("b2d-mqtt-").FullName, options);

    /// <summary>The same over TLS, with a certificate for localhost.</summary>
    public static async Task<BareServer> StartTlsAsync()
    {
        var folder = Directory.CreateTempSubdirectory("b2d-mqtt-").FullName;
        await Certificates.MakeAsync(folder);
        return await StartAsync(folder, ["--tls", $"{Path.Combine(folder, "server.pem")},{Path.Combine(folder, "server.key")}"]);
    }

    /// <summary>Runs a program that must succeed; what it said.</summary>
    public async Task<string> RunAsync(string file, params IEnumerable<string> arguments)
    {
        var ended = await ChildProgram.RunAsync(file, arguments, Folder);
        Assert.True(ended.Status == 0, $"{Path.GetFileName(file)} ended with {ended.Status}: {ended.Output}\n{ended.Error}");
        return ended.Output;
    }

    /// <summary>Asks it to end.</summary>
    public Task<Ended> StopAsync() => program.TerminateAsync(TimeSpan.FromSeconds(30));

    public async ValueTask DisposeAsync()
    {
        await program.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private static async Task<BareServer> StartAsync(string folder, string[] options)
    {
        var program = ChildProgram.Start(Places.B2d, ["mqtt", "--port", "0", .. options], folder);
        await Wait.UntilAsync(
            () => program.Runs ? program.Output.Contains("Ctrl+C", StringComparison.Ordinal) : throw new InvalidOperationException($"b2d mqtt ended: {program.Error}"),
            TimeSpan.FromSeconds(60), "b2d mqtt listens");
        var port = program.Output.Split(':')[1].Split(',')[0];
        return new BareServer(program, folder, int.Parse(port, CultureInfo.InvariantCulture));
    }
}
