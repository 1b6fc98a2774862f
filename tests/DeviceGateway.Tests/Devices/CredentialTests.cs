using B2D.Mqtt;
using Xunit;
using static B2D.DeviceGateway.Tests.TestGateway;

namespace B2D.DeviceGateway.Tests.Devices;

/// <summary>Signing in by token, its end, and failures that are slowed down: the whole gateway with a clock that the test moves.</summary>
public sealed class CredentialTests
{
    private const int Limit = 30_000;
    private const string OtherKey = "ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=";

    private static readonly DateTimeOffset Expiry = DateTimeOffset.FromUnixTimeSeconds(1795287663);

    private static Task<MqttClient> ConnectAsync(TestGateway gateway, string password) =>
        MqttPipe.ConnectAsync(gateway, Pump, o => o with { Password = Bytes(password) });

    private static async Task<ReasonCode> RefusalAsync(Task<MqttClient> connecting) => (await Assert.ThrowsAsync<MqttConnectException>(() => connecting)).Reason;

    [Theory(Timeout = Limit)]
    [InlineData("sas_primary")]
    [InlineData("sas_secondary")]
    public async Task Connect_WithToken_EitherKeyWillDo(string column)
    {
        using var gateway = new TestGateway();
        gateway.Import($"id,sas_primary,sas_secondary\npump,{OtherKey},{OtherKey}\n");
        gateway.Import($"id,{column}\npump,{SasTokenTests.Key}\n");

        await using var client = await ConnectAsync(gateway, SasTokenTests.Good);

        Assert.Equal(ReasonCode.Success, await gateway.PumpUntilAsync(client.PublishAsync(new MqttMessage("devices/pump/telemetry", Bytes("""{"ts":1,"a":1}""")))));
    }

    [Fact(Timeout = Limit)]
    public async Task Connect_TokenOfAnotherDeviceOrKey_IsRefused()
    {
        using var gateway = new TestGateway();
        gateway.Import($"id,sas_primary\npump,{OtherKey}\nother,{SasTokenTests.Key}\n");

        Assert.Equal(ReasonCode.BadUserNameOrPassword, await RefusalAsync(ConnectAsync(gateway, SasTokenTests.Good)));
        // The token is for pump, whoever's key it is signed with.
        Assert.Equal(ReasonCode.BadUserNameOrPassword,
            await RefusalAsync(MqttPipe.ConnectAsync(gateway, Other, o => o with { Password = Bytes(SasTokenTests.Good) })));
        Assert.Equal(ReasonCode.BadUserNameOrPassword, await RefusalAsync(ConnectAsync(gateway, "SharedAccessSignature nonsense")));
    }

    [Fact(Timeout = Limit)]
    public async Task Token_Expires_TheConnectionEndsAndNoOtherBegins()
    {
        var clock = new TestClock();
        clock.Advance(Expiry - clock.GetUtcNow() - TimeSpan.FromSeconds(5));
        using var gateway = new TestGateway(clock: clock);
        gateway.Import($"id,sas_primary\npump,{SasTokenTests.Key}\n");
        await using var client = await ConnectAsync(gateway, SasTokenTests.Good);
        await using var withPassword = await MqttPipe.ConnectAsync(gateway, Other);

        gateway.Advance(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(1));
        Assert.False(client.Closed.IsCompleted);
        gateway.Advance(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));

        Assert.Equal(EndReason.NotAuthorized, await client.Closed);
        while (gateway.Gateway.MqttCounters.Ended(EndReason.CredentialExpired) == 0)
            await Task.Yield();
        Assert.False(withPassword.Closed.IsCompleted);
        Assert.Equal(ReasonCode.BadUserNameOrPassword, await RefusalAsync(ConnectAsync(gateway, SasTokenTests.Good)));
        gateway.PumpAll();
        Assert.Contains("pump Offline Session", gateway.Entered(), StringComparison.Ordinal);
    }

    [Theory(Timeout = Limit)]
    [InlineData("")]
    [InlineData(OtherKey)]
    public async Task Key_TakenBackOrChanged_TheConnectionItLetInEnds(string now)
    {
        using var gateway = new TestGateway();
        gateway.Import($"id,sas_primary\npump,{SasTokenTests.Key}\n");
        await using var client = await ConnectAsync(gateway, SasTokenTests.Good);

        gateway.Import($"id,sas_primary\npump,{SasTokenTests.Key}\n"); // the same again is no change
        Assert.False(client.Closed.IsCompleted);
        gateway.Import($"id,sas_primary\npump,{now}\n");

        Assert.Equal(EndReason.NotAuthorized, await client.Closed);
        // The client hears of it a little before the server is done with it.
        while (gateway.Gateway.MqttCounters.Ended(EndReason.CredentialExpired) == 0)
            await Task.Yield();
    }

    [Fact(Timeout = Limit)]
    public async Task Connect_WrongPasswordTooOften_RefusalIsHeldBackWithoutAThreadAndTheRightOneIsRefusedToo()
    {
        using var gateway = new TestGateway();
        for (var i = 0; i < 3; i++)
            await RefusalAsync(ConnectAsync(gateway, "wrong"));

        var fourth = RefusalAsync(ConnectAsync(gateway, "wrong"));
        await HeldAsync(gateway, 1);
        gateway.Advance(TimeSpan.FromSeconds(0.9), TimeSpan.FromMilliseconds(100));
        Assert.Equal(1, gateway.Gateway.HeldRefusals);
        gateway.Advance(TimeSpan.FromSeconds(0.1), TimeSpan.FromMilliseconds(100));
        Assert.Equal(ReasonCode.BadUserNameOrPassword, await fourth);

        // The second delay is 2 s; within it nothing is checked.
        var fifth = RefusalAsync(ConnectAsync(gateway, "wrong"));
        await HeldAsync(gateway, 1);
        var right = RefusalAsync(ConnectAsync(gateway, "pmup"));
        await HeldAsync(gateway, 2);
        Assert.Equal((5, 1), (gateway.Gateway.Counters.BadPasswords.Value, gateway.Gateway.Counters.AttemptsHeldOff.Value));
        gateway.Advance(TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(500));
        Assert.Equal([ReasonCode.BadUserNameOrPassword, ReasonCode.BadUserNameOrPassword], await Task.WhenAll(fifth, right));
        await using var later = await ConnectAsync(gateway, "pmup");
    }

    [Fact(Timeout = Limit)]
    public async Task Connect_OtherDeviceFromTheSamePlace_IsNotHarmed()
    {
        using var gateway = new TestGateway();
        for (var i = 0; i < 3; i++)
            await RefusalAsync(ConnectAsync(gateway, "wrong"));
        var held = RefusalAsync(ConnectAsync(gateway, "wrong"));

        await HeldAsync(gateway, 1);
        await using var other = await MqttPipe.ConnectAsync(gateway, Other);

        gateway.Advance(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        await held;
    }

    /// <summary>So many refusals are held back.</summary>
    private static async Task HeldAsync(TestGateway gateway, int count)
    {
        while (gateway.Gateway.HeldRefusals < count)
            await Task.Yield();
    }
}
