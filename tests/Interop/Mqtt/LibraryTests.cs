using System.Text.Json;
using B2D.Interop.Programs;
using Xunit;
using Xunit.Abstractions;

namespace B2D.Interop.Mqtt;

/// <summary>The two client libraries that most device and service code is written with, against <c>b2d mqtt</c>: Paho for Python and npm's mqtt.</summary>
public sealed class LibraryTests(ITestOutputHelper output)
{
    private const int Count = 100;

    [Theory]
    [InlineData("31")]
    [InlineData("311")]
    [InlineData("5")]
    public async Task Paho_ExchangesEverything(string version)
    {
        await Peer.RequireAsync("paho.mqtt.client", "python3-paho-mqtt");
        await using var server = await BareServer.StartAsync();

        var got = JsonElement.Parse(await server.RunAsync(Places.Python, Places.Peer("exchange.py"), version, $"{server.Port}", $"{Count}"));

        AssertTexts(got);
        Assert.Equal("""[["t/0", 0], ["t/1", 1], ["t/2", 2], ["t/kept", 1], ["t/will", 2]]""", got.GetProperty("qos").GetRawText());
        Assert.Equal("""[["kept", true]]""", got.GetProperty("retained").GetRawText());
        Assert.Equal(version == "5" ? """["text/plain", [["a", "1"], ["a", "2"]]]""" : "null", got.GetProperty("properties").GetRawText());
    }

    [Theory]
    [InlineData(4, false)]
    [InlineData(4, true)]
    [InlineData(5, false)]
    [InlineData(5, true)]
    public async Task NpmMqtt_ExchangesEverything(int version, bool tls)
    {
        await using var server = tls ? await BareServer.StartTlsAsync() : await BareServer.StartAsync();
        string[] arguments =
        [
            Places.Peer("exchange.js"), Places.NodeModules, $"{version}", tls ? $"mqtts://localhost:{server.Port}" : $"mqtt://127.0.0.1:{server.Port}", $"{Count}",
            .. tls ? new[] { server.Authority } : [],
        ];

        var said = await server.RunAsync(Places.Node, arguments);

        output.WriteLine(said.Length > 300 ? said[..300] : said);
        var got = JsonElement.Parse(said);
        AssertTexts(got);
        Assert.Equal("""["t/0 0","t/1 1","t/2 2","t/kept 1","t/will 2"]""", got.GetProperty("qos").GetRawText());
        Assert.Equal("""[["kept",true]]""", got.GetProperty("retained").GetRawText());
        Assert.Equal(version == 5 ? """["text/plain","answers","00ff",{"a":["1","2"]}]""" : "null", got.GetProperty("properties").GetRawText());
    }

    private static void AssertTexts(JsonElement got)
    {
        var expected = Enumerable.Range(0, Count).Select(n => $"{n}").ToArray();
        foreach (var topic in new[] { "t/0", "t/1", "t/2" })
            Assert.Equal(expected, got.GetProperty("texts").GetProperty(topic).EnumerateArray().Select(t => t.GetString()));
        Assert.Equal("""["gone"]""", got.GetProperty("texts").GetProperty("t/will").GetRawText());
    }
}
