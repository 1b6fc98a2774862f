using System.Collections.Immutable;

namespace B2D.Core.Notices;

/// <summary>The way a message goes.</summary>
public enum Channel : byte
{
    Email = 1,
    Sms = 2,

    /// <summary>Another system, such as the customer's app.</summary>
    Webhook = 3,

    /// <summary>A person calls.</summary>
    Phone = 4,

    /// <summary>A person prints it.</summary>
    Letter = 5,
}

/// <summary>Some of the channels.</summary>
/// <param name="Bits">One for each.</param>
public readonly record struct ChannelSet(int Bits)
{
    public static readonly ChannelSet None;

    /// <summary>Names that rules have for them.</summary>
    public static readonly ImmutableArray<string> Names = ["email", "sms", "app", "phone"];

    public static ChannelSet Of(params ReadOnlySpan<Channel> channels)
    {
        var set = None;
        foreach (var channel in channels)
            set = set.With(channel);
        return set;
    }

    /// <summary>The channel of a rule's name for it; null where it is none.</summary>
    public static Channel? Named(string name) => name switch { "email" => Channel.Email, "sms" => Channel.Sms, "app" => Channel.Webhook, "phone" => Channel.Phone, _ => null };

    public bool Has(Channel channel) => (Bits & (1 << (int)channel)) != 0;

    public ChannelSet With(Channel channel) => new(Bits | (1 << (int)channel));

    public ChannelSet Without(ChannelSet others) => new(Bits & ~others.Bits);
}

/// <summary>Why this channel, or why none.</summary>
public enum ChannelReason : byte
{
    Preferred = 1,
    FirstThatIsKnown = 2,

    /// <summary>The preferred one depends on what is broken.</summary>
    PreferredIsDown = 3,

    /// <summary>No channel of this customer is known and switched on.</summary>
    NoChannel = 4,

    /// <summary>There are some, and the customer wants no such notices by them.</summary>
    NotWanted = 5,

    /// <summary>It depends on what is broken, and nothing else is known of the customer.</summary>
    LastResort = 6,

    /// <summary>The one before it failed.</summary>
    FellBack = 7,
}

/// <summary>What a notice could go by, and what speaks against it.</summary>
/// <param name="Preferred">What the customer asked for; null for nothing.</param>
/// <param name="Reachable">What is known of the customer and switched on here.</param>
/// <param name="Down">What does not work because of what the notice is about.</param>
/// <param name="Unwanted">By these the customer wants no such notice.</param>
/// <param name="Tried">By these it was tried and failed.</param>
public sealed record ChannelChoice(Channel? Preferred, ChannelSet Reachable, ChannelSet Down = default, ChannelSet Unwanted = default, ChannelSet Tried = default);

/// <summary>Chooses the channel of a notice.</summary>
public static class ChannelDecision
{
    /// <summary>Order without a preference: what reaches a person fastest first.</summary>
    private static readonly Channel[] Order = [Channel.Sms, Channel.Email, Channel.Webhook];

    public static (Channel? Channel, ChannelReason Reason) Choose(ChannelChoice from)
    {
        var wanted = from.Reachable.Without(from.Unwanted).Without(from.Tried);
        var good = wanted.Without(from.Down);
        if (First(from.Preferred, good) is { } channel)
        {
            return (channel, from.Tried.Bits != 0 ? ChannelReason.FellBack
                : channel == from.Preferred ? ChannelReason.Preferred
                : from.Preferred is { } other && wanted.Has(other) ? ChannelReason.PreferredIsDown
                : ChannelReason.FirstThatIsKnown);
        }
        // After one that failed a person is surer than what is down too.
        if (from.Tried.Bits == 0 && First(from.Preferred, wanted) is { } last)
            return (last, ChannelReason.LastResort);
        return (null, from.Reachable.Without(from.Tried).Bits != 0 && wanted.Bits == 0 ? ChannelReason.NotWanted : ChannelReason.NoChannel);
    }

    private static Channel? First(Channel? preferred, ChannelSet among)
    {
        if (preferred is { } wanted && among.Has(wanted))
            return wanted;
        foreach (var channel in Order)
        {
            if (among.Has(channel))
                return channel;
        }
        return null;
    }
}
