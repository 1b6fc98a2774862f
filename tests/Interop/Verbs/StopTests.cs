using System.Text.Json;
using B2D.Interop.Programs;
using Xunit;

namespace B2D.Interop.Verbs;

/// <summary>The one switch over all notices and remedies, thrown on the command line.</summary>
public sealed class StopTests
{
    [Fact]
    public async Task StopAndResume_BeforeAndWhileItRuns_TheApiSaysSoAndTheAuditWho()
    {
        await using var b2d = await Pump.InstallAsync();
        Assert.Contains("b2d resume", await b2d.MustAsync("stop", "--reason", "wrong texts"), StringComparison.Ordinal);
        await b2d.StartAsync();
        Assert.Equal((true, "wrong texts", "command line"), await SwitchAsync(b2d));

        await b2d.MustAsync("resume");
        Assert.False((await SwitchAsync(b2d)).Stopped);

        await b2d.MustAsync("stop", "--reason", "wrong texts again");
        Assert.Equal((true, "wrong texts again", "key:command line of this machine"), await SwitchAsync(b2d));
        var audit = await b2d.Api.ListAsync("/api/audit");
        Assert.Equal(["stop", "resume", "stop"], audit.Select(a => a.Text("action")).Where(a => a is "stop" or "resume"));
    }

    private static async Task<(bool Stopped, string Reason, string Who)> SwitchAsync(B2dProgram b2d)
    {
        var state = JsonElement.Parse((await b2d.Api.TryGetAsync("/api/stop")).Body);
        return (state.GetProperty("stopped").GetBoolean(), state.Text("reason"), state.Text("who"));
    }
}
