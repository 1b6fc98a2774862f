using System.Diagnostics;
using System.Globalization;
using B2D.Storage.Faults;
using B2D.Storage.Tests.Places;
using Xunit;

namespace B2D.Storage.Tests.Crash;

/// <summary>
/// Goal: whatever was said to be stored is there after the process was killed, once, and nothing by halves.
/// Method: a process of its own writes round after round; it is killed at random moments (kill -9), looked at, and started again on the same data.
/// </summary>
public sealed class KillTests
{
    private const int Kills = 5;

    [Fact]
    public void Kill_WhileWritingFiles_LosesNothingSaidToBeStored()
    {
        using var place = new SqliteFiles();
        KillAgainAndAgain(place, "files", place.Folder, seed: 41);
    }

    [Fact]
    public void Kill_WhileWritingToPostgres_LosesNothingSaidToBeStored()
    {
        using var place = new PostgresSchemas();
        KillAgainAndAgain(place, "postgres", place.Connection, seed: 42);
    }

    private static void KillAgainAndAgain(Place place, string kind, string where, int seed)
    {
        var random = new Random(seed);
        for (var kill = 1; kill <= Kills; kill++)
        {
            var said = WriteUntilKilled(kind, where, rounds: random.Next(1, 25));
            using var stores = place.Open();
            var context = $"seed {seed}, kill {kill}, said {said}";
            var round = CrashWriter.Round(stores);
            var entries = stores.Log.Read(0, 100_000);

            Assert.True(round >= said, $"{context}: state knows {round} rounds");
            Assert.True(round == stores.State.Read(TransitionCount), $"{context}: the two rows of a transaction differ");
            Assert.True(entries.Select(e => e.Offset).SequenceEqual(Enumerable.Range(1, entries.Count).Select(i => (long)i)), $"{context}: offsets have gaps");
            Assert.True(entries.Count % CrashWriter.EntriesPerRound == 0, $"{context}: half of an append is there, {entries.Count} entries");
            Assert.InRange(entries.Count / CrashWriter.EntriesPerRound, round, round + 1);
            var positions = CrashWriter.Positions(stores);
            Assert.All(positions, p => Assert.InRange(p, said * CrashWriter.EntriesPerRound, stores.Log.LastOffset));
            // Each partition has what it says, no more and no less.
            Assert.Equal((entries.Count(e => e.Offset <= positions[e.Partition]), 0), (stores.Telemetry.CountReadings(), stores.Telemetry.CountDuplicates()));
        }
    }

    private static long TransitionCount(Db db) => db.Scalar<long>("SELECT count(*) FROM fault_transitions");

    /// <summary>Starts the writer, waits for so many rounds, kills it; returns the last round that it said was stored.</summary>
    private static long WriteUntilKilled(string kind, string where, int rounds)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(CrashWriter).Assembly.Location, kind, where]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var last = 0L;
        for (var i = 0; i < rounds && process.StandardOutput.ReadLine() is { } line; i++)
            last = long.Parse(line, CultureInfo.InvariantCulture);
        process.Kill();
        while (process.StandardOutput.ReadLine() is { } line) // what it said before the signal reached it
        {
            if (long.TryParse(line, CultureInfo.InvariantCulture, out var said))
                last = said;
        }
        process.WaitForExit();
        Assert.True(last > 0, "the writer did not write");
        return last;
    }
}
