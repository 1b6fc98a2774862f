using B2D.Interop.Programs;
using Xunit;

namespace B2D.Interop.Browser;

/// <summary>Every page, wide and on a phone: nothing sticks out, nothing complains, axe finds nothing serious.</summary>
[Collection(Browsing.Name)]
public sealed class EveryPageTests(Chromium chromium, BrowserTown town)
{
    [Theory]
    [InlineData(1440)]
    [InlineData(390)]
    public async Task Page_AtThisWidth_IsFine(int width)
    {
        await town.B2d.SayAsync(Pump.Set);
        var id = await town.CaseAsync(Pump.Id);
        await using var window = await chromium.OpenAsync(town.B2d.Url, new Look(width));
        await window.SignInAsync(await town.UserAsync("ada", "administrator"));
        string[] pages =
        [
            "/", "/cases", $"/cases/{id}", "/outages", "/defects", "/maintenance", "/held", "/devices", $"/devices/{Pump.Id}", "/dues", "/notices", "/rules", "/rules/pump-blocked", "/rule-files",
            "/rule-history", "/customers/ana", "/audit", "/users", "/keys", "/account", "/search?q=Lima", "/stop", "/status", "/queues", "/contacts", "/views", "/grants", "/tasks",
        ];
        List<string> wrong = [];
        foreach (var page in pages)
        {
            await window.GoAsync(page);
            try
            {
                await window.AssertFineAsync();
            }
            catch (Xunit.Sdk.XunitException e)
            {
                wrong.Add($"{page}: {e.Message}");
            }
            await window.PictureAsync("page" + page.Replace('/', '-').Replace('?', '-'));
        }
        Assert.Empty(wrong);
    }
}
