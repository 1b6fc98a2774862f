using System.Text.Json;
using B2D.Console.Faults;
using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using B2D.Storage;
using B2D.Storage.Devices;
using B2D.Storage.Faults;

namespace B2D.Console.Tests;

public sealed class FaultStoryTests : IDisposable
{
    private const long Start = 1_800_000_000_000;
    private static readonly DeviceId Pump = DeviceId.Parse("hp-1");
    private readonly Stores stores = Stores.InMemory();

    public void Dispose() => stores.Dispose();

    [Fact]
    public void TextOf_HeldCondition_TellsTheRuleAndEachChangeWithItsValues()
    {
        Sent(("temp_c", 70, 0), ("temp_c", 99, 60), ("temp_c", 98, 120), ("temp_c", 97, 200));
        var fault = Raised("# first\n\n- fault: hot\n  title: Too hot\n  raise: >-\n    temp_c > 90\n    && temp_c < 1000\n  hold: 2m\n  case: {}\n\n- fault: other\n  raise: temp_c > 1\n  case: {}\n", 60, 180);

        var text = FaultStory.TextOf(stores, fault)!;

        Assert.StartsWith("Fault 1: Too hot, on hp-1\n", text, StringComparison.Ordinal);
        Assert.Contains("&& temp_c < 1000", text, StringComparison.Ordinal);
        var told = text[text.IndexOf("How it came about:\n", StringComparison.Ordinal)..].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            [
                $"    {At(60)}  it begins; it must last for 2m; temp_c 99",
                $"    {At(180)}  raised: the condition was true when the device was heard last, and its hold is over; temp_c 98",
            ],
            told[1..]);
    }

    [Fact]
    public void TextOf_LatchedFault_EndsWithWhoHasSeenIt()
    {
        Sent(("temp_c", 70, 0), ("temp_c", 99, 60), ("temp_c", 70, 120));
        var fault = Raised("- fault: hot\n  title: Too hot\n  raise: temp_c > 90\n  latch: true\n  case: {}\n", 60, 60);
        stores.State.Write(db =>
        {
            FaultStore.Acknowledge(db, "hp-1", "hot", "anna", Start + 600_000);
            FaultStore.Clear(db, "hp-1", "hot", "1-1", Start + 600_000, "Acknowledged");
        });

        var text = FaultStory.TextOf(stores, fault)!;

        Assert.Contains($"It was over at {At(600)} (Acknowledged).", text, StringComparison.Ordinal);
        Assert.EndsWith(
            $"    {At(60)}  raised: the condition is true; temp_c 99\n"
            + $"    {At(120)}  its condition is over, and it waits for somebody to acknowledge it: it is normal again; temp_c 70\n"
            + $"    {At(600)}  over: it was normal again, and somebody acknowledged it; temp_c 70\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void TextOf_FaultThatChatters_CountsWhatCameBefore()
    {
        Sent(("temp_c", 99, 0), ("temp_c", 70, 60), ("temp_c", 99, 7200), ("temp_c", 70, 7260), ("temp_c", 70, 9060));
        var fault = Raised("- fault: hot\n  title: Too hot\n  raise: temp_c > 90\n  chatter: { raises: 2, within: 2h, quiet: 30m }\n  case: {}\n", 7200, 7200);

        Assert.Contains($"{At(7200)}  raised: the condition is true; that often within 2h (2 times) it chatters, and stays open until it was normal for 30m; temp_c 99",
            FaultStory.TextOf(stores, fault), StringComparison.Ordinal);
    }

    [Fact]
    public void TextOf_NothingStoredAnyMore_SaysSo()
    {
        var fault = Raised("- fault: hot\n  title: Too hot\n  raise: temp_c > 90\n  case: {}\n", 60, 60);

        Assert.Contains("no longer stored", FaultStory.TextOf(stores, fault), StringComparison.Ordinal);
    }

    [Fact]
    public void TextOf_NoSuchFault_Null() => Assert.Null(FaultStory.TextOf(stores, 7));

    private static string At(int second) => DateTimeOffset.FromUnixTimeMilliseconds(Start + (second * 1000)).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);

    private void Sent(params (string Metric, double Value, int Second)[] readings)
    {
        for (var i = 0; i < readings.Length; i++)
        {
            var (metric, value, second) = readings[i];
            var at = Start + (second * 1000);
            var entry = new Entry.Telemetry(Pump, new DeviceTime(at), [new Reading(metric, MetricValue.Of(value))]);
            stores.Telemetry.Append(new LogEntry(Partitions.Of(Pump), i + 1, new ServerTime(at), entry), entry, new DeviceTime(at), new bool[1]);
        }
    }

    /// <summary>As the worker writes it.</summary>
    private long Raised(string rules, int onset, int raised)
    {
        var rule = RuleSetReader.Read([new RuleFile("pumps.yaml", rules)]).Set!.Faults[0];
        return stores.State.Write(db =>
        {
            DeviceStore.Put(db, new Device(Pump), Start);
            return FaultStore.Raise(db, new FaultRow
            {
                Device = "hp-1", Rule = rule.Id, Title = rule.Title, RuleVersion = rule.Version, Episode = "1-1", Kind = "condition", OnsetAt = Start + (onset * 1000), RaisedAt = Start + (raised * 1000),
                Evidence = JsonSerializer.Serialize(new { rule = rule.Text }),
            })!.Value;
        });
    }
}
