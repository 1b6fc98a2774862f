using B2D.Core;
using B2D.Core.Backtests;
using B2D.Core.Devices;
using B2D.Core.Rules;
using B2D.Core.Telemetry;
using B2D.FirmwareSim.Replay;
using B2D.FirmwareSim.Signals;
using static B2D.Benchmarks.Ingest.Numbers;
using MetricValue = B2D.Core.Telemetry.MetricValue;

namespace B2D.Benchmarks.Evaluation;

/// <summary>A back-test of rules of one's own over a recording of one's own, already read into memory.</summary>
internal static class RecordedRun
{
    private const int Warming = 40;

    /// <param name="rules">Folder of rule files.</param>
    /// <param name="replay">The description of the recording.</param>
    /// <param name="data">The folder with its files.</param>
    /// <param name="rounds">How often; as many more as make code compiled for good before the first that counts.</param>
    public static void Run(string rules, string replay, string data, int rounds)
    {
        var files = Directory.GetFiles(rules, "*.yaml", SearchOption.AllDirectories).Select(f => new RuleFile(Path.GetRelativePath(rules, f), File.ReadAllText(f))).ToList();
        var check = RuleSetReader.Read(files);
        var set = check.Set ?? throw new InvalidOperationException(RuleReport.Text(check));
        var recording = Recording.Load(replay, data, CancellationToken.None);
        var devices = recording.Devices.ToDictionary(d => d, DeviceId.Parse, StringComparer.Ordinal);
        (ServerTime At, DeviceId Device, Entry Body)[] entries = [.. recording.Messages.Select(m => (new ServerTime(m.DeviceTimeMs), devices[m.Device], Body(m, devices[m.Device])))];
        var (speeds, faults, readings) = (new List<double>(), 0, 0L);
        for (var round = -Warming; round < rounds; round++)
        {
            GC.Collect();
            var began = RulesRun.Spent;
            var test = new Backtest(set, ArrivalOptions.Default);
            foreach (var device in devices.Values)
                test.Register(new Device(device), entries[0].At);
            foreach (var (at, device, body) in entries)
                test.Take(device, body, at);
            var record = test.Finish(null);
            if (round >= 0)
                speeds.Add(record.Readings / (RulesRun.Spent - began).TotalSeconds);
            (faults, readings) = (record.Faults.Length, record.Readings);
        }
        Say($"back-test of {set.Faults.Length} rules in {rules} over {recording.Name}: {readings:N0} readings of {devices.Count:N0} devices, {faults:N0} faults, {Range(speeds)} readings a second");
    }

    private static Entry Body(ReplayMessage message, DeviceId device)
    {
        var at = new DeviceTime(message.DeviceTimeMs);
        return message.Code is { } code
            ? new Entry.Event(device, code, message.State == "set" ? CodeState.Set : CodeState.Clear, at)
            : new Entry.Telemetry(device, at, [.. message.Values.Select(v => new Reading(v.Key, Value(v.Value)))]);
    }

    private static MetricValue Value(FirmwareSim.Signals.MetricValue value) => value.Kind switch
    {
        MetricKind.Text => MetricValue.Of(value.Text!),
        MetricKind.Boolean => MetricValue.Of(value.IsTrue),
        _ => MetricValue.Of(value.Number),
    };
}
