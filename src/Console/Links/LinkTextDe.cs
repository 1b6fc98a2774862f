using B2D.Core.Links;

namespace B2D.Console.Links;

/// <summary>Customers' pages in German.</summary>
internal sealed class LinkTextDe : LinkText
{
    public override string Language => "de";
    public override string Since(string at) => $"Seit {at}.";
    public override string Over(string at) => $"Seit {at} geht es wieder.";
    public override string WeKnow => "Wir wissen davon; Sie brauchen es nicht zu melden.";
    public override string Watched => "Das meiste geht wieder; wir beobachten, ob es so bleibt.";
    public override string OwnIsBack => "Ihr eigener Anschluss antwortet wieder.";
    public override string OnIt => "Wir kümmern uns darum.";
    public override string WaitsForYou => "Wir warten auf eine Antwort von Ihnen.";
    public override string WaitsForParts => "Wir warten auf ein Ersatzteil.";
    public override string WaitsForOthers => "Wir warten auf die Arbeit von anderen.";
    public override string LooksWell => "Für uns sieht es wieder gut aus. Ist es bei Ihnen auch so?";
    public override string Cause(string cause) => $"Die Ursache: {cause}.";
    public override string Until(string workaround) => $"Bis dahin: {workaround}.";
    public override string Estimate(string from, string until) => $"Wir rechnen mit der Behebung zwischen {from} und {until}.";
    public override string NoEstimate => "Eine Schätzung gibt es noch nicht.";
    public override string NextWord(string at) => $"Nächste Nachricht bis {at}.";
    public override string NoNextWord => "Wir schreiben, sobald es etwas Neues gibt.";
    public override string Reference(string reference) => $"Zeichen {reference}";
    public override string Told => "Was wir Ihnen gesagt haben";
    public override string StillBroken => "Es geht noch nicht";
    public override string StillBrokenWords => "Was geht nicht? Sie können das leer lassen.";
    public override string WorksAgain => "Es geht wieder";
    public override string Visit => "Ein Besuch";
    public override string Booked(string when) => $"Wir kommen {when}.";
    public override string ChangeUntil(string at) => $"Ändern oder absagen können Sie bis {at}.";
    public override string NoChange => "Hier lässt sich das nicht mehr ändern; bitte sagen Sie uns, wenn Sie nicht da sein können.";
    public override string OtherSlots => "Eine andere Zeit";
    public override string GiveBack => "Ich brauche den Besuch nicht";
    public override string Call => "Ein Anruf";
    public override string CallBy(string at) => $"Wir rufen Sie bis {at} an.";
    public override string CallMeBy => "Rufen Sie mich an bis";
    public override string CallMe => "Um Anruf bitten";
    public override string NoCall => "Ich brauche den Anruf nicht";
    public override string HowHard => "Wie mühsam war das für Sie?";
    public override string Scale => "1 ist sehr leicht, 7 sehr mühsam";
    public override string HowHardWords => "Was sollen wir besser machen? Sie können das leer lassen.";
    public override string Send => "Senden";
    public override string Answered(int score) => $"Sie haben {score} von 7 gesagt. Danke.";
    public override string EndsAt(string at) => $"Diese Seite gibt es bis {at}. Wer ihre Adresse hat, kann sie lesen und für Sie antworten.";
    public override string TooOld => "Es ist nichts geschehen: Diese Seite war zu lange offen. Bitte versuchen Sie es noch einmal.";
    public override string Missing => "Diese Seite gibt es nicht";
    public override string MissingText => "Ihre Zeit ist vielleicht vorbei, oder die Adresse stimmt nicht ganz. Was wir Ihnen geschrieben haben, gilt auch ohne sie.";
    public override string Wait(int minutes) => $"Das waren zu viele Versuche. Bitte versuchen Sie es in {minutes} min noch einmal.";
    public override string Code => "Der Code in unserer Nachricht";
    public override string CodeLabel => "Acht Buchstaben und Ziffern";
    public override string CodeWrong => "Dieser Code öffnet nichts. Er ist vielleicht vertippt, oder seine Zeit ist vorbei.";
    public override string Open => "Öffnen";
    public override string Hear(string place) => $"Möchten Sie von Störungen in {place} hören?";
    public override string HearYes => "Ja, schreiben Sie mir";
    public override string Heard(string place) => $"Sie hören von uns, wenn in {place} etwas nicht geht, und wenn es wieder geht. Jede Nachricht hat einen Link, der es beendet.";

    public override string Of(LinkOutcome outcome) => outcome switch
    {
        LinkOutcome.Gone => "Es ist nichts geschehen: Diese Seite gibt es nicht mehr.",
        LinkOutcome.NotPossible => "Es ist nichts geschehen: Das geht so, wie es jetzt steht, nicht.",
        LinkOutcome.Kept => "Danke. Wir bleiben dran und fragen Sie, bevor wir es beenden.",
        LinkOutcome.Reopened => "Danke. Wir kümmern uns wieder darum, vor anderer Arbeit.",
        LinkOutcome.Opened => "Danke. Jetzt kümmert sich jemand darum.",
        LinkOutcome.Noted => "Danke, das ist notiert.",
        LinkOutcome.Resolved => "Danke. Wir betrachten es als behoben.",
        LinkOutcome.AlreadySaid => "Das wissen wir schon.",
        LinkOutcome.Booked => "Der Besuch ist vereinbart.",
        LinkOutcome.AlreadyBooked => "Dieser Besuch ist schon vereinbart.",
        LinkOutcome.Full => "Jemand war schneller; diese Zeit ist vergeben. Was vereinbart war, gilt weiter.",
        LinkOutcome.Fixed => "Es ist nichts geschehen: Der Besuch lässt sich hier nicht mehr ändern.",
        LinkOutcome.GivenBack => "Der Besuch ist abgesagt.",
        LinkOutcome.NothingBooked => "Es ist kein Besuch vereinbart.",
        LinkOutcome.CallPromised => "Wir rufen Sie an.",
        LinkOutcome.AlreadyPromised => "Dieser Anruf ist schon versprochen.",
        LinkOutcome.NoNumber => "Es ist nichts geschehen: Wir haben keine Nummer von Ihnen.",
        LinkOutcome.CallTakenBack => "Wir rufen nicht an.",
        LinkOutcome.Thanked => "Danke für die Antwort.",
        LinkOutcome.AlreadyAnswered => "Sie hatten schon geantwortet; die erste Antwort gilt.",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "an outcome without words"),
    };
}
