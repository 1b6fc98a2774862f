using System.Globalization;
using B2D.Interop.Programs;
using Microsoft.Playwright;
using Xunit;

namespace B2D.Interop.Browser;

/// <summary>Work that customers feel: planned, told, changed and ended, on its page, on the status page, and in the mail.</summary>
[Collection(Browsing.Name)]
public sealed class PlannedTests(Chromium chromium, BrowserTown town)
{
    [Theory]
    [InlineData(1440, true)]
    [InlineData(390, false)]
    public async Task Work_PlannedAhead_IsToldMovedAndCalledOff(int width, bool keyboard)
    {
        var (segment, customer) = town.NextQuarter();
        await using var window = await OpenAsync(new Look(width, keyboard));
        var from = BrowserTown.Now.Date.AddDays(2).AddHours(10);
        var id = await PlanAsync(window, segment, from, from.AddHours(2));
        await window.SeesAsync($"{BrowserTown.Planned} customers feel it: The internet does not work");
        await window.SeesAsync("What they read");
        await window.PictureAsync("planned");
        Assert.Contains($"M-{id}", (await town.MailAsync(customer, "The internet does not work")).Text("text"), StringComparison.Ordinal);

        await window.GoAsync($"/maintenance/{id}");
        await window.SeesAsync("Who is told");
        await window.SeesAsync($"as M-{id}");
        await window.AssertFineAsync();
        await window.PictureAsync("planned-told");
        var move = await window.UnfoldAsync("Move it");
        await window.TypeAsync(move.Locator("[name=from]"), Local(from.AddHours(3)));
        await window.TypeAsync(move.Locator("[name=until]"), Local(from.AddHours(5)));
        await window.TypeAsync(move.Locator("[name=why]"), "The part arrives at noon");
        await window.PressAsync(move.Locator("button"));
        await window.SeesAsync("It is moved. Those who were told hear it.");
        await window.SeesAsync("13:00");

        await using var anybody = await chromium.OpenAsync(town.B2d.Url, new Look(width));
        await anybody.GoUntilAsync("/status", "Planned work");
        await anybody.AssertFineAsync();
        await anybody.PictureAsync("status-planned");

        var end = await window.UnfoldAsync("Call it off");
        await window.TypeAsync(end.Locator("[name=why]"), "The switch mended itself");
        await window.PressAsync(end.Locator("button"));
        await window.SeesAsync("It is called off. Those who were told hear it.");
        await window.SeesAsync("called it off: The switch mended itself.");
        await window.AssertFineAsync();
        await window.PictureAsync("planned-called-off");
    }

    [Fact]
    public async Task Work_ThatBeginsNow_IsToldLengthenedAndEnded()
    {
        var (segment, customer) = town.NextQuarter();
        await using var window = await OpenAsync(new Look(390, Script: false));
        var until = BrowserTown.Now.DateTime.AddHours(5);
        var id = await PlanAsync(window, segment, null, until);
        await town.MailAsync(customer, $"M-{id}");
        await window.GoAsync($"/maintenance/{id}");
        await window.SeesAsync("Who is told");
        var move = await window.UnfoldAsync("Move the end");
        await window.TypeAsync(move.Locator("[name=until]"), Local(until.AddHours(1)));
        await window.TypeAsync(move.Locator("[name=why]"), "A second switch is broken");
        await window.PressAsync(move.Locator("button"));
        await window.SeesAsync("Its end is moved. Those who were told hear it.");
        await window.PictureAsync("planned-running");
        var end = await window.UnfoldAsync("End it");
        await window.PressAsync(end.Locator("button"));
        await window.SeesAsync("Over since");
        await window.AssertFineAsync();
        await window.PictureAsync("planned-over");
        await window.GoAsync("/maintenance");
        await window.SeesAsync($"M-{id} New switch for {segment}");
    }

    private async Task<Window> OpenAsync(Look look)
    {
        var window = await chromium.OpenAsync(town.B2d.Url, look);
        await window.SignInAsync(await town.UserAsync("otto", "operator"));
        return window;
    }

    /// <summary>Plans work that customers feel; its number.</summary>
    /// <param name="from">Null: now.</param>
    private static async Task<long> PlanAsync(Window window, string segment, DateTime? from, DateTime until)
    {
        await window.GoAsync("/maintenance");
        var plan = await window.UnfoldAsync("Plan work");
        await window.TypeAsync(plan.Locator("[name=title]"), $"New switch for {segment}");
        await window.TypeAsync(plan.Locator("[name=target]"), segment);
        if (from is { } begin)
            await window.TypeAsync(plan.Locator("[name=from]"), Local(begin));
        await window.TypeAsync(plan.Locator("[name=until]"), Local(until));
        await window.TickAsync(plan.Locator("[name=felt]"));
        await window.TypeAsync(plan.Locator("[name=words]"), "The internet does not work");
        await window.TypeAsync(plan.Locator("[name=cause]"), "We replace a switch");
        await window.PictureAsync("plan");
        await window.PressAsync(plan.GetByRole(AriaRole.Button, new() { Name = "Plan it" }));
        await window.SeesAsync($"Planned; it concerns {BrowserTown.Planned} devices.");
        return long.Parse(window.Page.Url[(window.Page.Url.LastIndexOf('/') + 1)..], CultureInfo.InvariantCulture);
    }

    /// <summary>As a field for a time takes it.</summary>
    private static string Local(DateTime at) => at.ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);
}
