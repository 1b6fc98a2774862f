using B2D.Interop.Programs;
using Xunit;
using Xunit.Abstractions;

namespace B2D.Interop.Verbs;

/// <summary><c>b2d bench</c> as somebody runs it who wants to know what a machine carries.</summary>
[Collection(Alone.Name), Trait(Alone.Machine, Alone.Name)]
public sealed class BenchTests(ITestOutputHelper output) : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("b2d-bench-test-").FullName;

    [Fact]
    public async Task Bench_OneSecondEach_AllTablesAndNothingLeftBehind()
    {
        var ended = await ChildProgram.RunAsync(Places.B2d, ["bench", "--for", "1s", "--folder", folder], folder, TimeSpan.FromMinutes(5), ChildProgram.AsShipped);

        output.WriteLine(ended.Output);
        Assert.True(ended.Status == 0, ended.Error);
        foreach (var word in new[] { "Throughput", "50c i20", "1000c i10", "1000c i1", "Latency", "acknowledged", "case committed", "Recovery", "serves again", "Storage", "log.db", "bytes each reading" })
            Assert.Contains(word, ended.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
    }

    [Fact]
    public async Task Bench_BesideMosquitto_RatiosOfEachShape()
    {
        var ended = await ChildProgram.RunAsync(Places.B2d, ["bench", "--for", "1s", "--only", "throughput", "--peer", "mosquitto", "--folder", folder], folder, TimeSpan.FromMinutes(5), ChildProgram.AsShipped);

        output.WriteLine(ended.Output);
        Assert.True(ended.Status == 0, ended.Error);
        Assert.Contains("ratio", ended.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Latency", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bench_OptionsThatCannotBe_AllAtOnceAndStatusTwo()
    {
        var ended = await ChildProgram.RunAsync(Places.B2d, ["bench", "--for", "1ms", "--quick", "--only", "speed", "--peer", "kafka", "--folder", "/no/such"], folder);

        Assert.Equal((2, ""), (ended.Status, ended.Output));
        foreach (var word in new[] { "--for is '1ms'", "exclude each other", "--only has 'speed'", "--peer is 'kafka'", "there is no such folder" })
            Assert.Contains(word, ended.Error, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
