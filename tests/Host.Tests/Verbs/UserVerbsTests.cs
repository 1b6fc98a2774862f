using System.CommandLine;
using System.Globalization;
using B2D.Host.Options;
using B2D.Host.Verbs;
using B2D.Storage;
using B2D.Storage.Access;
using Xunit;

namespace B2D.Host.Tests.Verbs;

/// <summary>The verbs over users, on data that nobody runs on and through a program that runs.</summary>
[Collection(nameof(TerminalTaken))]
public sealed class UserVerbsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Data => Path.Combine(folder.Path, "data");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Users_WhileNothingRuns_AreAddedChangedAndListed()
    {
        Assert.Matches("^([a-z2-9]{4}-){5}[a-z2-9]{4}$", await MustAsync("add", "ana", "--role", "administrator"));
        Assert.NotEqual(await MustAsync("add", "rui"), await MustAsync("password", "rui"));
        Assert.Equal("rui is lead now.", await MustAsync("role", "rui", "lead"));
        Assert.Equal("rui sees queue coffee; segments north, south/s1 from now on.", await MustAsync("see", "rui", "--queue", "coffee", "--segment", "south/s1", "--segment", "north/"));
        Assert.Equal(["ana administrator active never", "rui lead active never sees queue coffee; segments north, south/s1"], Lines(await MustAsync("list")));
        Assert.Equal("rui sees everything from now on.", await MustAsync("see", "rui"));
        Assert.Equal((1, "Nothing was done: ana is an administrator, who sees everything.\n"), await RunAsync("see", "ana", "--queue", "coffee"));
        Assert.Contains("a queue is called by", (await RunAsync("see", "rui", "--queue", "Not one")).Said, StringComparison.Ordinal);
        Assert.Equal("rui is locked and signed out.", await MustAsync("lock", "rui"));
        Assert.Equal((1, "Nothing was done: ana is the last administrator; make another one first.\n"), await RunAsync("lock", "ana"));
        Assert.Equal((1, "There is no user eva.\n"), await RunAsync("role", "eva", "lead"));
        Assert.Equal(1, (await RunAsync("add", "Rui Silva")).Status);
        Assert.Equal(["ana administrator active never", "rui lead locked never"], Lines(await MustAsync("list")));
        Assert.Equal("rui may sign in again.", await MustAsync("lock", "rui", "--off"));
        using var stores = Stores.Open(new StorageOptions { DataFolder = Data });
        Assert.Equal(
            ["users.add user:ana", "users.add user:rui", "users.password user:rui", "users.role user:rui", "users.see user:rui", "users.see user:rui", "users.lock user:rui", "users.unlock user:rui"],
            stores.State.Read(db => AuditStore.List(db)).Reverse().Select(a => $"{a.Action} {a.Subject}"));
        Assert.All(stores.State.Read(db => AuditStore.List(db)), a => Assert.Equal("command line", a.Who));
    }

    [Fact]
    public async Task Users_WhileItRuns_GoThroughTheProgram()
    {
        await using var host = await Hosting.StartAsync(Options(), TimeProvider.System, null, 0, null, default);
        ConsoleRole.FirstPassword(host.Installation);
        using (LocalDoor.Open(host, Options()))
        {
            Assert.Matches("^([a-z2-9]{4}-){5}[a-z2-9]{4}$", await MustAsync("add", "ana", "--role", "agent"));
            Assert.Equal("ana is lead now.", await MustAsync("role", "ana", "lead"));
            Assert.Equal("ana sees segment north from now on.", await MustAsync("see", "ana", "--segment", "north"));
            Assert.Matches("^([a-z2-9]{4}-){5}[a-z2-9]{4}$", await MustAsync("password", "ana"));
            Assert.Equal("ana is locked and signed out.", await MustAsync("lock", "ana"));
            Assert.Equal(["admin administrator active never", "ana lead locked never sees segment north"], Lines(await MustAsync("list")));
            var (status, said) = await RunAsync("lock", "admin");
            Assert.Equal(1, status);
            Assert.Contains("admin is the last administrator", said, StringComparison.Ordinal);
        }
        Assert.Equal("key:command line of this machine", host.Installation.Stores.State.Read(db => AuditStore.List(db, subject: "user:ana"))[0].Who);
    }

    [Fact]
    public async Task FirstAdministrator_WhereOnlyOthersWereAdded_IsStillMade()
    {
        await MustAsync("add", "ana", "--role", "agent");
        await using var host = await Hosting.StartAsync(Options(), TimeProvider.System, null, 0, null, default);
        Assert.NotNull(ConsoleRole.FirstPassword(host.Installation));
        Assert.Null(ConsoleRole.FirstPassword(host.Installation));
    }

    private InstallationOptions Options() => new()
    {
        Data = Data,
        Url = "http://127.0.0.1:0",
        LogLevel = "Warning",
        Secrets = new SecretOptions { KeyFile = Path.Combine(folder.Path, "b2d.key") },
        Gateway = new B2D.DeviceGateway.GatewayOptions { Port = 0 },
    };

    private async Task<string> MustAsync(params string[] words)
    {
        var (status, said) = await RunAsync(words);
        Assert.True(status == 0, said);
        return said.TrimEnd();
    }

    /// <summary>Runs <c>b2d user …</c>; what it said, in whichever way.</summary>
    private async Task<(int Status, string Said)> RunAsync(params string[] words)
    {
        var root = new RootCommand();
        UserVerbs.AddTo(root);
        var (output, error) = (System.Console.Out, System.Console.Error);
        using var said = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        System.Console.SetOut(said);
        System.Console.SetError(said);
        try
        {
            var parsed = root.Parse(["user", .. words, "--data", Data]);
            Assert.Empty(parsed.Errors);
            return (await parsed.InvokeAsync(), said.ToString());
        }
        finally
        {
            System.Console.SetOut(output);
            System.Console.SetError(error);
        }
    }

    private static string[] Lines(string said) => [.. said.Split('\n').Select(l => string.Join(' ', l.Split(' ', StringSplitOptions.RemoveEmptyEntries)))];
}

/// <summary>Tests that listen to what is said on the terminal run alone.</summary>
[CollectionDefinition(nameof(TerminalTaken), DisableParallelization = true)]
public sealed class TerminalTaken;
