using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using B2D.Interop.Programs;
using Xunit;
using Xunit.Abstractions;

namespace B2D.Interop.Mqtt;

/// <summary>One program with four listeners: plain on loopback, mutual TLS, TLS 1.2 only, and WebSockets with and without TLS.</summary>
public sealed class ListenersInstallation : IAsyncLifetime
{
    internal const string Key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

    internal B2dProgram B2d { get; private set; } = null!;

    internal string Tls => Path.Combine(B2d.Folder, "tls");

    internal string Authority => Path.Combine(Tls, "ca.pem");

    internal int Mutual { get; private set; }

    internal int Old { get; private set; }

    internal int Web { get; private set; }

    internal int SecureWeb { get; private set; }

    public async Task InitializeAsync()
    {
        B2d = new B2dProgram();
        (Mutual, Old, Web, SecureWeb) = Places.FreePorts(4) is [var a, var b, var c, var d] ? (a, b, c, d) : default;
        await Certificates.MakeAsync(Tls);
        await Certificates.MakeAsync(Path.Combine(Tls, "strangers"));
        await Certificates.ForClientAsync(Tls, "meter", "/O=Acme/CN=meter");
        await Certificates.ForClientAsync(Tls, "renewed", "/CN=meter");
        await Certificates.ForClientAsync(Path.Combine(Tls, "strangers"), "own", "/CN=whatever");
        await Certificates.ForClientAsync(Path.Combine(Tls, "strangers"), "forged", "/CN=meter");
        var own = await Certificates.ThumbprintAsync(Path.Combine(Tls, "strangers"), "own");
        await B2d.ImportAsync(
            "devices", $"id,password,thumbprint,sas_primary\nmeter,meters secret,,\nvalve,valves secret,{own},\npump,,,{Key}\nfan,fans secret,,\n");
        await B2d.MakeKeyAsync();
        Listener(0, "mutual", Mutual, "Tls=Tls12And13", "ClientCertificates=Required", $"ClientCertificateAuthorities={Authority}");
        Listener(1, "old", Old, "Tls=Tls12");
        Listener(2, "web", Web, "Transport=WebSocket", "Tls=None");
        Listener(3, "secure-web", SecureWeb, "Transport=WebSocket");
        await B2d.StartAsync();
    }

    public async Task DisposeAsync() => await B2d.DisposeAsync();

    /// <summary>The last value of a device's metric; null where there is none.</summary>
    internal async Task<double?> LatestAsync(string device, string metric) =>
        (await B2d.Api.GetAsync($"/api/devices/{device}")).Items("latest")
            .Where(l => l.Text("metric") == metric).Select(l => (double?)l.Double("value")).FirstOrDefault();

    private void Listener(int number, string name, int port, params string[] more)
    {
        string[] all =
        [
            $"Name={name}", "Address=127.0.0.1", $"Port={port}", .. more,
            .. more.Contains("Tls=None") ? [] : new[] { $"Certificate={Path.Combine(Tls, "server.pem")}", $"CertificateKey={Path.Combine(Tls, "server.key")}" },
        ];
        B2d.Set.AddRange(all.Select(o => $"Gateway:Listeners:{number}:{o}"));
    }
}

