using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace B2D.Core.Notices;

/// <summary>What somebody wants who writes to us.</summary>
public enum StopKind : byte
{
    /// <summary>Something else: a person reads it.</summary>
    Other = 0,

    /// <summary>No more of it.</summary>
    Stop = 1,

    /// <summary>They want it again.</summary>
    Start = 2,
}

/// <summary>A wish about notices, as far as the words say it.</summary>
/// <param name="Classes">Those that are named; empty where none is.</param>
/// <param name="All">All of them are named.</param>
public sealed record StopWish(StopKind Kind, ImmutableArray<NoticeClass> Classes, bool All)
{
    public static readonly StopWish Other = new(StopKind.Other, [], false);
}

/// <summary>Reads STOP and START in the words that people use, in English, German and Portuguese.</summary>
public static partial class StopWords
{
    /// <summary>More of a text is not looked at.</summary>
    private const int MaxLength = 1000;

    private static readonly string[] Stops =
    [
        "stop", "stopp", "stops", "stopall", "unsubscribe", "end", "cancel", "quit", "optout", "opt out", "revoke", "remove", "off", "enough", "no more", "cease",
        "abmelden", "abbestellen", "austragen", "aufhoren", "schluss", "ende", "genug", "keine mehr", "nicht mehr",
        "parar", "pare", "parem", "para", "sair", "cancelar", "remover", "chega", "fim", "basta", "nao mais", "nao quero mais", "desinscrever",
    ];

    private static readonly string[] Starts =
    [
        "start", "unstop", "subscribe", "resume", "optin", "opt in", "again",
        "anmelden", "wieder anmelden", "weiter", "starten", "wieder",
        "iniciar", "comecar", "retomar", "voltar", "recomecar", "inscrever",
    ];

    /// <summary>Words that change nothing about a wish.</summary>
    private static readonly string[] Fillers =
    [
        "please", "pls", "plz", "thanks", "thank", "you", "hi", "hello", "dear", "ok", "okay", "yes", "no", "just", "now", "me", "my", "the", "your", "these", "those", "this", "it", "that",
        "sending", "messages", "message", "texts", "text", "sms", "emails", "email", "mails", "mail", "notices", "notifications", "and", "from", "about", "of", "with", "to", "for", "news",
        "bitte", "danke", "hallo", "ja", "jetzt", "mich", "mir", "die", "der", "das", "ihre", "eure", "nachrichten", "nachricht", "meldungen", "und", "mit", "von", "zu", "uber",
        "por", "favor", "obrigado", "obrigada", "ola", "sim", "agora", "mensagens", "mensagem", "avisos", "as", "os", "de", "do", "da", "e", "com", "sobre", "que",
    ];

    private static readonly (NoticeClass Class, string[] Words)[] Named =
    [
        (NoticeClass.Service, ["outage", "outages", "maintenance", "storung", "storungen", "wartung", "avaria", "avarias", "falha", "falhas", "manutencao"]),
        (NoticeClass.Case, ["case", "cases", "repair", "repairs", "fault", "faults", "ticket", "tickets", "reparatur", "reparaturen", "fehler", "reparacao", "reparacoes", "caso", "casos"]),
        (NoticeClass.Usage, ["reminder", "reminders", "filter", "usage", "consumption", "erinnerung", "erinnerungen", "verbrauch", "lembrete", "lembretes", "filtro", "consumo"]),
        (NoticeClass.Offer, ["offer", "offers", "ad", "ads", "advert", "adverts", "advertising", "marketing", "promo", "promos", "promotion", "promotions", "werbung", "angebot", "angebote", "publicidade", "oferta", "ofertas", "promocao", "promocoes"]),
        (NoticeClass.Survey, ["survey", "surveys", "feedback", "umfrage", "umfragen", "inquerito", "inqueritos", "questionario", "questionarios"]),
    ];

    private static readonly string[] Everything = ["all", "everything", "any", "both", "alles", "alle", "beide", "beides", "tudo", "todos", "todas", "ambos"];

    /// <summary>What a mail program writes for somebody who wants no more of a class: words that are understood here.</summary>
    public static string Command(NoticeClass noticeClass) => "STOP " + (noticeClass == NoticeClass.Service ? "outages" : noticeClass.Word());

    /// <summary>The wish of a message that somebody wrote by themselves.</summary>
    public static StopWish Read(string text)
    {
        var plain = Plain(text);
        var words = plain.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var classes = ClassesIn(words);
        var all = classes.IsEmpty && words.Any(Everything.Contains);
        // What is left without polite words and names of classes is a command, or it is not.
        var bare = string.Join(' ', words.Where(w => !Fillers.Contains(w) && !Everything.Contains(w) && !Named.Any(n => n.Words.Contains(w))));
        // No, do not stop: that is none.
        if (Kept().IsMatch(plain))
            return StopWish.Other;
        if (Stops.Contains(bare) || Stops.Contains(plain) || English().IsMatch(plain) || German().IsMatch(plain) || Portuguese().IsMatch(plain))
            return new StopWish(StopKind.Stop, classes, all);
        return Starts.Contains(bare) || Again().IsMatch(plain) ? new StopWish(StopKind.Start, classes, all) : StopWish.Other;
    }

