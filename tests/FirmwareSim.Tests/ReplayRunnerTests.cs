using System.Globalization;
using B2D.FirmwareSim.Replay;
using B2D.FirmwareSim.Running;
using Xunit;

namespace B2D.FirmwareSim.Tests;

public sealed class ReplayRunnerTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("firmware-sim-");
    private readonly ManualTime _time = new(FleetRun.Start);
    private readonly LoopNetwork _network = new();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task RunAsync_Max_SendsEverythingOnceAndDisconnects()
    {
        var recording = Recording(2000, 7);
        await using var runner = Runner(recording, ReplayProgress.InMemory());
        var result = await runner.RunAsync(CancellationToken.None);

        Assert.Equal(new ReplayResult(2000, 2000, 0, 0), result);
        Assert.Equal(2000, _network.Received.Count);
        Assert.All(_network.Ends, e => Assert.True(e.Clean));
        Assert.Equal(7, _network.Ends.Count);
        foreach (var device in _network.Received.GroupBy(r => r.Device))
        {
            Assert.Equal(
                recording.Messages.Where(m => m.Device == device.Key).Select(m => Convert.ToHexString(m.Payload())),
                device.Select(r => Convert.ToHexString(r.Payload)));
        }
    }

    [Fact]
    public async Task RunAsync_ServerDies_GoesOnWithoutSkippingAnything()
    {
        var recording = Recording(500, 3);
        await using var runner = Runner(recording, ReplayProgress.InMemory());
        _network.Acknowledges = false;
        var run = runner.RunAsync(CancellationToken.None);
        for (var i = 0; i < 20; i++) _network.Acknowledge();
        _network.Die();
        _network.IsUp = _network.Acknowledges = true;
        var result = await Finished(run);

        Assert.Equal(500, result.Acknowledged);
        Assert.Equal(500, _network.Received.Select(r => Convert.ToHexString(r.Payload)).Distinct().Count());
        Assert.InRange(_network.Received.Count, 501, 500 + (3 * 16));
    }

    [Fact]
    public async Task Resume_AfterAKill_SendsOnlyWhatHadNoAcknowledgement()
    {
        var recording = Recording(500, 3);
        var file = Path.Combine(_folder.FullName, "progress");
        _network.Acknowledges = false;
        using var cancel = new CancellationTokenSource();
        var first = ReplayProgress.Open(file, recording);
        await using (var killed = Runner(recording, first))
        {
            var run = killed.RunAsync(cancel.Token);
            // Out of order, as PUBACKs of several devices are: every second of the first forty.
            for (var i = 0; i < 40; i++)
            {
                var one = _network.Waiting.Dequeue();
                if (i % 2 == 0) one.SetResult(PublishOutcome.Acknowledged);
            }

            // Acknowledgements are noted where they arrive, on other threads than this one.
            while (first.Count < 20) await Task.Yield();
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        }

        first.Dispose();
        _network.Received.Clear();
        _network.Acknowledges = true;
        using var second = ReplayProgress.Open(file, recording);
        Assert.Equal(20, second.Count);
        await using var runner = Runner(recording, second);
        var result = await Finished(runner.RunAsync(CancellationToken.None));

        Assert.Equal(new ReplayResult(500, 480, 0, 20), result);
        Assert.Equal(480, _network.Received.Count);
        using var third = ReplayProgress.Open(file, recording);
        Assert.Equal((500, 500), (third.Done, third.Count));
    }

    [Fact]
    public async Task RunAsync_SpeedFactor_KeepsTheRecordedPace()
    {
        // A row each 10 s, at 5 times the speed: one each 2 s.
        var recording = Recording(4, 1);
        await using var runner = Runner(recording, ReplayProgress.InMemory(), new ReplayOptions { Speed = 5 });
        var run = runner.RunAsync(CancellationToken.None);
        List<int> counts = [_network.Received.Count];
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(1900));
            counts.Add(_network.Received.Count);
            _time.Advance(TimeSpan.FromMilliseconds(100));
            counts.Add(_network.Received.Count);
        }

        await run;
        Assert.Equal([1, 1, 2, 2, 3, 3, 4], counts);
    }

    [Fact]
    public async Task RunAsync_Refused_CountedAndNotRepeated()
    {
        _network.Outcome = PublishOutcome.Refused;
        await using var runner = Runner(Recording(10, 2), ReplayProgress.InMemory());
        Assert.Equal(new ReplayResult(10, 0, 10, 0), await runner.RunAsync(CancellationToken.None));
    }

    [Fact]
    public async Task RunAsync_ServerNeverThere_GivesUpAndSaysWhy()
    {
        _network.IsUp = false;
        await using var runner = Runner(Recording(10, 2), ReplayProgress.InMemory(), new ReplayOptions { GiveUpAfter = TimeSpan.FromMinutes(1) });
        var run = runner.RunAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromMinutes(2));
        var error = await Assert.ThrowsAsync<ReplayException>(() => run);
        Assert.True(error.IsServerAway);
        Assert.Contains("nobody listens", error.Message);
    }

    [Fact]
    public void Open_OtherRecordingOrGarbage_Refused()
    {
        var file = Path.Combine(_folder.FullName, "progress");
        ReplayProgress.Open(file, Recording(10, 2)).Dispose();
        Assert.Throws<ReplayException>(() => ReplayProgress.Open(file, Recording(11, 2)));
        File.WriteAllText(file, "something else");
        Assert.Throws<ReplayException>(() => ReplayProgress.Open(file, Recording(10, 2)));
    }

    [Theory]
    [InlineData(new long[] { 0, 1, 2 }, 3, 3)]
    [InlineData(new long[] { 2, 1 }, 0, 2)]
    [InlineData(new long[] { 2, 0, 0, 1, 2 }, 3, 3)]
    [InlineData(new long[] { 1023, 1 }, 0, 2)]
    public void MarkDone_AnyOrder_LowestOpenAndCount(long[] numbers, long done, long count)
    {
        var file = Path.Combine(_folder.FullName, "progress");
        var recording = Recording(3, 1);
        using (var progress = ReplayProgress.Open(file, recording))
        {
            foreach (var number in numbers) progress.MarkDone(number);
            Assert.Equal((done, count), (progress.Done, progress.Count));
        }

        using var again = ReplayProgress.Open(file, recording);
        Assert.Equal((done, count), (again.Done, again.Count));
        Assert.All(numbers, n => Assert.True(again.IsDone(n)));
        Assert.False(again.IsDone(500));
    }

    private ReplayRunner Runner(Recording recording, ReplayProgress progress, ReplayOptions? options = null) =>
        new(recording, progress, id => "password of " + id, _network, _time, options);

    private Recording Recording(int rows, int devices)
    {
        var text = string.Concat(Enumerable.Range(0, rows).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i * 10},d{i % devices},{i}\n")));
        File.WriteAllText(Path.Combine(_folder.FullName, "t.csv"), "ts,k,v\n" + text);
        var mapping = Path.Combine(_folder.FullName, "map.yaml");
        File.WriteAllText(
            mapping, "replay: x\nsources:\n  - file: t.csv\n    device: '{k}'\n    time: { column: ts, format: epoch_s }\n    metrics: { v: v }\n");
        return Replay.Recording.Load(mapping, _folder.FullName);
    }

    /// <summary>Lets the clock run while the work goes on between threads and pauses.</summary>
    private async Task<T> Finished<T>(Task<T> work)
    {
        while (!work.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }

        return await work;
    }
}
