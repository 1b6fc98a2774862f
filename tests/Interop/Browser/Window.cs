using System.Globalization;
using System.Text.RegularExpressions;
using B2D.Interop.Programs;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Xunit;

namespace B2D.Interop.Browser;

/// <summary>A browser's window and the hands before it: with a mouse, or with nothing but a keyboard. Whatever they use is found as a person finds it, by its words.</summary>
internal sealed partial class Window : IAsyncDisposable
{
    /// <summary>Most presses of Tab until something must have been reached.</summary>
    private const int MostTabs = 250;

    /// <summary>How often it is looked for a second whether a page is there.</summary>
    private const int MostLooks = 20;

    private static readonly AxeRunOptions Axe = new() { ResultTypes = [ResultType.Violations] };

    private readonly List<string> complaints = [];
    private readonly List<string> errors = [];

    public Window(IPage page, Look look)
    {
        (Page, Look) = (page, look);
        page.PageError += (_, error) => complaints.Add(error);
        page.Console += (_, message) =>
        {
            // That a page answers with an error is what tests ask for or look for themselves.
            if (message.Type == "error" && !(message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal) && errors.Any(e => message.Location.StartsWith(e, StringComparison.Ordinal))))
                complaints.Add($"{message.Text} ({message.Location})");
        };
        page.Response += (_, answer) =>
        {
            if (answer.Status >= 400 && answer.Request.IsNavigationRequest)
                errors.Add(answer.Url);
        };
    }

    public IPage Page { get; }

    public Look Look { get; }

    public async Task GoAsync(string path, int status = 200)
    {
        var answer = await Page.GotoAsync(path);
        Assert.True(answer?.Status == status, $"{path} answered {answer?.Status}");
    }

    /// <summary>Loads a page that is written every few seconds until it says something.</summary>
    public Task GoUntilAsync(string path, string says) => Wait.UntilAsync(async () =>
    {
        await GoAsync(path);
        return (await Page.Locator("body").InnerTextAsync()).Contains(says, StringComparison.Ordinal);
    }, TimeSpan.FromSeconds(20), $"{path} says {says}");

    public async Task SignInAsync((string Name, string Password) user)
    {
        await GoAsync("/signin");
        await TypeAsync(Page.GetByLabel("Name"), user.Name);
        await TypeAsync(Page.GetByLabel("Password"), user.Password);
        await PressAsync(Button("Sign in"));
        await Assertions.Expect(Page).Not.ToHaveURLAsync(new Regex("/signin"));
    }

    /// <summary>A button by its words; of several, the first that is seen.</summary>
    public ILocator Button(string words, bool exact = true) => Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = words, Exact = exact }).First;

    public ILocator Link(string words, bool exact = false) => Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = words, Exact = exact }).First;

    /// <summary>A form that opens with its heading.</summary>
    public async Task<ILocator> UnfoldAsync(string heading)
    {
        var part = Page.Locator("details.act").Filter(new LocatorFilterOptions { Has = Page.Locator("summary", new PageLocatorOptions { HasTextRegex = new Regex($"^\\s*{Regex.Escape(heading)}\\s*$") }) }).First;
        await PressAsync(part.Locator("summary").First);
        await Assertions.Expect(part).ToHaveAttributeAsync("open", "");
        return part;
    }

    /// <summary>Presses a button or follows a link, and waits for what comes.</summary>
    public async Task PressAsync(ILocator what)
    {
        if (Look.Keyboard)
        {
            await ReachAsync(what);
            await Page.Keyboard.PressAsync("Enter");
        }
        else
        {
            await what.ClickAsync();
        }
        // What Playwright is told between its look and its wait it misses; then it looks again.
        for (var look = 1; ; look++)
        {
            try
            {
                await Page.WaitForLoadStateAsync(LoadState.DOMContentLoaded, new PageWaitForLoadStateOptions { Timeout = 1000 });
                return;
            }
            catch (TimeoutException) when (look < MostLooks)
            {
            }
        }
    }

    /// <summary>Writes into a field, in place of what stands there.</summary>
    public async Task TypeAsync(ILocator field, string text)
    {
        if (!Look.Keyboard)
        {
            await field.FillAsync(text);
            return;
        }
        await ReachAsync(field);
        if (await field.GetAttributeAsync("type") is "date" or "datetime-local")
        {
            await TypeTimeAsync(text);
            Assert.Equal(text, await field.InputValueAsync());
            return;
        }
        await Page.Keyboard.PressAsync("Control+A");
        await Page.Keyboard.InsertTextAsync(text);
    }

    /// <summary>Ticks a box.</summary>
    public async Task TickAsync(ILocator box)
    {
        if (!Look.Keyboard)
        {
            await box.CheckAsync();
            return;
        }
        await ReachAsync(box);
        await Page.Keyboard.PressAsync("Space");
        await Assertions.Expect(box).ToBeCheckedAsync();
    }

    /// <summary>Chooses from a list by what it says.</summary>
    public async Task ChooseAsync(ILocator list, string words)
    {
        if (!Look.Keyboard)
        {
            await list.SelectOptionAsync(new SelectOptionValue { Label = words });
            return;
        }
        await ReachAsync(list);
        await Page.Keyboard.TypeAsync(words);
        Assert.Equal(words, await list.EvaluateAsync<string>("e => e.selectedOptions[0].label"));
    }

    /// <summary>Chooses one of the radio buttons of a group.</summary>
    /// <param name="first">The first of the group, where Tab leads to.</param>
    /// <param name="number">Which, from 1.</param>
    public async Task PickAsync(ILocator first, int number)
    {
        var group = Page.Locator($"input[name='{await first.GetAttributeAsync("name")}']");
        if (!Look.Keyboard)
        {
            await group.Nth(number - 1).CheckAsync();
            return;
        }
        await ReachAsync(first);
        await Page.Keyboard.PressAsync("Space");
        for (var i = 1; i < number; i++)
            await Page.Keyboard.PressAsync("ArrowDown");
        await Assertions.Expect(group.Nth(number - 1)).ToBeCheckedAsync();
    }

    /// <summary>The text of a file that a link gives.</summary>
    public async Task<string> DownloadAsync(ILocator link)
    {
        var file = await Page.RunAndWaitForDownloadAsync(() => PressAsync(link));
        return await File.ReadAllTextAsync(await file.PathAsync());
    }

    public Task SeesAsync(string words) => Assertions.Expect(Page.Locator("body")).ToContainTextAsync(words, new LocatorAssertionsToContainTextOptions { UseInnerText = true });

    /// <summary>A picture of the whole page, where somebody asked for them.</summary>
    public Task PictureAsync(string name) => Chromium.Pictures.Length == 0 ? Task.CompletedTask : Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Chromium.Pictures, $"{name}-{Look.ToString().Replace(' ', '-')}.png"), FullPage = true });

    /// <summary>Nothing sticks out to the side, no script complained, nothing but code is written as only programs read it, and axe finds nothing serious.</summary>
    public async Task AssertFineAsync(bool axe = true)
    {
        Assert.Empty(complaints);
        // Where scripts are switched off, all of this is too; the same pages are looked at with them.
        if (!Look.Script)
            return;
        var (wide, there) = (await Page.EvaluateAsync<int>("document.documentElement.scrollWidth"), await Page.EvaluateAsync<int>("document.documentElement.clientWidth"));
        Assert.True(wide <= there, $"{Page.Url} is {wide} pixels wide in a window of {there}");
        var raw = Raw().Match(await Page.EvaluateAsync<string>("() => { const m = document.querySelector('main').cloneNode(true); m.querySelectorAll('code, pre, textarea, .mono').forEach(e => e.remove()); return m.textContent; }"));
        Assert.False(raw.Success, $"{Page.Url} says {raw.Value}");
        if (!axe)
            return;
        var found = await Page.RunAxe(Axe);
        Assert.Empty(found.Violations.Where(v => v.Impact is "serious" or "critical").Select(v => $"{v.Id}: {v.Help}: {string.Join(" | ", v.Nodes.Take(3).Select(n => n.Html))}"));
    }

    /// <summary>Code of the page itself, names of types, and times as they are stored.</summary>
    [GeneratedRegex(@"@(if|for|foreach|switch)\b|\b(B2D|System)\.[A-Z]\w+|\d{4}-\d\d-\d\dT\d\d:\d\d.{0,10}|\bNaN\b|\bundefined\b")]
    private static partial Regex Raw();

    public async ValueTask DisposeAsync() => await Page.Context.DisposeAsync();

    /// <summary>A day, or a day and a time, figure by figure as an English browser asks for them: month, day, year, hour, minute, half of the day.</summary>
    private async Task TypeTimeAsync(string text)
    {
        var at = DateTime.Parse(text, CultureInfo.InvariantCulture);
        await Page.Keyboard.TypeAsync(at.ToString("MMdd", CultureInfo.InvariantCulture));
        await Page.Keyboard.TypeAsync(at.ToString("yyyy", CultureInfo.InvariantCulture));
        if (!text.Contains('T', StringComparison.Ordinal))
            return;
        // A year may have more figures than four.
        await Page.Keyboard.PressAsync("Tab");
        await Page.Keyboard.TypeAsync(at.ToString("hhmmtt", CultureInfo.InvariantCulture));
    }

    /// <summary>Tab by Tab, as one who has no mouse, forwards only.</summary>
    private async Task ReachAsync(ILocator what)
    {
        await Assertions.Expect(what).ToBeVisibleAsync();
        var target = await what.ElementHandleAsync();
        for (var tab = 0; tab < MostTabs; tab++)
        {
            if (await target.EvaluateAsync<bool>("e => e === document.activeElement"))
                return;
            await Page.Keyboard.PressAsync("Tab");
        }
        Assert.Fail($"{what} is not reached by {MostTabs} Tabs");
    }
}
