namespace B2D.Benchmarks.Ingest;

/// <summary>Where the measured programs are.</summary>
internal static class Places
{
    /// <summary>The folder that holds B2D.sln.</summary>
    public static string Root { get; } = Above(AppContext.BaseDirectory);

    /// <summary>The program; another one by the environment variable B2D_PROGRAM.</summary>
    public static string B2d { get; } = Environment.GetEnvironmentVariable("B2D_PROGRAM") ?? Path.Combine(Root, "src/Host/bin/Release/net10.0/b2d");

    public static string FirmwareSim { get; } = Path.Combine(Root, "firmware-sim/bin/Release/net10.0/firmware-sim");

    public static string Serve { get; } = Path.Combine(Root, "examples/bench/serve");

    /// <summary>The neutral generator.</summary>
    public static string Loadgen => Environment.GetEnvironmentVariable("LOADGEN") is { Length: > 0 } path && File.Exists(path)
        ? Path.GetFullPath(path)
        : throw new InvalidOperationException("name loadgen's program in LOADGEN");

    /// <summary>A folder for what is measured: BENCH_FOLDER, on the disk that is meant, or the system's for temporary files.</summary>
    public static string NewFolder() =>
        Environment.GetEnvironmentVariable("BENCH_FOLDER") is { Length: > 0 } folder
            ? Directory.CreateDirectory(Path.Combine(folder, $"b2d-bench-{Environment.ProcessId}")).FullName
            : Directory.CreateTempSubdirectory("b2d-bench-").FullName;

    private static string Above(string from)
    {
        for (var at = new DirectoryInfo(from); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "B2D.sln")))
                return at.FullName;
        }
        throw new InvalidOperationException($"no folder above {from} holds B2D.sln");
    }
}
