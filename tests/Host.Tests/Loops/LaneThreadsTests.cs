using B2D.Host.Loops;
using Xunit;

namespace B2D.Host.Tests.Loops;

public sealed class LaneThreadsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Run_ManyTimes_DoesEachShareOnceAndWaitsForAll(int count)
    {
        using var threads = new LaneThreads(count);
        var done = new int[count];
        for (var turn = 1; turn <= 500; turn++)
        {
            threads.Run(share => done[share]++);
            Assert.All(done, d => Assert.Equal(turn, d));
        }
    }

    [Fact]
    public void Run_SharesOfTwoOrMore_RunAtTheSameTime()
    {
        using var threads = new LaneThreads(3);
        using var together = new Barrier(3);
        var met = 0;
        threads.Run(_ =>
        {
            if (together.SignalAndWait(TimeSpan.FromSeconds(30)))
                Interlocked.Increment(ref met);
        });
        Assert.Equal(3, met);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Run_OneFails_ThrowsWhatItThrewWhenTheOthersAreDone(int failing)
    {
        using var threads = new LaneThreads(3);
        var done = 0;
        var e = Assert.Throws<IOException>(() => threads.Run(share =>
        {
            if (share == failing)
                throw new IOException("gone");
            Interlocked.Increment(ref done);
        }));
        Assert.Equal(("gone", 2), (e.Message, done));
        threads.Run(_ => Interlocked.Increment(ref done));
        Assert.Equal(5, done);
    }

    [Fact]
    public void Count_NotGiven_IsOneForEachProcessor() => Assert.Equal(Math.Clamp(Environment.ProcessorCount, 1, 8), CountOf(0));

    private static int CountOf(int given)
    {
        using var threads = new LaneThreads(given);
        return threads.Count;
    }
}
