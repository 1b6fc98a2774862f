using Xunit;

namespace B2D.Tidy;

/// <summary>The checks themselves, on small made-up trees: what must be found is found, at its place, and what is right is left alone.</summary>
public sealed class CheckTests
{
    [Theory]
    [InlineData("src/Core/Core.csproj", "../Mqtt/Mqtt.csproj", "Core → Mqtt is no arrow")]
    [InlineData("src/Storage/Storage.csproj", "../Core/Core.csproj ../Bus/Bus.csproj", "Storage → Bus is no arrow")]
    [InlineData("src/Storage/Storage.csproj", "", "Storage → Core of design.md §2 is missing")]
    [InlineData("src/Storage/Storage.csproj", "..\\Core\\Core.csproj", null)]
    [InlineData("firmware-sim/firmware-sim.csproj", "../src/Mqtt/Mqtt.csproj ../src/Core/Core.csproj", "firmware-sim → Core is no arrow")]
    [InlineData("src/Shared/Shared.csproj", "", "does not know")]
    [InlineData("tests/X/X.csproj", "../../src/Core/Core.csproj", null)]
    public void ProjectArrows_References_AreCompared(string path, string references, string? finding) => AssertOne(finding,
        HouseChecks.ProjectArrows(SourceTree.Of(
            (path, Project(string.Join("", references.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(r => $"<ProjectReference Include=\"{r}\" />")))))));

    [Theory]
    [InlineData("<PackageReference Include=\"NodaTime\" />", null)]
    [InlineData("<PackageReference Include=\"Dapper\" />", "Core may not use Dapper")]
    [InlineData("<FrameworkReference Include=\"Microsoft.AspNetCore.App\" />", "Core may not use Microsoft.AspNetCore.App")]
    public void PackagesOfCore_Packages_AreCompared(string items, string? finding) =>
        AssertOne(finding, HouseChecks.PackagesOfCore(SourceTree.Of(("src/Core/Core.csproj", Project(items)))));

    [Theory]
    [InlineData("src/Core/Faults/A.cs", null)]
    [InlineData("src/Core/Common/A.cs", "Core/Common is no feature")]
    [InlineData("src/Console/Shell/A.cs", null)]
    [InlineData("src/Console/Case/A.razor", "called Cases in every project, not Case")]
    [InlineData("src/ProactiveWorker/Remedy/A.cs", "called Remedies in every project, not Remedy")]
    public void FeatureFolders_Names_AreCompared(string path, string? finding) =>
        AssertOne(finding, HouseChecks.FeatureFolders(SourceTree.Of((path, "class A { }"))));

    [Theory]
    [InlineData("src/Core/Faults/A.cs", "internal sealed class LaneManager { }", "type LaneManager has 'Manager'")]
    [InlineData("src/Core/Faults/A.cs", "public readonly record struct DeviceInfo(int X);", "type DeviceInfo has 'Info'")]
    [InlineData("src/Core/Faults/A.cs", "interface IStringUtils<T> { }", "type IStringUtils has 'Utils'")]
    [InlineData("src/Core/Faults/A.cs", "enum ProcessorKind { A }", "type ProcessorKind has 'Processor'")]
    [InlineData("src/Core/Faults/StringHelper.cs", "class A { }", "file name has 'Helper'")]
    [InlineData("tests/X/FakeImpl.cs", "class A { }", "file name has 'Impl'")]
    [InlineData("tests/X/AssemblyInfo.cs", "[assembly: A]", null)]
    [InlineData("src/Core/Faults/A.cs", "class Information { } class Utilised { } class A { DirectoryInfo x; } // class Manager", null)]
    [InlineData("src/Core/Faults/A.cs", "class A { string s = \"class Manager { }\"; }", null)]
    public void BannedWords_InNames_AreFound(string path, string text, string? finding) =>
        AssertOne(finding, HouseChecks.BannedWords(SourceTree.Of((path, text))));

    [Theory]
    [InlineData("class A { int deviceId; }", null)]
    [InlineData("class DeviceTopic { }", "'DeviceTopic' is a word of B2D")]
    [InlineData("class A { void OnFaults() { } }", "'OnFaults' is a word of B2D")]
    [InlineData("class A { object Remedies; }", "'Remedies' is a word of B2D")]
    [InlineData("class A { bool Same(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase); }", null)]
    [InlineData("class A { bool IsDefault => Task.IsFaulted; } // Device", null)]
    public void DomainWordsInMqtt_Identifiers_AreFound(string text, string? finding)
    {
        AssertOne(finding, HouseChecks.DomainWordsInMqtt(SourceTree.Of(("src/Mqtt/A.cs", text))));
        Assert.Empty(HouseChecks.DomainWordsInMqtt(SourceTree.Of(("src/DeviceGateway/A.cs", text))));
    }

