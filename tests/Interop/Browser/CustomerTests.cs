using B2D.Interop.Programs;
using Microsoft.Playwright;
using Xunit;

namespace B2D.Interop.Browser;

/// <summary>A customer who never signs in: from the link in their mail to what they say of it all.</summary>
[Collection(Browsing.Name)]
public sealed class CustomerTests(Chromium chromium, BrowserTown town)
{
    [Theory]
    [InlineData(1440, false, true)]
    [InlineData(390, false, true)]
    [InlineData(1440, true, true)]
    [InlineData(390, false, false)]
    public async Task Page_FromTheMailToTheSurvey(int width, bool keyboard, bool script)
    {
        var (pump, customer) = town.NextHouse();
        await town.SayAsync(pump, "E42", "set");
        var id = await town.CaseAsync(pump);
        var (path, _) = await town.LinkAsync(customer, "Pump blocked");
        await using var window = await chromium.OpenAsync(town.B2d.Url, new Look(width, keyboard, script));

        await window.GoAsync(path);
        foreach (var words in (string[])[$"Pump blocked, {pump}", "We are on it.", "emergency heater", $"Reference C-{id}", "What we told you"])
            await window.SeesAsync(words);
        await window.AssertFineAsync();
        await window.PictureAsync("customer");

        var offered = window.Page.Locator("#visit .slots button");
        foreach (var slot in (int[])[1, 0])
        {
            var when = await offered.Nth(slot).InnerTextAsync();
            await window.PressAsync(offered.Nth(slot));
            await window.SeesAsync($"We come {when}");
        }
        await window.AssertFineAsync();
        await window.PictureAsync("customer-visit");
        await window.PressAsync(window.Button("I do not need the visit"));
        await window.SeesAsync("The visit is called off.");

        var by = window.Page.GetByLabel("Call me by");
        await window.ChooseAsync(by, await by.Locator("option").Last.InnerTextAsync());
        await window.PressAsync(window.Button("Ask for the call"));
        await window.SeesAsync("We call you by");
        await window.PictureAsync("customer-call");
        await window.PressAsync(window.Button("I do not need the call"));
        await window.SeesAsync("We do not call.");

        await window.TypeAsync(window.Page.GetByLabel("What does not work?"), "It hums and stays cold.");
        await window.PressAsync(window.Button("It is still broken"));
        await window.SeesAsync("We keep at it");
        Assert.Contains("It hums and stays cold.", (await town.B2d.Api.GetAsync($"/api/cases/{id}")).GetRawText(), StringComparison.Ordinal);

        await town.SayAsync(pump, "E42", "clear");
        await Wait.UntilAsync(async () => (await town.B2d.Api.ListAsync($"/api/faults?device={pump}")).All(f => !f.GetProperty("open").GetBoolean()), TimeSpan.FromSeconds(20), $"{pump} is well again");
        await window.PressAsync(window.Button("It works again"));
        await window.SeesAsync("It works again since");
        await window.AssertFineAsync();
        await window.PictureAsync("customer-over");

        var survey = window.Page.Locator("#survey");
        await window.PickAsync(survey.Locator("input[type=radio]").First, 2);
        await window.TypeAsync(survey.Locator("textarea"), "The visit could be sooner.");
        await window.PressAsync(survey.GetByRole(AriaRole.Button, new() { Name = "Send" }));
        await window.SeesAsync("You said 2 of 7. Thank you.");
        await window.AssertFineAsync();
        await window.PictureAsync("customer-answered");

        // It is broken all the same.
        await window.PressAsync(window.Button("It is still broken"));
        await window.SeesAsync("We are on it again");
        Assert.Equal("New", (await town.B2d.Api.GetAsync($"/api/cases/{id}")).Text("state"));
    }

    [Fact]
    public async Task Link_SpoiltMistypedOrEnded_SaysSoInPlainWords_AndTheCodeOpensIt()
    {
        var (pump, customer) = town.NextHouse();
        await town.SayAsync(pump, "E42", "set");
        await town.CaseAsync(pump);
        var (path, code) = await town.LinkAsync(customer, "Pump blocked");
        await using var window = await chromium.OpenAsync(town.B2d.Url, new Look(390));

        await window.GoAsync(path[..^3], status: 404);
        await window.SeesAsync("This page is not there");
        await window.AssertFineAsync();
        await window.PictureAsync("customer-spoilt");
        await TypeAsync("zzzz2222");
        await window.SeesAsync("This code opens nothing.");
        await window.AssertFineAsync();
        await window.PictureAsync("customer-mistyped");
        await TypeAsync(code.ToUpperInvariant());
        await window.SeesAsync($"Pump blocked, {pump}");

        await using var administrator = await chromium.OpenAsync(town.B2d.Url, new Look(1440));
        await administrator.SignInAsync(await town.UserAsync("ada", "administrator"));
        await administrator.GoAsync($"/customers/{customer}/privacy");
        await administrator.TypeAsync(administrator.Page.GetByLabel("Why, without their name"), "asked for by telephone");
        await administrator.TypeAsync(administrator.Page.GetByLabel($"Type {customer} to confirm"), customer);
        await administrator.PressAsync(administrator.Button("Erase them for good"));
        await administrator.SeesAsync("Erased.");
        await administrator.AssertFineAsync();
        await administrator.PictureAsync("erased");

        // What was open before says it as plainly, and so does what was pressed on it.
        await window.PressAsync(window.Button("It works again"));
        await window.SeesAsync("This page is not there");
        await window.GoAsync(path, status: 404);
        await window.SeesAsync("Its time may be over");
        await window.AssertFineAsync();
        await window.PictureAsync("customer-ended");

        async Task TypeAsync(string typed)
        {
            await window.TypeAsync(window.Page.GetByLabel("Eight letters and digits"), typed);
            await window.PressAsync(window.Button("Open"));
        }
    }
}
