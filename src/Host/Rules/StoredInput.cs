using B2D.Bus;
using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.ProactiveWorker;
using B2D.ProactiveWorker.Notices;
using B2D.Storage;
using B2D.Storage.Devices;
using B2D.Storage.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace B2D.Host.Rules;

/// <summary>The telemetry of an installation for a back-test, read device by device. Nothing is written.</summary>
internal sealed class StoredInput : IDisposable
{
    private readonly Stores stores;
    private readonly IReadOnlyDictionary<DeviceId, Device> devices;
    private readonly string[]? metrics;
    private readonly DeviceTime from;
    private readonly DeviceTime until;

    private StoredInput(Stores stores, IReadOnlyDictionary<DeviceId, Device> devices, string[]? metrics, DeviceTime from, DeviceTime until) =>
        (this.stores, this.devices, this.metrics, this.from, this.until) = (stores, devices, metrics, from, until);

    /// <summary>Telemetry of the running program.</summary>
    /// <param name="stores">Its own; they stay open.</param>
    /// <param name="devices">Those that count.</param>
    /// <param name="metrics">Readings of these alone, beside all codes; null for all.</param>
    /// <param name="from">From then on.</param>
    /// <param name="until">Before then.</param>
    public static BacktestInput Of(Stores stores, IReadOnlyDictionary<DeviceId, Device> devices, string[]? metrics, DeviceTime from, DeviceTime until) =>
        new StoredInput(stores, devices, metrics, from, until).InputOf(1);

    /// <summary>
    /// Opens a data folder as it is now. What is newer than the last cut of its partition is in the log only: the lanes are brought up to its end as at a
    /// start, in this process alone, so that it is in telemetry's memory.
    /// </summary>
    /// <param name="folder">Of an installation, which may run meanwhile, or a copy that <c>b2d backup</c> made.</param>
    /// <param name="from">Telemetry from then on; null for all.</param>
    /// <param name="until">Telemetry before then; null for all.</param>
    /// <exception cref="IOException">There is no telemetry.</exception>
    /// <param name="time">For measuring only.</param>
    /// <exception cref="StorageException">It cannot be read, or is of an older or newer program.</exception>
    public static StoredInput Open(string folder, DateTimeOffset? from, DateTimeOffset? until, TimeProvider time)
    {
        if (!File.Exists(Path.Combine(folder, "telemetry.db")))
            throw new IOException($"There is no telemetry.db in {folder}: --stored takes the data folder of an installation, or a copy that b2d backup made.");
        var stores = Stores.OpenToRead(folder);
        try
        {
            var worker = new Worker(stores, new EntryQueue(), new CommandQueue(), new WorkerOptions(), new NoticeOptions(), [], time, NullLoggerFactory.Instance);
            worker.Rules.Refresh();
            worker.Lanes.Follow();
            var devices = DeviceStore.Each(stores.State).Select(r => r.ToDevice()).ToDictionary(d => d.Id);
            // A running program's write-ahead logs need not grow for what is not read any more.
            stores.Log.Dispose();
            stores.State.Dispose();
            stores.Sessions.Dispose();
            return new StoredInput(stores, devices, null, new DeviceTime(from?.ToUnixTimeMilliseconds() ?? 0),
                until is { } end ? new DeviceTime(end.ToUnixTimeMilliseconds()) : new DeviceTime(ServerTime.Never.EpochMs));
        }
        catch
        {
            stores.Dispose();
            throw;
        }
    }

    public BacktestInput Input => InputOf(Math.Max(1, stores.Telemetry.CountReadings()));

    public void Dispose() => stores.Dispose();

    private BacktestInput InputOf(long count) => new("stored telemetry", devices, devices.Keys.Order().SelectMany(Entries), count) { InOrder = InOrder() };

    /// <summary>All devices side by side, each a week at a time: so much of every device is in memory at once.</summary>
    private IEnumerable<BacktestEntry> InOrder()
    {
        var next = new PriorityQueue<IEnumerator<BacktestEntry>, (ServerTime At, DeviceId Device)>();
        try
        {
            foreach (var device in devices.Keys.Order())
                Queue(Entries(device).GetEnumerator());
            while (next.TryDequeue(out var entries, out _))
            {
                yield return entries.Current;
                Queue(entries);
            }
        }
        finally
        {
            foreach (var (entries, _) in next.UnorderedItems)
                entries.Dispose();
        }

        void Queue(IEnumerator<BacktestEntry> entries)
        {
            if (entries.MoveNext())
                next.Enqueue(entries, (entries.Current.At, entries.Current.Device));
            else
                entries.Dispose();
        }
    }

    private IEnumerable<BacktestEntry> Entries(DeviceId device) =>
        stores.Telemetry.History(device, metrics, from, until).Select(h => new BacktestEntry(device, h.Body, new ServerTime(h.At.EpochMs)));
}
