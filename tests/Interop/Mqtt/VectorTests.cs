using System.Text.Json;
using B2D.Interop.Programs;
using Xunit;
using Xunit.Abstractions;

namespace B2D.Interop.Mqtt;

/// <summary>A test over the shared byte vectors, which are not part of this tree.</summary>
public sealed class VectorFactAttribute : FactAttribute
{
    public VectorFactAttribute()
    {
        if (Places.SharedConformance is null)
            Skip = "There is no folder shared/conformance beside the checkout or above it, so there are no vectors to run.";
    }
}

/// <summary>
/// The byte vectors of ../shared/conformance against <c>b2d mqtt</c>. Loose (what the standard leaves to a server is left to it) all of them pass;
/// where the bytes differ from those of the server that the vectors were taken from, the kind of difference is explained here.
/// </summary>
public sealed class VectorTests(ITestOutputHelper output)
{
    /// <summary>Each kind of difference, with the reason for it.</summary>
    private static readonly Dictionary<string, string> Explained = new(StringComparer.Ordinal)
    {
        ["CONNACK: other limits"] =
            "Receive maximum, packet size and the like are each server's own to tell (5.0 §3.2.2.3).",
        ["CONNACK: none for a malformed CONNECT"] =
            "A CONNECT that is malformed outside its properties may not come from an MQTT client at all; 5.0 §4.13 lets a server close without an answer.",
        ["CONNACK: version refused in the old form"] =
            "A client of protocol level 2 is told with return code 1 in the two bytes that it can read (3.1.1 §3.1.2.2), not with a packet of 5.0.",
        ["PUBACK: nobody took it"] =
            "The only subscriber is the publisher, with No Local: 0x10 tells the device so (5.0 §3.4.2.1); the vector's server counts it as one.",
        ["DISCONNECT: told before the end"] =
            "Where the vector's server closes without a word, DISCONNECT says why first; a device's log then says what is wrong (5.0 §4.13 allows either).",
        ["DISCONNECT: 0x82 for 0x81"] =
            "The packet parses and breaks a rule (no topic, no filter, a property of another packet): Protocol Error here in every packet; the vector's server says Malformed in some.",
        ["DISCONNECT: 0x81 for 0x82"] =
            "Flags and codes that the standard does not define cannot be parsed: Malformed Packet [MQTT-2.1.3-1], whichever side may send the packet.",
    };

    [VectorFact]
    public async Task Vectors_TwiceInARow_AllPassLooseAndEveryStrictMissIsOfAnExplainedKind()
    {
        await using var server = await BareServer.StartAsync();
        for (var run = 1; run <= 2; run++)
        {
            var said = JsonElement.Parse(await server.RunAsync(Places.Python, Places.Peer("vectors.py"), Places.SharedConformance!, $"{server.Port}"));
            var (tests, strict, loose) = (said.GetProperty("tests").GetInt32(), said.GetProperty("strict").GetInt32(), said.GetProperty("loose").GetInt32());
            output.WriteLine($"Run {run}: {tests} vectors, {loose} loose, {strict} strict");
            var misses = said.GetProperty("misses").EnumerateArray().GroupBy(Kind).OrderBy(g => g.Key, StringComparer.Ordinal).ToArray();
            foreach (var kind in misses)
                output.WriteLine($"  {kind.Count(),4} {kind.Key}. {Explained.GetValueOrDefault(kind.Key)}");

            Assert.Equal("", said.Text("failed"));
            Assert.InRange(tests, 1000, int.MaxValue);
            Assert.Equal(tests, loose);
            Assert.Equal(tests - strict, misses.Sum(m => m.Count()));
            Assert.Equal(Explained.Keys.Order(StringComparer.Ordinal), misses.Select(m => m.Key));
        }
        Assert.Equal("", (await server.StopAsync()).Error);
    }

    /// <summary>What kind of difference a miss is, from what was expected and what came, as hex.</summary>
    private static string Kind(JsonElement miss)
    {
        var (expected, got) = (miss.Text("expected"), miss.Text("got"));
        var (type, answer) = (expected.Length > 1 ? expected[..2] : "", got.Length > 1 ? got[..2] : "");
        return (type, answer) switch
        {
            ("20", "20") when expected[4..8] == "0000" && got[4..8] == "0000" => "CONNACK: other limits",
            ("20", "20") when expected == "2003008400" && got == "20020001" => "CONNACK: version refused in the old form",
            ("20", _) when got == "closed" && expected[6..8] is "81" or "85" => "CONNACK: none for a malformed CONNECT",
            ("40", "40") when got.EndsWith("10", StringComparison.Ordinal) => "PUBACK: nobody took it",
            ("", _) when got == "closed" => "DISCONNECT: told before the end",
            ("e0", "e0") => $"DISCONNECT: 0x{got[4..6]} for 0x{expected[4..6]}",
            _ => $"not explained: {miss}",
        };
    }
}
