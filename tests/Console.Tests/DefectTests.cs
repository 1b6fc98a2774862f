using System.Net.Http.Json;
using System.Text.Json;
using B2D.Console.Tests.Town;

namespace B2D.Console.Tests;

public sealed class DefectTests(SharedTown town) : IClassFixture<SharedTown>
{
    [Theory]
    [InlineData("", "3 2 1")]
    [InlineData("?state=open", "2 1")]
    [InlineData("?state=over", "3")]
    [InlineData("?over=model", "3")]
    [InlineData("?model=HP-*&part=2.0.*", "1")]
    [InlineData("?rule=other", "")]
    public async Task List_Filtered_IsThoseAskedFor(string query, string ids)
    {
        using var reader = town.Host.Program(town.Host.ReadKey);
        var answer = await reader.GetFromJsonAsync<JsonElement>("/api/defects" + query);
        Assert.Equal(ids, string.Join(' ', answer.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetInt64())));
    }

    [Fact]
    public async Task One_HasItsCountsGroupsAndDevices()
    {
        using var reader = town.Host.Program(town.Host.ReadKey);
        var defect = await reader.GetFromJsonAsync<JsonElement>("/api/defects/1");
        Assert.Equal("Suspected firmware HP-2 2.0.7", $"{defect.GetProperty("state")} {defect.GetProperty("over")} {defect.GetProperty("model")} {defect.GetProperty("part")}");
        Assert.Equal((30, 1000, 9, 9000), (defect.GetProperty("faulty").GetInt32(), defect.GetProperty("devices").GetInt32(), defect.GetProperty("otherFaulty").GetInt32(),
            defect.GetProperty("otherDevices").GetInt32()));
        Assert.Equal((30.0, 12.7596, 336.0), (Math.Round(defect.GetProperty("ratio").GetDouble(), 9), defect.GetProperty("atLeast").GetDouble(), defect.GetProperty("withinHours").GetDouble()));
        Assert.Equal(["2.0.7", "2.0.6", "2.0.5"], defect.GetProperty("beside").EnumerateArray().Select(p => p.GetProperty("name").GetString()));
        // Of the town's pumps the twelve that ran too hot, twice each; the latest first.
        var touched = defect.GetProperty("touched").EnumerateArray().ToList();
        Assert.Equal(12, touched.Count);
        Assert.Equal(("HP-0000", 2, JsonValueKind.Null), (touched[0].GetProperty("device").GetString(), touched[0].GetProperty("times").GetInt32(), touched[0].GetProperty("case").ValueKind));
        Assert.Equal("opened", defect.GetProperty("timeline")[0].GetProperty("kind").GetString());
    }

    [Fact]
    public async Task One_FoundNowhereElse_HasNoRatio()
    {
        using var reader = town.Host.Program(town.Host.ReadKey);
        var defect = await reader.GetFromJsonAsync<JsonElement>("/api/defects/2");
        Assert.Equal(JsonValueKind.Null, defect.GetProperty("ratio").ValueKind);
        Assert.Equal(12.7596, defect.GetProperty("atLeast").GetDouble());
        Assert.Equal(1, (await reader.GetFromJsonAsync<JsonElement>("/api/defects/3")).GetProperty("partOf").GetInt64());
    }

    [Fact]
    public async Task Frame_OfEveryPage_CountsThoseThatAreOpen()
    {
        var html = await town.Browser.GetStringAsync("/cases");
        Assert.Matches("href=\"/defects\"[^>]*>Defects\\s*<b>2</b>", html);
        Assert.Contains("b2d_defects_open 2", await town.Browser.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_DrawsTheGroupAsTheLongestBarAndLinksItsDevices()
    {
        var html = await town.Browser.GetStringAsync("/defects/1");
        Assert.Contains("<rect width=\"100\" height=\"8\"", html, StringComparison.Ordinal);
        Assert.Contains("<rect width=\"5.33\" height=\"8\"", html, StringComparison.Ordinal); // 8 of 5,000 beside 30 of 1,000
        Assert.Contains("href=\"/devices/HP-0010\"", html, StringComparison.Ordinal);
        Assert.Contains("/devices?q=model%3A%22HP-2%22%20firmware%3A%222.0.7%22", html, StringComparison.Ordinal);
        Assert.Contains("HP-0010", await town.Browser.GetStringAsync("/devices?q=model%3A%22HP-2%22%20firmware%3A%222.0.7%22"), StringComparison.Ordinal);
    }
}
