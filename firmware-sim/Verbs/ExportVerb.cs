using System.CommandLine;
using B2D.FirmwareSim.Fleets;

namespace B2D.FirmwareSim.Verbs;

/// <summary><c>firmware-sim export</c>: a town's import files, without running it.</summary>
internal sealed class ExportVerb
{
    private readonly TownOptions _town = new();
    private readonly Argument<string> _folder = new("FOLDER") { Description = "Folder for customers.csv and devices.csv; it is made if need be." };

    public Command Command()
    {
        var command = new Command(
            "export", "Writes the customers and devices of a town as the files that 'b2d customers import' and 'b2d devices import' take.");
        command.Arguments.Add(_folder);
        _town.AddTo(command);
        command.SetAction(parsed =>
        {
            var town = _town.Town(parsed, TimeProvider.System.GetUtcNow());
            ImportFiles.Write(town, parsed.GetValue(_folder)!);
            Console.Out.WriteLine($"{town.Customers.Count} customers and {town.Devices.Count} devices written to {parsed.GetValue(_folder)}.");
            return ExitCode.Done;
        });
        return command;
    }
}
