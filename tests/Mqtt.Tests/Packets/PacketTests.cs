using System.Buffers;
using B2D.Mqtt.Packets;

namespace B2D.Mqtt.Tests.Packets;

public sealed class PacketTests
{
    [Theory]
    [MemberData(nameof(ValidVectors.All), MemberType = typeof(ValidVectors))]
    public void Decode_ValidInEveryShape_MeansTheSame(ValidVector vector)
    {
        foreach (var shape in Wire.Shapes(Wire.Bytes(vector.Wire)))
        {
            var decoded = Decoded.Of(shape, vector.Version);
            Assert.Equal((ProtocolError.None, vector.Meaning), (decoded.Error, decoded.Text));
        }
    }

    [Theory]
    [MemberData(nameof(ValidVectors.All), MemberType = typeof(ValidVectors))]
    public void Write_WhatWasDecoded_GivesTheHandWrittenBytes(ValidVector vector)
    {
        if (!vector.Canonical)
            return;
        var bytes = Wire.Bytes(vector.Wire);
        var decoded = Decoded.Of(new ReadOnlySequence<byte>(bytes), vector.Version);
        Assert.Equal(Wire.Hex(bytes), Wire.Hex(decoded.Again));
    }

    [Theory]
    [MemberData(nameof(ValidVectors.All), MemberType = typeof(ValidVectors))]
    public void TryRead_EveryProperPrefix_IsIncompleteAndConsumesNothing(ValidVector vector)
    {
        var bytes = Wire.Bytes(vector.Wire);
        for (var length = 0; length < bytes.Length; length++)
        {
            var input = new ReadOnlySequence<byte>(bytes, 0, length);
            Assert.False(FrameReader.TryRead(ref input, 1 << 20, out _, out var error));
            Assert.Equal((ProtocolError.None, (long)length), (error, input.Length));
            Assert.False(FrameReader.TryRead(bytes.AsSpan(0, length), 1 << 20, out _, out _, out error));
            Assert.Equal(ProtocolError.None, error);
        }
    }

    [Theory]
    [MemberData(nameof(ValidVectors.All), MemberType = typeof(ValidVectors))]
    public void TryRead_TwoPacketsInARow_TakesOneAtATime(ValidVector vector)
    {
        var bytes = Wire.Bytes(vector.Wire);
        Assert.True(FrameReader.TryRead((byte[])[.. bytes, .. bytes], 1 << 20, out var bodyAt, out var bodyLength, out _));
        Assert.Equal(bytes.Length, bodyAt + bodyLength);
        foreach (var shape in Wire.Shapes([.. bytes, .. bytes]))
        {
            var input = shape;
            Assert.True(FrameReader.TryRead(ref input, 1 << 20, out _, out _));
            Assert.Equal(Wire.Hex(bytes), Wire.Hex(input.ToArray()));
            Assert.True(FrameReader.TryRead(ref input, 1 << 20, out _, out _));
            Assert.True(input.IsEmpty);
        }
    }

    /// <summary>A body that is cut, with a Remaining Length that says so, is malformed and never an exception. Some cuts leave a valid packet.</summary>
    [Theory]
    [MemberData(nameof(ValidVectors.All), MemberType = typeof(ValidVectors))]
    public void Decode_BodyCutAnywhere_NeverThrows(ValidVector vector)
    {
        var bytes = Wire.Bytes(vector.Wire);
        if (bytes[1] >= 0x80)
            return;
        for (var length = 0; length < bytes[1]; length++)
        {
            byte[] cut = [bytes[0], (byte)length, .. bytes.AsSpan(2, length)];
            Assert.Null(Record.Exception(() => Decoded.Of(new ReadOnlySequence<byte>(cut), vector.Version)));
        }
    }

    [Theory]
    [MemberData(nameof(MalformedVectors.All), MemberType = typeof(MalformedVectors))]
    public void Decode_Malformed_IsRefusedInEveryShape(MalformedVector vector)
    {
        foreach (var shape in Wire.Shapes(Wire.Bytes(vector.Wire)))
            Assert.Equal(vector.Error, Decoded.Of(shape, vector.Version).Error.ToString());
    }

    [Fact]
    public void TryRead_DeclaredTooLarge_IsRefusedBeforeTheBodyArrives()
    {
        // 1 + 1 + 99 bytes are declared, 100 allowed, and only the fixed header is here.
        var input = new ReadOnlySequence<byte>([0x30, 99]);
        Assert.False(FrameReader.TryRead(ref input, 100, out _, out var error));
        Assert.Equal(ProtocolError.PacketTooLarge, error);
        Assert.False(FrameReader.TryRead(ref input, 101, out _, out error));
        Assert.Equal(ProtocolError.None, error);
    }

    [Theory]
    [InlineData(256, ProtocolError.None)]
    [InlineData(257, ProtocolError.TooManyProperties)]
    internal void Decode_ManyProperties_AreLimited(int count, ProtocolError expected)
    {
        // PUBACK 0001, Success, properties of five bytes each: 26 0000 0000.
        var length = new byte[2];
        new FieldWriter(length).Variable((uint)(count * 5));
        byte[] body = [0, 1, 0, .. length, .. Enumerable.Range(0, count).SelectMany(_ => new byte[] { 0x26, 0, 0, 0, 0 })];
        Assert.Equal(expected, AckPacket.Decode(PacketType.Puback, body, MqttVersion.V5, out _));
    }

    /// <summary>The examples of §1.5.5, both ends of each length.</summary>
    [Theory]
    [InlineData(0, "00")]
    [InlineData(127, "7F")]
    [InlineData(128, "8001")]
    [InlineData(16_383, "FF7F")]
    [InlineData(16_384, "808001")]
    [InlineData(2_097_151, "FFFF7F")]
    [InlineData(2_097_152, "80808001")]
    [InlineData(268_435_455, "FFFFFF7F")]
    public void Variable_EdgesOfEachLength_AsInTheTable(uint value, string hex)
    {
        var bytes = new byte[FieldWriter.SizeOfVariable(value)];
        new FieldWriter(bytes).Variable(value);
        Assert.Equal(hex, Wire.Hex(bytes));
        var reader = new FieldReader(bytes);
        Assert.True(reader.TryVariable(out var read));
        Assert.Equal(value, read);
    }

    /// <summary>Random bytes behind every possible first byte: an answer, never an exception.</summary>
    [Fact]
    public void Decode_RandomBytes_NeverThrows()
    {
        const int Seed = 20261121;
        var random = new Random(Seed);
        for (var i = 0; i < 50_000; i++)
        {
            var body = new byte[random.Next(0, 40)];
            random.NextBytes(body);
            byte[] packet = [(byte)random.Next(256), (byte)body.Length, .. body];
            var version = random.Next(2) == 0 ? MqttVersion.V311 : MqttVersion.V5;
            if (Record.Exception(() => Decoded.Of(new ReadOnlySequence<byte>(packet), version)) is { } thrown)
                Assert.Fail($"Seed {Seed}, packet {i}, {version}: {Wire.Hex(packet)}: {thrown}");
        }
    }

    [Fact]
    public void Errors_All_HaveAReasonAndAnEnd()
    {
        foreach (var error in Enum.GetValues<ProtocolError>().Except([ProtocolError.None]))
        {
            Assert.True(error.ToReason().IsFailure(), error.ToString());
            Assert.NotEqual(EndReason.None, error.ToEnd());
        }
    }
}
