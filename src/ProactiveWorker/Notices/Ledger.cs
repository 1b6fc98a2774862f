using System.Collections.Immutable;
using System.Text.Json;
using B2D.Core;
using B2D.Core.Notices;
using B2D.Core.Rules;
using B2D.Storage;
using B2D.Storage.Customers;
using B2D.Storage.Notices;

namespace B2D.ProactiveWorker.Notices;

/// <summary>What a notice says, without a word about the person: names and addresses are looked up when it leaves.</summary>
public sealed record NoticeFacts
{
    public string Device { get; init; } = "";
    public string Title { get; init; } = "";
    public string Place { get; init; } = "";

    /// <summary>Epoch ms; device time for faults.</summary>
    public long Since { get; init; }

    /// <summary>When it was over, epoch ms; 0 while it lasts.</summary>
    public long Until { get; init; }
    public long Case { get; init; }
    public long Outage { get; init; }
    public string Words { get; init; } = "";
    public string SelfHelp { get; init; } = "";
    public bool Safety { get; init; }
    public long NextUpdate { get; init; }
    public string Cause { get; init; } = "";
    public string Workaround { get; init; } = "";
    public long EstimateFrom { get; init; }
    public long EstimateUntil { get; init; }

    /// <summary>The estimate that was told before, where it was another one.</summary>
    public long EstimateWasFrom { get; init; }
    public long EstimateWasUntil { get; init; }

    /// <summary>A person wrote something new.</summary>
    public bool News { get; init; }

    /// <summary>Most is well again and is being watched.</summary>
    public bool Monitoring { get; init; }

    /// <summary>What the customer has of it is well again.</summary>
    public bool Back { get; init; }
    public double Used { get; init; }
    public double Every { get; init; }
    public string Unit { get; init; } = "";

    /// <summary>Title and words by language, where the rule has them.</summary>
    public IReadOnlyDictionary<string, RuleWords> ByLanguage { get; init; } = ImmutableSortedDictionary<string, RuleWords>.Empty;
}

/// <summary>One thing to tell one customer.</summary>
/// <param name="InternetDown">What it is about takes the customer's internet down.</param>
internal sealed record Telling(CustomerRow Customer, string Subject, string Episode, string Status, long Revision, string Template, NoticeFacts Facts, bool InternetDown)
{
    /// <summary>Not before; default at once.</summary>
    public ServerTime Due { get; init; }

    /// <summary>Why a person has to let it go first; empty for not.</summary>
    public string Hold { get; init; } = "";
}

/// <summary>The ledger of notices: a row before anything is sent, its channel chosen and the reason kept.</summary>
public sealed class Ledger(NoticeOptions options)
{
    /// <summary>Writes a telling, once; says what became of it.</summary>
    internal string Write(Db db, Telling telling, ServerTime now)
    {
        var customer = telling.Customer;
        var reachable = new Reachable(
            (options.Email.Enabled || (options.Webhook.Enabled && options.Webhook.CarriesEmail)) && customer.Email.Length > 0,
            options.Webhook.Enabled && customer.Phone.Length > 0,
            options.Webhook.Enabled);
        Channel? preferred = Enum.TryParse<Channel>(customer.PreferredChannel, ignoreCase: true, out var wanted) ? wanted : null;
        var (channel, reason) = ChannelDecision.Choose(preferred, reachable, telling.InternetDown);
        var way = channel ?? Channel.Email;
        var row = new NoticeRow
        {
            Id = NoticeStep.IdOf(customer.Id, telling.Subject, telling.Episode, telling.Status, (int)telling.Revision, way),
            Customer = customer.Id,
            Subject = telling.Subject,
            Episode = telling.Episode,
            Status = telling.Status,
            Revision = telling.Revision,
            Channel = way.ToString().ToLowerInvariant(),
            Template = telling.Template,
            Language = customer.Language,
            Facts = JsonSerializer.Serialize(telling.Facts),
            State = channel is null ? "Suppressed" : telling.Hold.Length > 0 ? "Held" : "Due",
            Reason = telling.Hold.Length > 0 ? telling.Hold : Words(reason, way),
            DueAt = Math.Max(telling.Due.EpochMs, now.EpochMs),
            CreatedAt = now.EpochMs,
        };
        // The same telling on another channel would be a second one: the choice of the first row stands.
        var told = NoticeStore.List(db, new NoticeFilter { Subject = row.Subject, Customer = row.Customer, Status = row.Status, Limit = 100 });
        if (told.Any(n => n.Episode == row.Episode && n.Revision == row.Revision))
            return "in the ledger already";
        return NoticeStore.Put(db, row) ? row.State : "in the ledger already";
    }

    private static string Words(ChannelReason reason, Channel channel) => reason switch
    {
        ChannelReason.Preferred => $"the customer prefers {Name(channel)}",
        ChannelReason.FirstThatIsKnown => $"{Name(channel)} is what we know of the customer",
        ChannelReason.PreferredIsDown => $"prefers e-mail, but the outage takes it down: {Name(channel)}",
        _ => "no channel of this customer is known and switched on",
    };

    private static string Name(Channel channel) => channel switch { Channel.Email => "e-mail", Channel.Sms => "SMS", _ => "webhook" };
}
