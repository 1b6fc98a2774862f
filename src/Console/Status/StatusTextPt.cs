using B2D.Core.Notices;

namespace B2D.Console.Status;

/// <summary>The status page in Portuguese.</summary>
internal sealed class StatusTextPt() : StatusText("pt")
{
    public override string Title => "Estado do serviço";
    public override string AllWorks => "Tudo funciona";
    public override string Broken(int things) => $"{(things == 1 ? "Uma coisa não funciona" : $"{things} coisas não funcionam")}";
    public override string Disrupted => "Serviço interrompido";
    public override string Down(string at) => $"Não funciona desde {at}.";
    public override string Watched(string at) => $"Começou {at}. Para a maioria já funciona; vigiamos até termos a certeza.";
    public override string WeKnow => "Já sabemos; não precisa de avisar.";
    public override string Meanwhile => "Entretanto";
    public override string Cause => "Causa";
    public override string NoCause => "ainda desconhecida";
    public override string Expected => "Regresso previsto";
    public override string Between(string from, string until) => $"entre {from} e {until}";
    public override string NoEstimate => "ainda sem estimativa";
    public override string NextUpdate => "Próxima notícia";
    public override string By(string at, string zone) => $"até {at} ({zone})";
    public override string Reference => "Referência";
    public override string ElseWorks => "Tudo o resto funciona.";
    public override string Planned => "Trabalhos planeados";
    public override string Now => "agora";
    public override string To => "até";
    public override string Hear => "Saber de um lugar por e-mail";
    public override string HearWhat => "Quando algo lá não funciona, o que há de novo, e quando volta a funcionar. Cada mensagem tem um link que a termina.";
    public override string Place => "Lugar";
    public override string Address => "O seu endereço de e-mail";
    public override string TellMe => "Avisem-me";
    public override string Feed => "Feed para leitores de notícias";
    public override string LastDays(int days) => $"Os últimos {days} dias";
    public override string BadDays(int bad, int days) => $"{bad} {(bad == 1 ? "dia" : "dias")} com problemas em {days}";
    public override string Trouble => "problemas";
    public override string Worked => "tudo funcionou";
    public override string Today => "hoje";
    public override string NoOutage => "Nenhuma interrupção nestes dias.";
    public override string Over(string title) => $"Resolvido: {title}";
    public override string Since(string at) => $"Desde {at}.";
    public override string AgainSince(string at) => $"Funciona de novo desde {at}.";
    public override string Asked => "Se esse é o seu endereço, vai receber uma mensagem. Saberá das interrupções nesse lugar assim que a confirmar.";
    public override string TooMany => "Houve demasiados pedidos da sua ligação. Tente de novo dentro de uma hora.";
    public override string NoAddress => "Isso não é um endereço de e-mail; escreva-o como nome@example.org.";
    public override string NoPlace => "Não servimos nenhum lugar com esse nome. Escolha um da lista.";
    public override string Ended => "Terminou";
    public override string End => "Terminar estas mensagens";
    public override string EndIt => "Terminar";
    public override string NoMore(string what) => $"Não receber mais {what}?";
    public override string GotNoMore(string what) => $"Não recebe mais {what} nossos.";
    public override string Still => "Os avisos de perigo continuam a chegar, e o fim daquilo que lhe comunicámos.";

    public override string Meaning(NoticeClass noticeClass) => noticeClass switch
    {
        NoticeClass.Safety => "avisos de perigo",
        NoticeClass.Service => "avisos de interrupções",
        NoticeClass.Case => "avisos de avarias e casos",
        NoticeClass.Usage => "lembretes",
        NoticeClass.Offer => "ofertas",
        NoticeClass.Survey => "inquéritos",
        _ => "respostas",
    };
}
