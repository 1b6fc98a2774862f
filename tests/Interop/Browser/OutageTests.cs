using B2D.Interop.Programs;
using Xunit;

namespace B2D.Interop.Browser;

/// <summary>An operator through an outage, from the page that opens with it to its end.</summary>
[Collection(Browsing.Name)]
public sealed class OutageTests(Chromium chromium, BrowserTown town)
{
    [Theory]
    [InlineData(1440, false, true)]
    [InlineData(390, false, false)]
    public async Task Outage_FromNowToItsEnd(int width, bool keyboard, bool script)
    {
        var look = new Look(width, keyboard, script);
        await using var window = await chromium.OpenAsync(town.B2d.Url, look);
        await window.SignInAsync(await town.UserAsync("otto", "operator"));
        var street = Enumerable.Range(1, BrowserTown.Routers).Select(i => $"R-{i}").ToList();
        foreach (var router in street)
            await town.SayAsync(router, "E10", "set");
        await Wait.UntilAsync(async () => await OpenAsync() > 0, TimeSpan.FromSeconds(30), "there is an outage");
        var id = await OpenAsync();

        await window.GoAsync("/");
        await window.SeesAsync("The internet does not work");
        await window.PictureAsync("now-outage");
        await window.PressAsync(window.Page.Locator($"a[href='/outages/{id}']").First);
        await window.AssertFineAsync();
        var cause = await window.UnfoldAsync("Cause");
        await window.TypeAsync(cause.Locator("textarea"), "A digger has cut the cable in Rua do Monte.");
        await window.PressAsync(cause.Locator("button"));
        await window.SeesAsync("A digger has cut the cable");
        var around = await window.UnfoldAsync("Work-around");
        await window.TypeAsync(around.Locator("textarea"), "The mobile network works.");
        await window.PressAsync(around.Locator("button"));
        await window.SeesAsync("The mobile network works.");
        await window.PictureAsync("outage");

        await using var anybody = await chromium.OpenAsync(town.B2d.Url, look);
        await anybody.GoAsync("/status");
        await anybody.SeesAsync("A digger has cut the cable");
        await anybody.AssertFineAsync();
        await anybody.PictureAsync("status");

        foreach (var router in street)
            await town.SayAsync(router, "E10", "clear");
        await Wait.UntilAsync(async () => await OpenAsync() == 0, TimeSpan.FromSeconds(30), "the outage is over");
        await window.GoAsync($"/outages/{id}");
        await window.SeesAsync("Resolved");
        await window.AssertFineAsync();
        await window.PictureAsync("outage-over");
    }

    /// <summary>Number of the outage that is not over; 0 without.</summary>
    private async Task<long> OpenAsync() => (await town.B2d.Api.ListAsync("/api/outages")).Where(o => o.Text("state") != "Resolved").Select(o => o.Long("id")).FirstOrDefault();
}
