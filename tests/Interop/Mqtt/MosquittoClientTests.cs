using B2D.Interop.Programs;
using Xunit;

namespace B2D.Interop.Mqtt;

/// <summary>Debian's mosquitto_pub and mosquitto_sub against <c>b2d mqtt</c>, plain and over TLS.</summary>
public sealed class MosquittoClientTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    public static TheoryData<string, int> VersionsAndQoS => new() { { "31", 0 }, { "31", 1 }, { "31", 2 }, { "311", 0 }, { "311", 1 }, { "311", 2 }, { "5", 0 }, { "5", 1 }, { "5", 2 } };

    [Theory]
    [MemberData(nameof(VersionsAndQoS))]
    public async Task Subscriber_OfAQoS_GetsEveryMessageInOrder(string version, int qos)
    {
        await using var server = await BareServer.StartAsync();
        await using var subscriber = await SubscribeAsync(server, version, ["-q", $"{qos}", "-t", "a/+", "-C", "100", "-F", "%t %q %r %p"]);
        File.WriteAllLines(Path.Combine(server.Folder, "lines"), Enumerable.Range(1, 100).Select(n => $"message {n}"));

        // One connection, one message for each line.
        await server.RunAsync("/bin/sh", "-c", $"{Places.MosquittoPub} {string.Join(' ', To(server, version))} -q {qos} -t a/b -l < lines");

        var ended = await subscriber.EndAsync(Soon);
        Assert.Equal(Enumerable.Range(1, 100).Select(n => $"a/b {qos} 0 message {n}"), Messages(ended));
    }

    [Theory]
    [InlineData("311")]
    [InlineData("5")]
    public async Task Retained_KeptReplacedAndRemoved(string version)
    {
        await using var server = await BareServer.StartAsync();
        foreach (var (qos, payload) in new[] { (0, "first"), (1, "second"), (2, "third") })
            await server.RunAsync(Places.MosquittoPub, [.. To(server, version), "-q", $"{qos}", "-r", "-t", "kept", "-m", payload]);

        Assert.Equal("kept 1 third", await server.RunAsync(Places.MosquittoSub, [.. To(server, version), "-q", "2", "-t", "#", "-C", "1", "-F", "%t %r %p"]));
        await server.RunAsync(Places.MosquittoPub, [.. To(server, version), "-r", "-t", "kept", "-n"]);
        await server.RunAsync(Places.MosquittoPub, [.. To(server, version), "-r", "-t", "other", "-m", "there"]);
        Assert.Equal("other 1 there", await server.RunAsync(Places.MosquittoSub, [.. To(server, version), "-t", "#", "-C", "1", "-F", "%t %r %p"]));
    }

    [Theory]
    [InlineData("311", 0, false)]
    [InlineData("311", 2, true)]
    [InlineData("5", 1, false)]
    [InlineData("5", 2, true)]
    public async Task Will_OfAKilledClient_IsPublished(string version, int qos, bool retain)
    {
        await using var server = await BareServer.StartAsync();
        await using var watcher = await SubscribeAsync(server, version, ["-q", "2", "-t", "wills/#", "-C", "1", "-F", "%t %q %p"]);
        await using (var client = await SubscribeAsync(
            server, version, ["-t", "x", "--will-topic", "wills/one", "--will-payload", "gone", "--will-qos", $"{qos}", .. retain ? new[] { "--will-retain" } : []]))
            await client.KillAsync();

        Assert.Equal([$"wills/one {qos} gone"], Messages(await watcher.EndAsync(Soon)));
        if (retain)
            Assert.Equal("gone 1", await server.RunAsync(Places.MosquittoSub, [.. To(server, version), "-t", "wills/one", "-C", "1", "-F", "%p %r"]));
    }

    /// <summary>5.0 §3.3.2.3: what travels with a message arrives as it was sent; a life time counts down [MQTT-3.3.2-6].</summary>
    [Fact]
    public async Task Properties_TravelWithTheMessage()
    {
        await using var server = await BareServer.StartAsync();
        string[] properties =
        [
            "-D", "publish", "content-type", "application/json", "-D", "publish", "response-topic", "answers/7", "-D", "publish", "correlation-data", "c-7",
            "-D", "publish", "user-property", "unit", "°C", "-D", "publish", "message-expiry-interval", "600", "-D", "publish", "payload-format-indicator", "1",
        ];
        await server.RunAsync(Places.MosquittoPub, [.. To(server, "5"), "-q", "1", "-r", "-t", "with/properties", "-m", "{}", .. properties]);

        var got = await server.RunAsync(
            Places.MosquittoSub, [.. To(server, "5"), "-t", "with/#", "-C", "1", "-D", "subscribe", "subscription-identifier", "77", "-F", "%C|%R|%D|%P|%F|%S|%E|%p"]);

        var parts = got.Split('|');
        Assert.Equal(["application/json", "answers/7", "c-7", "unit:°C", "1", "77"], parts[..6]);
        Assert.InRange(int.Parse(parts[6], System.Globalization.CultureInfo.InvariantCulture), 500, 600);
        Assert.Equal("{}", parts[7]);
    }

    [Theory]
    [InlineData("311")]
    [InlineData("5")]
    public async Task Session_OfAnAbsentClient_KeepsItsMessages(string version)
    {
        await using var server = await BareServer.StartAsync();
        string[] session = ["-i", "absent", "-c", "-q", "2", "-t", "kept/#", .. version == "5" ? new[] { "-x", "3600" } : []];
        await using (var client = await SubscribeAsync(server, version, session))
            await client.TerminateAsync(Soon);
        foreach (var qos in new[] { 1, 2 })
            await server.RunAsync(Places.MosquittoPub, [.. To(server, version), "-q", $"{qos}", "-t", $"kept/{qos}", "-m", $"while away {qos}"]);

        var got = await server.RunAsync(Places.MosquittoSub, [.. To(server, version), .. session, "-C", "2", "-F", "%t %q %p"]);

        Assert.Equal("kept/1 1 while away 1\nkept/2 2 while away 2", got);
    }

    /// <summary>5.0 §4.8.2: each message goes to one member of the group.</summary>
    [Fact]
    public async Task SharedSubscription_TwoMembers_ShareTheMessages()
    {
        await using var server = await BareServer.StartAsync();
        await using var one = await SubscribeAsync(server, "5", ["-q", "1", "-t", "$share/g/work", "-C", "10"]);
        await using var two = await SubscribeAsync(server, "5", ["-q", "1", "-t", "$share/g/work", "-C", "10"]);
        File.WriteAllLines(Path.Combine(server.Folder, "lines"), Enumerable.Range(1, 20).Select(n => $"{n:00}"));

        await server.RunAsync("/bin/sh", "-c", $"{Places.MosquittoPub} {string.Join(' ', To(server, "5"))} -q 1 -t work -l < lines");

        var all = Messages(await one.EndAsync(Soon)).Concat(Messages(await two.EndAsync(Soon)));
        Assert.Equal(Enumerable.Range(1, 20).Select(n => $"{n:00}"), all.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("tlsv1.2", "311")]
    [InlineData("tlsv1.3", "5")]
    public async Task Exchange_OverTls_Works(string tls, string version)
    {
        await using var server = await BareServer.StartTlsAsync();
        string[] to = ["-h", "localhost", "-p", $"{server.Port}", "-V", version, "--cafile", server.Authority, "--tls-version", tls];
        await server.RunAsync(Places.MosquittoPub, [.. to, "-q", "2", "-r", "-t", "secret", "-m", "hello"]);

        Assert.Equal("hello", await server.RunAsync(Places.MosquittoSub, [.. to, "-q", "2", "-t", "secret", "-C", "1"]));
    }

    private static string[] To(BareServer server, string version) =>
        ["-h", "127.0.0.1", "-p", $"{server.Port}", "-V", version == "31" ? "mqttv31" : version];

    /// <summary>Starts a subscriber and waits until its subscription is acknowledged.</summary>
    private static async Task<ChildProgram> SubscribeAsync(BareServer server, string version, string[] arguments)
    {
        // Line by line, or it would say nothing before its end.
        var subscriber = ChildProgram.Start("/usr/bin/stdbuf", ["-oL", Places.MosquittoSub, .. To(server, version), "-d", .. arguments], server.Folder);
        await Wait.UntilAsync(() => subscriber.Output.Contains("Subscribed (mid:", StringComparison.Ordinal), Soon, "mosquitto_sub has subscribed");
        return subscriber;
    }

    /// <summary>What it printed, without the lines of its own protocol trace.</summary>
    private static IEnumerable<string> Messages(Ended ended) => ended.Output.Split('\n')
        .Where(l => !l.StartsWith("Client ", StringComparison.Ordinal) && !l.StartsWith("Subscribed ", StringComparison.Ordinal));
}
