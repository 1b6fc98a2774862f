using System.Globalization;
using System.Text.Json;
using B2D.Interop.Programs;
using Xunit;
using Xunit.Abstractions;

namespace B2D.Interop.Mqtt;

/// <summary>One program with a TLS listener for all tests of this class: a gateway device with a child, and a stranger.</summary>
public sealed class TlsInstallation : IAsyncLifetime
{
    internal B2dProgram B2d { get; private set; } = null!;

    internal string Authority => Path.Combine(B2d.Folder, "tls", "ca.pem");

    public async Task InitializeAsync()
    {
        B2d = new B2dProgram();
        var tls = Path.Combine(B2d.Folder, "tls");
        await Certificates.MakeAsync(tls);
        await B2d.ImportAsync("devices", "id,parent,password\nhub,,hubs secret\nmeter,hub,meters secret\nstranger,,strangers secret\n");
        await B2d.MakeKeyAsync();
        B2d.Set.AddRange(
        [
            "Gateway:TlsAddress=127.0.0.1", $"Gateway:TlsPort={B2d.TlsPort}",
            $"Gateway:Certificate={Path.Combine(tls, "server.pem")}", $"Gateway:CertificateKey={Path.Combine(tls, "server.key")}",
        ]);
        await B2d.StartAsync();
    }

    public async Task DisposeAsync() => await B2d.DisposeAsync();

    /// <summary>mosquitto_pub over TLS.</summary>
    internal Task<Ended> PublishAsync(string device, string password, string topic, string payload, params string[] more) =>
        ChildProgram.RunAsync(Places.MosquittoPub, [.. Login(device, password), "-q", "1", "-t", topic, "-m", payload, .. more], B2d.Work);

    /// <summary>Host, certificate and credentials for Mosquitto's clients.</summary>
    internal string[] Login(string device, string password) =>
    [
        "-h", "localhost", "-p", $"{B2d.TlsPort}", "--cafile", Authority, "-u", device, "-P", password, "-i", device,
    ];

    /// <summary>The last value of a device's metric; null where there is none.</summary>
    internal async Task<double?> LatestAsync(string device, string metric) =>
        (await B2d.Api.GetAsync($"/api/devices/{device}")).Items("latest")
            .Where(l => l.Text("metric") == metric).Select(l => (double?)l.Double("value")).FirstOrDefault();
}

