using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.Storage;
using B2D.Storage.Devices;
using B2D.Storage.Telemetry;

namespace B2D.Host.Rules;

/// <summary>
/// The telemetry of an installation for a back-test, read device by device. Nothing is written; what a program that was killed had not yet put into the
/// telemetry is missing until it has run again.
/// </summary>
internal sealed class StoredInput : IDisposable
{
    private readonly Stores stores;
    private readonly DeviceTime from;
    private readonly DeviceTime until;
    private readonly Dictionary<DeviceId, Device> devices;

    private StoredInput(Stores stores, DateTimeOffset? from, DateTimeOffset? until)
    {
        this.stores = stores;
        this.from = new DeviceTime(from?.ToUnixTimeMilliseconds() ?? 0);
        this.until = until is { } end ? new DeviceTime(end.ToUnixTimeMilliseconds()) : new DeviceTime(ServerTime.Never.EpochMs);
        devices = DeviceStore.Each(stores.State).Select(r => r.ToDevice()).ToDictionary(d => d.Id);
    }

    /// <summary>Opens a data folder.</summary>
    /// <param name="folder">Of an installation that does not run, or a copy that <c>b2d backup</c> made.</param>
    /// <param name="from">Telemetry from then on; null for all.</param>
    /// <param name="until">Telemetry before then; null for all.</param>
    /// <exception cref="IOException">There is no telemetry.</exception>
    /// <exception cref="StorageException">Another process has it, or it cannot be read.</exception>
    public static StoredInput Open(string folder, DateTimeOffset? from, DateTimeOffset? until) => File.Exists(Path.Combine(folder, "telemetry.db"))
        ? new StoredInput(Stores.Open(new StorageOptions { DataFolder = folder }), from, until)
        : throw new IOException($"There is no telemetry.db in {folder}: --stored takes the data folder of an installation, or a copy that b2d backup made.");

    public BacktestInput Input => new("stored telemetry", devices, devices.Keys.Order().SelectMany(Entries), Math.Max(1, stores.Telemetry.CountReadings()))
    {
        InOrder = InOrder(),
    };

    public void Dispose() => stores.Dispose();

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
        stores.Telemetry.History(device, null, from, until).Select(h => new BacktestEntry(device, h.Body, new ServerTime(h.At.EpochMs)));
}