    [Fact]
    public void FileLengths_LongFile_IsFoundUnlessAllowed()
    {
        var tree = SourceTree.Of(("src/Core/Faults/A.cs", string.Concat(Enumerable.Repeat("// x\n", 401))),
            ("src/Core/Faults/B.cs", string.Concat(Enumerable.Repeat("// x\n", 400))));
        AssertOne("A.cs: 401 lines", HouseChecks.FileLengths(tree, Allowed()));
        Assert.Empty(HouseChecks.FileLengths(tree, Allowed(("src/Core/Faults/A.cs", 401, "a table"))));
        AssertOne("without need", HouseChecks.FileLengths(tree, Allowed(("src/Core/Faults/A.cs", 401, "a table"), ("src/Core/Faults/C.cs", 500, "gone"))));
        AssertOne("without need", HouseChecks.FileLengths(tree, Allowed(("src/Core/Faults/A.cs", 401, ""))));

        static Dictionary<string, (int, string)> Allowed(params (string Path, int Lines, string Why)[] files) =>
            files.ToDictionary(f => f.Path, f => (f.Lines, f.Why));
    }

    [Theory]
    [InlineData("src/Bus/A.cs", "new Thread(() => { })")]
    [InlineData("src/Bus/A.cs", "new System.Threading.Timer(_ => { })")]
    [InlineData("src/Bus/A.cs", "new PeriodicTimer(x)")]
    [InlineData("src/Bus/A.cs", "PeriodicTimer t = new(x)")]
    [InlineData("src/Bus/A.cs", "Task.Run(() => { })")]
    [InlineData("src/Bus/A.cs", "Task.Factory.StartNew(() => { })")]
    [InlineData("src/Bus/A.cs", "ThreadPool.QueueUserWorkItem(x)")]
    [InlineData("src/Bus/A.cs", "Parallel.ForEach(x, y)")]
    [InlineData("src/Bus/A.cs", "time.CreateTimer(a, b, c, d)")]
    [InlineData("firmware-sim/Running/A.cs", "Task.Run(() => { })")]
    [InlineData("src/Console/Cases/A.razor", "Task.Run(() => { })")]
    public void ThreadsOutsideHost_AnyWayToStartOne_IsFound(string path, string statement)
    {
        AssertOne($"{path}:2:", CodeChecks.ThreadsOutsideHost(SourceTree.Of((path, $"class A {{ void B() {{\n{statement}; }} }}"))));
        Assert.Empty(CodeChecks.ThreadsOutsideHost(
            SourceTree.Of(("src/Host/A.cs", statement), ("firmware-sim/Program.cs", statement), ("tests/X/A.cs", statement))));
    }

    [Fact]
    public void ThreadsOutsideHost_LivePartsOfAPage_MayHaveOneTimer()
    {
        const string Timer = "using var t = new PeriodicTimer(every, time);";
        Assert.Empty(CodeChecks.ThreadsOutsideHost(SourceTree.Of(("src/Console/Live/LiveEvents.cs", Timer))));
        AssertOne("LiveEvents.cs:2:", CodeChecks.ThreadsOutsideHost(SourceTree.Of(("src/Console/Live/LiveEvents.cs", $"{Timer}\n{Timer}"))));
        AssertOne("Other.cs:1:", CodeChecks.ThreadsOutsideHost(SourceTree.Of(("src/Console/Live/Other.cs", Timer))));
    }

    [Fact]
    public void ThreadsOutsideHost_InWordsOnly_IsNone() =>
        Assert.Empty(CodeChecks.ThreadsOutsideHost(
            SourceTree.Of(("src/Bus/A.cs", "// no Task.Run( here\n/* new Thread( */ var s = \"Parallel.ForEach\"; var r = \"\"\"\nThreadPool.X\n\"\"\"; var t = $\"{x} Task.Run(\";"))));

