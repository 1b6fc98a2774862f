using B2D.Interop.Programs;
using Xunit;

namespace B2D.Interop.Browser;

/// <summary>An agent's day in a real browser, from the sign-in to the hand-off: with a mouse, on a phone, with nothing but a keyboard, and without scripts.</summary>
[Collection(Browsing.Name)]
public sealed class AgentTests(Chromium chromium, BrowserTown town)
{
    private static int made;

    public static TheoryData<int, bool, bool> Looks { get; } = new() { { 1440, false, true }, { 390, false, true }, { 1440, true, true }, { 390, false, false } };

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task Day_FromSignInToHandOff(int width, bool keyboard, bool script)
    {
        var look = new Look(width, keyboard, script);
        var device = $"R-{Interlocked.Increment(ref made)}";
        await town.SayAsync(device, "E31", "set");
        var id = await town.CaseAsync(device);
        await using var window = await chromium.OpenAsync(town.B2d.Url, look);
        await window.SignInAsync(await town.UserAsync("rita", "agent"));
        await town.UserAsync("bruno", "agent");

        await window.GoAsync("/cases");
        await window.PressAsync(window.Page.Locator($"a[href='/cases/{id}']").First);
        await window.SeesAsync($"Descaling was skipped on {device}");
        await window.PressAsync(window.Button("Take it"));
        await window.SeesAsync("rita");

        var step = await window.UnfoldAsync("Add a step");
        await window.TypeAsync(step.GetByLabel("Step"), "Ask how hard their water is");
        await window.PressAsync(step.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Add", Exact = true }));
        await window.SeesAsync("Ask how hard their water is");
        await window.PressAsync(window.Button("Done"));

        var write = await window.UnfoldAsync("Write to the customer");
        await window.TypeAsync(write.Locator("textarea"), "The program takes forty minutes; please let it run to its end.");
        await window.PressAsync(write.Locator("button"));
        await Wait.UntilAsync(async () => (await town.B2d.Api.ListAsync($"/api/notices?q=subject:case:{id}")).Any(n => n.Text("state") == "Sent"), TimeSpan.FromSeconds(20), "the words are sent");
        await window.GoAsync($"/cases/{id}");
        await window.SeesAsync("please let it run to its end");

        var note = await window.UnfoldAsync("Note");
        await window.TypeAsync(note.Locator("textarea"), "She has a softener that nobody filled.");
        await window.PressAsync(note.Locator("button"));
        await window.SeesAsync("a softener that nobody filled");

        var handOff = await window.UnfoldAsync("Hand off");
        await window.TypeAsync(handOff.GetByLabel("To whom"), "bruno");
        if (!await handOff.GetByLabel("What is open").InputValueAsync().ContinueWith(t => t.Result.Length > 0))
            await window.TypeAsync(handOff.GetByLabel("What is open"), "Call her on Thursday");
        await window.PictureAsync("hand-off");
        await window.PressAsync(handOff.Locator("button"));
        await window.SeesAsync("bruno");
        await window.AssertFineAsync();
        await window.PictureAsync("case-after-hand-off");

        // Whoever gets it reads first what was done, what is open and what was promised.
        await using var other = await chromium.OpenAsync(town.B2d.Url, look);
        await other.SignInAsync(await town.UserAsync("bruno", "agent"));
        await other.GoAsync("/cases");
        await other.PressAsync(other.Page.Locator($"a[href='/cases/{id}']").First);
        await other.SeesAsync("Ask how hard their water is");
        await other.AssertFineAsync();
    }
}
