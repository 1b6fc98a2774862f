using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using B2D.Console.Rules;
using B2D.Console.Tests.Town;
using B2D.Core.Rules;
using B2D.Storage.Access;
using B2D.Storage.Rules;

namespace B2D.Console.Tests;

public sealed class RuleFilesTests
{
    private const string Good = "- fault: hot\n  raise: temp_c > 90\n  case: {}\n";
    private const string Better = "- fault: hot\n  raise: temp_c > 95\n  case: {}\n";
    private const string Wrong = "- fault: hot\n  raise: temp_c >\n  case: {}\n";

    [Fact]
    public async Task File_SavedByForm_IsWrittenAsThatPersonAndSaysSo()
    {
        await using var host = await TownHost.Open();
        host.RuleFiles.Files = [new("a.yaml", Good), new("b.yaml", "")];
        using var browser = await SignedIn.AsAdministrator(host);
        var page = await browser.GetStringAsync("/rule-files/a.yaml");
        Assert.Contains("raise: temp_c &gt; 90", page, StringComparison.Ordinal);

        var answer = await browser.Post("/rule-files/a.yaml", "/rule-files/a.yaml", ("text", Better.Replace("\n", "\r\n", StringComparison.Ordinal)), ("version", host.RuleFiles.Read().Version), ("act", "save"));

        Assert.Contains("a.yaml is saved and comes into force within a second.", await browser.Follow(answer), StringComparison.Ordinal);
        Assert.Equal([new("a.yaml", Better), new RuleFile("b.yaml", "")], host.RuleFiles.Files);
        Assert.Equal("admin", host.RuleFiles.Writer);
    }

    [Theory]
    [InlineData("check", Better, HttpStatusCode.OK, "No error")]
    [InlineData("check", Wrong, HttpStatusCode.OK, "1 error")]
    [InlineData("save", Wrong, HttpStatusCode.UnprocessableEntity, "Not saved")]
    public async Task File_CheckedOrWrong_KeepsTheTextAndWritesNothing(string act, string text, HttpStatusCode status, string words)
    {
        await using var host = await TownHost.Open();
        host.RuleFiles.Files = [new("a.yaml", Good)];
        using var browser = await SignedIn.AsAdministrator(host);

        var answer = await browser.Post("/rule-files/a.yaml", "/rule-files/a.yaml", ("text", text), ("version", host.RuleFiles.Read().Version), ("act", act));

        Assert.Equal(status, answer.StatusCode);
        var page = await answer.Content.ReadAsStringAsync();
        Assert.Contains(words, SignedIn.Words(page), StringComparison.Ordinal);
        Assert.Contains(WebUtility.HtmlEncode(text.Split('\n')[1]), page, StringComparison.Ordinal);
        Assert.Equal([new RuleFile("a.yaml", Good)], host.RuleFiles.Files);
    }