/// <summary>Listeners and identities with programs that nobody here wrote: mosquitto's clients, paho and openssl.</summary>
public sealed class IdentityTests(ListenersInstallation at, ITestOutputHelper output) : IClassFixture<ListenersInstallation>
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("meter", "meter", "tlsv1.2", 1.25)] // named by its authority
    [InlineData("strangers/own", "valve", "tlsv1.3", 1.5)] // registered by its thumbprint
    public async Task Publish_WithCertificateAlone_IsThatDevices(string certificate, string device, string tls, double value)
    {
        var said = await PublishAsync(certificate, [], device, $$"""{"by_certificate":{{value.ToString(System.Globalization.CultureInfo.InvariantCulture)}}}""", "--tls-version", tls);

        Assert.Equal((0, ""), (said.Status, said.Error));
        await Wait.UntilAsync(async () => await at.LatestAsync(device, "by_certificate") == value, Soon, "the reading is stored");
    }

    [Theory]
    [InlineData("strangers/forged", "")] // the right name by another authority
    [InlineData("strangers/forged", "meters secret")] // and no password makes it good
    [InlineData("meter", "", "fan")] // another device's user name
    public async Task Publish_CertificateThatIsNotTheDevices_Refused(string certificate, string password, string user = "meter")
    {
        var said = await PublishAsync(certificate, ["-u", user, "-P", password], "meter", """{"forged":1}""");

        output.WriteLine(said.Error);
        Assert.NotEqual(0, said.Status);
        Assert.Null(await at.LatestAsync("meter", "forged"));
    }

    [Fact]
    public async Task Publish_NoCertificateWhereOneIsRequired_Refused()
    {
        var said = await ChildProgram.RunAsync(
            Places.MosquittoPub,
            ["-h", "localhost", "-p", $"{at.Mutual}", "--cafile", at.Authority, "-u", "meter", "-P", "meters secret", "-q", "1", "-t", "devices/meter/telemetry", "-m", "{}"],
            at.B2d.Work);

        Assert.NotEqual(0, said.Status);
    }

    [Fact]
    public async Task Import_AnotherThumbprint_TakesTheOldCertificateBackWhileItIsConnected()
    {
        await at.B2d.ImportAsync("devices", "id,thumbprint\nfan,\n");
        await Certificates.ForClientAsync(at.Tls, "fan", "/CN=fan");
        await Certificates.ForClientAsync(at.Tls, "fan-new", "/CN=fan");
        await using var listening = ChildProgram.Start(
            Places.MosquittoSub, [.. Login("fan"), "-q", "1", "-t", "devices/fan/commands/+"], at.B2d.Work);
        await Wait.UntilAsync(async () => (await at.B2d.Api.GetAsync("/api/devices/fan")).GetProperty("online").ValueKind == JsonValueKind.True, Soon, "it is connected");

        await at.B2d.ImportAsync("devices", $"id,thumbprint\nfan,{await Certificates.ThumbprintAsync(at.Tls, "fan-new")}\n");

        // It tries again with the old one, is refused and gives up.
        var ended = await listening.EndAsync(Soon);
        output.WriteLine(ended.Output + ended.Error);
        Assert.NotEqual(0, ended.Status);
        Assert.NotEqual(0, (await PublishAsync("fan", [], "fan", "{}")).Status);
        Assert.Equal(0, (await PublishAsync("fan-new", [], "fan", "{}")).Status);
    }

    [Theory]
    [InlineData("-tls1_2", true)]
    [InlineData("-tls1_3", false)]
    public async Task Handshake_ListenerOfOldTls_TakesThatAlone(string option, bool taken)
    {
        var said = await ShakeAsync(at.Old, option);

        Assert.Equal(taken, said.Status == 0);
    }

    [Fact]
    public async Task Certificate_ReplacedOnDisk_IsShownAtOnceAndABrokenOneIsNot()
    {
        var before = await SerialAsync();
        // The same authority, so that other tests go on.
        var ca = Path.Combine(at.Tls, "ca.pem");
        await RunAsync("x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile server.ext -out server.new");
        File.Move(Path.Combine(at.Tls, "server.new"), Path.Combine(at.Tls, "server.pem"), overwrite: true);

        await Wait.UntilAsync(async () => await SerialAsync() != before, Soon, "the new certificate is shown");
        var after = await SerialAsync();
        var good = await File.ReadAllTextAsync(Path.Combine(at.Tls, "server.pem"));
        await File.WriteAllTextAsync(Path.Combine(at.Tls, "server.pem"), "nothing");
        await Wait.UntilAsync(async () => await SerialAsync() == after && at.B2d.Output.Contains("cannot be used", StringComparison.Ordinal), Soon, "it is said that the new one is broken");
        await File.WriteAllTextAsync(Path.Combine(at.Tls, "server.pem"), good);
        Assert.Equal(after, await SerialAsync());
        Assert.True(File.Exists(ca));
    }

    [Fact]
    public async Task Publish_WithToken_IsStoredAndTheKeyIsNotInTheData()
    {
        var said = await at.B2d.PublishAsync("pump", Token("pump", DateTimeOffset.UnixEpoch.AddYears(100)), "devices/pump/telemetry", """{"by_token":3}""");

        Assert.Equal((0, ""), (said.Status, said.Error));
        await Wait.UntilAsync(async () => await at.LatestAsync("pump", "by_token") == 3, Soon, "the reading is stored");
        var key = Path.Combine(at.B2d.Work, "b2d.key");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
        Assert.All(Directory.GetFiles(at.B2d.Data, "*.db*"), file =>
        {
            var bytes = ReadShared(file);
            Assert.Equal(-1, bytes.AsSpan().IndexOf(Convert.FromBase64String(ListenersInstallation.Key)));
            Assert.Equal(-1, bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(ListenersInstallation.Key)));
        });
    }

    [Fact]
    public async Task Token_Expires_WhileConnected_TheConnectionEnds()
    {
        var expiry = TimeProvider.System.GetUtcNow().AddSeconds(4);
        var token = Token("pump", expiry);
        await using var listening = ChildProgram.Start(
            Places.MosquittoSub,
            ["-h", "127.0.0.1", "-p", $"{at.B2d.MqttPort}", "-u", "pump", "-P", token, "-i", "pump", "-V", "5", "-q", "1", "-t", "devices/pump/commands/+", "-d"],
            at.B2d.Work);

        var ended = await listening.EndAsync(Soon);

        output.WriteLine(ended.Output + ended.Error);
        Assert.Contains("Subscribed", ended.Output, StringComparison.Ordinal);
        Assert.True(TimeProvider.System.GetUtcNow() >= expiry.AddSeconds(-1));
        Assert.NotEqual(0, (await at.B2d.PublishAsync("pump", token, "devices/pump/telemetry", "{}")).Status);
    }

    [Theory]
    [InlineData("311", false)]
    [InlineData("5", false)]
    [InlineData("5", true)]
    public async Task Command_ToPahoOverWebSocket_ArrivesAndIsAnswered(string version, bool secure)
    {
        await Peer.RequireAsync("paho.mqtt.client", "python3-paho-mqtt");
        await using var device = ChildProgram.Start(
            Places.Python,
            [
                Places.Peer("device.py"), version, $"{(secure ? at.SecureWeb : at.Web)}", "valve", "valves secret", secure ? at.Authority : "", "websockets",
            ],
            at.B2d.Work);
        await Wait.UntilAsync(() => device.Output.Contains("ready", StringComparison.Ordinal), Soon, "paho has subscribed");

        var (status, body) = await at.B2d.Api.PostAsync("/api/commands", new { device = "valve", name = "open" });
        Assert.True((int)status == 202, body);

        var ended = await device.EndAsync(Soon);
        output.WriteLine(ended.Output + ended.Error);
        Assert.Equal("open", JsonElement.Parse(ended.Output.Split('\n')[1]).GetProperty("payload").Text("command"));
    }

    [Theory]
    [InlineData(4, false)]
    [InlineData(4, true)]
    [InlineData(5, false)]
    [InlineData(5, true)]
    public async Task Command_ToNpmMqttOverWebSocket_ArrivesAndIsAnswered(int version, bool secure)
    {
        await using var device = ChildProgram.Start(
            Places.Node,
            [
                Places.Peer("device.js"), Places.NodeModules, $"{version}", secure ? $"wss://localhost:{at.SecureWeb}/mqtt" : $"ws://127.0.0.1:{at.Web}/mqtt", "valve", "valves secret",
                .. secure ? new[] { at.Authority } : [],
            ],
            at.B2d.Work);
        await Wait.UntilAsync(() => device.Output.Contains("ready", StringComparison.Ordinal), Soon, "npm's mqtt has subscribed");

        var (status, body) = await at.B2d.Api.PostAsync("/api/commands", new { device = "valve", name = "open" });
        Assert.True((int)status == 202, body);

        var ended = await device.EndAsync(Soon);
        output.WriteLine(ended.Output + ended.Error);
        Assert.Equal("open", JsonElement.Parse(ended.Output.Split('\n')[1]).GetProperty("payload").Text("command"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Device_OfAFleet_RegistersItselfAndGetsItsOwnPassword(bool approve)
    {
        var device = approve ? "fleet-1" : "fleet-2";
        var key = (await at.B2d.MustAsync(["groups", "create", $"of {device}", "--model", "FP-1", "--segment", "north", .. approve ? ["--approve"] : Array.Empty<string>()])).Trim();
        string[] login = ["-h", "127.0.0.1", "-p", $"{at.B2d.MqttPort}", "-u", device, "-P", key, "-i", device, "-q", "1", "-t", $"devices/{device}/credential", "-C", "1", "-W", "20"];
        if (!approve)
        {
            Assert.NotEqual(0, (await ChildProgram.RunAsync(Places.MosquittoSub, login, at.B2d.Work)).Status);
            var waiting = Assert.Single(await at.B2d.Api.ListAsync("/api/enrolments?state=waiting"), e => e.Text("device") == device);
            var (status, body) = await at.B2d.Api.PostAsync($"/api/enrolments/{waiting.Long("id")}/approve", new { });
            Assert.True((int)status == 200, body);
        }

        var fetched = await ChildProgram.RunAsync(Places.MosquittoSub, login, at.B2d.Work);

        output.WriteLine(fetched.Error);
        var own = JsonElement.Parse(fetched.Output);
        Assert.Equal(device, own.Text("user"));
        var said = await at.B2d.PublishAsync(device, own.Text("password"), $"devices/{device}/telemetry", """{"enrolled":1}""");
        Assert.Equal((0, ""), (said.Status, said.Error));
        await Wait.UntilAsync(async () => await at.LatestAsync(device, "enrolled") == 1, Soon, "its reading is stored");
        Assert.Equal(("FP-1", "north"), await at.B2d.Api.GetAsync($"/api/devices/{device}") is var shown ? (shown.Text("model"), shown.Text("segment")) : default);
        Assert.NotEqual(0, (await at.B2d.PublishAsync(device, key, $"devices/{device}/telemetry", "{}")).Status);
    }

    [Fact]
    public async Task WebSocketListener_OrdinaryRequests_FindNothingOfTheConsole()
    {
        using var http = new ApiClient($"http://127.0.0.1:{at.Web}", at.B2d.Key);

        foreach (var path in new[] { "/", "/healthz", "/api/devices", "/sign-in" })
            Assert.Equal(System.Net.HttpStatusCode.NotFound, (await http.TryGetAsync(path)).Status);
    }

    [Fact]
    public void Start_Listeners_AreSaid()
    {
        foreach (var line in new[]
        {
            $"mqtt://127.0.0.1:{at.B2d.MqttPort}", $"mqtts://127.0.0.1:{at.Mutual}", $"ws://127.0.0.1:{at.Web}/mqtt", $"wss://127.0.0.1:{at.SecureWeb}/mqtt",
        })
            Assert.Contains($"Devices:  {line}\n", at.B2d.Output, StringComparison.Ordinal);
    }

    /// <summary>A token as the Azure SDKs make it.</summary>
    private static string Token(string device, DateTimeOffset expiry)
    {
        var (resource, until) = (Uri.EscapeDataString($"localhost/devices/{device}"), expiry.ToUnixTimeSeconds());
        var signature = HMACSHA256.HashData(Convert.FromBase64String(ListenersInstallation.Key), Encoding.UTF8.GetBytes($"{resource}\n{until}"));
        return $"SharedAccessSignature sr={resource}&sig={Uri.EscapeDataString(Convert.ToBase64String(signature))}&se={until}";
    }

    private static byte[] ReadShared(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private string[] Login(string certificate) =>
    [
        "-h", "localhost", "-p", $"{at.Mutual}", "--cafile", at.Authority,
        "--cert", Path.Combine(at.Tls, $"{certificate}.pem"), "--key", Path.Combine(at.Tls, $"{certificate}.key"),
    ];

    private Task<Ended> PublishAsync(string certificate, string[] credentials, string device, string payload, params string[] more) => ChildProgram.RunAsync(
        Places.MosquittoPub, [.. Login(certificate), .. credentials, "-q", "1", "-t", $"devices/{device}/telemetry", "-m", payload, .. more], at.B2d.Work);

    private Task<Ended> ShakeAsync(int port, string option) => ChildProgram.RunAsync(
        Places.OpenSsl, ["s_client", "-connect", $"localhost:{port}", "-CAfile", at.Authority, "-verify_return_error", option, "-brief"], at.B2d.Work);

    private async Task<string> SerialAsync()
    {
        var shown = await ChildProgram.RunAsync(Places.OpenSsl, ["s_client", "-connect", $"localhost:{at.Old}", "-CAfile", at.Authority, "-showcerts"], at.B2d.Work);
        var begin = shown.Output.IndexOf("-----BEGIN", StringComparison.Ordinal);
        return begin < 0 ? "" : shown.Output[begin..shown.Output.IndexOf("-----END", StringComparison.Ordinal)];
    }

    private async Task RunAsync(string line)
    {
        var said = await ChildProgram.RunAsync(Places.OpenSsl, line.Split(' '), at.Tls);
        Assert.True(said.Status == 0, $"openssl {line}: {said.Error}");
    }
}
