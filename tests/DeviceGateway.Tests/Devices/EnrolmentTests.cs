using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using B2D.Core.Devices;
using B2D.Mqtt;
using B2D.Storage.Access;
using B2D.Storage.Devices;
using Xunit;
using static B2D.DeviceGateway.Tests.TestGateway;

namespace B2D.DeviceGateway.Tests.Devices;

/// <summary>Devices that nobody has registered, with their fleet's key: the whole gateway, spoken to by the real client over pipes.</summary>
public sealed class EnrolmentTests : IDisposable
{
    private const int Limit = 30_000;

    private static readonly DeviceId New = DeviceId.Parse("new-1");

    private readonly TestGateway gateway = new();
    private readonly TaskCompletionSource<(string User, string Password)> credential = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose() => gateway.Dispose();

    private string Group(bool byPolicy)
    {
        var key = EnrolmentGate.CreateGroup(gateway.Stores.State, gateway.Seal, "pumps", "HP-2", Segment.Parse("north"), byPolicy, "test", 1)!;
        gateway.Gateway.RefreshEnrolments();
        return key;
    }

    /// <summary>The token that a device makes of the key that was derived for it, here by hand.</summary>
    private static string Token(string key, string derivedFor, string device)
    {
        var derived = HMACSHA256.HashData(Convert.FromBase64String(key), Encoding.UTF8.GetBytes(derivedFor));
        var signature = HMACSHA256.HashData(derived, Encoding.UTF8.GetBytes($"devices%2F{device}\n1795287663"));
        return $"SharedAccessSignature sr=devices%2F{device}&sig={Uri.EscapeDataString(Convert.ToBase64String(signature))}&se=1795287663";
    }

    private Task<MqttClient> ConnectAsync(string password, DeviceId? device = null, bool clean = true, MqttVersion version = MqttVersion.V5) =>
        MqttPipe.ConnectAsync(gateway, device ?? New, o => o with { Password = Bytes(password), OnMessage = Take, CleanStart = clean, Version = version });

    private void Take(MqttMessage message)
    {
        Assert.Equal("devices/new-1/credential", message.Topic);
        Assert.False(message.Retain);
        using var json = JsonDocument.Parse(message.Payload);
        credential.TrySetResult((json.RootElement.GetProperty("user").GetString()!, json.RootElement.GetProperty("password").GetString()!));
    }

    private static async Task<ReasonCode> RefusalAsync(Task<MqttClient> connecting) => (await Assert.ThrowsAsync<MqttConnectException>(() => connecting)).Reason;

    private string State() => gateway.Stores.State.Read(db => EnrolmentStore.Find(db, New.Value))?.State ?? "";

    private async Task<(string User, string Password)> FetchAsync(MqttClient client)
    {
        await client.SubscribeAsync("devices/new-1/credential", QoS.AtLeastOnce);
        gateway.PumpAll();
        return await credential.Task;
    }

