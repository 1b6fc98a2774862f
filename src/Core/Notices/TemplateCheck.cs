using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace B2D.Core.Notices;

/// <summary>A text of notices: its subject, and what follows it.</summary>
public sealed record TemplateWords(string Subject, string Text);

/// <summary>Which text it is.</summary>
/// <param name="Language">Two letters.</param>
/// <param name="Channel">The ledger's word; empty: every channel without one of its own.</param>
public sealed record TemplateKey(string Name, string Language, string Channel)
{
    /// <summary>In addresses and on screens.</summary>
    public string ChannelWord => Channel.Length == 0 ? "any" : Channel;

    /// <summary>Reads it; null with what is wrong.</summary>
    public static TemplateKey? Of(string name, string language, string channel, out string problem)
    {
        var found = channel == "any" ? "" : channel;
        problem = TemplateKinds.Find(name) is null ? $"there is no template of that name; the names are {string.Join(", ", TemplateKinds.All.Select(k => k.Name))}"
            : language.Length != 2 || !language.All(char.IsAsciiLetterLower) ? "a language has two letters: en, de, pt"
            : !TemplateKinds.Channels.Contains(found) ? "a channel is any, email, sms, webhook, phone or letter"
            : "";
        return problem.Length == 0 ? new TemplateKey(name, language, found) : null;
    }
}

/// <summary>Something to mend in a text.</summary>
/// <param name="IsError">It cannot be sent so; false: it is worth a look.</param>
/// <param name="Where"><c>subject</c> or <c>text</c>.</param>
/// <param name="Line">From 1; 0: all of it.</param>
public sealed record TemplateProblem(bool IsError, string Where, int Line, string Message);

/// <summary>Looks a text over before it is sent to anybody.</summary>
public static partial class TemplateCheck
{
    /// <summary>Longest subject and text as they are written, in characters.</summary>
    public const int MaxSubject = 200, MaxText = 5000;

    /// <summary>Messages that an SMS should take at most.</summary>
    public const int GoodParts = 3;

    /// <param name="sample">The text with facts in it, for its size as SMS; null: the size is not looked at.</param>
    /// <param name="mostParts">Messages after which a text is cut.</param>
    public static ImmutableArray<TemplateProblem> Check(TemplateKey key, TemplateWords words, string? sample = null, int mostParts = 6)
    {
        if (TooLong(words) is { Length: > 0 } tooLong)
            return tooLong;
        var problems = ImmutableArray.CreateBuilder<TemplateProblem>();
        var subject = Read("subject", words.Subject, problems);
        var text = Read("text", words.Text, problems);
        foreach (var (name, _, line) in subject.Facts.Where(f => TemplateKinds.Addresses.Contains(f.Name)))
            problems.Add(new(true, "subject", line, $"'{name}' is an address: it stands in the text, a subject has none"));
        if (words.Subject.Contains('\n', StringComparison.Ordinal))
            problems.Add(new(true, "subject", 1, "a subject has one line"));
        if (TemplateKinds.Find(key.Name) is not { } kind)
            return [.. problems, new(true, "text", 0, $"there is no template '{key.Name}'")];
        if (problems.All(p => !p.IsError))
            problems.AddRange(Missing(kind, key, subject, text));
        if (sample is not null && key.Channel is "" or "sms")
            problems.AddRange(Size(key, sample, mostParts));
        return problems.ToImmutable();
    }

    /// <summary>What is longer than is allowed; it is neither read nor rendered.</summary>
    public static ImmutableArray<TemplateProblem> TooLong(TemplateWords words) => [.. TooLong("subject", words.Subject, MaxSubject), .. TooLong("text", words.Text, MaxText)];

    private static IEnumerable<TemplateProblem> TooLong(string where, string source, int most) =>
        source.Length > most ? [new(true, where, 0, $"it has {source.Length} characters, at most {most} are allowed")] : [];