    [Fact]
    public async Task File_ChangedBySomebodyElse_SaysSoAndKeepsTheText()
    {
        await using var host = await TownHost.Open();
        host.RuleFiles.Files = [new("a.yaml", Good)];
        using var browser = await SignedIn.AsAdministrator(host);
        var version = host.RuleFiles.Read().Version;
        host.RuleFiles.Files = [new("a.yaml", Good + "# theirs\n")];

        var answer = await browser.Post("/rule-files/a.yaml", "/rule-files/a.yaml", ("text", Better), ("version", version), ("act", "save"));

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        var page = await answer.Content.ReadAsStringAsync();
        Assert.Contains("Somebody changed the rule files meanwhile", page, StringComparison.Ordinal);
        Assert.Contains("temp_c &gt; 95", page, StringComparison.Ordinal);
        Assert.EndsWith("# theirs\n", host.RuleFiles.Files[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_NowhereToWriteThem_SaysWhyAndAsksForNone()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        Assert.Contains("Name one below", await browser.GetStringAsync("/rule-files"), StringComparison.Ordinal);

        host.RuleFiles.Closed = "There is no folder.";
        var page = await browser.GetStringAsync("/rule-files");
        Assert.Contains("There is no folder.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Name one below", page, StringComparison.Ordinal);
        Assert.DoesNotContain("A new file", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_NewAndRemoved_ByForms()
    {
        await using var host = await TownHost.Open();
        using var browser = await SignedIn.AsAdministrator(host);
        var begun = await browser.Post("/rule-files", "/rule-files", ("name", "deep/new.yaml"));
        Assert.Equal(HttpStatusCode.Redirect, begun.StatusCode);
        await browser.Post("/rule-files/deep/new.yaml", "/rule-files/deep/new.yaml", ("text", Good.TrimEnd()), ("version", host.RuleFiles.Read().Version), ("act", "save"));
        Assert.Equal([new RuleFile("deep/new.yaml", Good)], host.RuleFiles.Files);

        await browser.Post("/rule-files/deep/new.yaml", "/rule-files/deep/new.yaml", ("version", host.RuleFiles.Read().Version), ("act", "remove"));
        Assert.Empty(host.RuleFiles.Files);
    }

    [Theory]
    [InlineData("rules.txt")]
    [InlineData(".hidden.yaml")]
    [InlineData("a//b.yaml")]
    [InlineData("a b.yaml")]
    [InlineData("")]
    public void FlawOf_NoNameForARuleFile_SaysWhy(string name) => Assert.NotEmpty(RuleFilePages.FlawOf(name));

    [Fact]
    public void FlawOf_OutOfTheFolder_SaysWhy() => Assert.NotEmpty(RuleFilePages.FlawOf("../a.yaml"));

    [Fact]
    public async Task History_ShowsWhatChangedAndBringsBack()
    {
        await using var host = await TownHost.Open(seeded: false);
        Activate("h1", Good, 1000, "ana");
        Activate("h2", Better, 2000, "rui");
        host.RuleFiles.Files = [new("a.yaml", Better)];
        using var browser = await SignedIn.AsAdministrator(host);

        var list = SignedIn.Words(await browser.GetStringAsync("/rule-history"));
        Assert.True(list.IndexOf("rui", StringComparison.Ordinal) < list.IndexOf("ana", StringComparison.Ordinal), list);
        var change = await browser.GetStringAsync("/rule-history/h2");
        Assert.Contains("gone: </span><code>-   raise: temp_c &gt; 90", change, StringComparison.Ordinal);
        Assert.Contains("new: </span><code>&#x2B;   raise: temp_c &gt; 95", change, StringComparison.Ordinal);

        await browser.Post("/rule-history/h1", "/rule-history/h1", ("version", host.RuleFiles.Read().Version));
        Assert.Equal([new RuleFile("a.yaml", Good)], host.RuleFiles.Files);

        void Activate(string hash, string text, long at, string who) => host.Stores.State.Write(db =>
        {
            RuleSetStore.Put(db, hash, [new("a.yaml", text)], at, who);
            AuditStore.Append(db, at, who, "rules.activate", "rules", $$"""{"hash":"{{hash}}"}""");
        });
    }

    [Fact]
    public async Task ApiCheck_ComparesWithTheFleetAndChangesNothing()
    {
        await using var host = await TownHost.Open();
        using var writer = host.Program(host.WriteKey);
        using var reader = host.Program(host.ReadKey);
        var files = new[] { new RuleFile("a.yaml", "- fault: a\n  applies_to: device.model == \"none\"\n  raise: flow_lpm > 9\n  case: {}\n- fault: b\n  raise: curent_a > 9\n  case: {}\n- fault: c\n  raise: flow_lpm < 1\n  case: {}\n") };
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.PostAsJsonAsync("/api/rules/check", new { files })).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await writer.PostAsJsonAsync("/api/rules/check", new { })).StatusCode);

        var answer = await (await writer.PostAsJsonAsync("/api/rules/check", new { files })).Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(
            ["1 a: no device matches applies_to", "5 b: no device reports curent_a"],
            answer.GetProperty("problems").EnumerateArray().Select(p => $"{p.GetProperty("line")} {p.GetProperty("message").GetString()}"));
        Assert.Equal("did you mean current_a?", answer.GetProperty("problems")[1].GetProperty("hint").GetString());
        Assert.False(answer.GetProperty("saved").GetBoolean());
        Assert.Empty(host.RuleFiles.Files);
    }

    [Fact]
    public async Task Api_ChecksAndSaves()
    {
        await using var host = await TownHost.Open();
        using var writer = host.Program(host.WriteKey);
        using var reader = host.Program(host.ReadKey);
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.PutAsJsonAsync("/api/rule-files/a.yaml", new { text = Good })).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await writer.PutAsJsonAsync("/api/rule-files/a.txt", new { text = Good })).StatusCode);
        var wrong = await writer.PutAsJsonAsync("/api/rule-files/a.yaml", new { text = Wrong, version = host.RuleFiles.Read().Version });
        Assert.Equal((HttpStatusCode)422, wrong.StatusCode);
        Assert.Equal(2, (await wrong.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("problems")[0].GetProperty("line").GetInt32());
        Assert.False((await (await writer.PutAsJsonAsync("/api/rule-files/a.yaml", new { text = Good })).Content.ReadFromJsonAsync<JsonElement>()).GetProperty("saved").GetBoolean());
        Assert.Empty(host.RuleFiles.Files);
        Assert.Equal(HttpStatusCode.Conflict, (await writer.PutAsJsonAsync("/api/rule-files/a.yaml", new { text = Good, version = "old" })).StatusCode);

        var version = (await reader.GetFromJsonAsync<JsonElement>("/api/rule-files")).GetProperty("version").GetString();
        Assert.Equal(HttpStatusCode.OK, (await writer.PutAsJsonAsync("/api/rule-files/a.yaml", new { text = Good, version })).StatusCode);
        Assert.Equal("key:writer", host.RuleFiles.Writer);
        Assert.Equal(HttpStatusCode.NoContent, (await writer.DeleteAsync(new Uri($"/api/rule-files/a.yaml?version={host.RuleFiles.Read().Version}", UriKind.Relative))).StatusCode);
        Assert.Empty(host.RuleFiles.Files);
    }

    [Fact]
    public void Between_RandomTexts_TurnTheOneIntoTheOther()
    {
        var seed = TimeProvider.System.GetTimestamp().GetHashCode();
        var random = new Random(seed);
        for (var round = 0; round < 500; round++)
        {
            var before = Text(random);
            var after = Text(random);
            var changes = LineChanges.Between(before, after);
            // Gone lines stand in the old text, new and unchanged ones in the new one, each where it says.
            var (old, now) = (before.Split('\n'), after.Split('\n'));
            foreach (var line in changes.Where(l => l.Number > 0))
                Assert.True((line.Mark == '-' ? old : now)[line.Number - 1] == line.Text, $"seed {seed}, round {round}");
            var kept = now.Length - changes.Count(l => l.Mark == '+');
            Assert.True(old.Length - changes.Count(l => l.Mark == '-') == kept, $"seed {seed}, round {round}");
            Assert.Equal(before == after, changes.Count == 0);
        }
    }

    private static string Text(Random random) => string.Concat(Enumerable.Range(0, random.Next(1, 30)).Select(_ => (char)('a' + random.Next(4)) + "\n"));
}