/// <summary>The TLS listener and the rights of devices, with Debian's mosquitto clients and paho.</summary>
public sealed class TlsTests(TlsInstallation tls, ITestOutputHelper output) : IClassFixture<TlsInstallation>
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("tlsv1.2", "311", 1.2)]
    [InlineData("tlsv1.3", "311", 1.3)]
    [InlineData("tlsv1.3", "5", 1.5)]
    public async Task Publish_OverTls_IsStored(string tlsVersion, string mqttVersion, double value)
    {
        var said = await tls.PublishAsync(
            "hub", "hubs secret", "devices/hub/telemetry", string.Create(CultureInfo.InvariantCulture, $$"""{"temp_c":{{value}}}"""),
            "--tls-version", tlsVersion, "-V", mqttVersion == "5" ? "5" : "311");

        Assert.Equal((0, ""), (said.Status, said.Error));
        await Wait.UntilAsync(async () => await tls.LatestAsync("hub", "temp_c") == value, Soon, "the reading is stored");
    }

    [Theory]
    [InlineData("-tls1_2", "TLSv1.2", true)]
    [InlineData("-tls1_3", "TLSv1.3", true)]
    [InlineData("-tls1_1", "TLSv1.1", false)]
    public async Task Handshake_ByOpenssl_OnlyVersionsThatAreStillGood(string option, string name, bool taken)
    {
        // The lowest security level, so that it is not openssl itself that refuses an old version.
        var said = await ChildProgram.RunAsync(
            Places.OpenSsl,
            [
                "s_client", "-connect", $"localhost:{tls.B2d.TlsPort}", "-CAfile", tls.Authority, "-verify_return_error", "-verify_hostname", "localhost",
                option, "-cipher", "ALL:@SECLEVEL=0", "-brief",
            ],
            tls.B2d.Work);

        output.WriteLine(said.Error);
        Assert.Equal(taken, said.Status == 0);
        Assert.Equal(taken, said.Error.Contains($"Protocol version: {name}", StringComparison.Ordinal));
        Assert.Equal(taken, said.Error.Contains("Verification: OK", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Publish_WithoutTheAuthority_TheClientRefusesTheCertificate()
    {
        var said = await tls.PublishAsync("hub", "hubs secret", "devices/hub/telemetry", """{"trusted":0}""", "--cafile", "/etc/ssl/certs/ca-certificates.crt");

        Assert.NotEqual(0, said.Status);
        Assert.Null(await tls.LatestAsync("hub", "trusted"));
    }

    [Theory]
    [InlineData("hub", "wrong", "311")]
    [InlineData("hub", "wrong", "5")]
    [InlineData("hub", "meters secret", "311")]
    [InlineData("nobody", "hubs secret", "311")]
    public async Task Publish_WrongPassword_Refused(string device, string password, string version)
    {
        var said = await tls.PublishAsync(device, password, "devices/hub/telemetry", """{"wrong":1}""", "-V", version);

        output.WriteLine($"{said.Status}: {said.Error}");
        Assert.NotEqual(0, said.Status);
        // Mosquitto's words for return code 4 or 5 (3.1.1) and reason 0x86 (5.0).
        Assert.Matches("(?i)not authori[sz]ed|bad user ?name or password", said.Error);
        Assert.Null(await tls.LatestAsync("hub", "wrong"));
    }

    [Theory]
    [InlineData("stranger", "strangers secret", "hub", "311")]
    [InlineData("stranger", "strangers secret", "hub", "5")]
    [InlineData("meter", "meters secret", "hub", "5")]
    [InlineData("hub", "hubs secret", "stranger", "5")]
    public async Task Publish_ToAnothersTopic_NothingIsStored(string device, string password, string other, string version)
    {
        var said = await tls.PublishAsync(device, password, $"devices/{other}/telemetry", """{"forged":1}""", "-V", version);

        output.WriteLine($"{said.Status}: {said.Output} {said.Error}");
        if (version == "5")
            Assert.Matches("(?i)not authori[sz]ed", said.Output + said.Error);
        else
            Assert.NotEqual((0, ""), (said.Status, said.Error));
        // What came after it is stored: so would it have been.
        Assert.Equal(0, (await tls.PublishAsync(device, password, $"devices/{device}/telemetry", """{"own":1}""")).Status);
        await Wait.UntilAsync(async () => await tls.LatestAsync(device, "own") == 1, Soon, "its own reading is stored");
        Assert.Null(await tls.LatestAsync(other, "forged"));
    }

    [Theory]
    [InlineData("devices/#")]
    [InlineData("#")]
    [InlineData("devices/+/commands/+")]
    [InlineData("devices/stranger/commands/+")]
    [InlineData("devices/meter/telemetry")]
    [InlineData("$SYS/#")]
    public async Task Subscribe_OutsideItsRights_Refused(string filter)
    {
        foreach (var version in new[] { "311", "5" })
        {
            var said = await ChildProgram.RunAsync(
                Places.MosquittoSub, [.. tls.Login("hub", "hubs secret"), "-V", version, "-q", "1", "-t", filter, "-W", "20"], tls.B2d.Work);
            output.WriteLine($"{version} {said.Status}: {said.Output} {said.Error}");
            Assert.Contains("All subscription requests were denied.", said.Error, StringComparison.Ordinal);
            Assert.Equal("", said.Output);
        }
    }

    [Fact]
    public async Task Publish_GatewayForItsChild_IsTheChildsReading()
    {
        var said = await tls.PublishAsync("hub", "hubs secret", "devices/meter/telemetry", """{"kwh":{"total":17.25}}""");

        Assert.Equal((0, ""), (said.Status, said.Error));
        await Wait.UntilAsync(async () => await tls.LatestAsync("meter", "kwh.total") == 17.25, Soon, "the child's reading is stored");
        Assert.Null(await tls.LatestAsync("hub", "kwh.total"));
    }

    [Theory]
    [InlineData("311")]
    [InlineData("5")]
    public async Task Command_ToPaho_ArrivesAndTheAnswerIsShown(string version)
    {
        await Peer.RequireAsync("paho.mqtt.client", "python3-paho-mqtt");
        await using var device = ChildProgram.Start(
            Places.Python, [Places.Peer("device.py"), version, $"{tls.B2d.TlsPort}", "stranger", "strangers secret", tls.Authority], tls.B2d.Work);
        await Wait.UntilAsync(() => device.Output.Contains("ready", StringComparison.Ordinal), Soon, "paho has subscribed");

        var id = await SendAsync("stranger", "reduce_power", new { percent = 50 });

        var ended = await device.EndAsync(Soon);
        output.WriteLine(ended.Output + ended.Error);
        var got = JsonElement.Parse(ended.Output.Split('\n')[1]);
        Assert.Equal($"devices/stranger/commands/{id}", got.Text("topic"));
        Assert.Equal(1, got.GetProperty("qos").GetInt32());
        Assert.Equal("reduce_power", got.GetProperty("payload").Text("command"));
        Assert.Equal(50, got.GetProperty("payload").GetProperty("args").GetProperty("percent").GetInt32());
        await AssertAnsweredAsync(id, $"done by paho {version}");
    }

    [Fact]
    public async Task Command_ToAChildThroughItsGateway_ArrivesAtMosquittoSubAndTheAnswerIsShown()
    {
        await using var hub = ChildProgram.Start(
            Places.MosquittoSub,
            [.. tls.Login("hub", "hubs secret"), "-q", "1", "-t", "devices/meter/commands/+", "-C", "1", "-W", "30", "-F", "%t %q %p"], tls.B2d.Work);
        // It waits until somebody listens for it.
        var id = await SendAsync("meter", "read_out", null);

        var ended = await hub.EndAsync(TimeSpan.FromSeconds(40));
        output.WriteLine(ended.Output + ended.Error);
        var line = Assert.Single(ended.Output.Split('\n'), l => l.StartsWith("devices/", StringComparison.Ordinal)).Split(' ', 3);
        Assert.Equal(($"devices/meter/commands/{id}", "1"), (line[0], line[1]));
        Assert.Equal("read_out", JsonElement.Parse(line[2]).Text("command"));
        var said = await tls.PublishAsync("hub", "hubs secret", $"{line[0]}/reply", """{"status":"ok","detail":"17.25 kWh"}""");
        Assert.Equal((0, ""), (said.Status, said.Error));
        await AssertAnsweredAsync(id, "17.25 kWh");
    }

    private async Task<string> SendAsync(string device, string name, object? args)
    {
        var (status, body) = await tls.B2d.Api.PostAsync("/api/commands", args is null ? new { device, name } : new { device, name, args });
        Assert.True((int)status == 202, body);
        return JsonElement.Parse(body).Text("id");
    }

    private async Task AssertAnsweredAsync(string id, string detail)
    {
        await Wait.UntilAsync(async () => (await OfAsync(id)).Text("state") == "Answered", Soon, "the answer is shown");
        var command = await OfAsync(id);
        output.WriteLine(command.ToString());
        Assert.Contains(detail, command.Text("answer"), StringComparison.Ordinal);
        Assert.NotEmpty(command.Text("answeredAt"));
        Assert.NotEmpty(command.Text("deliveredAt"));
    }

    private async Task<JsonElement> OfAsync(string id) => Assert.Single(await tls.B2d.Api.ListAsync("/api/commands"), c => c.Text("id") == id);
}
