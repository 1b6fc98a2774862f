using System.CommandLine;
using B2D.FirmwareSim.Fleets;

namespace B2D.FirmwareSim.Verbs;

/// <summary>Options that make a town.</summary>
internal sealed class TownOptions
{
    private readonly Option<int> _devices = new("--devices")
    {
        Description = "Devices, 1 to 1000000; outages need 40 or more.",
        DefaultValueFactory = _ => 100,
        HelpName = "NUMBER",
    };

    private readonly Option<int> _seed = new("--seed")
    {
        Description = "The same seed gives the same town, signals and faults.",
        DefaultValueFactory = _ => 1,
        HelpName = "NUMBER",
    };

    public void AddTo(Command command)
    {
        _devices.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < Fleets.Town.FewestDevices or > Fleets.Town.MostDevices)
                result.AddError("--devices must be from 1 to 1000000.");
        });
        command.Options.Add(_devices);
        command.Options.Add(_seed);
    }

    public Town Town(ParseResult parsed, DateTimeOffset start) => Fleets.Town.Create(parsed.GetValue(_seed), parsed.GetValue(_devices), start);
}
