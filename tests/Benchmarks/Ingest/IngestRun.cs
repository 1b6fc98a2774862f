using static B2D.Benchmarks.Ingest.Numbers;

namespace B2D.Benchmarks.Ingest;

/// <summary>
/// B2D with the bench rules, durable and evaluated, and Debian's mosquitto in turn; each server lives only while it is measured. With one core the server has the
/// second processor and loadgen the first; with two nobody is pinned. Each life begins with an untimed run of the same shape.
/// </summary>
internal static class IngestRun
{
    /// <summary>How long evaluation may take after the last acknowledgement, before a life is told to be behind.</summary>
    private static readonly TimeSpan EvaluatedWithin = TimeSpan.FromMinutes(2);

    private static readonly Dictionary<(string Shape, int Cores), double> Wanted = new()
    {
        [("50c i20", 1)] = 2.5, [("1000c i10", 1)] = 2.5, [("1000c i1", 1)] = 1.0, [("50c i20", 2)] = 4, [("1000c i10", 2)] = 4, [("1000c i1", 2)] = 1.0,
    };

    private sealed record Life(LoadgenResult Result, double? EvaluatedAfter, string Trouble);

    /// <param name="arguments">Rounds (5); <c>--cores 1</c> or 2 (both), <c>--shape "50c i20"</c> (all), <c>--total</c> messages of a run, <c>--only b2d</c>.</param>
    /// <returns>0 where every ratio is reached.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var rounds = First(arguments, 5);
        var folder = Places.NewFolder();
        try
        {
            var template = await SetUpAsync(folder);
            var reached = true;
            foreach (var cores in Option(arguments, "--cores") is { } one ? [int.Parse(one, null)] : new[] { 1, 2 })
                foreach (var shape in Shape.All.Where(s => Option(arguments, "--shape") is not { } name || s.Name == name))
                    reached &= await ShapeAsync(shape with { Total = Option(arguments, "--total") is { } total ? int.Parse(total, null) : shape.Total }, cores, rounds,
                        Option(arguments, "--only") != "b2d", folder, template);
            return reached ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A data folder that is set up, to be copied for each life; BENCH_TEMPLATE names one to keep for the next time.</summary>
    internal static async Task<string> SetUpAsync(string folder)
    {
        var template = Environment.GetEnvironmentVariable("BENCH_TEMPLATE") is { Length: > 0 } kept ? Path.GetFullPath(kept) : Path.Combine(folder, "template");
        if (File.Exists(Path.Combine(template, ".set-up")))
            return template;
        var begun = TimeProvider.System.GetTimestamp();
        await using var server = await Measured.B2dAsync(template, null);
        await server.StopAsync();
        Say($"set up: 1,000 devices with passwords imported and first start in {TimeProvider.System.GetElapsedTime(begun).TotalSeconds:0.0} s");
        return template;
    }

    private static async Task<bool> ShapeAsync(Shape shape, int cores, int rounds, bool withPeer, string folder, string template)
    {
        List<Life> peers = [], ours = [];
        for (var round = 1; round <= rounds; round++)
        {
            if (withPeer)
            {
                await using var mosquitto = await Measured.MosquittoAsync(folder, cores == 1 ? "1" : null);
                peers.Add(await LifeAsync(mosquitto, shape, cores));
                Say($"{cores} core{(cores == 1 ? " " : "s")} {shape.Name,-9} round {round}  mosquitto {peers[^1].Result.PerSecond,9:N0}/s  p99 {peers[^1].Result.P99,7:0.00} ms  {peers[^1].Result.CpuPerMillion,5:0.0} s CPU per million");
            }
            var data = Path.Combine(folder, "data");
            Copy(template, data);
            await using (var b2d = await Measured.B2dAsync(data, cores == 1 ? "1" : null))
                ours.Add(await LifeAsync(b2d, shape, cores));
            Directory.Delete(data, recursive: true);
            var life = ours[^1];
            Say($"{cores} core{(cores == 1 ? " " : "s")} {shape.Name,-9} round {round}  b2d       {life.Result.PerSecond,9:N0}/s  p99 {life.Result.P99,7:0.00} ms  {life.Result.CpuPerMillion,5:0.0} s CPU per million  {life.Trouble}");
        }
        return Sum(shape, cores, peers, ours);
    }

    private static async Task<Life> LifeAsync(Measured server, Shape shape, int cores)
    {
        var on = cores == 1 ? "0" : null;
        // At least two seconds for compilers and caches, at most a third of the run.
        await Loadgen.RunAsync(server, shape, shape.Total / 3, on);
        if (!server.IsB2d)
            return new Life(await Loadgen.RunAsync(server, shape, shape.Total, on), null, "");
        if (await server.EvaluatedAsync(EvaluatedWithin) is null)
            return new Life(await Loadgen.RunAsync(server, shape, shape.Total, on), null, "the warm-up is not evaluated after 2 min");
        var before = await server.MetricsAsync();
        var result = await Loadgen.RunAsync(server, shape, shape.Total, on);
        var evaluated = await server.EvaluatedAsync(EvaluatedWithin);
        return new Life(result, evaluated?.TotalSeconds, Check(before, await server.MetricsAsync(), shape, evaluated));
    }

    /// <summary>Whether all that was acknowledged is stored and evaluated, by the server's own counters.</summary>
    private static string Check(Dictionary<string, double> before, Dictionary<string, double> after, Shape shape, TimeSpan? evaluated)
    {
        List<string> found = [];
        foreach (var (name, least) in new[] { ("b2d_messages_acknowledged_total", shape.Total), ("b2d_readings_total", shape.Total * 5.0), ("b2d_entries_total", shape.Total) })
        {
            if (after[name] - before[name] is var grown && grown < least)
                found.Add(FormattableString.Invariant($"{name} grew by {grown:N0}, not {least:N0}"));
        }
        var applied = after["b2d_entries_applied_total"] - before["b2d_entries_applied_total"];
        if (evaluated is null)
            found.Add(FormattableString.Invariant($"NOT EVALUATED: {applied:N0} of {shape.Total:N0} 2 min after the last acknowledgement"));
        else if (applied < shape.Total)
            found.Add(FormattableString.Invariant($"b2d_entries_applied_total grew by {applied:N0}, not {shape.Total:N0}"));
        return found.Count > 0 ? string.Join("; ", found) : FormattableString.Invariant($"stored; evaluated {evaluated!.Value.TotalMilliseconds:0} ms after the last acknowledgement");
    }

    private static bool Sum(Shape shape, int cores, List<Life> peers, List<Life> ours)
    {
        Say($"{cores} core{(cores == 1 ? " " : "s")} {shape.Name}:");
        foreach (var (name, lives) in new[] { ("mosquitto", peers), ("b2d", ours) }.Where(p => p.Item2.Count > 0))
        {
            IEnumerable<double> Of(Func<LoadgenResult, double> what) => lives.Select(l => what(l.Result));
            Say($"  {name,-9} {Range(Of(r => r.PerSecond))}/s, p50 {Median(Of(r => r.P50)):0.00} p99 {Median(Of(r => r.P99)):0.00} p99.9 {Median(Of(r => r.P999)):0.00} max {Of(r => r.Max).Max():0.0} ms, {Median(Of(r => r.CpuPerMillion)):0.00} s CPU per million");
        }
        var late = ours.Count(l => l.EvaluatedAfter is null or > 1);
        if (late > 0)
            Say($"  NOT EVALUATED within a second of the last acknowledgement: {late} of {ours.Count} runs");
        if (peers.Count == 0)
            return late == 0;
        double[] ratios = [.. ours.Zip(peers, (o, p) => o.Result.PerSecond / p.Result.PerSecond)];
        var wanted = Wanted[(shape.Name, cores)];
        Say($"  ratio     {Range(ratios, "0.00")}, wanted {wanted:0.0}: {(Median(ratios) >= wanted ? "reached" : "MISSED")}\n");
        return late == 0 && Median(ratios) >= wanted;
    }
}
