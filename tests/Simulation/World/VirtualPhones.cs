using B2D.Host.Demo;
using B2D.ProactiveWorker.Notices;
using B2D.TestKit;

namespace B2D.Simulation.World;

/// <summary>What a channel does with one try to send.</summary>
public enum ChannelMood : byte
{
    /// <summary>It delivers and says so.</summary>
    Delivers = 0,

    /// <summary>It takes nothing and says so; a later try may succeed.</summary>
    Refuses = 1,

    /// <summary>It delivers, but its answer does not come back.</summary>
    DeliversUnheard = 2,

    /// <summary>This address will never take anything.</summary>
    RefusesForGood = 3,
}

/// <summary>The customers' phones and mailboxes: a channel that keeps what it delivered and can be told to fail.</summary>
public sealed class VirtualPhones(VirtualClock clock) : INoticeChannel
{
    private readonly List<ReceivedNotice> received = [];

    /// <summary>Everything that was delivered, in order, repeats included.</summary>
    public IReadOnlyList<ReceivedNotice> Received => received;

    /// <summary>How often something was tried.</summary>
    public int Tries { get; private set; }

    /// <summary>What becomes of a try. Default: delivered.</summary>
    public Func<Outgoing, ChannelMood> Mood { get; set; } = _ => ChannelMood.Delivers;

    /// <summary>True from the moment on at which the process that sends was killed.</summary>
    public Func<bool> IsDead { get; set; } = () => false;

    public bool Carries(string channel) => true;

    public Task<SendOutcome> SendAsync(Outgoing notice, CancellationToken cancellation)
    {
        if (IsDead())
            return Task.FromResult(new SendOutcome(false, true, "killed"));
        Tries++;
        var mood = Mood(notice);
        if (mood is ChannelMood.Delivers or ChannelMood.DeliversUnheard)
            received.Add(new ReceivedNotice(notice.Id, notice.Customer, notice.Channel, notice.Address, notice.About, notice.Status, notice.Subject, notice.Text, clock.Now.ToUnixTimeMilliseconds()));
        return Task.FromResult(mood switch
        {
            ChannelMood.Delivers => SendOutcome.Ok,
            ChannelMood.RefusesForGood => new SendOutcome(false, false, "there is no such address"),
            ChannelMood.DeliversUnheard => SendOutcome.NoAnswer("the receiver did not answer in time"),
            _ => new SendOutcome(false, true, "the receiver is busy"),
        });
    }
}
