using B2D.Interop.Programs;
using Xunit;

namespace B2D.Interop.Mqtt;

/// <summary><c>b2d mqtt</c>: what it says, how it is set up and how it ends.</summary>
public sealed class BareServerTests
{
    [Fact]
    public async Task Mqtt_Runs_OneCalmLineAndAnEndWithoutNoise()
    {
        await using var server = await BareServer.StartAsync();
        await server.RunAsync(Places.MosquittoPub, "-h", "127.0.0.1", "-p", $"{server.Port}", "-t", "a", "-m", "x");

        var ended = await server.StopAsync();

        Assert.Equal((0, $"MQTT on 127.0.0.1:{server.Port}, anonymous, in memory; Ctrl+C ends it", ""), (ended.Status, ended.Output, ended.Error));
        Assert.Empty(Directory.EnumerateFileSystemEntries(server.Folder));
    }

    /// <summary>5.0 §3.2.2.3.14 server keep-alive; §3.9.3 SUBACK with 0x80.</summary>
    [Fact]
    public async Task Mqtt_WithKeepAliveAndDeniedFilters_DoesSo()
    {
        await using var server = await BareServer.StartAsync("--server-keepalive", "60", "--deny-subscribe", "test/no", "--deny-subscribe", "other/#");
        string[] client = ["-h", "127.0.0.1", "-p", $"{server.Port}", "-V", "5", "-k", "120", "-d", "-W", "1"];

        foreach (var filter in new[] { "test/no", "other/#" })
        {
            var said = await ChildProgram.RunAsync(Places.MosquittoSub, [.. client, "-t", filter], server.Folder);
            Assert.Contains("Subscribed (mid: 1): 128", said.Output, StringComparison.Ordinal);
            Assert.Contains("All subscription requests were denied.", said.Error, StringComparison.Ordinal);
        }
        var allowed = await ChildProgram.RunAsync(Places.MosquittoSub, [.. client, "-t", "test/yes", "-q", "2"], server.Folder);
        Assert.Contains("Subscribed (mid: 1): 2", allowed.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--port 70000", "--port is 70000; it must be between 0 and 65535")]
    [InlineData("--server-keepalive 1", "--server-keepalive is 1; it must be between 5 and 65535")]
    [InlineData("--tls cert.pem", "--tls is 'cert.pem'; it must be two files with a comma between them: CERT,KEY")]
    [InlineData("--prot 1", "--prot is no option of b2d mqtt; did you mean --port?")]
    public async Task Mqtt_WrongOption_StatusTwoAndPlainWords(string options, string problem)
    {
        var ended = await ChildProgram.RunAsync(Places.B2d, ["mqtt", .. options.Split(' ')], Path.GetTempPath());

        Assert.Equal((2, ""), (ended.Status, ended.Output));
        Assert.Contains(problem, ended.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--port")]
    [InlineData("--tls")]
    public async Task Mqtt_CannotListen_StatusOneAndOneLine(string what)
    {
        await using var first = await BareServer.StartAsync();
        string[] options = what == "--port" ? ["--port", $"{first.Port}"] : ["--port", "0", "--tls", "missing.pem,missing.key"];

        var ended = await ChildProgram.RunAsync(Places.B2d, ["mqtt", .. options], first.Folder);

        Assert.Equal((1, ""), (ended.Status, ended.Output));
        Assert.Single(ended.Error.Split('\n'));
        Assert.DoesNotContain("   at ", ended.Error, StringComparison.Ordinal);
    }
}
