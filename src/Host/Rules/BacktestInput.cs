using System.Collections.Immutable;
using B2D.Core;
using B2D.Core.Backtests;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.FirmwareSim.Replay;
using B2D.FirmwareSim.Signals;
using MetricValue = B2D.Core.Telemetry.MetricValue;

namespace B2D.Host.Rules;

/// <summary>What one device said at one instant.</summary>
internal readonly record struct BacktestEntry(DeviceId Device, Entry Body, ServerTime At);

/// <summary>Recorded telemetry for a back-test.</summary>
/// <param name="Name">For people.</param>
/// <param name="Devices">Those that are registered, by id.</param>
/// <param name="Entries">Each device's in order of time.</param>
/// <param name="Count">How many entries there are, roughly: for the progress.</param>
internal sealed record BacktestInput(string Name, IReadOnlyDictionary<DeviceId, Device> Devices, IEnumerable<BacktestEntry> Entries, long Count)
{
    /// <summary>All entries in order of time, those of one instant in order of device: what needs more memory or time than <see cref="Entries"/>.</summary>
    public required IEnumerable<BacktestEntry> InOrder { get; init; }

    /// <summary>Time goes on up to here for every device; null: for each up to the last thing it said.</summary>
    public ServerTime? Until { get; init; }

    /// <summary>Recorded files as a replay description maps them, with the devices of the file beside it.</summary>
    /// <exception cref="IOException">A file is missing or wrong; the message lists what.</exception>
    public static BacktestInput OfRecording(string replayFile, string dataFolder, CancellationToken cancellation)
    {
        try
        {
            var recording = Recording.Load(replayFile, dataFolder, cancellation);
            var ids = recording.Devices.ToDictionary(d => d, DeviceId.Parse, StringComparer.Ordinal);
            BacktestEntry[] entries = [.. recording.Messages.Select(m => Of(m, ids[m.Device]))];
            return new BacktestInput(recording.Name, Registered(recording.Credentials), entries, entries.Length)
            {
                InOrder = entries.OrderBy(e => e.At).ThenBy(e => e.Device),
            };
        }
        catch (ReplayException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>Labels of a file: what did happen, and when.</summary>
    /// <param name="file">The CSV file.</param>
    /// <param name="replayFile">The replay description whose columns it may use; null for none.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="IOException">The file is missing or wrong; the message lists every mistake with its line.</exception>
    public static IReadOnlyList<BacktestLabel> Labels(string file, string? replayFile, CancellationToken cancellation)
    {
        try
        {
            return [.. RecordedLabels.Load(replayFile, file, cancellation).Select(l => new BacktestLabel(DeviceId.Parse(l.Device), new ServerTime(l.AtMs), l.What))];
        }
        catch (ReplayException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>Labelled windows of a file; null where it holds labels of another kind, <see cref="Labels"/>.</summary>
    /// <inheritdoc cref="Labels"/>
    public static IReadOnlyList<BacktestWindow>? Windows(string file, string? replayFile, CancellationToken cancellation)
    {
        try
        {
            return RecordedWindows.Are(file)
                ? [.. RecordedWindows.Load(replayFile, file, cancellation).Select(w => new BacktestWindow(DeviceId.Parse(w.Device), new ServerTime(w.FromMs), new ServerTime(w.UntilMs), w.What))]
                : null;
        }
        catch (ReplayException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    private static Dictionary<DeviceId, Device> Registered(string? file)
    {
        if (file is null || !File.Exists(file))
            return [];
        var reading = DeviceImport.Read(File.ReadAllText(file));
        return reading.IsGood
            ? reading.Rows.ToDictionary(r => r.Id, r => r.ApplyTo(null))
            : throw new IOException(string.Join(Environment.NewLine, reading.Problems.Select(p => $"{file}:{p.Line}: {Imports.WithoutLine(p)}")));
    }

    private static BacktestEntry Of(ReplayMessage message, DeviceId device)
    {
        var at = new DeviceTime(message.DeviceTimeMs);
        Entry body = message.Code is { } code
            ? new Entry.Event(device, code, message.State == "set" ? CodeState.Set : CodeState.Clear, at)
            : new Entry.Telemetry(device, at, Readings(message));
        return new BacktestEntry(device, body, new ServerTime(message.DeviceTimeMs));
    }

    private static ImmutableArray<Reading> Readings(ReplayMessage message)
    {
        var readings = ImmutableArray.CreateBuilder<Reading>(message.Values.Count);
        foreach (var (metric, value) in message.Values)
        {
            readings.Add(new Reading(metric, value.Kind switch
            {
                MetricKind.Text => MetricValue.Of(value.Text!),
                MetricKind.Boolean => MetricValue.Of(value.IsTrue),
                _ => MetricValue.Of(value.Number),
            }));
        }
        return readings.MoveToImmutable();
    }
}
