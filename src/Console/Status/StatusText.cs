using System.Globalization;
using B2D.Console.Shell;
using B2D.Core.Notices;

namespace B2D.Console.Status;

/// <summary>The words of the status page, of its feed and of the page that ends messages, in one language.</summary>
internal abstract class StatusText(string language)
{
    private static readonly StatusText[] All = [new StatusTextEn(), new StatusTextDe(), new StatusTextPt()];
    private readonly CultureInfo culture = CultureInfo.GetCultureInfo(language);

    /// <summary>As in <c>lang</c>: <c>en</c>, <c>de</c>, <c>pt</c>.</summary>
    public string Language => language;
    public abstract string Title { get; }
    public abstract string AllWorks { get; }
    public abstract string Broken(int things);
    public abstract string Disrupted { get; }
    public abstract string Down(string at);
    public abstract string Watched(string at);
    public abstract string WeKnow { get; }
    public abstract string Meanwhile { get; }
    public abstract string Cause { get; }
    public abstract string NoCause { get; }
    public abstract string Expected { get; }
    public abstract string Between(string from, string until);
    public abstract string NoEstimate { get; }
    public abstract string NextUpdate { get; }
    public abstract string By(string at, string zone);
    public abstract string Reference { get; }
    public abstract string ElseWorks { get; }
    public abstract string Planned { get; }
    public abstract string Now { get; }
    public abstract string To { get; }
    public abstract string Hear { get; }
    public abstract string HearWhat { get; }
    public abstract string Place { get; }
    public abstract string Address { get; }
    public abstract string TellMe { get; }
    public abstract string Feed { get; }
    public abstract string LastDays(int days);
    public abstract string BadDays(int bad, int days);
    public abstract string Trouble { get; }
    public abstract string Worked { get; }
    public abstract string Today { get; }
    public abstract string NoOutage { get; }
    public abstract string Over(string title);
    public abstract string Since(string at);
    public abstract string AgainSince(string at);
    public abstract string Asked { get; }
    public abstract string TooMany { get; }
    public abstract string NoAddress { get; }
    public abstract string NoPlace { get; }
    public abstract string Ended { get; }
    public abstract string End { get; }
    public abstract string EndIt { get; }
    public abstract string NoMore(string what);
    public abstract string GotNoMore(string what);
    public abstract string Still { get; }

    /// <summary>What notices of a class are, as they are named to people.</summary>
    public abstract string Meaning(NoticeClass noticeClass);

    /// <summary>Of a language; English where there are none.</summary>
    public static StatusText In(string language) => Array.Find(All, t => t.Language == language) ?? All[0];

    /// <summary>What an outage is called, with where it is.</summary>
    public string Named(PublicOutage outage) => Named(outage.Title, Disrupted, outage.Place);

    /// <summary>What work is called, with where it is done.</summary>
    public string Named(PublicMaintenance work) => Named(work.Title, Planned, work.Place);

    /// <summary>A point in time: the time of day where it is today, with the day where it is not.</summary>
    public string Point(long at, View view)
    {
        var then = Words.Local(at, view.Zone);
        return then.Date == Words.Local(view.Now, view.Zone).Date ? then.ToString("HH:mm", culture) : Words.Briefly(at, view.Zone, culture);
    }

    /// <summary>A point in time with day, year and zone.</summary>
    public string Exact(long at, View view) => $"{Words.Local(at, view.Zone).ToString("ddd d MMM yyyy HH:mm", culture)} ({view.Zone.Id})";

    /// <summary>A day.</summary>
    public string Day(long at, View view) => Words.Local(at, view.Zone).ToString("ddd d MMM", culture);

    private static string Named(string title, string otherwise, string place) => (title.Length > 0 ? title : otherwise) + (place.Length > 0 ? $", {place}" : "");
}
