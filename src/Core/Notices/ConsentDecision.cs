using System.Collections.Immutable;

namespace B2D.Core.Notices;

/// <summary>What a customer said of notices of a class.</summary>
/// <param name="Channel">Null: whatever the channel.</param>
/// <param name="Given">They want them; false: they do not.</param>
/// <param name="Source">How we know: <c>customer</c> (their own message), <c>import</c>, or <c>person</c> (somebody here wrote it down).</param>
public sealed record Consent(NoticeClass Class, Channel? Channel, bool Given, string Source, ServerTime At)
{
    /// <summary>The sources.</summary>
    public const string Customer = "customer", Import = "import", Person = "person";
}

/// <summary>Why a customer may be told, or not.</summary>
public enum ConsentReason : byte
{
    /// <summary>It may save somebody from harm.</summary>
    Safety = 1,

    /// <summary>They asked for it.</summary>
    Asked = 2,

    /// <summary>They were told of it before, or were promised it.</summary>
    Owed = 3,

    Given = 4,

    /// <summary>They never said anything, and it is part of the service.</summary>
    Presumed = 5,

    Withdrawn = 6,

    /// <summary>They never said yes, and without it there are none of these.</summary>
    NeverGiven = 7,
}

/// <summary>Whether a customer may be told something by a channel.</summary>
public static class ConsentDecision
{
    /// <param name="owed">They were told of it before, or were promised it.</param>
    /// <param name="known">What they said so far.</param>
    /// <param name="usageNeedsConsent">Reminders take a yes; otherwise they go to everybody who has not said no.</param>
    public static (bool May, ConsentReason Reason) Decide(NoticeClass noticeClass, Channel channel, bool owed, IReadOnlyList<Consent> known, bool usageNeedsConsent)
    {
        if (noticeClass == NoticeClass.Safety)
            return (true, ConsentReason.Safety);
        if (noticeClass == NoticeClass.Answer)
            return (true, ConsentReason.Asked);
        if (owed)
            return (true, ConsentReason.Owed);
        // What they said last counts; of two things said at once the more exact one.
        var last = known.Where(c => c.Class == noticeClass && (c.Channel is null || c.Channel == channel)).MaxBy(c => (c.At.EpochMs, c.Channel is null ? 0 : 1));
        if (last is not null)
            return (last.Given, last.Given ? ConsentReason.Given : ConsentReason.Withdrawn);
        var presumed = noticeClass is NoticeClass.Service or NoticeClass.Case || (noticeClass == NoticeClass.Usage && !usageNeedsConsent);
        return (presumed, presumed ? ConsentReason.Presumed : ConsentReason.NeverGiven);
    }

    /// <summary>Whether what is said of a class takes the place of what is known: a file with older data does not undo what customers said themselves.</summary>
    public static bool Replaces(Consent? known, string source) => known is null || source != Consent.Import || known.Source != Consent.Customer;
}

/// <summary>Consents as one text, for imports and the API: <c>usage offer:email -survey</c>; a dash withdraws, a channel may follow.</summary>
public static class ConsentText
{
    /// <summary>Reads it; null with what is wrong.</summary>
    public static ImmutableArray<(NoticeClass Class, Channel? Channel, bool Given)>? Parse(string text, out string problem)
    {
        problem = "";
        var found = ImmutableArray.CreateBuilder<(NoticeClass, Channel?, bool)>();
        foreach (var word in text.Split((char[])[' ', ';', ','], StringSplitOptions.RemoveEmptyEntries))
        {
            var given = word[0] != '-';
            var parts = word.TrimStart('-').Split(':', 2);
            if (NoticeClasses.Of(parts[0]) is not { } noticeClass || !NoticeClasses.WithConsent.Contains(noticeClass))
            {
                problem = $"'{parts[0]}' is no class of notices that somebody may want or not: {string.Join(", ", NoticeClasses.WithConsent.Select(c => c.Word()))}";
                return null;
            }
            Channel? channel = null;
            if (parts.Length == 2)
            {
                channel = ChannelOf(parts[1]);
                if (channel is null)
                {
                    problem = $"'{parts[1]}' is no channel: email, sms, webhook, phone";
                    return null;
                }
            }
            found.Add((noticeClass, channel, given));
        }
        return found.ToImmutable();
    }

    /// <summary>The channel of the ledger's word; null where it is none.</summary>
    public static Channel? ChannelOf(string word) =>
        word switch { "email" => Channel.Email, "sms" => Channel.Sms, "webhook" => Channel.Webhook, "phone" => Channel.Phone, "letter" => Channel.Letter, _ => null };
}
