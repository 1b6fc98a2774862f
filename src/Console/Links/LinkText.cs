using B2D.Console.Shell;
using B2D.Core.Links;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace B2D.Console.Links;

/// <summary>The words of customers' pages in one language.</summary>
public abstract class LinkText
{
    private static readonly LinkText[] All = [new LinkTextEn(), new LinkTextDe(), new LinkTextPt()];

    /// <summary>As in <c>lang</c>: <c>en</c>, <c>de</c>, <c>pt</c>.</summary>
    public abstract string Language { get; }
    public abstract string Since(string at);
    public abstract string Over(string at);
    public abstract string WeKnow { get; }
    public abstract string Watched { get; }
    public abstract string OwnIsBack { get; }
    public abstract string OnIt { get; }
    public abstract string WaitsForYou { get; }
    public abstract string WaitsForParts { get; }
    public abstract string WaitsForOthers { get; }
    public abstract string LooksWell { get; }
    public abstract string Cause(string cause);
    public abstract string Until(string workaround);
    public abstract string Estimate(string from, string until);
    public abstract string NoEstimate { get; }
    public abstract string NextWord(string at);
    public abstract string NoNextWord { get; }
    public abstract string Reference(string reference);
    public abstract string Told { get; }
    public abstract string StillBroken { get; }
    public abstract string StillBrokenWords { get; }
    public abstract string WorksAgain { get; }
    public abstract string Visit { get; }
    public abstract string Booked(string when);
    public abstract string ChangeUntil(string at);
    public abstract string NoChange { get; }
    public abstract string OtherSlots { get; }
    public abstract string GiveBack { get; }
    public abstract string Call { get; }
    public abstract string CallBy(string at);
    public abstract string CallMeBy { get; }
    public abstract string CallMe { get; }
    public abstract string NoCall { get; }
    public abstract string HowHard { get; }
    public abstract string Scale { get; }
    public abstract string HowHardWords { get; }
    public abstract string Send { get; }
    public abstract string Answered(int score);
    public abstract string EndsAt(string at);
    public abstract string TooOld { get; }
    public abstract string Missing { get; }
    public abstract string MissingText { get; }
    public abstract string Wait(int minutes);
    public abstract string Code { get; }
    public abstract string CodeLabel { get; }
    public abstract string CodeWrong { get; }
    public abstract string Open { get; }
    public abstract string Hear(string place);
    public abstract string HearYes { get; }
    public abstract string Heard(string place);

    /// <summary>What came of an act.</summary>
    public abstract string Of(LinkOutcome outcome);

    /// <summary>Of a language; English where there are none.</summary>
    public static LinkText In(string language) => Array.Find(All, t => t.Language == language) ?? All[0];

    /// <summary>Answers in the language of somebody of whom only their browser says it.</summary>
    internal static LinkText Speak(HttpContext http)
    {
        var wanted = http.Request.GetTypedHeaders().AcceptLanguage ?? [];
        var text = wanted.OrderByDescending(l => l.Quality ?? 1).Select(l => Array.Find(All, t => StringComparer.OrdinalIgnoreCase.Equals(t.Language, l.Value.Value?.Split('-')[0]))).FirstOrDefault(t => t is not null) ?? All[0];
        http.Response.Headers.Vary = "Accept-Language";
        http.RequestServices.GetRequiredService<View>().Language = text.Language;
        return text;
    }

    /// <summary>What was not done.</summary>
    public static bool IsBad(LinkOutcome outcome) => outcome is LinkOutcome.Gone or LinkOutcome.NotPossible or LinkOutcome.Full or LinkOutcome.Fixed or LinkOutcome.NoNumber;
}
