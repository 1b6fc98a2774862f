using System.Text.Json;
using System.Text.RegularExpressions;
using B2D.Interop.Programs;
using Xunit;
using Xunit.Abstractions;

namespace B2D.Interop.Rules;

/// <summary>Rule files with twelve different mistakes: all of them are told at once, and a running program goes on with its last good rules.</summary>
public sealed class TwelveMistakesTests(ITestOutputHelper output)
{
    /// <summary>Written over the good file of <see cref="Pump"/>: six mistakes, and one rule without any.</summary>
    private const string Pumps =
        """
        - fault: pump-blocked
          codes: [ E42 ]
          hodl: 2m
        - fault: Pump_Error
          codes: [ E43 ]
        - fault: too-hot
          raise: temp_c >
        - fault: too-cold
          raise: temp_c < 5.0
          hold: 2 minutes
        - fault: noisy
          raise: noise_db > 60.0
          severity: hihg
        - fault: leaking
          raise: rates(litres, duration("5m")) > 3.0
        - fault: good
          codes: [ E99 ]
        """;

    /// <summary>A second file with another six.</summary>
    private const string Others =
        """
        - due: filter
          counter: litres_total
        - fault: filter
          codes: [ E7 ]
        - fault: silent-one
          silent: 10m
          remedy: { command: restart }
        - fault: tilted
          raise: tilt_deg > 10.0
          notice: { template: device-fault, to: everybody }
        - outage: area
          of: [ silent-on ]
          when: { devices: 5, share: 40, within: 10m }
        """;

    /// <summary>Place of each mistake and a part of what is said about it.</summary>
    private static readonly (string Place, string Message)[] Mistakes =
    [
        ("others.yaml:1:3", "due needs 'every'"),
        ("others.yaml:3:10", "the id filter is used twice"),
        ("others.yaml:7:11", "remedy needs 'within'"),
        ("others.yaml:10:41", "'everybody' is not known here"),
        ("others.yaml:12:9", "there is no rule silent-on"),
        ("others.yaml:13:30", "'40' is no percentage"),
        ("pump.yaml:3:3", "fault has no key 'hodl'"),
        ("pump.yaml:4:10", "'Pump_Error' is no name"),
        ("pump.yaml:7:18", "ends too early"),
        ("pump.yaml:10:9", "'2 minutes' is no duration"),
        ("pump.yaml:13:13", "'hihg' is not known here"),
        ("pump.yaml:15:10", "there is no function rates"),
    ];

