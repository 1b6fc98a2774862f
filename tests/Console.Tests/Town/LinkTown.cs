using System.Net;
using System.Text.RegularExpressions;
using B2D.Core;
using B2D.Core.Cases;
using B2D.ProactiveWorker.Notices;
using B2D.Storage.Access;
using B2D.Storage.Cases;

namespace B2D.Console.Tests.Town;

/// <summary>A town whose notices carry links, and what customers do with them. Each test has its own.</summary>
public sealed partial class LinkTown : IAsyncDisposable
{
    private static readonly string Secret = "whsec_" + Convert.ToBase64String([.. Enumerable.Range(1, 32).Select(i => (byte)i)]);

    private LinkTown(TownHost host, StillClock clock, Phone phone) => (Host, Clock, Phone) = (host, clock, phone);

    public static NoticeOptions Options { get; } = new()
    {
        Sender = "Acme",
        TimeZone = "Europe/Lisbon",
        QuietHours = "none",
        Links = new LinkOptions { Url = "https://b2d.example", Secret = Secret, Pages = true },
        Webhook = new WebhookOptions { Url = "http://127.0.0.1:9/", Secret = Secret, CarriesEmail = true },
    };

    public TownHost Host { get; }

    public StillClock Clock { get; }

    public Phone Phone { get; }

    public ServerTime Now => ServerTime.From(Clock.GetUtcNow());

    public static async Task<LinkTown> Open(NoticeOptions? options = null)
    {
        var (clock, phone) = (new StillClock(TownHost.Start), new Phone());
        return new LinkTown(await TownHost.Open(clock: clock, notices: options ?? Options, channels: [phone]), clock, phone);
    }

    public CaseRow Case(long id) => Host.Stores.State.Read(db => CaseStore.Find(db, id))!;

    /// <summary>Changes a case past all desks.</summary>
    public void Set(long id, Func<CaseRow, CaseRow> change) => Host.Stores.State.Write(db => CaseStore.Update(db, change(CaseStore.Find(db, id)!)));

    /// <summary>An agent does it.</summary>
    public void Do(long id, CaseAct act) => Assert.IsType<ActOutcome.Done>(Host.Worker.CaseDesk.Act(id, (int)Case(id).Version, act, "admin"));

    /// <summary>Everything that is due is sent.</summary>
    public async Task Send()
    {
        do
        {
            while (Host.Worker.Owners.Pump(Now) | Host.Worker.Outbox.Pump(Now))
            {
            }
        }
        while (await Host.Worker.Sender.PumpAsync(CancellationToken.None));
    }

    /// <summary>An agent writes to the customer of a case: the path of the page behind the link in it, and the code.</summary>
    public async Task<(string Path, string Code)> LinkOf(long caseId)
    {
        Do(caseId, new CaseAct.Write("We come soon.", ServerTime.Zero, ""));
        await Send();
        var text = Phone.Sent.Last(n => n.About == $"case:{caseId}").Text;
        return (PathIn().Match(text).Groups[1].Value, CodeIn().Match(text).Groups[1].Value);
    }

    /// <summary>The form of a page is sent, and what it says then.</summary>
    public static async Task<string> Act(HttpClient browser, string path, params (string Name, string Value)[] fields) => await browser.Follow(await browser.Post(path, path, fields));

    /// <summary>The same of a form that is sent elsewhere.</summary>
    public static async Task<string> ActAt(HttpClient browser, string page, string action, params (string Name, string Value)[] fields) => await browser.Follow(await browser.Post(page, action, fields));

    public static async Task<HttpStatusCode> Status(HttpClient browser, string path) => (await browser.GetAsync(new Uri(path, UriKind.Relative))).StatusCode;

    /// <summary>What customers did, as the audit has it.</summary>
    public IReadOnlyList<string> Audit => [.. Host.Stores.State.Read(db => AuditStore.List(db, limit: 1000)).Where(a => a.Who == "customer").Select(a => $"{a.Action} {a.Subject}").Reverse()];

    /// <summary>Everything that any act could have written.</summary>
    public string Trace => Host.Stores.State.Read(db => string.Join(' ', db.Scalar<long>("SELECT count(*) FROM audit"), db.Scalar<long>("SELECT count(*) FROM timeline"), db.Scalar<long>("SELECT sum(version) FROM cases"),
        db.Scalar<long>("SELECT count(*) FROM visits"), db.Scalar<long>("SELECT count(*) FROM phone_tasks"), db.Scalar<long>("SELECT count(*) FROM surveys"), db.Scalar<long>("SELECT sum(said_at) FROM customer_links")));

    public ValueTask DisposeAsync() => Host.DisposeAsync();

    [GeneratedRegex(@"https://b2d\.example(/l/[^\s)]+)")]
    private static partial Regex PathIn();

    [GeneratedRegex(@"b2d\.example/k/([a-z2-9]{8})")]
    private static partial Regex CodeIn();
}
