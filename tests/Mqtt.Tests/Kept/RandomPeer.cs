using System.Globalization;
using B2D.Mqtt.Tests.Server;

namespace B2D.Mqtt.Tests.Kept;

/// <summary>A 3.1.1 client that keeps to the protocol and otherwise does anything, one step at a time; each step ends when the server has settled it.</summary>
internal sealed class RandomPeer(Random random, string id)
{
    private static readonly string[] Filters = ["a", "b", "+", "a/#", "$share/g/a", "$share/g/+"];
    private static readonly string[] Topics = ["a", "b", "a/c"];

    private readonly HashSet<int> _released = [];
    private readonly List<(string Type, int Id)> _toAnswer = [];
    private WireClient? _client;
    private int _lastId;

    public string Id => id;

    public bool IsConnected => _client != null;

    /// <summary>Another server is to be had: the connection is gone.</summary>
    public void Lose()
    {
        _client = null;
        _toAnswer.Clear();
    }

    public async Task StepAsync(Rig rig)
    {
        if (_client == null)
        {
            await ConnectAsync(rig);
            return;
        }
        switch (random.Next(10))
        {
            case 0:
                await DisconnectAsync();
                return;
            case 1 or 2:
                var filter = Filters[random.Next(Filters.Length)];
                await SendAsync($"82 {5 + filter.Length:X2} 0001 {filter.Length:X4} '{filter}' 0{random.Next(3)}");
                break;
            case 3:
                var gone = Filters[random.Next(Filters.Length)];
                await SendAsync($"A2 {4 + gone.Length:X2} 0002 {gone.Length:X4} '{gone}'");
                break;
            case 4 or 5 or 6:
                await PublishAsync();
                break;
            default:
                await AnswerAsync();
                break;
        }
    }

    private async Task ConnectAsync(Rig rig)
    {
        var clean = random.Next(8) == 0;
        if (clean)
            _released.Clear();
        _client = rig.Open(1024 * 1024);
        await SendAsync($"10 {12 + id.Length:X2} 0004 'MQTT' 04 0{(clean ? 2 : 0)} 0000 {id.Length:X4} '{id}'");
    }

    private async Task DisconnectAsync()
    {
        if (random.Next(2) == 0)
            await _client!.SendAsync("E0 00");
        else
            _client!.CloseWriting();
        await _client.Run.WaitAsync(Rig.Patience);
        Lose();
    }

    private async Task PublishAsync()
    {
        var topic = Topics[random.Next(Topics.Length)];
        var (qos, retain) = (random.Next(3), random.Next(4) == 0 ? 1 : 0);
        var payload = random.Next(6) == 0 ? "" : random.Next(100, 1000).ToString(CultureInfo.InvariantCulture);
        _lastId = (_lastId % 60) + 1;
        if (_released.Contains(_lastId))
            return;
        if (qos == 2)
            _released.Add(_lastId);
        var size = 2 + topic.Length + (qos > 0 ? 2 : 0) + payload.Length;
        await SendAsync($"3{(qos << 1) | retain} {size:X2} {topic.Length:X4} '{topic}' {(qos > 0 ? $"{_lastId:X4}" : "")} '{payload}'");
    }

    private async Task AnswerAsync()
    {
        if (_released.Count > 0 && random.Next(3) == 0)
        {
            var released = _released.ElementAt(random.Next(_released.Count));
            _released.Remove(released);
            await SendAsync($"62 02 {released:X4}");
        }
        else if (_toAnswer.Count > 0)
        {
            var next = random.Next(_toAnswer.Count);
            var (type, packet) = _toAnswer[next];
            _toAnswer.RemoveAt(next);
            await SendAsync($"{type} 02 {packet:X4}");
        }
    }

    /// <summary>Sends a packet and a ping, and takes in all that comes until the ping is answered.</summary>
    private async Task SendAsync(string packet)
    {
        await _client!.SendAsync(packet, "C0 00");
        for (var read = await _client.ReadAsync(); read != "D000"; read = await _client.ReadAsync())
        {
            Assert.NotEqual("", read);
            if (read[0] == '3' && (read[1] & 6) != 0)
                _toAnswer.Add(((read[1] & 2) != 0 ? "40" : "50", PacketIdOf(read)));
            else if (read.StartsWith("62", StringComparison.Ordinal))
                _toAnswer.Add(("70", int.Parse(read.AsSpan(4, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture)));
        }
    }

    private static int PacketIdOf(string publish)
    {
        var topic = int.Parse(publish.AsSpan(4, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return int.Parse(publish.AsSpan(8 + (topic * 2), 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
