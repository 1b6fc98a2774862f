using B2D.DeviceGateway.Listeners;
using B2D.Host.Options;
using Xunit;

namespace B2D.Host.Tests.Options;

/// <summary>Options from a file, the environment and the command line. The environment is the process's own, so these tests run one after the other.</summary>
public sealed class OptionsReaderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly List<string> variables = [];

    public void Dispose()
    {
        foreach (var name in variables)
            Environment.SetEnvironmentVariable(name, null);
        folder.Dispose();
    }

    [Fact]
    public void Read_Nothing_Defaults()
    {
        var options = Read();

        Assert.Equal(("data", "http://127.0.0.1:5080", 1883), (options.Data, options.Url, options.Gateway.Port));
        Assert.True(options.Has("gateway") && options.Has("worker") && options.Has("console"));
        Assert.Empty(options.Validate());
    }

    [Fact]
    public void Read_AllThreeSources_CommandLineOverEnvironmentOverFile()
    {
        folder.Write(
            "appsettings.json", """{ "Gateway": { "Port": 1001, "TlsPort": 1002 }, "Worker": { "GuardShare": 0.5 }, "Notices": { "Sender": "file" } }""");
        Variable("B2D__Gateway__Port", "2001");
        Variable("B2D__Worker__GuardShare", "0.25");

        var options = Read(("Gateway:Port", "3001"));

        Assert.Equal((3001, 1002), (options.Gateway.Port, options.Gateway.TlsPort));
        Assert.Equal((0.25, "file"), (options.Worker.GuardShare, options.Notices.Sender));
    }

    [Fact]
    public void Read_EveryKind_IsTakenOver()
    {
        var options = Read(
            ("gateway:ALLOWPLAINOUTSIDELOOPBACK", "true"), ("Worker:Retention", "30.00:00:00"), ("Worker:SnapshotEvery", "5000"),
            ("Notices:Email:Host", "localhost"), ("Notices:Email:From", "a@example.org"), ("Console:Organisation", "Acme"), ("Gateway:Ingest:MaxBatch", "7"));

        Assert.True(options.Gateway.AllowPlainOutsideLoopback);
        Assert.Equal((TimeSpan.FromDays(30), 5000L), (options.Worker.Retention, options.Worker.SnapshotEvery));
        Assert.Equal(("localhost", "Acme", 7), (options.Notices.Email.Host, options.Console.Organisation, options.Gateway.Ingest.MaxBatch));
    }

    [Fact]
    public void Read_Listeners_AreAList()
    {
        folder.Write("appsettings.json", """{ "Gateway": { "Listeners": [ { "Name": "web", "Address": "127.0.0.1", "Port": 9001, "Transport": "WebSocket", "Tls": "None" } ] } }""");
        Variable("B2D__Gateway__Listeners__1__Name", "more");

        var options = Read(("Gateway:Listeners:1:Address", "127.0.0.1"), ("Gateway:Listeners:1:Tls", "none"), ("Gateway:Listeners:1:MaxConnections", "7"));

        Assert.Equal([("web", 9001, ListenerTransport.WebSocket, 0), ("more", 8883, ListenerTransport.Tcp, 7)],
            options.Gateway.Listeners.Select(l => (l.Name, l.Port, l.Transport, l.MaxConnections)));
    }

    // Name, value, what is said of it.
    [Theory]
    [InlineData("Gateway:Listeners", "web", "Gateway:Listeners is 'web'; it is a list, such as Gateway:Listeners:0:Name")]
    [InlineData("Gateway:Listeners:0", "web", "Gateway:Listeners:0 is 'web'; it is a group of options, such as Gateway:Listeners:0:Name")]
    [InlineData("Secrets:KeyFile", "data/b2d.key", "Secrets:KeyFile is 'data/b2d.key'; it must be outside the data folder 'data'")]
    [InlineData("Secrets:KeyFile", "", "Secrets:KeyFile is empty; it must name a file")]
    [InlineData("Gatway:Port", "1", "Gatway is no option; did you mean Gateway?")]
    [InlineData("Gateway:Prot", "1", "Gateway:Prot is no option; did you mean Port?")]
    [InlineData("Notices:Email:Hots", "x", "Notices:Email:Hots is no option; did you mean Host?")]
    [InlineData("Zebra", "1", "Zebra is no option")]
    [InlineData("Gateway:Port:Number", "1", "Gateway:Port:Number is no option")]
    [InlineData("Gateway", "1883", "Gateway is '1883'; it is a group of options, such as Gateway:Address")]
    [InlineData("Gateway:Port", "lots", "Gateway:Port is 'lots'; it must be a whole number")]
    [InlineData("Gateway:Port", "1.5", "Gateway:Port is '1.5'; it must be a whole number")]
    [InlineData("Gateway:Port", "", "Gateway:Port is ''; it must be a whole number")]
    [InlineData("Gateway:Port", "99999999999", "Gateway:Port is '99999999999'; it must be a whole number")]
    [InlineData("Gateway:OpenGateway", "yes", "Gateway:OpenGateway is 'yes'; it must be true or false")]
    [InlineData("Worker:GuardShare", "a third", "Worker:GuardShare is 'a third'; it must be a number")]
    [InlineData("Worker:Retention", "soon", "Worker:Retention is 'soon'; it must be a time such as 00:00:30")]
    [InlineData("Gateway:Port", "70000", "Gateway:Port is 70000; it must be between 0 and 65535")]
    [InlineData("Worker:GuardShare", "2", "Worker:GuardShare is 2, allowed is 0.01 to 1")]
    [InlineData("Roles", "gateway,wroker", "Roles has 'wroker'; known are gateway, worker and console")]
    [InlineData("LogLevel", "Loud", "LogLevel is 'Loud'; allowed are Debug, Information, Warning and Error")]
    [InlineData("Url", "https://127.0.0.1", "Url is 'https://127.0.0.1'; it must be an http address such as http://127.0.0.1:5080")]
    [InlineData("Rules", "/no/such/folder", "Rules is '/no/such/folder'; there is no such folder")]
    [InlineData("Data", " ", "Data is empty; it must name a folder")]
    [InlineData("Notices:Links:Pages", "true", "Notices:Links:Pages is on, but Notices:Links:Url is empty")]
    [InlineData("Notices:Links:Lasts", "00:00:01", "Notices:Links:Lasts is 00:00:01, allowed is 1 h to 90 days")]
    [InlineData("Notices:Links:SubscriptionsAnHour", "-1", "Notices:Links:SubscriptionsAnHour is -1, allowed is 0 to 10,000")]
    [InlineData("Console:MostRows", "1", "Console:MostRows is 10 to 1000, not '1'")]
    public void Read_OneWrong_IsSaid(string name, string value, string problem) => Assert.Equal([problem], Wrong((name, value)));

    [Fact]
    public void Read_WrongEverywhere_AllAtOnce()
    {
        folder.Write("appsettings.json", """{ "Notices": { "Languge": "en", "AtOnce": 0 } }""");
        Variable("B2D__Worker__Retention", "soon");

        var problems = Wrong(("Gateway:Prot", "1"), ("LogLevel", "Loud"));

        Assert.Equal(
            [
                "Gateway:Prot is no option; did you mean Port?", "LogLevel is 'Loud'; allowed are Debug, Information, Warning and Error",
                "Notices:AtOnce is 0, allowed is 1 to 256", "Notices:Languge is no option; did you mean Language?",
                "Worker:Retention is 'soon'; it must be a time such as 00:00:30",
            ],
            problems.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Read_FileThatIsNoJson_IsNamedAndTheRestIsCheckedToo()
    {
        var file = folder.Write("appsettings.json", "{ \"Gateway\": ");

        var problems = Wrong(("LogLevel", "Loud"));

        Assert.Equal(2, problems.Count);
        Assert.StartsWith($"{file}: ", problems[0], StringComparison.Ordinal);
        Assert.StartsWith("LogLevel", problems[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Read_EmptyGroupInFile_IsFine()
    {
        folder.Write("appsettings.json", """{ "Gateway": {}, "Notices": null }""");

        Assert.Equal(1883, Read().Gateway.Port);
    }

    [Fact]
    public void Read_VariablesOfOthers_AreNotOurs()
    {
        Variable("B2DX__Gateway__Port", "1");
        Variable("Gateway__Port", "2");

        Assert.Equal(1883, Read().Gateway.Port);
    }

    private void Variable(string name, string value)
    {
        variables.Add(name);
        Environment.SetEnvironmentVariable(name, value);
    }

    private InstallationOptions Read(params (string Name, string? Value)[] settings) =>
        OptionsReader.Read(folder.Path, settings.Select(s => KeyValuePair.Create(s.Name, s.Value)));

    private IReadOnlyList<string> Wrong(params (string Name, string? Value)[] settings) => Assert.Throws<OptionsException>(() => Read(settings)).Problems;
}
