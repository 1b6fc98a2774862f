using System.Diagnostics.CodeAnalysis;
using B2D.Interop.Programs;
using Microsoft.Playwright;
using Xunit;

namespace B2D.Interop.Browser;

/// <summary>How somebody sits before a page: the window's width in pixels, and whether there is a mouse and a script.</summary>
public sealed record Look(int Width, bool Keyboard = false, bool Script = true)
{
    public override string ToString() => $"{Width}{(Keyboard ? " keyboard" : "")}{(Script ? "" : " no script")}";
}

/// <summary>Debian's Chromium by Playwright; one for all tests of the collection.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private IPlaywright? playwright;
    private IBrowser? browser;

    /// <summary>Where pictures go, which take time: B2D_SCREENSHOTS; empty: none are taken.</summary>
    public static string Pictures { get; } = Environment.GetEnvironmentVariable("B2D_SCREENSHOTS") is { Length: > 0 } given ? Directory.CreateDirectory(given).FullName : "";

    public async Task InitializeAsync()
    {
        playwright = await Playwright.CreateAsync();
        // The browser's own sandbox needs rights that a container does not have; it only visits the program under test.
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Places.Chromium, Args = ["--no-sandbox", "--disable-dev-shm-usage"] });
    }

    public async Task DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        playwright?.Dispose();
    }

    /// <summary>A window of its own, without cookies.</summary>
    internal async Task<Window> OpenAsync(string url, Look look)
    {
        var context = await browser!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = url,
            JavaScriptEnabled = look.Script,
            ViewportSize = new ViewportSize { Width = look.Width, Height = look.Width < 600 ? 844 : 900 },
            HasTouch = look.Width < 600,
            ReducedMotion = ReducedMotion.Reduce,
        });
        context.SetDefaultTimeout(10_000);
        return new Window(await context.NewPageAsync(), look);
    }
}

/// <summary>Tests that share the browser.</summary>
[CollectionDefinition(Name)]
[SuppressMessage("Naming", "CA1711", Justification = "a collection as xunit means it")]
public sealed class Browsing : ICollectionFixture<Chromium>, ICollectionFixture<BrowserTown>
{
    public const string Name = "browsing";
}
