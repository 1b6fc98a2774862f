using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace B2D.Interop.Programs;

/// <summary>How a program ended and what it said.</summary>
internal sealed record Ended(int Status, string Output, string Error);

/// <summary>A program that runs beside the tests; killed at the latest when it is disposed of.</summary>
internal sealed class ChildProgram : IAsyncDisposable
{
    private readonly Process process;
    private readonly ConcurrentQueue<string> output = new();
    private readonly ConcurrentQueue<string> error = new();

    private ChildProgram(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, e) => Take(output, e.Data);
        process.ErrorDataReceived += (_, e) => Take(error, e.Data);
    }

    /// <summary>Environment in which a program of .NET starts in half the time: compiled at first use with less care, whatever its settings say.</summary>
    public static IReadOnlyDictionary<string, string> QuickStart { get; } = new Dictionary<string, string> { ["DOTNET_TC_QuickJit"] = "1" };

    /// <summary>Environment in which it is compiled as its own settings have it.</summary>
    public static IReadOnlyDictionary<string, string> AsShipped { get; } = new Dictionary<string, string>();

    /// <summary>Lines of its standard output so far.</summary>
    public string Output => string.Join('\n', output);

    /// <summary>Lines of its standard error so far.</summary>
    public string Error => string.Join('\n', error);

    public bool Runs => !process.HasExited;

    /// <summary>What it took of the processors so far; unlike the time on the clock, not a matter of what else runs on the machine.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    /// <summary>Starts a program in a folder. Options of B2D that are set in the tests' own environment do not reach it.</summary>
    /// <param name="environment">Added to that of the tests; null: <see cref="QuickStart"/>.</param>
    public static ChildProgram Start(string file, IEnumerable<string> arguments, string folder, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("B2D", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in environment ?? QuickStart)
            start.Environment[name] = value;
        var program = new ChildProgram(new Process { StartInfo = start });
        program.process.Start();
        program.process.StandardInput.Close();
        program.process.BeginOutputReadLine();
        program.process.BeginErrorReadLine();
        return program;
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<Ended> RunAsync(
        string file, IEnumerable<string> arguments, string folder, TimeSpan? most = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        await using var program = Start(file, arguments, folder, environment);
        return await program.EndAsync(most ?? TimeSpan.FromSeconds(60));
    }

    /// <summary>Waits for its end.</summary>
    public async Task<Ended> EndAsync(TimeSpan most)
    {
        try
        {
            await process.WaitForExitAsync().WaitAsync(most);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"{process.StartInfo.FileName} did not end within {most.TotalSeconds:0} s. It said:\n{Output}\n{Error}");
        }
        return new Ended(process.ExitCode, Output, Error);
    }

    /// <summary><c>kill -9</c>: it gets no chance to do anything.</summary>
    public async Task KillAsync()
    {
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Asks it to end (SIGTERM), as systemd does.</summary>
    public async Task<Ended> TerminateAsync(TimeSpan most)
    {
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        return await EndAsync(most);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        process.Dispose();
    }

    private static void Take(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null)
            lines.Enqueue(line);
    }
}
