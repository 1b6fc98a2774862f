namespace B2D.Console;

/// <summary>What came of asking for a command.</summary>
/// <param name="Id">The command's id; empty where it was refused.</param>
/// <param name="Problem">Why it was refused; empty where it was not.</param>
public sealed record CommandOutcome(string Id, string Problem);

/// <summary>Where commands to devices are asked for.</summary>
public interface ICommandDesk
{
    /// <summary>Queues a command; <paramref name="argsJson"/> is a JSON object, already checked to be one.</summary>
    CommandOutcome Send(string device, string name, string argsJson, string who);
}
