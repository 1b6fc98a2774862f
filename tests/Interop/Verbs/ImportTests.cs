using B2D.Interop.Programs;
using Xunit;
using Xunit.Abstractions;

namespace B2D.Interop.Verbs;

/// <summary>Imports and keys on the command line, while the program runs and while it does not.</summary>
public sealed class ImportTests(ITestOutputHelper output)
{
    private const string GoodCustomers = "id,name,email,place\nana,\"Lima, Ana\",ana@example.org,Maia\nrui,Rui,,\n";

    private const string GoodDevices = "id,model,customer,segment,password\nHP-1,HP-9,ana,north/cab-7,pass one two\nHP-2,HP-9,rui,north/cab-7,\n";

    /// <summary>Three bad rows among good ones; the quoted one runs over two lines and is wrong twice.</summary>
    private const string BadCustomers =
        "id,name,email,time_zone\nada,Ada,ada@example.org,Europe/Lisbon\nbob,\"Bob\nthe second\",not an address,\n,Nobody,,\ncid,Cid,,Europe/Lisbonne\n";

    private const string BadDevices = "id,parent,installed,warranty_until\nD-1,,2020-01-01,2019-01-01\nD-2,gone,,\nD-3,,yesterday,\nD-4,,,\n";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Import_GoodAndBadFiles_AllOrNothing(bool running)
    {
        await using var b2d = new B2dProgram();
        await b2d.MakeKeyAsync();
        if (running)
            await b2d.StartAsync();

        Assert.Equal("2 customers imported.", await b2d.ImportAsync("customers", GoodCustomers));
        Assert.Equal("2 devices imported.", await b2d.ImportAsync("devices", GoodDevices));
        await AssertRefusedAsync(b2d, "customers", BadCustomers, [3, 3, 5, 6]);
        // Parents are looked up only for rows that can be read.
        await AssertRefusedAsync(b2d, "devices", BadDevices, [2, 4]);
        await AssertRefusedAsync(b2d, "devices", "id,parent\nD-1,\nD-2,gone\nD-3,D-1\n", [3]);
        await AssertRefusedAsync(b2d, "devices", "id,model\nD-1,\"open\n", [2]);

        if (!running)
            await b2d.StartAsync();
        Assert.Equal(["ana", "rui"], (await b2d.Api.ListAsync("/api/customers")).Select(c => c.Text("id")).Order());
        Assert.Equal("Lima, Ana", (await b2d.Api.GetAsync("/api/customers/ana")).Text("name"));
        Assert.Equal(["HP-1", "HP-2"], (await b2d.Api.ListAsync("/api/devices")).Select(d => d.Text("id")));
        // The gateway knows the device and its password, and the worker takes its readings.
        var said = await b2d.PublishAsync("HP-1", "pass one two", "devices/HP-1/telemetry", """{"temp_c":41.5}""");
        Assert.Equal((0, ""), (said.Status, said.Error));
        await Wait.UntilAsync(
            async () => (await b2d.Api.GetAsync("/api/devices/HP-1")).Items("latest").Any(l => l.Text("metric") == "temp_c"),
            TimeSpan.FromSeconds(10), "the reading is stored");
        var audit = await b2d.Api.ListAsync("/api/audit?action=*.import");
        Assert.Equal(2, audit.Count);
        Assert.All(audit, a => Assert.Equal(running ? "key:command line of this machine" : "command line", a.Text("who")));
    }

    [Fact]
    public async Task Import_NoSuchFileOrNoText_PlainWords()
    {
        await using var b2d = new B2dProgram();

        var missing = await b2d.VerbAsync("devices", "import", Path.Combine(b2d.Folder, "no.csv"));
        var empty = Path.Combine(b2d.Folder, "empty.csv");
        File.WriteAllText(empty, "");
        var nothing = await b2d.VerbAsync("devices", "import", empty);
        File.WriteAllBytes(empty, [.. "id,model\nD-1,caf"u8, 0xE9, (byte)'\n']);
        var latin = await b2d.VerbAsync("devices", "import", empty);

        foreach (var ended in new[] { missing, nothing, latin })
        {
            output.WriteLine(ended.Error);
            Assert.Equal((1, ""), (ended.Status, ended.Output));
            Assert.DoesNotContain("   at ", ended.Error, StringComparison.Ordinal);
        }
    }

    private async Task AssertRefusedAsync(B2dProgram b2d, string what, string csv, int[] lines)
    {
        var file = Path.Combine(b2d.Folder, "bad.csv");
        File.WriteAllText(file, csv);
        var ended = await b2d.VerbAsync(what, "import", file);
        output.WriteLine(ended.Error);
        Assert.Equal((1, ""), (ended.Status, ended.Output));
        var told = ended.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal($"{lines.Length} problem{(lines.Length == 1 ? "" : "s")}; nothing was imported.", told[^1]);
        Assert.Equal(lines.Length, told.Length - 1);
        Assert.All(told.Zip(lines), p => Assert.StartsWith($"bad.csv: line {p.Second}: ", p.First, StringComparison.Ordinal));
    }
}
