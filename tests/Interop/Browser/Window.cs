using System.Text.RegularExpressions;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Xunit;

namespace B2D.Interop.Browser;

/// <summary>A browser's window and the hands before it: with a mouse, or with nothing but a keyboard. Whatever they use is found as a person finds it, by its words.</summary>
internal sealed class Window : IAsyncDisposable
{
    /// <summary>Most presses of Tab until something must have been reached.</summary>
    private const int MostTabs = 250;

    private readonly List<string> complaints = [];

    public Window(IPage page, Look look)
    {
        (Page, Look) = (page, look);
        page.PageError += (_, error) => complaints.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
                complaints.Add($"{message.Text} ({message.Location})");
        };
    }

    public IPage Page { get; }

    public Look Look { get; }

    public string Text => Page.Locator("main").InnerTextAsync().GetAwaiter().GetResult();

    public async Task GoAsync(string path)
    {
        var answer = await Page.GotoAsync(path);
        Assert.True(answer is { Ok: true }, $"{path} answered {answer?.Status}");
    }

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
        await LoadedAsync();
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
        await Page.Keyboard.PressAsync("Control+A");
        await Page.Keyboard.InsertTextAsync(text);
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

    public Task SeesAsync(string words) => Assertions.Expect(Page.Locator("body")).ToContainTextAsync(words, new LocatorAssertionsToContainTextOptions { UseInnerText = true });

    /// <summary>A picture of the whole page.</summary>
    public Task PictureAsync(string name) => Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Chromium.Pictures, $"{name}-{Look.ToString().Replace(' ', '-')}.png"), FullPage = true });

    /// <summary>Nothing sticks out to the side, no script complained, and axe finds nothing serious.</summary>
    public async Task AssertFineAsync()
    {
        Assert.Empty(complaints);
        // Where scripts are switched off, axe is too; the same pages are looked at with them.
        if (!Look.Script)
            return;
        var (wide, there) = (await Page.EvaluateAsync<int>("document.documentElement.scrollWidth"), await Page.EvaluateAsync<int>("document.documentElement.clientWidth"));
        Assert.True(wide <= there, $"{Page.Url} is {wide} pixels wide in a window of {there}");
        var found = await Page.RunAxe();
        Assert.Empty(found.Violations.Where(v => v.Impact is "serious" or "critical").Select(v => $"{v.Id}: {v.Help}: {string.Join(" | ", v.Nodes.Take(3).Select(n => n.Html))}"));
    }

    public async ValueTask DisposeAsync() => await Page.Context.DisposeAsync();

    /// <summary>Waits for the page. Playwright's client asks whether it is there and then listens: what it hears between the two is missed, so that it is asked again.</summary>
    private async Task LoadedAsync()
    {
        for (var left = 10; ; left--)
        {
            try
            {
                await Page.WaitForLoadStateAsync(LoadState.DOMContentLoaded, new PageWaitForLoadStateOptions { Timeout = 2_000 });
                return;
            }
            catch (TimeoutException) when (left > 0)
            {
            }
        }
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
