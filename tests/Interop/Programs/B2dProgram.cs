using System.Diagnostics;
using System.Net;
using Xunit;

namespace B2D.Interop.Programs;

/// <summary>The built <c>b2d</c> with a data folder and ports of its own: its verbs, and <c>b2d run</c> started, killed and started again.</summary>
internal sealed class B2dProgram : IAsyncDisposable
{
    /// <summary>Longest start on a busy machine.</summary>
    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(60);

    private ChildProgram? running;
    private ApiClient? api;
    private ApiClient? open;

    public B2dProgram()
    {
        Folder = Directory.CreateTempSubdirectory("b2d-interop-").FullName;
        Rules = Directory.CreateDirectory(Path.Combine(Folder, "rules")).FullName;
        Work = Directory.CreateDirectory(Path.Combine(Folder, "work")).FullName;
        (Port, MqttPort, TlsPort) = Places.FreePorts(3) is [var a, var b, var c] ? (a, b, c) : default;
    }

    /// <summary>Everything of this installation; removed at the end.</summary>
    public string Folder { get; }

    /// <summary>The data folder; made by the program.</summary>
    public string Data => Path.Combine(Folder, "data");

    /// <summary>Its rule files.</summary>
    public string Rules { get; set; }

    /// <summary>The folder it is started in; empty unless a test puts something there.</summary>
    public string Work { get; }

    public int Port { get; }

    public int MqttPort { get; }

    public int TlsPort { get; }

    public string Url => $"http://127.0.0.1:{Port}";

    /// <summary>More options for <c>b2d run</c>, as <c>--set</c> takes them.</summary>
    public List<string> Set { get; } = [];

    /// <summary>Of the environment of <c>b2d run</c>.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>
    /// Compiled by the runtime as the program's own settings have it: for tests that measure. Else with less care, and so in half the time at the start; what it does
    /// is the same.
    /// </summary>
    public bool AsShipped { get; init; }

    /// <summary>A key that may write, made before the first start.</summary>
    public string Key { get; private set; } = "";

    /// <summary>The API with that key.</summary>
    public ApiClient Api => api ??= new ApiClient(Url, Key);

    /// <summary>The API without a key.</summary>
    public ApiClient Open => open ??= new ApiClient(Url, null);

    /// <summary>What <c>b2d run</c> said since its last start.</summary>
    public string Output => running?.Output ?? "";

    public string Error => running?.Error ?? "";

    /// <summary>What <c>b2d run</c> took of the processors since its last start.</summary>
    public TimeSpan ProcessorTime => running?.ProcessorTime ?? TimeSpan.Zero;

    /// <summary>Runs a verb that works on this data folder.</summary>
    public Task<Ended> VerbAsync(params string[] arguments) => ChildProgram.RunAsync(Places.B2d, [.. arguments, "--data", Data], Work);

    /// <summary>Runs a verb and fails the test where it does not succeed.</summary>
    public async Task<string> MustAsync(params string[] arguments)
    {
        var ended = await VerbAsync(arguments);
        Assert.True(ended.Status == 0, $"b2d {string.Join(' ', arguments)} ended with {ended.Status}: {ended.Output}\n{ended.Error}");
        return ended.Output;
    }

    /// <summary>Imports text as a file.</summary>
    public Task<string> ImportAsync(string what, string csv)
    {
        var file = Path.Combine(Folder, $"{what}.csv");
        File.WriteAllText(file, csv);
        return MustAsync(what, "import", file);
    }

    /// <summary>Writes a rule file.</summary>
    public void Rule(string name, string yaml) => File.WriteAllText(Path.Combine(Rules, name), yaml);

    public async Task MakeKeyAsync() => Key = (await MustAsync("keys", "create", "interop", "--scope", "administrator")).Trim();

    /// <summary>The command line of <c>b2d run</c>.</summary>
    public IEnumerable<string> RunArguments() =>
    [
        "run", "--data", Data, "--rules", Rules, "--url", Url, "--mqtt-port", $"{MqttPort}", .. Set.SelectMany(s => (string[])["--set", s]),
    ];

    /// <summary>Starts <c>b2d run</c> without waiting until it is ready.</summary>
    public void Launch() => running = ChildProgram.Start(Places.B2d, RunArguments(), Work, AsShipped ? Environment : new(ChildProgram.QuickStart.Concat(Environment)));

    /// <summary>Starts <c>b2d run</c>; returns how long it took until it was ready.</summary>
    public async Task<TimeSpan> StartAsync()
    {
        var start = Stopwatch.GetTimestamp();
        Launch();
        await ReadyAsync();
        return Stopwatch.GetElapsedTime(start);
    }

    /// <summary>Waits until it is ready.</summary>
    public async Task ReadyAsync()
    {
        var start = Stopwatch.GetTimestamp();
        var said = "";
        while (true)
        {
            Assert.True(running!.Runs, $"b2d run ended: {running.Output}\n{running.Error}");
            try
            {
                var (status, body) = await Open.TryGetAsync("/readyz");
                if (status == HttpStatusCode.OK)
                    return;
                said = body;
            }
            catch (HttpRequestException e)
            {
                said = e.Message;
            }
            if (Stopwatch.GetElapsedTime(start) > StartsWithin)
                Assert.Fail($"b2d run is not ready within {StartsWithin.TotalSeconds:0} s: {said}\n{running.Output}\n{running.Error}");
            await Wait.ForAsync(TimeSpan.FromMilliseconds(20));
        }
    }

    /// <summary>Waits until everything that was acknowledged is evaluated.</summary>
    public Task EvaluatedAsync(TimeSpan? most = null) => Wait.UntilAsync(
        async () => (await Open.GetAsync("/readyz")).Double("lagSeconds") == 0, most ?? TimeSpan.FromSeconds(60), "everything is evaluated");

    /// <summary><c>kill -9</c>.</summary>
    public async Task KillAsync()
    {
        await running!.KillAsync();
        await running.DisposeAsync();
        running = null;
    }

    /// <summary>Asks it to end and waits for that.</summary>
    public async Task<Ended> StopAsync()
    {
        var ended = await running!.TerminateAsync(TimeSpan.FromSeconds(30));
        await running.DisposeAsync();
        running = null;
        return ended;
    }

    /// <summary>Publishes with mosquitto_pub as a device of the plain listener, QoS 1: when this returns, it is acknowledged.</summary>
    public Task<Ended> PublishAsync(string device, string password, string topic, string payload, params string[] more) => ChildProgram.RunAsync(
        Places.MosquittoPub,
        ["-h", "127.0.0.1", "-p", $"{MqttPort}", "-u", device, "-P", password, "-i", device, "-q", "1", "-t", topic, "-m", payload, .. more], Work);

    public async ValueTask DisposeAsync()
    {
        if (running is not null)
            await running.DisposeAsync();
        api?.Dispose();
        open?.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
