using B2D.DeviceGateway.Listeners;
using Xunit;

namespace B2D.DeviceGateway.Tests;

public sealed class GatewayOptionsTests
{
    private static readonly ListenerOptions Web = new()
    {
        Name = "web", Address = "127.0.0.1", Port = 9001, Transport = ListenerTransport.WebSocket, Tls = ListenerTls.None,
    };

    public static TheoryData<GatewayOptions, string> Wrong => new()
    {
        { new() { Address = "localhost" }, "Gateway:Address" },
        { new() { Address = "0.0.0.0" }, "Gateway:Address" },
        { new() { Address = "::" }, "Gateway:Address" },
        { new() { Address = "192.168.1.4", OpenGateway = true, AllowPlainOutsideLoopback = true }, "Gateway:OpenGateway" },
        { new() { Address = "" }, "Gateway:Address" },
        { new() { Port = -1 }, "Gateway:Port" },
        { new() { Port = 65_536 }, "Gateway:Port" },
        { new() { TlsPort = 70_000 }, "Gateway:TlsPort" },
        { new() { TlsAddress = "0.0.0.0" }, "Gateway:Certificate" },
        { new() { Certificate = "/nowhere/c.pfx" }, "Gateway:Certificate" },
        { new() { CertificateKey = "/nowhere/k.pem" }, "Gateway:CertificateKey" },
        { new() { Listeners = [Web with { Name = "" }] }, "Gateway:Listeners:0:Name" },
        { new() { Listeners = [Web, Web with { Port = 9002, Name = "web" }] }, "Gateway:Listeners:1:Name" },
        { new() { Listeners = [Web with { Name = "plain" }] }, "Gateway:Listeners:0:Name" },
        { new() { Listeners = [Web, Web with { Name = "more" }] }, "Gateway:Listeners:1:Port" },
        { new() { Listeners = [Web with { Port = 70_000 }] }, "Gateway:Listeners:0:Port" },
        { new() { Listeners = [Web with { Address = "" }] }, "Gateway:Listeners:0:Address" },
        { new() { Listeners = [Web with { Address = "0.0.0.0" }] }, "Gateway:Listeners:0:Address" },
        { new() { AllowPlainOutsideLoopback = true, Listeners = [Web with { Address = "::" }] }, "Gateway:Listeners:0:Address" },
        { new() { Listeners = [Web with { MaxConnections = -1 }] }, "Gateway:Listeners:0:MaxConnections" },
        { new() { Listeners = [Web with { Transport = (ListenerTransport)9 }] }, "Gateway:Listeners:0:Transport" },
        { new() { Listeners = [Web with { ClientCertificates = ClientCertificates.Required }] }, "Gateway:Listeners:0:ClientCertificates" },
        { new() { Listeners = [Web with { Tls = ListenerTls.Tls12 }] }, "Gateway:Listeners:0:Certificate" },
        { new() { Listeners = [Web with { Tls = ListenerTls.Tls12, Certificate = "/nowhere/c.pem" }] }, "Gateway:Listeners:0:Certificate" },
        { new() { Listeners = [Web], OpenGateway = true }, "Gateway:OpenGateway" },
        { new() { SignIn = new() { FreeFailures = -1 } }, "Gateway:SignIn:FreeFailures" },
        { new() { SignIn = new() { FirstDelay = TimeSpan.Zero } }, "Gateway:SignIn:FirstDelay" },
        { new() { SignIn = new() { MaxRemembered = 1 } }, "Gateway:SignIn:MaxRemembered" },
        { new() { SignIn = new() { MaxHold = TimeSpan.FromSeconds(10) } }, "Gateway:SignIn:MaxHold" },
        { new() { MaxPasswordChecks = 0 }, "Gateway:MaxPasswordChecks" },
        { new() { MaxWaitingPasswordChecks = 100_001 }, "Gateway:MaxWaitingPasswordChecks" },
        { new() { MaxCommandsPerDevice = 0 }, "Gateway:MaxCommandsPerDevice" },
        { new() { Format = new() { MaxLevels = 0 } }, "Gateway:Format:MaxLevels" },
        { new() { Ingest = new() { MaxBatch = 0 } }, "Gateway:Ingest:MaxBatch" },
        { new() { Ingest = new() { MaxBatchBytes = 1 } }, "Gateway:Ingest:MaxBatchBytes" },
        { new() { Ingest = new() { MaxKept = 0 } }, "Gateway:Ingest:MaxKept" },
        { new() { Ingest = new() { SealEvery = TimeSpan.Zero } }, "Gateway:Ingest:SealEvery" },
        { new() { Mqtt = new() { MaxPacketSize = 1 } }, "Gateway:Mqtt:MaxPacketSize" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Validate_OneThingWrong_NamesIt(GatewayOptions options, string named) =>
        Assert.StartsWith(named, Assert.Single(options.Validate()), StringComparison.Ordinal);

    [Fact]
    public void Validate_ManyThingsWrong_NamesAllAtOnce()
    {
        var options = new GatewayOptions
        {
            Address = "0.0.0.0", Port = 99_999, TlsAddress = "here", MaxCommandsPerDevice = -1, Format = new() { MaxMetrics = 0 },
        };

        Assert.Equal(6, options.Validate().Count);
    }

    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("127.8.0.1", false)]
    [InlineData("::1", false)]
    [InlineData("0.0.0.0", true)]
    public void Validate_PlainListener_OutsideLoopbackOnlyWhenAllowed(string address, bool allow) =>
        Assert.Empty(new GatewayOptions { Address = address, AllowPlainOutsideLoopback = allow }.Validate());

    [Fact]
    public void Validate_Listener_PlainOutsideLoopbackByItsOwnOption() =>
        Assert.Empty(new GatewayOptions { Listeners = [Web with { Address = "0.0.0.0", AllowPlainOutsideLoopback = true }] }.Validate());

    [Fact]
    public void Validate_ListenersAlone_AreEnough() => Assert.Empty(new GatewayOptions { Address = "", Listeners = [Web] }.Validate());

    [Fact]
    public void Validate_CertificateThatIsNone_IsNamedWithWhatItMustBe()
    {
        var file = Path.GetTempFileName();
        try
        {
            var options = new GatewayOptions { Listeners = [Web with { Tls = ListenerTls.Tls13, Certificate = file }] };

            Assert.StartsWith($"Gateway:Listeners:0:Certificate is '{file}'; it must be a certificate with its private key", Assert.Single(options.Validate()),
                StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Validate_Defaults_AreRight() => Assert.Empty(new GatewayOptions().Validate());
}
