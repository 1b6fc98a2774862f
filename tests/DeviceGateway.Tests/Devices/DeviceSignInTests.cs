using System.Text;
using B2D.Core.Devices;
using B2D.DeviceGateway.Devices;
using B2D.Storage;
using B2D.Storage.Devices;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using static B2D.DeviceGateway.Tests.TestGateway;

namespace B2D.DeviceGateway.Tests.Devices;

public sealed class DeviceSignInTests : IDisposable
{
    private readonly Stores stores = NewStores();
    private readonly DeviceDirectory directory = new();
    private readonly SecretSeal seal = SecretSeal.InMemory();
    private readonly TestClock clock = new();

    public DeviceSignInTests() => directory.Load(stores.State);

    public void Dispose() => stores.Dispose();

    private DeviceSignIn SignIn(GatewayOptions? options = null)
    {
        var used = options ?? new GatewayOptions();
        var certificates = new CertificateCheck(used, directory, stores.State, clock, NullLogger.Instance);
        return new(directory, stores.State, new SecretVerifier(), used, certificates, seal, null, clock, NullLogger.Instance);
    }

    private static SignInRequest Shown(string? user, string clientId, string? password) => new(user, clientId, Password(password));

    private static ReadOnlyMemory<byte>? Password(string? text) => text is null ? null : Encoding.UTF8.GetBytes(text);

    private void GiveSlowSecret(DeviceId id, string password) =>
        stores.State.Write(db => DeviceStore.SetSecret(db, id.Value, DeviceSecrets.Hash(password, SecretHashing.Pbkdf2), 2));

    [Theory]
    [InlineData("pump", "pmup", true)]
    [InlineData("child-1", "1-dlihc", true)]
    [InlineData("pump", "pmup ", false)]
    [InlineData("pump", "", false)]
    [InlineData("pump", null, false)]
    [InlineData("PUMP", "pmup", false)]
    [InlineData("nobody", "ydobon", false)]
    [InlineData("no id", "x", false)]
    [InlineData("", "", false)]
    [InlineData(null, null, false)]
    public async Task CheckAsync_UserAndPassword_IsJudged(string? user, string? password, bool accepted)
    {
        using var signIn = SignIn();

        var (answer, device, _) = await signIn.CheckAsync(Shown(user, "pump", password), default);

        Assert.Equal(accepted ? SignInAnswer.Accepted : SignInAnswer.Refused, answer);
        if (accepted)
            Assert.Equal(user, device.Value);
    }

    [Theory]
    [InlineData("imported", true)]
    [InlineData("Imported", false)]
    public async Task CheckAsync_ImportedPassword_IsJudgedSlowlyThenQuickly(string password, bool accepted)
    {
        GiveSlowSecret(Pump, "imported");
        directory.Refresh(stores.State, [Pump]);
        using var signIn = SignIn();
        var expected = accepted ? SignInAnswer.Accepted : SignInAnswer.Refused;

        Assert.Equal(expected, (await signIn.CheckAsync(Shown("pump", "", password), default)).Answer);
        Assert.Equal(expected, (await signIn.CheckAsync(Shown("pump", "", password), default)).Answer);
        Assert.Equal(SignInAnswer.Refused, (await signIn.CheckAsync(Shown("nobody", "", password), default)).Answer);
    }

    [Fact]
    public async Task CheckAsync_PasswordChangedInTheRegistry_IsNoticedByTheAttempt()
    {
        using var signIn = SignIn();
        GiveSlowSecret(Pump, "new");

        Assert.Equal(SignInAnswer.Accepted, (await signIn.CheckAsync(Shown("pump", "", "new"), default)).Answer);
        Assert.Equal(SignInAnswer.Refused, (await signIn.CheckAsync(Shown("pump", "", "pmup"), default)).Answer);
    }

    [Fact]
    public async Task CheckAsync_RegisteredMeanwhile_IsNoticedByTheAttempt()
    {
        using var signIn = SignIn();
        Register(stores, new Device(DeviceId.Parse("late")));

        Assert.Equal(SignInAnswer.Accepted, (await signIn.CheckAsync(Shown("late", "", "etal"), default)).Answer);
    }

    [Fact]
    public async Task CheckAsync_DeviceWithoutSecret_IsRefused()
    {
        stores.State.Write(db => DeviceStore.Put(db, new Device(DeviceId.Parse("mute")), 1));
        using var signIn = SignIn();

        Assert.Equal(SignInAnswer.Refused, (await signIn.CheckAsync(Shown("mute", "", ""), default)).Answer);
    }

    [Fact]
    public async Task CheckAsync_AllSlowChecksTaken_WaitsAndThenIsBusy()
    {
        GiveSlowSecret(Pump, "imported");
        directory.Refresh(stores.State, [Pump]);
        using var signIn = SignIn(new GatewayOptions { MaxPasswordChecks = 1, MaxWaitingPasswordChecks = 2 });
        using var taken = await signIn.TakeSlowCheckAsync();

        var first = signIn.CheckAsync(Shown("pump", "", "imported"), default).AsTask();
        var second = signIn.CheckAsync(Shown("pump", "", "wrong"), default).AsTask();
        var third = await signIn.CheckAsync(Shown("pump", "", "imported"), default);
        var quick = await signIn.CheckAsync(Shown("other", "", "rehto"), default);

        Assert.Equal(SignInAnswer.Busy, third.Answer);
        Assert.Equal(SignInAnswer.Accepted, quick.Answer);
        Assert.False(first.IsCompleted);
        taken.Dispose();
        Assert.Equal(SignInAnswer.Accepted, (await first).Answer);
        Assert.Equal(SignInAnswer.Refused, (await second).Answer);
    }

    [Fact]
    public async Task CheckAsync_ConnectionGoneWhileWaiting_IsCancelled()
    {
        GiveSlowSecret(Pump, "imported");
        directory.Refresh(stores.State, [Pump]);
        using var signIn = SignIn(new GatewayOptions { MaxPasswordChecks = 1, MaxWaitingPasswordChecks = 1 });
        using var taken = await signIn.TakeSlowCheckAsync();
        using var gone = new CancellationTokenSource();
        var check = signIn.CheckAsync(Shown("pump", "", "imported"), gone.Token).AsTask();

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => check);
        taken.Dispose();
        Assert.Equal(SignInAnswer.Accepted, (await signIn.CheckAsync(Shown("pump", "", "imported"), default)).Answer);
    }

    [Theory]
    [InlineData("pump", "anything", true)]
    [InlineData(null, "pump", true)]
    [InlineData("nobody", "pump", false)]
    [InlineData(null, "nobody", false)]
    public async Task CheckAsync_OpenGateway_TakesRegisteredDevicesOnly(string? user, string clientId, bool accepted)
    {
        using var signIn = SignIn(new GatewayOptions { OpenGateway = true });

        Assert.Equal(accepted ? SignInAnswer.Accepted : SignInAnswer.Refused, (await signIn.CheckAsync(Shown(user, clientId, null), default)).Answer);
    }
}