    [Fact]
    public async Task Check_TwelveMistakes_AllWithPlaceAndHintAndStatusOne()
    {
        await using var b2d = new B2dProgram();
        b2d.Rule("pump.yaml", Pumps);
        b2d.Rule("others.yaml", Others);

        var check = await ChildProgram.RunAsync(Places.B2d, ["rules", "check", b2d.Rules], b2d.Work);

        output.WriteLine(check.Output);
        Assert.Equal((1, ""), (check.Status, check.Error));
        var lines = check.Output.Split('\n');
        var told = lines.Zip(lines.Skip(1))
            .Select(l => (Line: Regex.Match(l.First, @"^(\S+:\d+:\d+): error: (.+)$"), Next: l.Second))
            .Where(l => l.Line.Success).ToList();
        Assert.Equal(Mistakes.Select(m => m.Place), told.Select(t => t.Line.Groups[1].Value));
        Assert.All(told.Zip(Mistakes), p => Assert.Contains(p.Second.Message, p.First.Line.Groups[2].Value, StringComparison.Ordinal));
        Assert.All(told, t => Assert.Matches(@"^ {4}hint: \S.+", t.Next));
        Assert.StartsWith("12 errors, ", lines.Last(l => l.Length > 0), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_GoodFolderFileAndNothing_StatusZeroOrOne()
    {
        await using var b2d = new B2dProgram();
        b2d.Rule("pump.yaml", Pump.Rule);

        var folder = await ChildProgram.RunAsync(Places.B2d, ["rules", "check", b2d.Rules], b2d.Work);
        var file = await ChildProgram.RunAsync(Places.B2d, ["rules", "check", Path.Combine(b2d.Rules, "pump.yaml")], b2d.Work);
        var nothing = await ChildProgram.RunAsync(Places.B2d, ["rules", "check", "nowhere"], b2d.Work);

        Assert.Equal((0, 0, 1), (folder.Status, file.Status, nothing.Status));
        Assert.Contains("0 errors, 0 lints, 1 good rule", folder.Output, StringComparison.Ordinal);
        Assert.Contains("no file or folder 'nowhere'", nothing.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", nothing.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_RulesBrokenAndMended_LastGoodRulesStayAndTheMendedOnesCome()
    {
        await using var b2d = await Pump.InstallAsync();
        await b2d.StartAsync();
        var good = await b2d.Api.GetAsync("/api/rules");
        Assert.Empty(good.Items("problems"));
        Assert.Equal(["pump-blocked"], Ids(good));

        b2d.Rule("pump.yaml", Pumps);
        b2d.Rule("others.yaml", Others);
        await AssertBrokenAsync(b2d, good);
        Assert.Equal((0, ""), await SayAsync(b2d, Pump.Set));
        await Wait.UntilAsync(async () => (await b2d.CasesAsync()).Count == 1, TimeSpan.FromSeconds(10), "the last good rules open a case");

        // Also a program that is started over broken files has its last good rules.
        await b2d.StopAsync();
        await b2d.StartAsync();
        await AssertBrokenAsync(b2d, good);

        File.Delete(Path.Combine(b2d.Rules, "others.yaml"));
        b2d.Rule("pump.yaml", Pump.Rule + "\n- fault: controller-hung\n  codes: [ E17 ]\n  case: { family: controller }\n");
        var taken = await Wait.UntilAsync(
            async () => Ids(await b2d.Api.GetAsync("/api/rules")).Contains("controller-hung"), TimeSpan.FromSeconds(10), "the mended files are in force");
        output.WriteLine($"in force {taken.TotalMilliseconds:0} ms after they were written");
        Assert.Empty((await b2d.Api.GetAsync("/api/rules")).Items("problems"));
        Assert.Equal((0, ""), await SayAsync(b2d, """{"code":"E17","state":"set"}"""));
        await Wait.UntilAsync(async () => (await b2d.CasesAsync()).Count == 2, TimeSpan.FromSeconds(10), "the new rule opens a case");
        Assert.Contains("Rules ", b2d.Output, StringComparison.Ordinal);
    }

    private async Task AssertBrokenAsync(B2dProgram b2d, JsonElement good)
    {
        // Two files are written one after the other; the program may look in between.
        await Wait.UntilAsync(
            async () => Problems(await b2d.Api.GetAsync("/api/rules")).Count == Mistakes.Length, TimeSpan.FromSeconds(10), "all mistakes are told by the API");
        var now = await b2d.Api.GetAsync("/api/rules");
        Assert.Equal(
            Mistakes.Select(m => m.Place),
            Problems(now).Select(p => $"{p.Text("file")}:{p.GetProperty("line")}:{p.GetProperty("column")}").Order(StringComparer.Ordinal).OrderBy(Place));
        Assert.All(Problems(now), p => Assert.NotEmpty(p.Text("hint")));
        Assert.Equal(good.Text("hash"), now.Text("hash"));
        Assert.Equal(Ids(good), Ids(now));
        await Wait.UntilAsync(
            () => b2d.Output.Contains("The rule files have 12 errors; the last good rules stay in force.", StringComparison.Ordinal),
            TimeSpan.FromSeconds(5), "the log says so");
        output.WriteLine(b2d.Output);
    }

    private static int Place(string place) => Array.FindIndex(Mistakes, m => m.Place == place);

    private static async Task<(int, string)> SayAsync(B2dProgram b2d, string @event)
    {
        var said = await b2d.SayAsync(@event);
        return (said.Status, said.Error);
    }

    private static List<JsonElement> Problems(JsonElement rules) => [.. rules.Items("problems").Where(p => p.Text("level") == "error")];

    private static List<string> Ids(JsonElement rules) => [.. rules.Items("items").Select(i => i.Text("id"))];
}
