using B2D.Core;
using B2D.Core.Links;
using B2D.Core.Notices;
using B2D.Storage.Access;
using B2D.Storage.Customers;

namespace B2D.Simulation.People;

/// <summary>What a customer did with a link.</summary>
/// <param name="Case">The case that it was about then; 0: none.</param>
internal sealed record LinkUse(GotLink Link, LinkAct Act, long Case);

/// <summary>Customers: they write STOP and START, end mails with one click, use their links, old ones and made-up ones too, book visits and take them back.</summary>
internal sealed class Callers(PeopleTown town) : IActor
{
    private static readonly string[] Classes = ["service", "case", "usage", "offer", "survey"];
    private static readonly string[] NotNeeded = ["usage", "offer", "survey"];
    private readonly Dictionary<string, bool> asked = new(StringComparer.Ordinal);
    private int written;

    public void Act(Random dice)
    {
        var links = town.Book.Links;
        if (links.Count == 0 || dice.Next(3) == 0)
            Write(dice);
        else if (dice.Next(10) == 0)
            Guess(links[dice.Next(links.Count)], dice);
        else
            // What came last is what people look at, most times.
            Use(dice.Next(3) == 0 ? links[dice.Next(links.Count)] : links.OrderByDescending(l => l.LastAt).ElementAt(dice.Next(Math.Min(5, links.Count))), dice);
    }

    private void Write(Random dice)
    {
        var customer = $"C-{dice.Next(1, PeopleTown.Customers + 1)}";
        if (town.Book.IsErased(customer, town.Now))
            return;
        if (dice.Next(6) == 0)
        {
            Click(customer, Classes[dice.Next(3)]);
            return;
        }
        var channel = PeopleTown.HasPhone(customer) && dice.Next(3) > 0 ? Channel.Sms : PeopleTown.HasEmail(customer) ? Channel.Email : Channel.Sms;
        if (!(channel == Channel.Sms ? PeopleTown.HasPhone(customer) : PeopleTown.HasEmail(customer)))
            return;
        var text = dice.Next(12) switch { 0 => "STOP ALL", 1 or 2 => "please no more texts about outages", 3 or 4 => "Stop faults!", 5 => "STOP reminders", 6 or 7 => "stop", 8 or 9 => "Start", 10 => "START offers surveys", _ => "Thanks, see you tomorrow" };
        Meant(customer, channel == Channel.Sms ? "sms" : "email", text);
        var from = channel == Channel.Sms ? PeopleTown.PhoneOf(customer) : $"p{PeopleTown.Number(customer)}@example.org";
        var (before, contacts) = (AuditLines("provider"), Contacts());
        var outcome = town.Installation.Worker.InboundDesk.Take(new InboundMessage($"m-{++written}", channel, from, text), "provider");
        if (!outcome.Customers.SequenceEqual([customer]))
            throw new InvalidOperationException($"what {customer} wrote was taken for {string.Join(' ', outcome.Customers)}");
        // How many lines it has depends on whether anything changed: at most one.
        var added = Contacts().Count - contacts.Count;
        town.Book.Note("provider", "consent", $"customer:{customer}", 0, text, outcome, Math.Min(1, AuditLines("provider") - before - added));
        if (added > 0)
            town.Book.Note("provider", "contact", $"contact:{Contacts().Last}", 0, (new B2D.Core.Contacts.Contact(customer, B2D.Core.Contacts.ContactChannel.Sms, true, text, false), (0L, 0L)), outcome, added);
    }

    /// <summary>What a text means, as the documentation has it.</summary>
    private void Meant(string customer, string channel, string text)
    {
        string[] stopped = text switch
        {
            "STOP ALL" => Classes,
            "please no more texts about outages" => ["service"],
            "Stop faults!" => ["case"],
            "STOP reminders" => ["usage"],
            "stop" => Which(customer, channel),
            _ => [],
        };
        foreach (var noticeClass in stopped)
            town.Book.Say(customer, noticeClass, "", wants: false, "customer");
        if (text == "Start")
        {
            foreach (var noticeClass in Classes.Where(c => Wishes.Last(town.Book, customer, c, channel, town.Now) is { Wants: false }))
                Wants(customer, noticeClass, channel);
        }
        else if (text == "START offers surveys")
        {
            Wants(customer, "offer", channel);
            Wants(customer, "survey", channel);
        }
        if (text.Contains("stop", StringComparison.OrdinalIgnoreCase) || text.Contains("no more", StringComparison.Ordinal) || text.StartsWith("start", StringComparison.OrdinalIgnoreCase))
            asked[customer] = text == "stop" && stopped == NotNeeded;
    }