    /// <summary>The wish of the answer to our question which notices are meant: numbers of the classes as they were offered, their names, or all.</summary>
    /// <param name="offered">In the order of the question, numbered from 1.</param>
    public static StopWish Answer(string text, ImmutableArray<NoticeClass> offered)
    {
        var words = Plain(text).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var numbered = words.Select(w => int.TryParse(w, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n >= 1 && n <= offered.Length ? offered[n - 1] : (NoticeClass?)null);
        // A sentence with a number in it is no answer.
        ImmutableArray<NoticeClass> numbers = words.Length <= 4 ? [.. numbered.OfType<NoticeClass>().Distinct()] : [];
        var read = Read(text);
        if (read.Kind == StopKind.Start || (read.Kind == StopKind.Other && numbers.IsEmpty && words.Length > 4))
            return read;
        var classes = numbers.IsEmpty ? ClassesIn(words) : numbers;
        var all = classes.IsEmpty && words.Any(Everything.Contains);
        return read.Kind == StopKind.Stop || all || !classes.IsEmpty ? new StopWish(StopKind.Stop, classes, all) : StopWish.Other;
    }

    private static ImmutableArray<NoticeClass> ClassesIn(string[] words) => [.. Named.Where(n => words.Any(n.Words.Contains)).Select(n => n.Class)];

    /// <summary>Small letters without marks, one blank between words, no letter more than twice in a row.</summary>
    private static string Plain(string text)
    {
        var plain = new StringBuilder();
        foreach (var c in (text.Length > MaxLength ? text[..MaxLength] : text).Normalize(NormalizationForm.FormD))
        {
            if (CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark)
                continue;
            plain.Append(char.IsLetterOrDigit(c) ? char.ToLowerInvariant(c) : ' ');
        }
        return Repeated().Replace(string.Join(' ', plain.ToString().Replace("ß", "ss", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries)), "$1");
    }

    [GeneratedRegex(@"([a-z])\1{2,}")]
    private static partial Regex Repeated();

    [GeneratedRegex(@"\b(?:do not|dont|don t|never|cannot|can not|nicht|nao|didnt|did not|didn t) (?:\w+ )?(?:stop|cancel|unsubscribe|aufhoren|abmelden|abbestellen|parem?|cancelem?)\b")]
    private static partial Regex Kept();

    [GeneratedRegex(@"\bunsubscribe\b|\bopt(?:ing)? (?:me )?out\b|\bleave me alone\b|\btake me off\b|\b(?:remove|delete|erase) (?:me\b|(?:my|this) (?:number|address|email))|"
        + @"\b(?:do not|dont|don t|never|stop|quit|cease) (?:ever )?(?:(?:texting|messaging|emailing|mailing|writing|contacting|spamming|bothering|notifying|pestering)\b|(?:text|message|email|mail|write|contact|spam|bother|notify|pester) (?:to )?(?:me|us)\b)|"
        + @"\b(?:stop|quit|cease|no more|do not want|dont want|don t want|do not send|dont send|don t send|enough of|sick of|tired of)(?: \w+){0,4} (?:messages?|msgs?|texts?|sms|e ?mails?|mails|notices?|notifications?|reminders?|alerts?|offers?|ads?|adverts?|spam|surveys?)\b")]
    private static partial Regex English();

    [GeneratedRegex(@"\b(?:keine?|keinen|nicht mehr|stopp(?:en sie)?|aufhoren mit|horen sie auf|hort auf|schluss mit|genug von)(?: \w+){0,4} (?:nachrichten|nachricht|sms|e ?mails?|mails|erinnerungen|werbung|angebote|umfragen|meldungen|benachrichtigungen)\b|"
        + @"\b(?:schreibt|schreiben sie|kontaktieren sie|belastigen sie|kontaktiert|belastigt) (?:mir|mich|uns)(?: \w+){0,2} (?:nicht|nie)\b|\b(?:lasst|lass|lassen sie) (?:mich|uns) in ruhe\b|"
        + @"\b(?:melde[nt]?|trage[nt]?) (?:\w+ ){1,3}(?:ab|aus)$|\bmoch?te (?:mich )?(?:\w+ ){0,3}(?:abmelden|abbestellen|austragen)\b")]
    private static partial Regex German();

    [GeneratedRegex(@"\b(?:nao (?:quero|mandem|enviem|me mandem|me enviem|envie|mande|desejo)|parem? (?:de|com)|deixem? de|chega de|basta de|sem mais)(?: \w+){0,5} (?:mensagens?|sms|e ?mails?|avisos?|lembretes?|publicidade|ofertas?|inqueritos?|notificacoes|notificacao)\b|"
        + @"\b(?:parem?|deixem?) de (?:me |nos )?(?:enviar|mandar|escrever|contactar|contatar|incomodar|chatear)\b|\b(?:removam?|retirem?|tirem?|apaguem?)(?: \w+){0,2} (?:numero|lista|contacto|contato|email)\b|\b(?:removam|retirem|tirem) me\b|\b(?:deixem me|me deixem) em paz\b")]
    private static partial Regex Portuguese();

    [GeneratedRegex(@"\b(?:send|text|message|email|write|tell) (?:to )?me(?: \w+){0,3} again\b|\bopt (?:me )?(?:back )?in\b|\bsign me (?:back )?up\b|\bwieder (?:\w+ ){0,2}(?:schreiben|nachrichten|meldungen|erhalten|bekommen)\b|\bvoltem? a (?:me )?(?:enviar|mandar|avisar)\b")]
    private static partial Regex Again();
}
