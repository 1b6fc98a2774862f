using B2D.Interop.Programs;
using Microsoft.Playwright;
using Xunit;

namespace B2D.Interop.Browser;

/// <summary>An operator through an outage, from the start page over its end to its review.</summary>
[Collection(Browsing.Name)]
public sealed class OutageTests(Chromium chromium, BrowserTown town)
{
    [Theory]
    [InlineData(1440, true, true, "R", "c1")]
    [InlineData(390, false, false, "S", "d1")]
    public async Task Outage_FromNowToItsReview(int width, bool keyboard, bool script, string letter, string customer)
    {
        var look = new Look(width, keyboard, script);
        await using var window = await chromium.OpenAsync(town.B2d.Url, look);
        await window.SignInAsync(await town.UserAsync("otto", "operator"));
        var street = BrowserTown.Street(letter);
        foreach (var router in street)
            await town.SayAsync(router, "E10", "set");
        await Wait.UntilAsync(async () => await OpenAsync() > 0, TimeSpan.FromSeconds(30), "there is an outage");
        var id = await OpenAsync();
        // While it grows, what is written on a page that was read before is refused.
        await HeardAsync(id, "opened", street.Count);

        await window.GoAsync("/");
        await window.SeesAsync("The internet does not work");
        await window.PictureAsync("now-outage");
        await window.PressAsync(window.Page.Locator($"a[href='/outages/{id}']").First);
        await window.SeesAsync("Say what is known");
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
        await anybody.GoUntilAsync("/status", "A digger has cut the cable");
        await anybody.AssertFineAsync();
        await anybody.PictureAsync("status");

        // Who was told reads the same on their own page, and nothing that they could choose: people are on it.
        var (path, _) = await town.LinkAsync(customer, "The internet does not work");
        await anybody.GoAsync(path);
        await anybody.SeesAsync("The internet does not work");
        await anybody.SeesAsync("We know about it; you need not report it.");
        await anybody.SeesAsync("The mobile network works.");
        await anybody.AssertFineAsync();
        await anybody.PictureAsync("customer-outage");

        foreach (var router in street)
            await town.SayAsync(router, "E10", "clear");
        await Wait.UntilAsync(async () => await OpenAsync() == 0, TimeSpan.FromSeconds(30), "the outage is over");
        await window.GoAsync($"/outages/{id}");
        await window.SeesAsync("Resolved");
        await window.AssertFineAsync();
        await window.PictureAsync("outage-over");
        await anybody.GoAsync(path);
        await anybody.SeesAsync("It works again since");
        await anybody.AssertFineAsync();
        await anybody.PictureAsync("customer-outage-over");
        await HeardAsync(id, "all-clear", street.Count);

        await window.PressAsync(window.Page.Locator("main").GetByRole(AriaRole.Link, new() { Name = "Review", Exact = true }));
        await window.SeesAsync($"Review of O-{id}: The internet does not work");
        await window.PressAsync(window.Button("Review it"));
        await window.SeesAsync("The review is open.");
        var found = await window.UnfoldAsync("Found");
        await window.TypeAsync(found.Locator("textarea"), "Nobody had the plan of the cables at hand.");
        await window.PressAsync(found.Locator("button"));
        await window.SeesAsync("Nobody had the plan of the cables at hand.");
        var todo = await window.UnfoldAsync("To do");
        await window.TypeAsync(todo.Locator("textarea"), "Give the diggers the plan of the cables.");
        await window.ChooseAsync(todo.GetByLabel("By"), "otto");
        await window.TypeAsync(todo.GetByLabel("Until"), $"{BrowserTown.Now.AddDays(14):yyyy-MM-dd}");
        await window.PressAsync(todo.Locator("button"));
        await window.SeesAsync("otto does it.");
        await window.AssertFineAsync();
        await window.PictureAsync("review");

        var told = await window.DownloadAsync(window.Page.Locator("a[href$='/review/told?as=csv']"));
        Assert.Equal(street.Count * 2, Rows(told));
        Assert.Contains(customer + ",", told, StringComparison.Ordinal);
        var timeline = await window.DownloadAsync(window.Page.Locator("a[href$='/review/timeline?as=csv']"));
        Assert.Contains("A digger has cut the cable", timeline, StringComparison.Ordinal);
        Assert.True(Rows(timeline) >= 4, timeline);

        await window.GoAsync("/reviews");
        await window.SeesAsync($"O-{id} The internet does not work");
        await window.SeesAsync("Give the diggers the plan of the cables.");
        await window.AssertFineAsync();
        await window.PictureAsync("reviews");
        await window.PressAsync(window.Link($"O-{id} The internet does not work"));
        await window.PressAsync(window.Page.Locator("#review-notes").GetByRole(AriaRole.Button, new() { Name = "Done", Exact = true }));
        await window.PressAsync(window.Button("The review is done"));
        await window.SeesAsync("by otto");
    }

    private Task HeardAsync(long id, string status, int customers) => Wait.UntilAsync(
        async () => (await town.B2d.Api.ListAsync($"/api/notices?q=subject:outage:{id}")).Count(n => n.Text("status") == status && n.Text("state") == "Sent") == customers,
        TimeSpan.FromSeconds(30), $"{customers} customers have heard it: {status}");

    /// <summary>Lines of a file below its heading; none of these has a line break in it.</summary>
    private static int Rows(string csv) => csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length - 1;

    /// <summary>Number of the outage that is not over; 0 without.</summary>
    private async Task<long> OpenAsync() => (await town.B2d.Api.ListAsync("/api/outages")).Where(o => o.Text("state") != "Resolved").Select(o => o.Long("id")).FirstOrDefault();
}
