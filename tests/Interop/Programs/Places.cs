using System.Net;
using System.Net.Sockets;
using Xunit;

namespace B2D.Interop.Programs;

/// <summary>Where things are: the tree, the built programs, recorded data, other people's programs, free ports.</summary>
internal static class Places
{
    /// <summary>Below what Linux gives to outgoing connections (32768 to 60999).</summary>
    private const int FirstPort = 20_000, EndOfPorts = 32_000;

    /// <summary>Another run of the tests on the same machine begins elsewhere.</summary>
    private static int portsGiven = Environment.ProcessId * 131;

    /// <summary>The folder that holds B2D.sln.</summary>
    public static string Root { get; } = Above(AppContext.BaseDirectory, f => File.Exists(Path.Combine(f, "B2D.sln")))
        ?? throw new InvalidOperationException($"no folder above {AppContext.BaseDirectory} holds B2D.sln");

    /// <summary>The program under test.</summary>
    public static string B2d => Built("src/Host", "b2d");

    public static string FirmwareSim => Built("firmware-sim", "firmware-sim");

    public static string Examples => Path.Combine(Root, "examples");

    /// <summary>Scripts that stand in for other people's programs.</summary>
    public static string Peer(string script) => Path.Combine(AppContext.BaseDirectory, "Peers", script);

    /// <summary>The folder of recorded data, <c>shared/data</c> beside the checkout or above it; null where there is none.</summary>
    public static string? SharedData =>
        Above(Root, f => Directory.Exists(Path.Combine(f, "shared", "data"))) is { } folder ? Path.Combine(folder, "shared", "data") : null;

    /// <summary>The byte vectors of the conformance run with their runner, <c>shared/conformance</c> likewise; null where there is none.</summary>
    public static string? SharedConformance =>
        Above(Root, f => File.Exists(Path.Combine(f, "shared", "conformance", "run_vectors.py"))) is { } folder ? Path.Combine(folder, "shared", "conformance") : null;

    /// <summary>Debian's Python, which has Debian's packages.</summary>
    public static string Python => Tool("/usr/bin/python3", "python3");

    public static string MosquittoPub => Tool("/usr/bin/mosquitto_pub", "mosquitto-clients");

    public static string MosquittoSub => Tool("/usr/bin/mosquitto_sub", "mosquitto-clients");

    public static string Mosquitto => Tool("/usr/sbin/mosquitto", "mosquitto");

    public static string Node => Tool("/usr/bin/node", "nodejs");

    /// <summary>Where test.sh has put npm's packages.</summary>
    public static string NodeModules
    {
        get
        {
            var folder = Path.Combine(Root, "tests", "Interop", "bin", "npm", "node_modules");
            Assert.True(Directory.Exists(Path.Combine(folder, "mqtt")), $"npm's mqtt is not in {folder}; test.sh puts it there (npm install mqtt)");
            return folder;
        }
    }

    /// <summary>Debian's mail server.</summary>
    public static string Exim => Tool("/usr/sbin/exim4", "exim4-daemon-light");

    public static string OpenSsl => Tool("/usr/bin/openssl", "openssl");

    public static string Chromium => Tool("/usr/bin/chromium", "chromium");

    /// <summary>
    /// Ports that are free, all different and given once. They are of those that no outgoing connection gets by itself: a program that is killed and started again
    /// finds its ports free, whatever runs beside it.
    /// </summary>
    public static int[] FreePorts(int count)
    {
        var ports = new List<int>(count);
        while (ports.Count < count)
        {
            var port = FirstPort + ((Interlocked.Increment(ref portsGiven) & int.MaxValue) % (EndOfPorts - FirstPort));
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                ports.Add(port);
            }
            catch (SocketException)
            {
                // Somebody else has it.
            }
        }
        return [.. ports];
    }

    private static string Built(string project, string program)
    {
        // …/bin/<configuration>/net10.0/, the same for all projects.
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var path = Path.Combine(Root, project, "bin", own.Parent!.Name, own.Name, program);
        Assert.True(File.Exists(path), $"{path} is not built");
        return path;
    }

    private static string Tool(string path, string package)
    {
        Assert.True(File.Exists(path), $"{path} is missing; install Debian's package {package} (test.sh does)");
        return path;
    }

    private static string? Above(string from, Func<string, bool> has)
    {
        for (var at = new DirectoryInfo(from); at is not null; at = at.Parent)
        {
            if (has(at.FullName))
                return at.FullName;
        }
        return null;
    }
}
