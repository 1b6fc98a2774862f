using System.Net;
using B2D.Interop.Programs;
using Xunit;

namespace B2D.Interop.Rules;

/// <summary>A firmware that fails, from the devices' messages to the console, in the built program.</summary>
public sealed class DefectRunTests
{
    private const string Defect =
        """

        - defect: update-fails
          title: Pumps fail after an update
          of: [ pump-blocked ]
          over: [ model, firmware ]
          when: { devices: 8, rate_ratio: 2, within: 1d }
        """;

    [Fact]
    public async Task Run_OneFirmwareFails_OneDefectThatAKillLeavesAndItsRuleEnds()
    {
        await using var b2d = new B2dProgram();
        b2d.Rule("pump.yaml", Pump.Rule);
        await b2d.ImportAsync("devices", "id,model,firmware,password\n" + string.Concat(
            Enumerable.Range(0, 40).Select(i => $"HP-{i},HP-9,{(i < 20 ? "2.0" : "1.9")},{Pump.Password}\n")));
        await b2d.MakeKeyAsync();
        await b2d.StartAsync();
        for (var i = 0; i < 12; i++)
            Assert.Equal(0, (await b2d.PublishAsync($"HP-{i}", Pump.Password, $"devices/HP-{i}/events", Pump.Set)).Status);
        await Wait.UntilAsync(async () => (await b2d.Api.ListAsync("/api/faults")).Count == 12, TimeSpan.FromSeconds(20), "twelve faults are raised");

        b2d.Rule("pump.yaml", Pump.Rule + Defect);
        await Wait.UntilAsync(async () => (await b2d.Api.ListAsync("/api/defects")).Count == 1, TimeSpan.FromSeconds(20), "the defect is found when its rule comes into force");

        var one = await b2d.Api.GetAsync("/api/defects/1");
        Assert.Equal(("Suspected", "firmware", "HP-9", "2.0"), (one.Text("state"), one.Text("over"), one.Text("model"), one.Text("part")));
        Assert.Equal((12, 20, 0, 20), (one.Long("faulty"), one.Long("devices"), one.Long("otherFaulty"), one.Long("otherDevices")));
        Assert.Equal(Enumerable.Range(0, 12).Select(i => $"HP-{i}").Order(StringComparer.Ordinal), one.Items("touched").Select(t => t.Text("device")).Order(StringComparer.Ordinal));
        foreach (var page in new[] { "/defects", "/defects/1", "/", "/rules/update-fails" })
            Assert.Equal((HttpStatusCode.OK, true), await b2d.Api.TryGetAsync(page) is var (status, body) ? (status, body.Contains("Pumps fail after an update", StringComparison.Ordinal)) : default);
        Assert.Contains("b2d_defects_open 1", (await b2d.Open.TryGetAsync("/metrics")).Body, StringComparison.Ordinal);
        Assert.DoesNotContain(await b2d.Api.ListAsync("/api/notices"), n => n.Text("subject").StartsWith("defect", StringComparison.Ordinal));

        await b2d.KillAsync();
        await b2d.StartAsync();
        b2d.Rule("pump.yaml", Pump.Rule);
        await Wait.UntilAsync(async () => (await b2d.Api.GetAsync("/api/defects/1")).Text("state") == "Over", TimeSpan.FromSeconds(20), "the defect is over with its rule");
        Assert.Equal("RuleRemoved", Assert.Single(await b2d.Api.ListAsync("/api/defects")).Text("reason"));
        Assert.DoesNotMatch(" ERR ", b2d.Output);
    }
}
