using Xunit;

namespace B2D.DeviceGateway.Tests;

public sealed class GatewayOptionsTests
{
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
    public void Validate_Defaults_AreRight() => Assert.Empty(new GatewayOptions().Validate());
}
