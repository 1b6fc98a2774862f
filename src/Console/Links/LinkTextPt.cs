using B2D.Core.Links;

namespace B2D.Console.Links;

/// <summary>Customers' pages in Portuguese.</summary>
internal sealed class LinkTextPt : LinkText
{
    public override string Language => "pt";
    public override string Since(string at) => $"Desde {at}.";
    public override string Over(string at) => $"Já funciona desde {at}.";
    public override string WeKnow => "Já sabemos; não precisa de comunicar.";
    public override string Watched => "A maior parte já funciona; estamos a ver se assim fica.";
    public override string OwnIsBack => "A sua ligação já responde.";
    public override string OnIt => "Estamos a tratar.";
    public override string WaitsForYou => "Estamos à espera de uma resposta sua.";
    public override string WaitsForParts => "Estamos à espera de uma peça.";
    public override string WaitsForOthers => "Estamos à espera do trabalho de outros.";
    public override string LooksWell => "Para nós parece estar bem. Para si também?";
    public override string Cause(string cause) => $"A causa: {cause}.";
    public override string Until(string workaround) => $"Entretanto: {workaround}.";
    public override string Estimate(string from, string until) => $"Contamos resolver entre {from} e {until}.";
    public override string NoEstimate => "Ainda não há estimativa.";
    public override string NextWord(string at) => $"Próxima informação até {at}.";
    public override string NoNextWord => "Escrevemos quando houver novidades.";
    public override string Reference(string reference) => $"Referência {reference}";
    public override string Told => "O que lhe dissemos";
    public override string StillBroken => "Ainda não funciona";
    public override string StillBrokenWords => "O que não funciona? Pode deixar vazio.";
    public override string WorksAgain => "Já funciona";
    public override string Visit => "Uma visita";
    public override string Booked(string when) => $"Vamos aí {when}.";
    public override string ChangeUntil(string at) => $"Pode mudar ou desmarcar até {at}.";
    public override string NoChange => "Já não pode ser mudada aqui; diga-nos se não puder estar.";
    public override string OtherSlots => "Outra hora";
    public override string GiveBack => "Não preciso da visita";
    public override string Call => "Uma chamada";
    public override string CallBy(string at) => $"Telefonamos até {at}.";
    public override string CallMeBy => "Telefonem-me até";
    public override string CallMe => "Pedir a chamada";
    public override string NoCall => "Não preciso da chamada";
    public override string HowHard => "Quão difícil foi isto para si?";
    public override string Scale => "1 é muito fácil, 7 muito difícil";
    public override string HowHardWords => "O que devemos melhorar? Pode deixar vazio.";
    public override string Send => "Enviar";
    public override string Answered(int score) => $"Disse {score} de 7. Obrigado.";
    public override string EndsAt(string at) => $"Esta página existe até {at}. Quem tiver o endereço pode lê-la e responder por si.";
    public override string TooOld => "Nada foi feito: esta página esteve aberta demasiado tempo. Tente outra vez.";
    public override string Missing => "Esta página não existe";
    public override string MissingText => "Pode ter terminado, ou o endereço não está certo. O que lhe escrevemos vale sem ela.";
    public override string Wait(int minutes) => $"Houve demasiadas tentativas. Tente outra vez dentro de {minutes} min.";
    public override string Code => "O código da nossa mensagem";
    public override string CodeLabel => "Oito letras e algarismos";
    public override string CodeWrong => "Este código não abre nada. Pode estar mal escrito, ou o prazo terminou.";
    public override string Open => "Abrir";
    public override string Hear(string place) => $"Quer saber de avarias em {place}?";
    public override string HearYes => "Sim, escrevam-me";
    public override string Heard(string place) => $"Avisamos quando algo não funciona em {place}, e quando volta a funcionar. Cada mensagem tem um endereço para terminar.";

    public override string Of(LinkOutcome outcome) => outcome switch
    {
        LinkOutcome.Gone => "Nada foi feito: esta página terminou.",
        LinkOutcome.NotPossible => "Nada foi feito: isso não é possível neste momento.",
        LinkOutcome.Kept => "Obrigado. Continuamos a tratar, e perguntamos-lhe antes de terminar.",
        LinkOutcome.Reopened => "Obrigado. Voltámos a tratar disto, antes de outro trabalho.",
        LinkOutcome.Opened => "Obrigado. Alguém vai tratar disto agora.",
        LinkOutcome.Noted => "Obrigado, ficou registado.",
        LinkOutcome.Resolved => "Obrigado. Damos isto por resolvido.",
        LinkOutcome.AlreadySaid => "Isso já sabemos.",
        LinkOutcome.Booked => "A visita está marcada.",
        LinkOutcome.AlreadyBooked => "Esta visita já está marcada.",
        LinkOutcome.Full => "Alguém foi mais rápido; essa hora está ocupada. O que tinha mantém-se.",
        LinkOutcome.Fixed => "Nada foi feito: a visita já não pode ser mudada aqui.",
        LinkOutcome.GivenBack => "A visita foi desmarcada.",
        LinkOutcome.NothingBooked => "Não há nenhuma visita marcada.",
        LinkOutcome.CallPromised => "Vamos telefonar-lhe.",
        LinkOutcome.AlreadyPromised => "Essa chamada já está prometida.",
        LinkOutcome.NoNumber => "Nada foi feito: não temos o seu número.",
        LinkOutcome.CallTakenBack => "Não telefonamos.",
        LinkOutcome.Thanked => "Obrigado pela resposta.",
        LinkOutcome.AlreadyAnswered => "Já tinha respondido; vale a primeira resposta.",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "an outcome without words"),
    };
}