    [Theory(Timeout = Limit)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Connect_FleetThatNeedsNoApproval_GetsItsOwnCredentialOnce(bool token)
    {
        var key = Group(byPolicy: true);
        var first = token ? Token(key, "new-1", "new-1") : key;
        await using (var client = await ConnectAsync(first))
        {
            Assert.Equal(ReasonCode.Success, await client.PublishAsync(new MqttMessage("$b2d/register", Bytes("{}"))));
            var (user, password) = await FetchAsync(client);
            Assert.Equal("new-1", user);
            Assert.Equal(EndReason.Disconnected, await client.Closed);

            Assert.Equal(EnrolmentState.Issued, State());
            Assert.Equal(ReasonCode.BadUserNameOrPassword, await RefusalAsync(ConnectAsync(first)));
            await using var own = await ConnectAsync(password);
            Assert.Equal(ReasonCode.Success,
                await gateway.PumpUntilAsync(own.PublishAsync(new MqttMessage("devices/new-1/telemetry", Bytes("""{"ts":1,"a":1}""")))));
        }

        var device = gateway.Stores.State.Read(db => DeviceStore.Find(db, "new-1"))!;
        Assert.Equal(("HP-2", "north"), (device.Model, device.Segment));
        Assert.Equal("new-1 Online Session | new-1@1 a=1", gateway.Entered());
        Assert.Equal(["groups.create", "enrolments.accept", "enrolments.issue"], gateway.Stores.State.Read(db => AuditStore.List(db)).Select(a => a.Action).Reverse());
    }

    [Fact(Timeout = Limit)]
    public async Task Connect_FleetThatNeedsApproval_WaitsUntilAPersonHasDecided()
    {
        var key = Group(byPolicy: false);

        Assert.Equal(ReasonCode.NotAuthorized, await RefusalAsync(ConnectAsync(key)));
        Assert.Equal(ReasonCode.NotAuthorized, await RefusalAsync(ConnectAsync(key)));
        var waiting = Assert.Single(gateway.Stores.State.Read(db => EnrolmentStore.List(db, EnrolmentState.Waiting)));
        Assert.Equal(("new-1", "pumps"), (waiting.Device, waiting.Fleet));
        Assert.Null(gateway.Stores.State.Read(db => DeviceStore.Find(db, "new-1")));

        Assert.NotNull(EnrolmentGate.Decide(gateway.Stores.State, waiting.Id, true, "ana", 5, out _));
        gateway.Gateway.RefreshEnrolments();
        await using var client = await ConnectAsync(key);
        var (_, password) = await FetchAsync(client);

        await using var own = await ConnectAsync(password);
    }

    [Fact(Timeout = Limit)]
    public async Task Connect_Rejected_StaysOut()
    {
        var key = Group(byPolicy: false);
        await RefusalAsync(ConnectAsync(key));
        Assert.Null(EnrolmentGate.Decide(gateway.Stores.State, 1, false, "ana", 5, out var problem));
        Assert.Equal("", problem);

        Assert.Equal(ReasonCode.NotAuthorized, await RefusalAsync(ConnectAsync(key)));
        EnrolmentGate.Decide(gateway.Stores.State, 1, true, "ana", 6, out problem);
        Assert.Equal("It is rejected already.", problem);
    }

    [Fact(Timeout = Limit)]
    public async Task Connect_WrongKeys_AreRefusedLikeAnyPassword()
    {
        var key = Group(byPolicy: true);

        Assert.Equal(ReasonCode.BadUserNameOrPassword, await RefusalAsync(ConnectAsync("wrong")));
        // Derived for another device; signed with the fleet's key itself; of a device that is registered.
        Assert.Equal(ReasonCode.BadUserNameOrPassword, await RefusalAsync(ConnectAsync(Token(key, "new-2", "new-1"))));
        Assert.Equal(ReasonCode.BadUserNameOrPassword, await RefusalAsync(ConnectAsync(Token(key, "new-2", "new-2"))));
        Assert.Equal(ReasonCode.BadUserNameOrPassword, await RefusalAsync(ConnectAsync(key, Pump)));
        Assert.Equal("", State());
    }

    [Fact(Timeout = Limit)]
    public async Task Enrolling_AnythingButItsCredential_IsNotAllowedAndItIsNotOnline()
    {
        var key = Group(byPolicy: true);
        await using var client = await ConnectAsync(key);

        Assert.Equal(ReasonCode.NotAuthorized, await client.PublishAsync(new MqttMessage("devices/new-1/telemetry", Bytes("{}"))));
        await Assert.ThrowsAsync<MqttRefusedException>(() => client.SubscribeAsync("devices/new-1/commands/+", QoS.AtLeastOnce));
        await Assert.ThrowsAsync<MqttRefusedException>(() => client.SubscribeAsync("devices/pump/credential", QoS.AtLeastOnce));
        gateway.PumpAll();

        Assert.Equal((0, ""), (gateway.Gateway.ConnectedDevices, gateway.Entered()));
    }

    [Fact(Timeout = Limit)]
    public async Task Credential_LostOnItsWay_IsReplacedByTheNextOne()
    {
        var key = Group(byPolicy: true);
        await using (var lost = await ConnectAsync(key))
            gateway.PumpAll();
        Assert.Equal(EnrolmentState.Approved, State());

        await using var again = await ConnectAsync(key);
        var (_, password) = await FetchAsync(again);

        await using var own = await ConnectAsync(password);
        Assert.Equal(EnrolmentState.Issued, State());
    }

    [Fact(Timeout = Limit)]
    public async Task RemoveGroup_ItsKey_LetsNobodyIn()
    {
        var key = Group(byPolicy: true);
        Assert.True(EnrolmentGate.RemoveGroup(gateway.Stores.State, "pumps", "ana", 5));
        gateway.Gateway.RefreshEnrolments();

        Assert.Equal(ReasonCode.BadUserNameOrPassword, await RefusalAsync(ConnectAsync(key)));
    }
}
