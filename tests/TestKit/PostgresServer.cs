using System.Diagnostics;

namespace B2D.TestKit;

/// <summary>
/// A PostgreSQL server for tests: the one that the environment variable <c>B2D_TEST_POSTGRES</c> names (a connection string of a role that may create
/// databases), or a
/// private cluster of the installed PostgreSQL, made in a temporary folder once per test run on a Unix socket. Where there is neither, tests fail and say
/// what to install.
/// </summary>
public static class PostgresServer
{
    /// <summary>The environment variable that names a server to use.</summary>
    public const string Variable = "B2D_TEST_POSTGRES";

    private static readonly Lazy<string> Started = new(Start);

    /// <summary>Kept, because a collected process closes its standard input, which ends the cluster.</summary>
    private static Process? keeper;

    /// <summary>A connection string of the server's own database, <c>postgres</c> where the tests started it.</summary>
    public static string Connection => Started.Value;

    private static string Start()
    {
        var given = Environment.GetEnvironmentVariable(Variable);
        return string.IsNullOrWhiteSpace(given) ? StartCluster() : given;
    }

    private static string StartCluster()
    {
        var binaries = FindBinaries() ?? throw new InvalidOperationException(
            "PostgreSQL is not installed here: run 'apt-get install postgresql-15', "
            + $"or set {Variable} to the connection string of a server whose role may create databases.");
        var folder = $"/tmp/b2d-postgres-{Environment.ProcessId}"; // short, because the path of a Unix socket may have 107 bytes

        // The shell keeps the cluster as long as its standard input is open: when this process ends, however it ends, the shell reads the end,
        // stops the cluster and removes it.
        var options = $"-k '{folder}' -c listen_addresses='' -c fsync=off -c full_page_writes=off -c max_connections=200";
        var script =
            $"""
            trap '' INT TERM HUP
            umask 077
            mkdir '{folder}' || exit 1
            cd '{folder}'
            '{binaries}/initdb' -D data -A trust -U postgres -E UTF8 --locale=C --no-sync > log 2>&1 \
              && '{binaries}/pg_ctl' -D data -l server.log -w -o "{options}" start >> log 2>&1 \
              && echo READY || (echo FAILED; cat log server.log)
            exec 1>&- 2>&-
            cat > /dev/null
            '{binaries}/pg_ctl' -D data -m immediate -w stop > /dev/null
            cd /
            rm -rf '{folder}'
            """;
        var start = Environment.UserName == "root" // initdb refuses to run as root
            ? new ProcessStartInfo("runuser", ["-u", "postgres", "--", "/bin/sh", "-c", script])
            : new ProcessStartInfo("/bin/sh", ["-c", script]);
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.WorkingDirectory) = (true, true, "/");
        var shell = keeper = Process.Start(start)!;
        var answer = shell.StandardOutput.ReadLine();
        if (answer != "READY")
            throw new InvalidOperationException($"A PostgreSQL cluster could not be started with {binaries}: {answer} {shell.StandardOutput.ReadToEnd()}");
        return $"Host={folder};Username=postgres;Database=postgres";
    }

    private static string? FindBinaries()
    {
        const string debian = "/usr/lib/postgresql";
        var versions = Directory.Exists(debian) ? Directory.GetDirectories(debian) : [];
        var preferred = versions.OrderDescending(StringComparer.Ordinal).Select(d => Path.Combine(d, "bin")).OrderByDescending(d => d == $"{debian}/15/bin");
        return preferred.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')).FirstOrDefault(d => File.Exists(Path.Combine(d, "initdb")));
    }
}
