using B2D.Interop.Programs;
using Xunit;
using Xunit.Abstractions;

namespace B2D.Interop.Verbs;

/// <summary><c>b2d run</c> as an operator starts and stops it.</summary>
public sealed class RunTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Run_TwiceOnOneFolder_TheSecondIsRefusedInPlainWords()
    {
        await using var b2d = await Pump.InstallAsync();
        await b2d.StartAsync();
        var others = Places.FreePorts(2);

        var second = await b2d.VerbAsync("run", "--url", $"http://127.0.0.1:{others[0]}", "--mqtt-port", $"{others[1]}");

        output.WriteLine(second.Error);
        Assert.Equal((1, ""), (second.Status, second.Output));
        Assert.Contains($"The data folder {b2d.Data} is in use by another b2d", second.Error, StringComparison.Ordinal);
        Assert.Single(second.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        await b2d.ReadyAsync();
    }

    [Fact]
    public async Task Run_PortTaken_RefusedInPlainWords()
    {
        await using var b2d = await Pump.InstallAsync();
        await b2d.StartAsync();
        await using var other = new B2dProgram();

        var second = await other.VerbAsync("run", "--url", b2d.Url, "--mqtt-port", $"{other.MqttPort}");

        output.WriteLine(second.Error);
        Assert.Equal(1, second.Status);
        Assert.Contains($"{b2d.Port}", second.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", second.Output + second.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_StartedAndStopped_SaysWhereAndLeavesNothingBehind()
    {
        await using var b2d = await Pump.InstallAsync();
        await b2d.StartAsync();
        await Wait.UntilAsync(() => b2d.Output.Contains("Status:", StringComparison.Ordinal), TimeSpan.FromSeconds(10), "it says where it is");
        output.WriteLine(b2d.Output);
        Assert.Contains($"Devices:  mqtt://127.0.0.1:{b2d.MqttPort}", b2d.Output, StringComparison.Ordinal);
        Assert.Contains($"Console:  {b2d.Url}", b2d.Output, StringComparison.Ordinal);
        Assert.Matches("sign in as admin with the password [a-z0-9-]{29} \\(shown this once\\)", b2d.Output);
        Assert.DoesNotContain(" WRN ", b2d.Output, StringComparison.Ordinal);
        var door = Path.Combine(b2d.Data, "local-door.json");
        await Wait.UntilAsync(() => File.Exists(door), TimeSpan.FromSeconds(10), "verbs can reach it");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(door));
        var keys = Path.Combine(b2d.Data, "keys");
        Assert.NotEmpty(Directory.GetFiles(keys));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(keys));

        var ended = await b2d.StopAsync();

        Assert.Equal((0, ""), (ended.Status, ended.Error));
        Assert.False(File.Exists(door));
        Assert.Empty(Directory.EnumerateFileSystemEntries(b2d.Work));
        await b2d.StartAsync();
        await Wait.UntilAsync(() => b2d.Output.Contains("Status:", StringComparison.Ordinal), TimeSpan.FromSeconds(10), "it says where it is");
        Assert.DoesNotContain("password", b2d.Output, StringComparison.Ordinal);
    }
}
