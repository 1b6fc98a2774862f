using B2D.Interop.Programs;

namespace B2D.Interop.Mqtt;

/// <summary>Debian's mosquitto on a port of its own, open to anybody on the loopback.</summary>
internal sealed class MosquittoBroker : IAsyncDisposable
{
    private readonly ChildProgram program;

    private MosquittoBroker(ChildProgram program, string folder, int port) => (this.program, Folder, Port) = (program, folder, port);

    public string Folder { get; }

    public int Port { get; }

    public string Said => program.Error;

    /// <param name="more">More lines of its configuration.</param>
    public static async Task<MosquittoBroker> StartAsync(params IEnumerable<string> more)
    {
        var folder = Directory.CreateTempSubdirectory("b2d-mosquitto-").FullName;
        var port = Places.FreePorts(1)[0];
        var file = Path.Combine(folder, "mosquitto.conf");
        // With its default of 20 in flight, mosquitto 2.0.11 loses QoS 2 messages of 3.1.1 clients that have more under way (Paho sees the same).
        File.WriteAllLines(file, [$"listener {port} 127.0.0.1", "allow_anonymous true", "max_inflight_messages 1000", "max_queued_messages 10000", "log_type all", .. more]);
        var program = ChildProgram.Start(Places.Mosquitto, ["-c", file], folder);
        await Wait.UntilAsync(
            () => program.Runs ? program.Error.Contains("running", StringComparison.Ordinal) : throw new InvalidOperationException($"mosquitto ended: {program.Error}"),
            TimeSpan.FromSeconds(20), "mosquitto listens");
        return new MosquittoBroker(program, folder, port);
    }

    public async ValueTask DisposeAsync()
    {
        await program.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
