using B2D.Interop.Programs;
using Xunit;
using Xunit.Abstractions;

namespace B2D.Interop.Verbs;

/// <summary>What is said about command lines and options, right or wrong.</summary>
public sealed class OptionTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Run_UnknownAndInvalidOptionsFromEverywhere_AllAtOnceAndStatusTwo()
    {
        await using var b2d = new B2dProgram();
        File.WriteAllText(Path.Combine(b2d.Work, "appsettings.json"), """{ "Notices": { "Languge": "en" }, "Worker": { "Retention": "soon" } }""");
        var environment = new Dictionary<string, string> { ["B2D__Gateway__MaxPasswordChecks"] = "0", ["B2D__Gatway__Port"] = "1" };

        var ended = await ChildProgram.RunAsync(
            Places.B2d,
            [
                "run", "--data", b2d.Data, "--prot", "1884", "--mqtt-port", "lots", "--set", "Gateway:Prot=1", "--set", "LogLevel=Loud", "--set", "nonsense",
                "--url", "http://192.0.2.1:80",
            ],
            b2d.Work, environment: environment);

        output.WriteLine(ended.Error);
        Assert.Equal((2, ""), (ended.Status, ended.Output));
        string[] expected =
        [
            "--prot is no option of b2d run",
            "--set nonsense has no value; write --set NAME=VALUE",
            "Gateway:Port is 'lots'; it must be a whole number",
            "Gateway:Prot is no option; did you mean Port?",
            "Gatway is no option; did you mean Gateway?",
            "Notices:Languge is no option; did you mean Language?",
            "Worker:Retention is 'soon'; it must be a time such as 00:00:30",
            "LogLevel is 'Loud'; allowed are Debug, Information, Warning and Error",
            "Url is 'http://192.0.2.1:80'; the console speaks plain http on this machine only: put a TLS proxy before it",
            "Gateway:MaxPasswordChecks is 0; it must be between 1 and 64",
        ];
        Assert.All(expected, e => Assert.Contains($"  {e}\n", ended.Error + "\n", StringComparison.Ordinal));
        Assert.StartsWith($"This cannot start; {expected.Length} options are wrong:", ended.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(b2d.Data));
    }

    [Theory]
    [InlineData("run --nonsense")]
    [InlineData("keys")]
    [InlineData("keys create")]
    [InlineData("keys create x --scope everything")]
    [InlineData("keys create x --days 0")]
    [InlineData("user")]
    [InlineData("user add x --role king")]
    [InlineData("user role x")]
    [InlineData("devices import")]
    [InlineData("fly")]
    [InlineData("run --data here --set Data=there")]
    [InlineData("demo --headless --for 5s --devices 1 --inject rain")]
    [InlineData("demo --storm --devices 2000")]
    [InlineData("demo --headless --storm --devices 120")]
    [InlineData("demo --headless --grow")]
    public async Task Parse_Wrong_StatusTwoAndPlainWords(string line)
    {
        await using var b2d = new B2dProgram();

        var ended = await ChildProgram.RunAsync(Places.B2d, line.Split(' '), b2d.Work);

        output.WriteLine(ended.Error);
        Assert.Equal((2, ""), (ended.Status, ended.Output));
        Assert.StartsWith("This cannot start; ", ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", ended.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(b2d.Work));
    }

    [Theory]
    [InlineData("--help", "run demo customers devices user keys rules mqtt")]
    [InlineData("run --help", "--data --rules --url --mqtt-port --roles --set")]
    [InlineData("demo --help", "--seed --devices --inject --headless --storm --grow --for --report --console --mqtt-port --no-auto-sign-in")]
    [InlineData("customers import --help", "FILE --data id,name,email,phone,language,time_zone,preferred_channel,address,postcode,place,contract,contract_until")]
    [InlineData("devices import --help", "FILE --data id,model,firmware,serial,parent,segment,customer,installed,warranty_until,password")]
    [InlineData("keys create --help", "NAME --scope viewer administrator --days --data")]
    [InlineData("user --help", "add list role lock password")]
    [InlineData("user add --help", "NAME --role viewer lead --data")]
    [InlineData("rules check --help", "FOLDER")]
    [InlineData("mqtt --help", "--port --server-keepalive SECONDS --deny-subscribe FILTER --tls CERT,KEY")]
    public async Task Help_OfEveryVerb_NamesEverything(string line, string names)
    {
        await using var b2d = new B2dProgram();

        var ended = await ChildProgram.RunAsync(Places.B2d, line.Split(' '), b2d.Work);

        Assert.Equal((0, ""), (ended.Status, ended.Error));
        Assert.All(names.Split(' '), n => Assert.Contains(n, ended.Output, StringComparison.Ordinal));
    }
}
