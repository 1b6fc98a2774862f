using System.CommandLine;
using B2D.FirmwareSim.Running;

namespace B2D.FirmwareSim.Verbs;

/// <summary>Options of all verbs that talk to a server.</summary>
internal sealed class ServerOptions
{
    private readonly Option<string> _host = new("--host") { Description = "Server to connect to.", DefaultValueFactory = _ => "127.0.0.1", HelpName = "NAME" };
    private readonly Option<int> _port = new("--port") { Description = "Its MQTT port, 1 to 65535.", DefaultValueFactory = _ => 1883, HelpName = "PORT" };

    public ServerOptions()
    {
        _port.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 65535) result.AddError("--port must be from 1 to 65535.");
        });
    }

    public Option<string?> CredentialsFile { get; } = new("--credentials")
    {
        Description = "Devices file (CSV with the columns id and password) to take passwords from.",
        HelpName = "FILE",
    };

    public Option<string?> Password { get; } = new("--password") { Description = "Password of every device that no file has one for.", HelpName = "TEXT" };

    public void AddTo(Command command)
    {
        command.Options.Add(_host);
        command.Options.Add(_port);
        command.Options.Add(CredentialsFile);
        command.Options.Add(Password);
    }

    public string Host(ParseResult parsed) => parsed.GetValue(_host)!;

    public int Port(ParseResult parsed) => parsed.GetValue(_port);

    public IDeviceNetwork Network(ParseResult parsed) => new MqttDeviceNetwork(parsed.GetValue(_host)!, parsed.GetValue(_port), TimeProvider.System);
}
