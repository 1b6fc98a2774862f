using B2D.Core.Notices;

namespace B2D.Console.Status;

/// <summary>The status page in German.</summary>
internal sealed class StatusTextDe() : StatusText("de")
{
    public override string Title => "Störungen und Wartung";
    public override string AllWorks => "Alles funktioniert";
    public override string Broken(int things) => $"{(things == 1 ? "Eine Sache geht" : $"{things} Dinge gehen")} nicht";
    public override string Disrupted => "Störung";
    public override string Down(string at) => $"Geht nicht seit {at}.";
    public override string Watched(string at) => $"Begann {at}. Für die meisten geht es wieder; wir beobachten es, bis wir sicher sind.";
    public override string WeKnow => "Wir wissen davon; Sie brauchen es nicht zu melden.";
    public override string Meanwhile => "Bis dahin";
    public override string Cause => "Ursache";
    public override string NoCause => "noch nicht bekannt";
    public override string Expected => "Voraussichtlich behoben";
    public override string Between(string from, string until) => $"zwischen {from} und {until}";
    public override string NoEstimate => "noch keine Schätzung";
    public override string NextUpdate => "Nächste Nachricht";
    public override string By(string at, string zone) => $"bis {at} ({zone})";
    public override string Reference => "Zeichen";
    public override string ElseWorks => "Alles andere funktioniert.";
    public override string Planned => "Geplante Arbeiten";
    public override string Now => "jetzt";
    public override string To => "bis";
    public override string Hear => "Per E-Mail von einem Ort hören";
    public override string HearWhat => "Wenn dort etwas nicht geht, was es Neues gibt, und wenn es wieder geht. Jede Nachricht hat einen Link, der es beendet.";
    public override string Place => "Ort";
    public override string Address => "Ihre E-Mail-Adresse";
    public override string TellMe => "Schreiben Sie mir";
    public override string Feed => "Feed für Nachrichtenleser";
    public override string LastDays(int days) => $"Die letzten {days} Tage";
    public override string BadDays(int bad, int days) => $"{bad} von {days} Tagen mit Störungen";
    public override string Trouble => "Störung";
    public override string Worked => "alles ging";
    public override string Today => "heute";
    public override string NoOutage => "Keine Störung in diesen Tagen.";
    public override string Over(string title) => $"Behoben: {title}";
    public override string Since(string at) => $"Seit {at}.";
    public override string AgainSince(string at) => $"Seit {at} geht es wieder.";
    public override string Asked => "Wenn das Ihre Adresse ist, ist eine Nachricht unterwegs. Von Störungen dort hören Sie, sobald Sie es damit bestätigt haben.";
    public override string TooMany => "Von Ihrem Anschluss kamen zu viele Anfragen. Bitte versuchen Sie es in einer Stunde noch einmal.";
    public override string NoAddress => "Das ist keine E-Mail-Adresse; schreiben Sie sie wie name@example.org.";
    public override string NoPlace => "Einen Ort dieses Namens versorgen wir nicht. Wählen Sie einen aus der Liste.";
    public override string Ended => "Es ist beendet";
    public override string End => "Nachrichten beenden";
    public override string EndIt => "Beenden";
    public override string NoMore(string what) => $"Keine {what} mehr?";
    public override string GotNoMore(string what) => $"Sie bekommen von uns keine {what} mehr.";
    public override string Still => "Warnungen vor Gefahr kommen weiterhin, und das Ende dessen, wovon wir Ihnen geschrieben haben.";

    public override string Meaning(NoticeClass noticeClass) => noticeClass switch
    {
        NoticeClass.Safety => "Warnungen vor Gefahr",
        NoticeClass.Service => "Nachrichten von Störungen",
        NoticeClass.Case => "Nachrichten von Fehlern und Fällen",
        NoticeClass.Usage => "Erinnerungen",
        NoticeClass.Offer => "Angebote",
        NoticeClass.Survey => "Umfragen",
        _ => "Antworten",
    };
}
