using System.CommandLine;
using B2D.FirmwareSim.Replay;
using B2D.FirmwareSim.Verbs;

var root = new RootCommand("Stands in for hardware: simulated fleets with faults and their ground truth, replays of recorded data, and load, over MQTT.")
{
    new RunVerb().Command(),
    new ReplayVerb().Command(),
    new ExportVerb().Command(),
    new LoadVerb().Command(),
};
try
{
    var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(30) };
    return await root.Parse(args).InvokeAsync(configuration).ConfigureAwait(false);
}
catch (ReplayException wrong) when (wrong.Errors.Count > 0)
{
    foreach (var error in wrong.Errors) await Console.Error.WriteLineAsync(error.ToString()).ConfigureAwait(false);
    return ExitCode.WrongInput;
}
catch (ReplayException wrong)
{
    await Console.Error.WriteLineAsync(wrong.Message).ConfigureAwait(false);
    return wrong.IsServerAway ? ExitCode.NoServer : ExitCode.WrongInput;
}
catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
{
    await Console.Error.WriteLineAsync(wrong.Message).ConfigureAwait(false);
    return ExitCode.WrongInput;
}
catch (OperationCanceledException)
{
    await Console.Error.WriteLineAsync("Stopped.").ConfigureAwait(false);
    return ExitCode.Stopped;
}
