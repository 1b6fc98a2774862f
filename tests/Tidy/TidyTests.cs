using Xunit;

namespace B2D.Tidy;

/// <summary>The tree as it is. Each finding says where, what, and what to do instead.</summary>
public sealed class TidyTests
{
    /// <summary>Files that may have more than 400 lines, with their greatest length and why. It only ever gets shorter.</summary>
    private static readonly Dictionary<string, (int Lines, string Why)> LongFiles = [];

    /// <summary>Options that have no validator, and why. It only ever gets shorter.</summary>
    private static readonly Dictionary<string, string> OptionsThatOweAValidator = new()
    {
        ["MqttClientOptions"] = "its ranges are checked one by one where the client connects",
    };

    private static readonly SourceTree Tree = SourceTree.Read();

    [Fact]
    public void Tree_Read_HasEveryProject() =>
        Assert.Equal(["Bus", "Console", "Core", "DeviceGateway", "Host", "Mqtt", "ProactiveWorker", "Storage", "firmware-sim"],
            Tree.Files.Where(f => f.Is(".csproj") && !f.IsIn("tests")).Select(f => f.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void Projects_References_AreTheArrowsOfTheHouse() => AssertNone(HouseChecks.ProjectArrows(Tree));

    [Fact]
    public void Core_Packages_AreTheTwoAllowed() => AssertNone(HouseChecks.PackagesOfCore(Tree));

    [Fact]
    public void Folders_Features_HaveOneNameEverywhere() => AssertNone(HouseChecks.FeatureFolders(Tree));

    [Fact]
    public void Names_OfTypesAndFiles_SaySomething() => AssertNone(HouseChecks.BannedWords(Tree));

    [Fact]
    public void Mqtt_Identifiers_KnowNothingOfB2D() => AssertNone(HouseChecks.DomainWordsInMqtt(Tree));

    [Fact]
    public void Files_Length_CanBeReadAtOnce() => AssertNone(HouseChecks.FileLengths(Tree, LongFiles));

    [Fact]
    public void Threads_TimersAndTasks_AreStartedByHostAlone() => AssertNone(CodeChecks.ThreadsOutsideHost(Tree));

    [Fact]
    public void Core_Code_IsPure() => AssertNone(CodeChecks.ImpureCore(Tree));

    [Fact]
    public void Async_Methods_ReturnTheirTask() => AssertNone(CodeChecks.AsyncVoid(Tree));

    [Fact]
    public void Options_Types_HaveAValidator() => AssertNone(CodeChecks.OptionsWithoutValidator(Tree, OptionsThatOweAValidator));

    [Fact]
    public void Effects_OfCore_AreHandledByTheWorker() => AssertNone(CodeChecks.EffectsWithoutHandler(Tree));

    [Fact]
    public void EventIds_OfLogMessages_AreUnique() => AssertNone(CodeChecks.SharedEventIds(Tree));

    [Fact]
    public void Texts_Everywhere_NameNoMachineAndNoRegistry() => AssertNone(CodeChecks.ForeignPlaces(Tree));

    private static void AssertNone(IEnumerable<string> findings)
    {
        var found = findings.ToArray();
        Assert.True(found.Length == 0, $"{found.Length} findings:\n{string.Join("\n", found)}");
    }
}
