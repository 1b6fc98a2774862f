using B2D.FirmwareSim.Replay;
using B2D.FirmwareSim.Signals;
using Xunit;

namespace B2D.FirmwareSim.Tests;

/// <summary>The examples over the recorded data, where the data are: in a folder shared/data beside one of the repository's parents.</summary>
public class RecordedDataTests
{
    private static readonly Lazy<Recording> Machines = new(() => Load("machines"));
    private static readonly Lazy<Recording> Router = new(() => Load("router"));
    private static readonly Lazy<Recording> Cloudwatch = new(() => Load("cloudwatch"));

    [SkippableData]
    public void Machines_Example_EveryRowAndEveryCode()
    {
        var recording = Machines.Value;
        var events = recording.Messages.Where(m => m.Code is not null).ToList();

        Assert.Equal(21_600, recording.Messages.Count - events.Count);
        Assert.Equal(100, events.Count);
        Assert.Equal(91, events.Select(e => (e.Device, e.DeviceTimeMs)).Distinct().Count());
        Assert.Equal(100, events.Select(e => (e.Device, e.DeviceTimeMs, e.Code)).Distinct().Count());
        Assert.Equal(10, recording.Devices.Count);
        Assert.All(recording.Messages.Where(m => m.Code is null), m => Assert.Equal(["volt", "rotate", "pressure", "vibration"], m.Values.Select(v => v.Key)));
    }

    [SkippableData]
    public void Router_Example_ThreeShutdownsOfOneInterfaceAndNothingElse()
    {
        var recording = Router.Value;
        Dictionary<string, bool> down = [];
        List<(string Device, long Second, bool Down)> changes = [];
        foreach (var message in recording.Messages)
        {
            if (Flag(message, "ever_moved") is not { } moved || Flag(message, "moving") is not { } moving) continue;
            var now = moved && !moving;
            if (now != down.GetValueOrDefault(message.Device)) changes.Add((message.Device, message.DeviceTimeMs / 1000, now));
            down[message.Device] = now;
        }

        const string Interface = "leaf7-HundredGigE0-0-0-10";
        Assert.Equal(
            [
                (Interface, 1558250592, true), (Interface, 1558252992, false), (Interface, 1558255392, true), (Interface, 1558257792, false),
                (Interface, 1558260192, true),
            ],
            changes);
        Assert.Equal(38, recording.Devices.Count);
        Assert.Equal(42_588 - 1_092, recording.Messages.Count(m => m.File == "show_interface.csv.gz"));
    }

    [SkippableData]
    public void Cloudwatch_Example_ADeviceForEverySeriesAndWindowsOfThem()
    {
        var recording = Cloudwatch.Value;
        var windows = RecordedWindows.Load(
            Path.Combine(SkippableDataAttribute.Root!, "examples", "cloudwatch", "replay.yaml"), Path.Combine(SkippableDataAttribute.Data!, "cloudwatch", "windows.json"));

        Assert.Equal((22, 87_900), (recording.Devices.Count, recording.Messages.Count));
        Assert.Equal(30, windows.Count);
        Assert.Empty(windows.Select(w => w.Device).Except(recording.Devices));
    }

    [SkippableData]
    public void Examples_DevicesFiles_HaveAPasswordForEveryDevice()
    {
        foreach (var recording in new[] { Machines.Value, Router.Value, Cloudwatch.Value })
        {
            var passwords = Credentials.Read(recording.Credentials!);
            Assert.Equal(recording.Devices, passwords.Keys.Order(StringComparer.Ordinal));
        }
    }

    private static bool? Flag(ReplayMessage message, string metric) =>
        message.Values.Where(v => v.Key == metric).Select(v => (bool?)v.Value.IsTrue).SingleOrDefault();

    private static Recording Load(string example) =>
        Recording.Load(Path.Combine(SkippableDataAttribute.Root!, "examples", example, "replay.yaml"), Path.Combine(SkippableDataAttribute.Data!, example));

    /// <summary>A test that needs the recorded data, and is skipped where they are not.</summary>
    private sealed class SkippableDataAttribute : FactAttribute
    {
        public SkippableDataAttribute()
        {
            if (Root is null || Data is null) Skip = "no shared/data beside the repository";
        }

        public static string? Root { get; } = Above(AppContext.BaseDirectory).FirstOrDefault(f => File.Exists(Path.Combine(f, "B2D.sln")));

        public static string? Data { get; } = Above(Root ?? AppContext.BaseDirectory)
            .Select(f => Path.Combine(f, "shared", "data")).FirstOrDefault(Directory.Exists);

        private static IEnumerable<string> Above(string folder)
        {
            for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent) yield return at.FullName;
        }
    }
}