    private static TemplateText Read(string where, string source, ImmutableArray<TemplateProblem>.Builder problems)
    {
        var text = TemplateText.Parse(source, out var flaws);
        problems.AddRange(flaws.Select(f => new TemplateProblem(true, where, f.Line, f.Message)));
        if (source.Trim().Length == 0)
            problems.Add(new(true, where, 0, "it is empty"));
        if (source.Any(c => char.IsControl(c) && c is not ('\n' or '\t')))
            problems.Add(new(true, where, 0, "it has characters that cannot be seen"));
        foreach (var (name, isShown, line) in text.Facts)
        {
            var fact = TemplateKinds.Facts.FirstOrDefault(f => f.Name == name);
            if (fact is null)
                problems.Add(new(true, where, line, $"there is no fact '{name}'{Near(name)}"));
            else if (isShown && fact.IsFlag)
                problems.Add(new(true, where, line, $"'{name}' has no words: ask for it with {{{{#if {name}}}}}"));
        }
        foreach (var (said, line) in text.Literals)
        {
            if (OfferRegex().Match(said) is { Success: true } offer)
                problems.Add(new(true, where, line, $"'{offer.Value.Trim()}' reads as an offer; notices about the service carry none"));
            if (SecretRegex().Match(said) is { Success: true } secret)
                problems.Add(new(true, where, line, $"'{secret.Value.Trim()}': a notice never asks for a password or a payment"));
            if (said.Contains("http://", StringComparison.OrdinalIgnoreCase))
                problems.Add(new(false, where, line, "an address begins with https://, and the text should stand without it"));
        }
        return text;
    }

    /// <summary>
    /// What it has to say and does not: looked at with everything that there can be, and with nothing but what it has to say, so that nothing owed hides behind
    /// a condition about something else.
    /// </summary>
    private static IEnumerable<TemplateProblem> Missing(TemplateKind kind, TemplateKey key, TemplateText subject, TemplateText text)
    {
        foreach (var need in kind.Needs)
        {
            var asked = text.Facts.Concat(subject.Facts).Any(f => f.Name == need.Fact);
            var isFlag = TemplateKinds.Facts.Any(f => f.Name == need.Fact && f.IsFlag);
            if (asked && (isFlag || (Says(kind, need, subject, text, key, all: true) && Says(kind, need, subject, text, key, all: false))))
                continue;
            var meaning = TemplateKinds.Facts.FirstOrDefault(f => f.Name == need.Fact)?.Meaning ?? "";
            yield return new(true, "text", 0, asked && !isFlag
                ? $"{{{{{need.Fact}}}}} ({meaning}) is not said whenever it is known: it stands under a condition about something else{(key.Channel is "sms" or "phone" ? ", or in the subject only" : "")}"
                : $"{{{{{need.Fact}}}}} ({meaning}) is missing");
        }
    }

    private static bool Says(TemplateKind kind, TemplateNeed need, TemplateText subject, TemplateText text, TemplateKey key, bool all)
    {
        var facts = TemplateKinds.Facts.Where(f => all || f.Name == need.When || (!f.IsFlag && f.Name == need.Fact) || kind.Needs.Any(n => !f.IsFlag && n.Fact == f.Name && n.Fact is "sender" or "device" or "title"))
            .ToDictionary(f => f.Name, f => f.IsFlag ? "yes" : $"\u0001{f.Name}\u0001", StringComparer.Ordinal);
        var mark = $"\u0001{need.Fact}\u0001";
        // Nobody hears or reads the subject of a call or a text.
        return text.Render(facts).Contains(mark, StringComparison.Ordinal)
            || (key.Channel is not ("sms" or "phone") && subject.Render(facts).Contains(mark, StringComparison.Ordinal));
    }

    private static IEnumerable<TemplateProblem> Size(TemplateKey key, string sample, int mostParts)
    {
        var parts = SmsText.Fit(sample, 100).Parts;
        if (parts > mostParts)
            yield return new(key.Channel == "sms", "text", 0, $"as SMS it takes {parts} messages; after {mostParts} it is cut");
        else if (parts > GoodParts)
            yield return new(false, "text", 0, $"as SMS it takes {parts} messages; at most {GoodParts} are good");
    }

    private static string Near(string name) =>
        TemplateKinds.Facts.FirstOrDefault(f => f.Name.Replace("_", "", StringComparison.Ordinal) == name.Replace("_", "", StringComparison.Ordinal)
            || (name.Length > 3 && (f.Name.StartsWith(name, StringComparison.Ordinal) || name.StartsWith(f.Name, StringComparison.Ordinal)))) is { } near
            ? $"; did you mean '{near.Name}'?" : "";

    [GeneratedRegex(@"\b(?:special offers?|our offers?|offers|discounts?|buy|upgrade to|on sale|promotions?|Angebote?|Rabatte?|Sonderpreis\w*|kaufen Sie|ofertas?|descontos?|promoç(?:ão|ões)|compre)\b|\d\s?% (?:off|Rabatt|de desconto)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OfferRegex();

    [GeneratedRegex(@"\b(?:passwords?|credit card|card number|Passwort\w*|Kreditkarte\w*|palavra-passe|senha|cartão de crédito)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SecretRegex();
}