    [Theory]
    [InlineData("async Task X() { }")]
    [InlineData("Task<int> x;")]
    [InlineData("TimeProvider time;")]
    [InlineData("ILogger<A> log;")]
    [InlineData("var r = new Random(1);")]
    [InlineData("RandomNumberGenerator.Fill(x);")]
    [InlineData("var t = File.ReadAllText(p);")]
    [InlineData("Directory.EnumerateFiles(p);")]
    [InlineData("new FileStream(p, m);")]
    [InlineData("Environment.GetEnvironmentVariable(p);")]
    [InlineData("Stopwatch.StartNew();")]
    public void ImpureCore_Impurity_IsFound(string statement)
    {
        AssertAny("src/Core/Faults/A.cs:1:", CodeChecks.ImpureCore(SourceTree.Of(("src/Core/Faults/A.cs", statement))));
        Assert.Empty(CodeChecks.ImpureCore(SourceTree.Of(("src/Storage/A.cs", statement))));
    }

    [Fact]
    public void ImpureCore_WordsThatLookAlike_AreLeftAlone() =>
        Assert.Empty(CodeChecks.ImpureCore(
            SourceTree.Of(("src/Core/Rules/A.cs",
                "var n = rule.File.Length; var d = File.Name; // async, Random\nvar t = \"TimeProvider\"; new MemoryStream(); TaskList x;"))));

    [Theory]
    [InlineData("private async void OnClick() { }", "A.cs:1: async void")]
    [InlineData("list.ForEach(async x => await y(x));", "A.cs:1: async void")]
    [InlineData("private async Task OnClick() { } // async void", null)]
    public void AsyncVoid_Method_IsFound(string text, string? finding) => AssertOne(finding, CodeChecks.AsyncVoid(SourceTree.Of(("src/Bus/A.cs", text))));

    [Theory]
    [InlineData("public sealed record XOptions { public int A { get; init; } }", "XOptions has no validator")]
    [InlineData("public sealed record XOptions(int A);\nclass Other { void Validate() { } }", "XOptions has no validator")]
    [InlineData("public sealed record XOptions { public IReadOnlyList<string> Validate() => []; }", null)]
    [InlineData("public sealed record XOptions { }\nsealed class XOptionsValidator { }", null)]
    [InlineData("public sealed record XOptions { }\nsealed class V : IValidateOptions<XOptions> { }", null)]
    [InlineData("// record YOptions\nclass A { JsonSerializerOptions o; }", null)]
    public void OptionsWithoutValidator_Type_IsFound(string text, string? finding) =>
        AssertOne(finding, CodeChecks.OptionsWithoutValidator(SourceTree.Of(("src/Bus/A.cs", text)), new Dictionary<string, string>()));

    [Fact]
    public void OptionsWithoutValidator_ListOfThoseThatOweOne_OnlyGetsShorter()
    {
        var owing = SourceTree.Of(("src/Bus/A.cs", "record XOptions { }"));
        Assert.Empty(CodeChecks.OptionsWithoutValidator(owing, new Dictionary<string, string> { ["XOptions"] = "nothing can be wrong with it" }));
        AssertOne("without a reason", CodeChecks.OptionsWithoutValidator(owing, new Dictionary<string, string> { ["XOptions"] = "" }));
        AssertOne("has a validator now",
            CodeChecks.OptionsWithoutValidator(
                SourceTree.Of(("src/Bus/A.cs", "record XOptions { void Validate() { } }")), new Dictionary<string, string> { ["XOptions"] = "later" }));
        AssertOne("or a type", CodeChecks.OptionsWithoutValidator(SourceTree.Of(), new Dictionary<string, string> { ["XOptions"] = "later" }));
    }

    [Fact]
    public void EffectsWithoutHandler_CaseNobodyNames_IsFound()
    {
        const string Core = "public abstract record LaneEffect(int At) {\n public sealed record Raised(int A,\n int B) : LaneEffect(A) { }\n public sealed record Gone(int A) : LaneEffect(A); }";
        const string Outages = "public abstract record CorrelatorEffect {\n public sealed record Opened(int A) : CorrelatorEffect;\n public sealed record Nothing : CorrelatorEffect; }";
        var core = new[] { ("src/Core/Faults/LaneEffect.cs", Core), ("src/Core/Outages/State.cs", Outages) };
        Assert.Empty(CodeChecks.EffectsWithoutHandler(SourceTree.Of(core)));
        Assert.Equal(
            ["LaneEffect.Gone", "CorrelatorEffect.Nothing"],
            CodeChecks.EffectsWithoutHandler(
                SourceTree.Of([.. core, ("src/ProactiveWorker/A.cs",
                    "case LaneEffect.Raised e: case CorrelatorEffect.Opened o: // LaneEffect.Gone\n case LaneEffect.GoneAgain: \"CorrelatorEffect.Nothing\"")]))
                .Select(f => f.Split("handles ")[1].Split(';')[0]));
        Assert.Equal(2, CodeChecks.EffectsWithoutHandler(SourceTree.Of(("src/ProactiveWorker/A.cs", "class A { }")))
            .Count(f => f.Contains("if it was renamed", StringComparison.Ordinal)));
    }

