using System.Net;
using B2D.Core.Devices;
using B2D.DeviceGateway.Devices;
using Xunit;

namespace B2D.DeviceGateway.Tests.Devices;

public sealed class SignInBackoffTests
{
    private static readonly IPAddress Attacker = IPAddress.Parse("203.0.113.9"), Home = IPAddress.Parse("198.51.100.7");
    private static readonly DeviceId Pump = DeviceId.Parse("pump"), Valve = DeviceId.Parse("valve");
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly SignInBackoff backoff = new(new SignInBackoffOptions());

    private static DateTimeOffset At(double seconds) => Start.AddSeconds(seconds);

    [Fact]
    public void Fail_AgainAndAgain_DelaysDoubleUpToTheMost()
    {
        var holds = new List<double>();
        var locks = new List<double>();
        var now = Start;
        for (var i = 0; i < 14; i++)
        {
            Assert.Null(backoff.Refused(Attacker, Pump, now));
            holds.Add(backoff.Fail(Attacker, Pump, now).TotalSeconds);
            var locked = 0.0;
            while (backoff.Refused(Attacker, Pump, now) is not null)
                (now, locked) = (now.AddSeconds(1), locked + 1);
            locks.Add(locked);
        }

        // What is forgotten meanwhile (one each 5 minutes) keeps the last ones level.
        Assert.Equal([0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300], locks);
        Assert.Equal([0, 0, 0, 1, 2, 4, 5, 5, 5, 5, 5, 5, 5, 5], holds);
    }

    [Fact]
    public void Refused_DeviceUnderAttack_IsCheckedFromAnotherAddress()
    {
        for (var i = 0; i < 20; i++)
            backoff.Fail(Attacker, Pump, Start);

        Assert.NotNull(backoff.Refused(Attacker, Pump, At(1)));
        Assert.Null(backoff.Refused(Home, Pump, At(1)));
        // A wrong password from there is told late all the same: one attacker may have many addresses.
        Assert.Equal(TimeSpan.FromSeconds(5), backoff.Fail(Home, Pump, At(1)));
    }

    [Fact]
    public void Refused_AddressThatTriesManyDevices_IsRefusedForAllButThoseItIsKnownFor()
    {
        backoff.Succeed(Attacker, Valve);
        for (var i = 0; i < 60; i++)
            backoff.Fail(Attacker, DeviceId.Parse($"guess-{i}"), Start);

        Assert.NotNull(backoff.Refused(Attacker, Pump, At(1)));
        Assert.NotNull(backoff.Refused(Attacker, null, At(1)));
        Assert.Null(backoff.Refused(Attacker, Valve, At(1)));
        Assert.Null(backoff.Refused(Home, Pump, At(1)));
    }

    [Fact]
    public void Succeed_AfterFailures_BeginsAnew()
    {
        for (var i = 0; i < 4; i++)
            backoff.Fail(Home, Pump, Start);
        Assert.NotNull(backoff.Refused(Home, Pump, At(0.5)));

        backoff.Succeed(Home, Pump);

        Assert.Null(backoff.Refused(Home, Pump, At(0.5)));
    }

    [Fact]
    public void Fail_LongAfter_IsForgotten()
    {
        for (var i = 0; i < 5; i++)
            backoff.Fail(Home, Pump, Start);

        Assert.Equal(TimeSpan.Zero, backoff.Fail(Home, Pump, At(15 * 60)));
    }

    [Theory]
    [InlineData("2001:db8:1:2:aaaa::1", "2001:db8:1:2:bbbb::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("::ffff:203.0.113.9", "203.0.113.9", true)]
    [InlineData("203.0.113.9", "203.0.113.10", false)]
    public void Refused_OtherAddress_IsTheSameWhereOneHouseholdHasBoth(string first, string second, bool same)
    {
        for (var i = 0; i < 4; i++)
            backoff.Fail(IPAddress.Parse(first), Pump, Start);

        Assert.Equal(same, backoff.Refused(IPAddress.Parse(second), Pump, Start) is not null);
    }

    [Fact]
    public void Fail_FromEverywhere_RemembersNoMoreThanItMay()
    {
        var small = new SignInBackoff(new SignInBackoffOptions { MaxRemembered = 100 });

        for (var i = 0; i < 10_000; i++)
            small.Fail(new IPAddress(i), DeviceId.Parse($"guess-{i}"), Start);

        Assert.Equal(100, small.Count);
    }

    [Fact]
    public void Refused_ClockSetBack_NobodyStaysLockedOut()
    {
        for (var i = 0; i < 20; i++)
            backoff.Fail(Home, Pump, Start);

        Assert.Null(backoff.Refused(Home, Pump, At(-3600)));
    }

    [Fact]
    public async Task Held_UntilDue_GoesWithThePumpAndNotBefore()
    {
        var held = new HeldRefusals(2);
        var first = held.UntilAsync(At(2), default);
        var second = held.UntilAsync(At(1), default);

        Assert.True(held.UntilAsync(At(9), default).IsCompleted); // one too many
        held.Pump(At(1));
        await second;
        Assert.False(first.IsCompleted);
        held.Pump(At(2));
        await first;
        Assert.Equal(0, held.Count);
    }

    [Fact]
    public void Held_Due_GoesOnWhereThePumpIs()
    {
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        var (held, thread) = (new HeldRefusals(2), 0);
        try
        {
            _ = WaitAsync();
            held.Pump(At(1));
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }

        Assert.Equal(Environment.CurrentManagedThreadId, thread);

        async Task WaitAsync()
        {
            await held.UntilAsync(At(1), default).ConfigureAwait(false);
            thread = Environment.CurrentManagedThreadId;
        }
    }
}
