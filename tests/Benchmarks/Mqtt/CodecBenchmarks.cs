using System.Buffers;
using B2D.Mqtt;
using B2D.Mqtt.Packets;
using B2D.Mqtt.Topics;
using B2D.Mqtt.Transport;
using BenchmarkDotNet.Attributes;

namespace B2D.Benchmarks.Mqtt;

/// <summary>Decoding and encoding of each type of packet, as devices send them.</summary>
[MemoryDiagnoser]
public class CodecBenchmarks
{
    private readonly TopicCache topics = new();
    private readonly PooledBuffer output = new();
    private byte[] connect = [], publish = [], subscribe = [], unsubscribe = [], ack = [], grant = [], disconnect = [], connack = [];
    private byte publishHeader;

    [Params(MqttVersion.V311, MqttVersion.V5)]
    public MqttVersion Version { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        connect = Body(new ConnectPacket(Version, "sensor-0001", true, 60) { UserName = "sensor-0001", Password = "0123456789abcdef"u8.ToArray() }.Write);
        connack = Body(o => new ConnackPacket(true, ReasonCode.Success).Write(o, Version));
        publish = Body(o => PublishPacket.Write(o, Version, "devices/sensor-0001/telemetry"u8, Payload, PublishPacket.FlagsOf(QoS.AtLeastOnce, false, false), 7, null));
        publishHeader = (byte)((byte)PacketType.Publish << 4 | PublishPacket.FlagsOf(QoS.AtLeastOnce, false, false));
        ack = Body(o => new AckPacket(PacketType.Puback, 7, ReasonCode.Success).Write(o, Version));
        grant = Body(o => new GrantPacket(PacketType.Suback, 7, [ReasonCode.Success, ReasonCode.GrantedQoS1]).Write(o, Version));
        disconnect = Version == MqttVersion.V5 ? [0x04] : [];
        byte[] properties = Version == MqttVersion.V5 ? [0] : [];
        subscribe = [0, 7, .. properties, 0, 9, .. "devices/#"u8, 1];
        unsubscribe = [0, 7, .. properties, 0, 9, .. "devices/#"u8];
    }

    private static ReadOnlySpan<byte> Payload => """{"ts":1760000000000,"temp_c":61.25,"flow_lpm":12.5,"pump_current_a":1.13,"on":true}"""u8;

    [Benchmark]
    public int Frame()
    {
        var input = new ReadOnlySequence<byte>(whole);
        return FrameReader.TryRead(ref input, 1 << 20, out var frame, out _) ? (int)frame.Body.Length : -1;
    }

    private readonly byte[] whole = [0x32, 4, 0, 1, (byte)'a', 0];

    [Benchmark]
    public object DecodeConnect() => ConnectPacket.Decode(connect, out var packet, out _) == ProtocolError.None ? packet! : throw new InvalidOperationException();

    [Benchmark]
    public bool DecodeConnack() => ConnackPacket.Decode(connack, Version, out _) == ProtocolError.None;

    [Benchmark]
    public bool DecodePublish() => PublishPacket.Decode(publishHeader, publish, Version, topics, out _) == ProtocolError.None;

    [Benchmark]
    public bool DecodePuback() => AckPacket.Decode(PacketType.Puback, ack, Version, out _) == ProtocolError.None;

    [Benchmark]
    public bool DecodeSubscribe() => SubscribePacket.Decode(subscribe, Version, out _) == ProtocolError.None;

    [Benchmark]
    public bool DecodeUnsubscribe() => UnsubscribePacket.Decode(unsubscribe, Version, out _) == ProtocolError.None;

    [Benchmark]
    public bool DecodeSuback() => GrantPacket.Decode(PacketType.Suback, grant, Version, out _) == ProtocolError.None;

    [Benchmark]
    public bool DecodeDisconnect() => DisconnectPacket.Decode(PacketType.Disconnect, disconnect, Version, out _) == ProtocolError.None;

    [Benchmark]
    public int EncodePublish()
    {
        output.Clear();
        PublishPacket.Write(output, Version, "devices/sensor-0001/telemetry"u8, Payload, 2, 7, null);
        return output.Length;
    }

    [Benchmark]
    public int EncodePuback()
    {
        output.Clear();
        new AckPacket(PacketType.Puback, 7, ReasonCode.Success).Write(output, Version);
        return output.Length;
    }

    [Benchmark]
    public int EncodeConnack()
    {
        output.Clear();
        new ConnackPacket(true, ReasonCode.Success).Write(output, Version);
        return output.Length;
    }

    [Benchmark]
    public int EncodePingresp()
    {
        output.Clear();
        PingPacket.Write(output, PacketType.Pingresp);
        return output.Length;
    }

    private static byte[] Body(Action<IBufferWriter<byte>> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        write(buffer);
        var input = new ReadOnlySequence<byte>(buffer.WrittenMemory);
        return FrameReader.TryRead(ref input, 1 << 20, out var frame, out var error) ? frame.Body.ToArray() : throw new InvalidOperationException(error.ToString());
    }
}
