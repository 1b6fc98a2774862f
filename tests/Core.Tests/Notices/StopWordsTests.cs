using System.Collections.Immutable;
using B2D.Core.Notices;
using Xunit;

namespace B2D.Core.Tests.Notices;

public sealed class StopWordsTests
{
    [Theory]
    [InlineData("STOP")]
    [InlineData("Stop!")]
    [InlineData(" stop please ")]
    [InlineData("Stoppp")]
    [InlineData("please stop sending me these messages")]
    [InlineData("Unsubscribe me")]
    [InlineData("no more texts thank you")]
    [InlineData("I don't want these messages any more, stop texting me")]
    [InlineData("leave me alone")]
    [InlineData("Take me off your list")]
    [InlineData("Don’t text me")]
    [InlineData("remove my number")]
    [InlineData("opt out")]
    [InlineData("quit")]
    [InlineData("Stopp")]
    [InlineData("Bitte keine Nachrichten mehr")]
    [InlineData("Hören Sie auf mit den SMS")]
    [InlineData("Ich möchte keine SMS mehr bekommen")]
    [InlineData("Abmelden bitte")]
    [InlineData("Lasst mich in Ruhe")]
    [InlineData("Schreiben Sie mir nicht mehr")]
    [InlineData("Parar")]
    [InlineData("Não quero receber mais mensagens")]
    [InlineData("Parem de me enviar SMS por favor")]
    [InlineData("Deixem-me em paz")]
    [InlineData("Retirem o meu número da lista")]
    [InlineData("Chega de avisos")]
    public void Read_StopInAnyWording_IsStop(string text) => Assert.Equal(StopKind.Stop, StopWords.Read(text).Kind);

    [Theory]
    [InlineData("")]
    [InlineData("The pump stopped again")]
    [InlineData("When will the outage stop?")]
    [InlineData("It does not stop beeping")]
    [InlineData("Please do not stop the messages")]
    [InlineData("Don't send the technician tomorrow, I am away")]
    [InlineData("My heating is off")]
    [InlineData("Can you cancel my visit on Monday")]
    [InlineData("thank you")]
    [InlineData("Die Pumpe hat aufgehört zu laufen")]
    [InlineData("Es geht nicht mehr, bitte kommen Sie")]
    [InlineData("A bomba parou outra vez")]
    [InlineData("Não funciona")]
    [InlineData("start the heating please")]
    public void Read_AboutSomethingElse_IsLeftToAPerson(string text) => Assert.Equal(StopWish.Other, StopWords.Read(text));

    [Theory]
    [InlineData("START")]
    [InlineData("unstop")]
    [InlineData("please send me the messages again")]
    [InlineData("opt me back in")]
    [InlineData("Anmelden")]
    [InlineData("Ich möchte wieder Nachrichten bekommen")]
    [InlineData("Iniciar")]
    [InlineData("Voltem a enviar-me os avisos")]
    public void Read_Start_IsStart(string text) => Assert.Equal(StopKind.Start, StopWords.Read(text).Kind);

    [Theory]
    [InlineData("stop reminders", "Usage")]
    [InlineData("No more offers and surveys please", "Offer Survey")]
    [InlineData("keine Werbung mehr", "Offer")]
    [InlineData("Parem com os lembretes", "Usage")]
    [InlineData("stop all offers", "Offer")]
    [InlineData("STOP ALL", "all")]
    [InlineData("Stopp alles", "all")]
    [InlineData("parar tudo", "all")]
    [InlineData("stop", "")]
    public void Read_ClassesThatAreNamed_AreRead(string text, string expected)
    {
        var wish = StopWords.Read(text);
        Assert.Equal((StopKind.Stop, expected), (wish.Kind, wish.All ? "all" : string.Join(' ', wish.Classes)));
    }

    [Theory]
    [InlineData("1", StopKind.Stop, "Service")]
    [InlineData("2.", StopKind.Stop, "Case")]
    [InlineData("1 and 2", StopKind.Stop, "Service Case")]
    [InlineData("ALL", StopKind.Stop, "all")]
    [InlineData("Alle", StopKind.Stop, "all")]
    [InlineData("the outages", StopKind.Stop, "Service")]
    [InlineData("stop", StopKind.Stop, "")]
    [InlineData("7", StopKind.Other, "")]
    [InlineData("My pump shows error 2 since yesterday evening", StopKind.Other, "")]
    [InlineData("start", StopKind.Start, "")]
    public void Answer_ToWhich_IsANumberOrAName(string text, StopKind kind, string expected)
    {
        var wish = StopWords.Answer(text, StopDecision.AskedOf);
        Assert.Equal((kind, expected), (wish.Kind, wish.All ? "all" : string.Join(' ', wish.Classes)));
    }

    // What is written, what was told, whether they were asked, what is withdrawn: what changes, asks, confirms, and why.
    [Theory]
    [InlineData("stop", "usage", false, "", "usage", false, true, StopReason.OnlyOneTold)]
    [InlineData("stop", "service usage", false, "", "usage offer survey", true, false, StopReason.Unclear)]
    [InlineData("stop", "", false, "", "usage offer survey", true, false, StopReason.Unclear)]
    [InlineData("stop", "service usage", true, "usage offer survey", "service case", false, true, StopReason.SaidAgain)]
    [InlineData("stop offers", "service usage", false, "", "offer", false, true, StopReason.Named)]
    [InlineData("stop all", "", false, "", "service case usage offer survey", false, true, StopReason.NamedAll)]
    [InlineData("stop all", "", false, "service case usage offer survey", "", false, false, StopReason.NamedAll)]
    [InlineData("stop", "usage", false, "usage", "", false, false, StopReason.OnlyOneTold)]
    [InlineData("start", "", false, "usage offer", "usage offer", false, true, StopReason.StartAgain)]
    [InlineData("start", "", false, "", "", false, false, StopReason.StartAgain)]
    [InlineData("it is broken", "usage", false, "", "", false, false, StopReason.NotAboutIt)]
    public void Decide_WishAndWhatIsKnown_GivesWhatChanges(string text, string told, bool asked, string withdrawn, string changes, bool asks, bool confirms, StopReason reason)
    {
        var decision = StopDecision.Decide(StopWords.Read(text), Classes(told), asked, Classes(withdrawn));
        Assert.Equal((changes, asks, confirms, reason), (string.Join(' ', decision.Classes.Select(c => c.Word())), decision.Asks, decision.Confirms, decision.Reason));
    }

    private static ImmutableArray<NoticeClass> Classes(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(w => NoticeClasses.Of(w)!.Value)];

    [Fact]
    public void Command_OfEachClassThatSomebodyMayWantOrNot_IsUnderstoodAsThatStop() =>
        Assert.All(NoticeClasses.WithConsent, c => Assert.Equal((StopKind.Stop, c), StopWords.Read(StopWords.Command(c)) is { Classes: [var named] } wish ? (wish.Kind, named) : default));
}
