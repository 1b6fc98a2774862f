using System.Globalization;
using B2D.Console.Shell;
using B2D.Core.Cases;
using B2D.Core.Customers;
using B2D.Storage.Cases;
using B2D.Storage.Notices;
using B2D.Storage.Remedies;

namespace B2D.Console.Cases;

/// <summary>What a person reads first: what is wrong, what was tried, what the owner knows and what they are owed.</summary>
internal static class CaseSentence
{
    public static string Of(CaseRecord record, long now, TimeZoneInfo zone)
    {
        var sentences = new[] { Wrong(record, now, zone), Tried(record, now, zone), Told(record, now, zone), Owed(record), Word(record, now, zone), Again(record) };
        return string.Join(" ", sentences.Where(s => s.Length > 0));
    }

    /// <summary>The name of a channel in a sentence.</summary>
    public static string Channel(string channel) => channel switch { "sms" => "SMS", "email" => "e-mail", "webhook" => "another system", _ => channel };

    private static string Wrong(CaseRecord record, long now, TimeZoneInfo zone)
    {
        var row = record.Case;
        var began = row.OnsetAt > 0 ? row.OnsetAt : row.OpenedAt;
        // The heading above says the title and the device already.
        var text = Why(row) is { Length: > 0 } why ? $"It was opened because {why}."
            : row.Rule.Length == 0 ? $"The customer reported it at {Words.Point(row.OpenedAt, now, zone)}{(row.Summary.Length > 0 ? ": " + row.Summary.TrimEnd().TrimEnd('.') : "")}."
            : row.Summary.Length > 0 ? Words.Sentence(row.Summary.TrimEnd().TrimEnd('.')) + "."
            : $"{row.Title} since {Words.Point(began, now, zone)}, seen by the rule {row.Rule}.";
        if (record.Fault is { ClearedAt: 0, Phase: "Latched" })
            return $"{text} The signal is normal again; the fault waits for somebody to have seen it.";
        return record.Fault is { ClearedAt: > 0 } fault ? $"{text} The signal has been normal again since {Words.Point(fault.ClearedAt, now, zone)}." : text;
    }

    /// <summary>What follows "title on device (model): " in a summary; empty where it is put in another way.</summary>
    private static string Why(CaseRow row)
    {
        var head = $"{row.Title} on {row.Device}";
        var colon = row.Summary.IndexOf(": ", StringComparison.Ordinal);
        return row.Summary.StartsWith(head, StringComparison.Ordinal) && colon >= head.Length ? row.Summary[(colon + 2)..].TrimEnd().TrimEnd('.') : "";
    }

    private static string Tried(CaseRecord record, long now, TimeZoneInfo zone)
    {
        // The summary tells what was tried before the case was opened.
        if (record.Tried.Count == 0 || (record.Case.Summary.Contains("B2D sent ", StringComparison.Ordinal)
            && record.Tried[0].CreatedAt <= record.Case.OpenedAt))
            return "";
        var last = record.Tried[0];
        return $"{Words.Sentence(last.Name.Replace('_', ' '))} was tried at {Words.Point(last.CreatedAt, now, zone)}, {Outcome(last)}.";
    }

    /// <summary>How a command went, after a comma.</summary>
    public static string Outcome(CommandRow command) => command.State switch
    {
        "Verified" => "and it worked",
        "NotVerified" => "without effect",
        "Failed" => "the device refused it",
        "Expired" => "the device did not answer",
        "Stopped" => "but it was stopped",
        _ => "the outcome is not known yet",
    };

    private static string Told(CaseRecord record, long now, TimeZoneInfo zone)
    {
        if (record.Case.Customer.Length == 0)
            return "The device has no known owner.";
        var toCall = record.Notices.Any(n => n.Row is { State: "Calling", Channel: "phone" });
        // What came back told nobody, and what their carer heard they may not know.
        var (owner, carer) = (Last(record, isCarer: false), Last(record, isCarer: true));
        if ((owner ?? carer) is { } last)
        {
            return $"{(owner is null ? "Their carer, and not the owner," : "The owner")} was told at {Words.Point(last.SentAt, now, zone)} by {Channel(last.Channel)}"
                + $"{(toCall ? owner is null ? "; the owner is to be called" : ", and is to be called" : "")}.";
        }
        if (toCall)
            return "The owner is to be called: nothing else told them yet.";
        var waiting = record.Notices.FirstOrDefault(n => n.Row.State is "Due" or "Held" or "Sending" or "Retrying");
        return waiting is null ? "The owner has not been told." : $"A notice to the owner waits ({waiting.Row.State.ToLower(CultureInfo.InvariantCulture)}).";
    }

    /// <summary>What was told last and did not come back.</summary>
    private static NoticeRow? Last(CaseRecord record, bool isCarer) =>
        record.Notices.Select(n => n.Row).Where(n => n is { State: "Sent", SentAt: > 0 } && Carer.Is(n.Customer) == isCarer).MaxBy(n => n.SentAt);

    /// <summary>Judged at the onset, not by today's date; the day is the warranty's last, where it is known.</summary>
    public static string Owed(CaseRecord record) => record.Owed switch
    {
        Entitlement.Warranty => $"It began within the warranty (until {Day(record)}): the repair is free.",
        Entitlement.Contract => $"It began under the contract {(record.Contract.Name.Length > 0 ? record.Contract.Name : record.Case.Contract)}{(record.Contract.Source == ContractSource.Device ? " of the device" : "")}: what that includes is free.",
        Entitlement.Quote when Day(record) is { Length: > 0 } day => $"The warranty ended on {day}, before it began: a repair needs a quote.",
        Entitlement.Quote => "The contract ended before it began: a repair needs a quote.",
        _ => "",
    };

    private static string Day(CaseRecord record) =>
        DateOnly.TryParseExact(record.Device?.WarrantyUntil, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var last)
            ? last.ToString("d MMMM yyyy", CultureInfo.GetCultureInfo("en-GB")) : "";

    /// <summary>What the customer waits to hear.</summary>
    private static string Word(CaseRecord record, long now, TimeZoneInfo zone) => record.Case.WordAt == 0 ? ""
        : $"The next word was promised by {Words.Point(record.Case.WordAt, now, zone)}{(record.Case.WordWhat.Length > 0 ? $" ({record.Case.WordWhat})" : "")}.";

    private static string Again(CaseRecord record) => record.Case switch
    {
        { Reopened: > 0 } row => $"It was reopened {(row.Reopened == 1 ? "once" : $"{row.Reopened} times")}.",
        { Recurrences: > 1 } row => $"It has come back {row.Recurrences} times.",
        _ => "",
    };
}
