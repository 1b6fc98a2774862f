using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;

namespace B2D.Console.Shell;

/// <summary>What every part of one answer shares: who looks, the one <c>now</c>, the zone, and what was said after the last form.</summary>
internal sealed class View
{
    private readonly IAntiforgery antiforgery;
    private readonly HttpContext http;
    private string? token;

    public View(IHttpContextAccessor accessor, TimeProvider time, ConsoleOptions options, IAntiforgery antiforgery, Flash flash)
    {
        this.antiforgery = antiforgery;
        http = accessor.HttpContext ?? throw new InvalidOperationException("a page is only rendered for a request");
        Now = time.GetUtcNow().ToUnixTimeMilliseconds();
        Zone = TimeZoneInfo.FindSystemTimeZoneById(options.TimeZone);
        Options = options;
        Said = IsPart ? null : flash.Take(http);
    }

    /// <summary>Epoch milliseconds; the same for the whole answer.</summary>
    public long Now { get; }

    public TimeZoneInfo Zone { get; }

    public ConsoleOptions Options { get; }

    /// <summary>What came of the last form, to be shown once.</summary>
    public Said? Said { get; }

    /// <summary>Only the parts that live pages exchange are wanted, without the frame.</summary>
    public bool IsPart => http.Request.Headers.ContainsKey("X-B2D-Part");

    public string User => http.User.Identity?.Name ?? "";

    public bool SignedIn => http.User.Identity?.IsAuthenticated == true;

    /// <summary>Whether who looks has a role or one above it.</summary>
    public bool May(Access.Role least) => Access.Roles.May(http.User, least);

    public string Path => http.Request.Path.Value ?? "/";

    public string PathAndQuery => Path + http.Request.QueryString.Value;

    /// <summary>The language of the page, as in <c>lang</c>; pages of customers have theirs.</summary>
    public string Language { get; set; } = "en";

    /// <summary>The value of the hidden field that every form carries.</summary>
    public string FormToken() => token ??= antiforgery.GetAndStoreTokens(http).RequestToken ?? "";

    public string Ago(long at) => Words.Relative(at, Now, Zone);

    public string Point(long at) => Words.Point(at, Now, Zone);

    public string Exact(long at) => Words.Exact(at, Zone);
}