    [Fact]
    public void SharedEventIds_OneNumberTwice_IsFoundInBothPlaces()
    {
        var tree = SourceTree.Of(
            ("src/Bus/A.cs", "[LoggerMessage(3001, LogLevel.Information, \"a\")]\n[LoggerMessage(3002, LogLevel.Information, \"b\")]"),
            ("src/Console/B.cs", "\n[LoggerMessage(EventId = 3001, Message = \"c\")]"));
        var found = Assert.Single(CodeChecks.SharedEventIds(tree));
        Assert.Contains("3001", found, StringComparison.Ordinal);
        Assert.Contains("src/Bus/A.cs:1", found, StringComparison.Ordinal);
        Assert.Contains("src/Console/B.cs:2", found, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("see /ho" + "me/anna/b2d", true)]
    [InlineData("cd /wo" + "rk/b2d", true)]
    [InlineData("log: /ro" + "ot/b2d.log", true)]
    [InlineData("C:\\Us" + "ers\\anna", true)]
    [InlineData("https://api.nu" + "get.org/v3", true)]
    [InlineData("npm config: REGISTRY.NPM" + "JS.org", true)]
    [InlineData("devices/x/telemetry, ../shared/data, /etc/b2d, framework/home/page, https://example.org/home/anna", false)]
    public void ForeignPlaces_PathOrRegistry_IsFound(string text, bool found) =>
        AssertOne(found ? "docs/x.md:2:" : null, CodeChecks.ForeignPlaces(SourceTree.Of(("docs/x.md", "title\n" + text))));

    [Theory]
    [InlineData("a \"b\" c", "a     c")]
    [InlineData("a \"b\\\"c\" d", "a        d")]
    [InlineData("a @\"b\\\" c", "a       c")]
    [InlineData("a @\"b\"\"c\" d", "a         d")]
    [InlineData("a \"\" b", "a    b")]
    [InlineData("a '\"' b // c", "a     b     ")]
    [InlineData("a '\\'' b", "a      b")]
    [InlineData("a /* b\nc */ d", "a     \n     d")]
    [InlineData("a $\"b{c}d\" e", "a     c    e")]
    [InlineData("a $\"b{{c}}d\" e", "a            e")]
    [InlineData("a $\"{x(\"y\", '}')}\" e", "a    x(   ,    )   e")]
    [InlineData("a \"\"\"b \"c\" d\"\"\" e", "a               e")]
    [InlineData("a $$\"\"\"b {c} {{d}}\"\"\" e", "a              d      e")]
    [InlineData("a \"// b\" c", "a        c")]
    public void SourceCode_Of_BlanksCommentsAndLiterals(string text, string expected) => Assert.Equal(expected, SourceCode.Of(text));

    [Theory]
    [InlineData("MqttServer", "Mqtt Server")]
    [InlineData("IOPump", "IO Pump")]
    [InlineData("deviceId", "device Id")]
    [InlineData("Http2Reader", "Http2 Reader")]
    public void Words_Of_TakesCamelCaseApart(string name, string words) => Assert.Equal(words.Split(' '), Words.Of(name));

    [Fact]
    public void Words_TypesIn_FindsEveryKind() => Assert.Equal(
        ["A", "B", "C", "D", "E", "F", "G", "H"],
        Words.TypesIn("class A { } readonly struct B { } interface C<T> { } enum D : byte { } record E(int X); record class F; readonly record struct G(int X); delegate Truth H(in int x);").Select(t => t.Name));

    private static string Project(string items) => $"<Project><ItemGroup>{items}</ItemGroup></Project>";

    private static void AssertOne(string? finding, IEnumerable<string> findings)
    {
        var found = findings.ToArray();
        if (finding is null)
            Assert.Empty(found);
        else
            Assert.Contains(finding, Assert.Single(found), StringComparison.Ordinal);
    }

    private static void AssertAny(string finding, IEnumerable<string> findings) =>
        Assert.Contains(findings, f => f.Contains(finding, StringComparison.Ordinal));
}
