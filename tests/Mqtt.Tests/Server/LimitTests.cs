using System.Net;
using B2D.Mqtt.Server;

namespace B2D.Mqtt.Tests.Server;

/// <summary>Limits on who comes in and how fast: rates, addresses, and peers that come and say nothing.</summary>
public sealed class LimitTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void RateLimit_ByHand()
    {
        var limit = RateLimit.Full(2, Start);
        (limit, var first) = limit.Take(Start);
        (limit, var second) = limit.Take(Start);
        (limit, var third) = limit.Take(Start);
        Assert.Equal((true, true, false), (first, second, third));
        Assert.True(limit.IsRush);
        (limit, var early) = limit.Take(Start.AddMilliseconds(499));
        (limit, var due) = limit.Take(Start.AddMilliseconds(500));
        (limit, var again) = limit.Take(Start.AddMilliseconds(500));
        Assert.Equal((false, true, false), (early, due, again));
        // However long nobody came, one second's worth is saved up.
        (limit, _) = limit.Take(Start.AddHours(1));
        (limit, _) = limit.Take(Start.AddHours(1));
        Assert.False(limit.Take(Start.AddHours(1)).Taken);
        // A clock set back gives nothing and takes nothing.
        Assert.False(limit.Take(Start).Taken);
    }

    [Fact]
    public void RateLimit_Zero_IsNone()
    {
        var limit = RateLimit.Full(0, Start);
        for (var i = 0; i < 1000; i++)
        {
            (limit, var taken) = limit.Take(Start);
            Assert.True(taken);
        }
        Assert.False(limit.IsRush);
    }

    /// <summary>A rush is told to come back later (server busy, [MQTT-3.2.2-8]; 3.1.1 return code 3); whoever is in stays in.</summary>
    [Fact]
    public async Task ConnectRate_Rush_IsToldToComeBack()
    {
        await using var rig = new Rig(new MqttServerOptions { MaxConnectRate = 2 });
        var first = await rig.Connect5Async("a");
        await rig.Connect5Async("b");
        var third = rig.Open();
        await third.SendAsync("10 0E 0004 'MQTT' 05 02 0000 00 0001 'c'");
        await third.ExpectEndAsync(EndReason.ConnectRefused, "20 03 00 89 00");
        var fourth = rig.Open();
        await fourth.SendAsync("10 0D 0004 'MQTT' 04 02 0000 0001 'd'");
        await fourth.ExpectEndAsync(EndReason.ConnectRefused, "20 02 00 03");
        await first.ExpectNothingElseAsync();
        rig.Advance(1);
        await rig.Connect5Async("c");
    }

    /// <summary>Clients of a rush get keep-alives of different lengths, none longer than asked [MQTT-3.2.2-21]; 3.1.1 cannot be told.</summary>
    [Fact]
    public async Task ConnectRate_Rush_SpreadsKeepAlives()
    {
        await using var rig = new Rig(new MqttServerOptions { MaxConnectRate = 60 });
        var seen = new HashSet<ushort>();
        for (var i = 0; i < 60; i++)
        {
            var client = rig.Open();
            await client.SendAsync($"10 0F 0004 'MQTT' 05 02 03E8 00 0002 '{i:00}'");
            await client.ExpectConnackAsync();
            seen.Add(rig.LastSession!.State.Terms!.KeepAlive);
        }
        Assert.All(seen, s => Assert.InRange(s, 800, 1000));
        Assert.True(seen.Count > 5, $"only {string.Join(' ', seen)}");
    }

    [Fact]
    public async Task Address_TooMany_NewcomerEnds_UntilOneLeaves()
    {
        await using var rig = new Rig(new MqttServerOptions { MaxConnectionsPerAddress = 2 });
        await rig.Connect311Async("a");
        var second = await rig.Connect311Async("b");
        await rig.Open().ExpectEndAsync(EndReason.TooManyFromAddress);
        second.CloseWriting();
        await second.ExpectEndAsync(EndReason.ConnectionLost);
        await Rig.UntilAsync(() => rig.Server.ConnectionCount == 1);
        await rig.Connect311Async("c");
    }

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.2", false)]
    [InlineData("10.0.0.1", "::ffff:10.0.0.1", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    public async Task Address_OfOneSubscriber_CountsTogether(string one, string other, bool together)
    {
        await using var rig = new Rig(new MqttServerOptions { MaxConnectionsPerAddress = 1 });
        rig.Open(from: IPAddress.Parse(one));
        var second = rig.Open(from: IPAddress.Parse(other));
        if (together)
            await second.ExpectEndAsync(EndReason.TooManyFromAddress);
        else
            Assert.False(second.Run.IsCompleted);
    }

    /// <summary>Peers that come and say nothing push each other out, oldest first, and nobody who has sent CONNECT.</summary>
    [Fact]
    public async Task AwaitingConnect_TooMany_OldestEnds_ConnectedStay()
    {
        await using var rig = new Rig(new MqttServerOptions { MaxAwaitingConnect = 10 });
        var connected = await rig.Connect311Async("good");
        var silent = Enumerable.Range(0, 25).Select(_ => rig.Open()).ToArray();
        foreach (var crowdedOut in silent[..15])
            await crowdedOut.ExpectEndAsync(EndReason.CrowdedOut);
        Assert.All(silent[15..], s => Assert.False(s.Run.IsCompleted));
        await connected.ExpectNothingElseAsync();
        await rig.Connect311Async("late");
        await silent[15].ExpectEndAsync(EndReason.CrowdedOut);
        await Rig.UntilAsync(() => rig.Server.Crowd.Awaiting == 9);
    }

    /// <summary>A client that says more than its share is read from no faster; nothing is lost and nobody else waits.</summary>
    [Fact]
    public async Task PublishRate_Over_IsReadAtTheRate()
    {
        await using var rig = new Rig(new MqttServerOptions { MaxPublishRate = 5 });
        var busy = await rig.Connect311Async("busy");
        var calm = await rig.Connect311Async("calm");
        await busy.SendTogetherAsync([.. Enumerable.Range(1, 12).Select(i => $"32 06 0001 'a' {i:X4} 'x'")]);
        await busy.ExpectAsync([.. Enumerable.Range(1, 5).Select(i => $"40 02 {i:X4}")]);
        await calm.SendAsync("32 06 0001 'a' 0001 'x'");
        await calm.ExpectAsync("40 02 0001");
        await Rig.UntilAsync(() => rig.Server.FindSession("busy")!.Connection!.IsHeld);
        Assert.False(busy.Input.TryRead(out _));
        rig.Advance(1);
        await busy.ExpectAsync([.. Enumerable.Range(6, 5).Select(i => $"40 02 {i:X4}")]);
        await Rig.UntilAsync(() => rig.Server.FindSession("busy")!.Connection!.IsHeld);
        rig.Advance(1);
        await busy.ExpectAsync([.. Enumerable.Range(11, 2).Select(i => $"40 02 {i:X4}")]);
        await busy.ExpectNothingElseAsync();
    }
}
