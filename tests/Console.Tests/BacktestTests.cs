using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using B2D.Console.Tests.Town;
using B2D.Core;
using Microsoft.Extensions.DependencyInjection;

namespace B2D.Console.Tests;

public sealed class BacktestTests
{
    private static readonly ServerTime Now = ServerTime.From(TownHost.Start);

    private static BacktestOutcome Outcome(int faults) => new(Now - TimeSpan.FromDays(7), Now, 123_456, 12, 2, faults, 4, 3,
    [
        new("HP-0010", Now - TimeSpan.FromDays(3), Now - TimeSpan.FromDays(2), "current_a 12.5"),
        new("<script>alert(1)</script>", Now - TimeSpan.FromDays(1), ServerTime.Zero, ""),
    ]);

    [Fact]
    public async Task RulePage_Tried_ShowsHowFarItIsAndThenWhatItFound()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        var tries = (TownBacktests)host.Services.GetRequiredService<IBacktests>();

        Assert.Contains("It is being tried", await browser.Follow(await browser.Post("/rules/pump-blocked", "/rules/pump-blocked/backtest", ("act", "try"), ("days", "30"))), StringComparison.Ordinal);
        var running = SignedIn.Words(await browser.GetStringAsync("/rules/pump-blocked"));
        Assert.Contains("over the last 30 days: 25 %", running, StringComparison.Ordinal);
        Assert.Contains("another is being tried", await browser.Follow(await browser.Post("/rules/pump-blocked", "/rules/gas-pressure/backtest", ("act", "try"), ("days", "7"))), StringComparison.Ordinal);

        tries.Finish("pump-blocked", Outcome(7));
        var html = await browser.GetStringAsync("/rules/pump-blocked");
        var text = SignedIn.Words(html);
        Assert.Contains("Over the last 30 days, 12 devices and 123,456 readings: 7 faults on 2 devices, 4 cases", text, StringComparison.Ordinal);
        Assert.Contains("3 more faults joined one of them. It took 3 s.", text, StringComparison.Ordinal);
        Assert.Contains("current_a 12.5", text, StringComparison.Ordinal);
        Assert.Contains("still there", text, StringComparison.Ordinal);
        Assert.Contains("<svg class=\"backtest\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", html, StringComparison.Ordinal);
        Assert.DoesNotContain("style=", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RulePage_CalledOff_SaysSo()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        await browser.Post("/rules/pump-blocked", "/rules/pump-blocked/backtest", ("act", "try"), ("days", "7"));

        Assert.Contains("The back-test is called off.", await browser.Follow(await browser.Post("/rules/pump-blocked", "/rules/pump-blocked/backtest", ("act", "cancel"))), StringComparison.Ordinal);
        Assert.Contains("The last one came to nothing: It was called off.", SignedIn.Words(await browser.GetStringAsync("/rules/pump-blocked")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RuleInTheEditor_TriedBeforeItIsInForce_HasAPageOfItsOwn()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        var tries = (TownBacktests)host.Services.GetRequiredService<IBacktests>();
        const string Draft = "- fault: brand-new\n  raise: current_a > 99\n  case: {}\n";

        var page = await browser.Follow(await browser.Post("/rule-files/new.yaml", "/rule-files/new.yaml", ("act", "try"), ("text", Draft), ("rule", "brand-new"), ("days", "30"), ("version", "x")));
        Assert.Contains("as it stands in the editor; it is not in force", page, StringComparison.Ordinal);
        Assert.Contains("over the last 30 days: 25 %", page, StringComparison.Ordinal);
        tries.Finish("brand-new", Outcome(7));
        var text = SignedIn.Words(await browser.GetStringAsync("/backtests/brand-new"));
        Assert.Contains("brand-new, tried on what is stored", text, StringComparison.Ordinal);
        Assert.Contains("7 faults on 2 devices, 4 cases", text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync(new Uri("/backtests/nothing", UriKind.Relative))).StatusCode);
        Assert.DoesNotContain(host.RuleFiles.Read().Files, f => f.Name == "new.yaml");

        var wrong = await browser.Post("/rule-files/new.yaml", "/rule-files/new.yaml", ("act", "try"), ("text", "- fault: brand-new\n  raise: current_a >\n"), ("rule", "brand-new"), ("days", "30"), ("version", "x"));
        Assert.Equal(HttpStatusCode.OK, wrong.StatusCode);
        Assert.Contains("1 error", SignedIn.Words(await wrong.Content.ReadAsStringAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Api_TriesARule_AndTellsWhatItFound()
    {
        await using var host = await TownHost.Open();
        using var writer = host.Program(host.WriteKey);
        using var reader = host.Program(host.ReadKey);

        Assert.Equal(HttpStatusCode.NotFound, (await reader.GetAsync(new Uri("/api/rules/pump-blocked/backtest", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.PostAsJsonAsync("/api/rules/pump-blocked/backtest", new { days = 7 })).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await writer.PostAsJsonAsync("/api/rules/nothing/backtest", new { days = 7 })).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await writer.PostAsJsonAsync("/api/rules/pump-blocked/backtest", new { days = 400 })).StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await writer.PostAsJsonAsync("/api/rules/pump-blocked/backtest", new { days = 7 })).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await writer.PostAsJsonAsync("/api/rules/pump-blocked/backtest", new { days = 7 })).StatusCode);
        ((TownBacktests)host.Services.GetRequiredService<IBacktests>()).Finish("pump-blocked", Outcome(7));

        var item = await reader.GetFromJsonAsync<JsonElement>("/api/rules/pump-blocked/backtest");
        Assert.Equal(("done", 7, 2), (item.GetProperty("state").GetString(), item.GetProperty("figures").GetProperty("faults").GetInt32(), item.GetProperty("figures").GetProperty("found").GetArrayLength()));
        Assert.Equal(JsonValueKind.Null, item.GetProperty("figures").GetProperty("found")[1].GetProperty("clearedAt").ValueKind);
    }
}