    private void Wants(string customer, string noticeClass, string channel)
    {
        town.Book.Say(customer, noticeClass, "", wants: true, "customer");
        town.Book.Say(customer, noticeClass, channel, wants: true, "customer");
    }

    /// <summary>The one class that they were told by this channel; where they were asked already, all; else what nobody needs.</summary>
    private string[] Which(string customer, string channel)
    {
        if (asked.GetValueOrDefault(customer))
            return Classes;
        var sent = town.State.Read(db => db.Query<string>("SELECT id FROM notices WHERE state = 'Sent'")).ToHashSet(StringComparer.Ordinal);
        var told = town.Tries.Where(t => t.Recipient == customer && t.Channel == channel && Classes.Contains(t.Class) && sent.Contains(t.Id)).Select(t => t.Class).Distinct().ToArray();
        return told is [var only] ? [only] : NotNeeded;
    }

    private void Click(string customer, string noticeClass)
    {
        var token = new ProactiveWorker.Notices.UnsubscribeLinks(town.Setting.Notices.Links).Of(customer, NoticeClasses.Of(noticeClass)!.Value, "").Split('/')[^1];
        var before = AuditLines("customer");
        town.Book.Say(customer, noticeClass, "", wants: false, "customer");
        town.Installation.Worker.InboundDesk.End(token);
        town.Book.Note("customer", "consent", $"customer:{customer}", 0, "click", "ended", Math.Min(1, AuditLines("customer") - before));
    }

    /// <summary>How many contacts there are, and the number of the last: what is no wish is one.</summary>
    private (int Count, long Last) Contacts() => town.State.Read(db => ((int)db.Scalar<long>("SELECT count(*) FROM contacts"), db.Scalar<long>("SELECT COALESCE(max(id), 0) FROM contacts")));

    private int AuditLines(string who) => (int)town.State.Read(db => db.Scalar<long>("SELECT count(*) FROM audit WHERE who = @who", new { who }));

    private void Use(GotLink link, Random dice)
    {
        var desk = town.Installation.Worker.LinkDesk;
        var open = desk.Open(link.Token);
        var choices = open is null ? LinkChoices.None : desk.ChoicesOf(open);
        LinkAct act = dice.Next(10) switch
        {
            0 or 1 => new LinkAct.StillBroken("It is cold"),
            2 or 3 => new LinkAct.WorksAgain(),
            4 or 5 => new LinkAct.Pick(choices.Slots.Count > 0 ? choices.Slots[dice.Next(choices.Slots.Count)].Id : 1),
            6 => new LinkAct.GiveBack(),
            7 => new LinkAct.CallMe(choices.Calls.Count > 0 ? choices.Calls[dice.Next(Math.Min(4, choices.Calls.Count))] : ServerTime.From(town.Clock.Now.AddHours(1))),
            8 => new LinkAct.NoCall(),
            _ => new LinkAct.Answer(dice.Next(1, 8), ""),
        };
        var times = dice.Next(4) == 0 ? 2 : 1;
        for (var i = 0; i < times; i++)
        {
            var outcome = desk.Act(link.Token, act);
            // What came of it may be a case that was not there before.
            town.Book.Note("customer", "link", "", 0, new LinkUse(link, act, desk.Open(link.Token)?.CaseId ?? open?.CaseId ?? 0), outcome, Leaves(outcome));
        }
    }

    /// <summary>Lines of the audit: what does something has one.</summary>
    private static int Leaves(LinkOutcome outcome) => outcome is LinkOutcome.Kept or LinkOutcome.Reopened or LinkOutcome.Opened or LinkOutcome.Noted or LinkOutcome.Resolved
        or LinkOutcome.Booked or LinkOutcome.GivenBack or LinkOutcome.CallPromised or LinkOutcome.CallTakenBack or LinkOutcome.Thanked ? 1 : 0;

    /// <summary>Somebody tries to make a link or a code that they never got.</summary>
    private void Guess(GotLink near, Random dice)
    {
        var letters = near.Token.ToCharArray();
        var at = dice.Next(letters.Length);
        letters[at] = letters[at] == 'A' ? 'B' : 'A';
        // The last letter of base64 has bits that count for nothing; the token is the same then.
        var token = new string(letters);
        var outcome = at == letters.Length - 1 ? LinkOutcome.Gone : town.Installation.Worker.LinkDesk.Act(token, new LinkAct.StillBroken("It is cold"));
        var code = string.Concat(Enumerable.Range(0, 8).Select(_ => "23456789abcdefghjkmnpqrstuvwxyz"[dice.Next(31)]));
        var found = town.Installation.Worker.LinkDesk.TokenOf(code);
        town.Book.Note("customer", "guess", "", 0, token, (outcome, found ?? ""), 0);
    }
}
