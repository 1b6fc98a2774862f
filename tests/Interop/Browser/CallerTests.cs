using B2D.Interop.Programs;
using Microsoft.Playwright;
using Xunit;

namespace B2D.Interop.Browser;

/// <summary>Somebody calls and says a postcode: found, told what we know, and noted where it belongs.</summary>
[Collection(Browsing.Name)]
public sealed class CallerTests(Chromium chromium, BrowserTown town)
{
    [Theory]
    [InlineData(1440, false, true)]
    [InlineData(390, false, true)]
    [InlineData(1440, true, true)]
    [InlineData(390, false, false)]
    public async Task Call_ByPostcode_JoinsTheOpenCase(int width, bool keyboard, bool script)
    {
        var look = new Look(width, keyboard, script);
        await town.B2d.SayAsync(Pump.Set);
        var id = await town.CaseAsync(Pump.Id);
        await using var window = await chromium.OpenAsync(town.B2d.Url, look);
        await window.SignInAsync(await town.UserAsync("rita", "agent"));

        await window.GoAsync("/search");
        await window.TypeAsync(window.Page.Locator("#find"), BrowserTown.Postcode);
        await window.PressAsync(window.Page.Locator("main").GetByRole(AriaRole.Button, new() { Name = "Search" }));
        await window.SeesAsync("Ana Lima");
        await window.SeesAsync("Pump blocked");
        await window.AssertFineAsync();
        await window.PictureAsync("caller");

        var contact = await window.UnfoldAsync("Log a contact");
        var words = $"She asks when somebody comes ({look})";
        await window.TypeAsync(contact.GetByLabel("What it was about"), words);
        await window.ChooseAsync(contact.GetByLabel("Which device"), $"{Pump.Id} HP-9");
        await window.PressAsync(contact.Locator("button"));
        await Assertions.Expect(window.Page.Locator(".said")).ToBeVisibleAsync();
        await window.GoAsync($"/cases/{id}");
        await window.SeesAsync(words);
        await window.AssertFineAsync();
    }
}
