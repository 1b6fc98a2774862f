using System.Globalization;
using System.Text;
using B2D.Bus;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.DeviceGateway.Devices;
using B2D.DeviceGateway.Sessions;
using B2D.Storage;
using B2D.Storage.Devices;
using B2D.Storage.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace B2D.DeviceGateway.Tests;

/// <summary>
/// A whole gateway over stores in memory, on a clock that the test moves, with loops that the test pumps. Registered are a gateway device
/// <c>hub</c> with its children <c>child-1</c> and <c>child-2</c>, and <c>pump</c> and <c>other</c> by themselves; each password is the id reversed.
/// </summary>
internal sealed class TestGateway : IDisposable
{
    public static readonly DeviceId Hub = DeviceId.Parse("hub"), Child1 = DeviceId.Parse("child-1"), Child2 = DeviceId.Parse("child-2"),
        Pump = DeviceId.Parse("pump"), Other = DeviceId.Parse("other");

    private readonly bool ownsStores;
    private TaskCompletionSource work = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TestGateway(GatewayOptions? options = null, Stores? stores = null, EntryQueue? entries = null, TestClock? clock = null, bool start = true,
        bool sessions = false)
    {
        ownsStores = stores is null;
        Stores = stores ?? NewStores();
        Clock = clock ?? new TestClock();
        Entries = entries ?? new EntryQueue();
        Log = new FaultyLog(Stores.Log);
        Gateway = new Gateway(
            Log, Stores.State, Entries, Commands, options ?? new GatewayOptions { Port = 0 }, Clock, NullLoggerFactory.Instance, Seal,
            sessions ? new StoredSessions(Stores.Sessions) : null);
        foreach (var loop in Gateway.Loops)
            loop.Wake = () => Volatile.Read(ref work).TrySetResult();
        if (start)
            Gateway.Start();
    }

    public Stores Stores { get; }

    public TestClock Clock { get; }

    public EntryQueue Entries { get; }

    public CommandQueue Commands { get; } = new();

    public SecretSeal Seal { get; } = SecretSeal.InMemory();

    public FaultyLog Log { get; }

    public Gateway Gateway { get; }

    /// <summary>Completes when something wants to be pumped.</summary>
    public Task Work => Volatile.Read(ref work).Task;

    public static Stores NewStores()
    {
        var stores = Stores.InMemory();
        Register(stores, new Device(Hub), new Device(Child1) { Parent = Hub }, new Device(Child2) { Parent = Hub }, new Device(Pump), new Device(Other));
        return stores;
    }

    public static string PasswordOf(DeviceId id) => new([.. id.Value.Reverse()]);

    public static void Register(Stores stores, params Device[] devices) => stores.State.Write(db =>
    {
        foreach (var device in devices)
        {
            DeviceStore.Put(db, device, 1);
            DeviceStore.SetSecret(db, device.Id.Value, DeviceSecrets.Hash(PasswordOf(device.Id), SecretHashing.Sha256), 1);
        }
    });

    /// <summary>Imports certificates and keys, as an operator does, and tells the gateway.</summary>
    public void Import(string csv) => Gateway.RefreshDevices(Import(Stores, Seal, csv));

    /// <inheritdoc cref="Import(string)"/>
    public static IReadOnlyList<DeviceId> Import(Stores stores, SecretSeal seal, string csv)
    {
        var reading = DeviceImport.Read(csv);
        Xunit.Assert.Empty(reading.Problems);
        return stores.State.Write(db => CredentialStore.Upsert(db, reading.Rows, seal, 2));
    }

    /// <summary>One turn of every loop, until there is no more to do at once.</summary>
    public void PumpAll()
    {
        foreach (var loop in Gateway.Loops)
        {
            while (loop.Pump())
            {
                // Each turn is bounded.
            }
        }
    }

    /// <summary>Lets time pass in steps, pumping after each.</summary>
    public void Advance(TimeSpan by, TimeSpan step)
    {
        for (var passed = TimeSpan.Zero; passed < by; passed += step)
        {
            Clock.Advance(step);
            PumpAll();
        }
    }

    /// <summary>Pumps whenever something wakes a loop, until the task is complete.</summary>
    public async Task<T> PumpUntilAsync<T>(Task<T> task)
    {
        await PumpUntilAsync((Task)task);
        return await task;
    }

    /// <inheritdoc cref="PumpUntilAsync{T}(Task{T})"/>
    public async Task PumpUntilAsync(Task task)
    {
        while (!task.IsCompleted)
        {
            var next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref work, next);
            PumpAll();
            await Task.WhenAny(task, next.Task);
        }
    }

    /// <summary>Forgets what woke the loops so far; then <see cref="Work"/> completes at the next wake-up.</summary>
    public void ForgetWork() => Volatile.Write(ref work, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>What the log holds, one line per entry, without those that are about the gateway itself.</summary>
    public string Entered() => string.Join(
        " | ", Stores.Log.Read(0, 100_000).Where(e => e.Body is not (Entry.GatewayUp or Entry.GatewayDown)).Select(e => Show(e.Body)));

    public string DeadLetters() => string.Join(
        " | ", Stores.Log.DeadLetters().OrderBy(d => d.Id).Select(d => $"{d.Device} {d.Topic} {d.Reason} {Encoding.UTF8.GetString(d.Payload)}"));

    public static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static string Show(Entry entry) => entry switch
    {
        Entry.Telemetry t => $"{t.Device}@{t.At?.EpochMs.ToString(CultureInfo.InvariantCulture) ?? "-"} "
            + string.Join(' ', t.Readings.Select(r => $"{r.Metric}={r.Value}")),
        Entry.Event e => $"{e.Device} {e.Code} {e.State}",
        Entry.PresenceChange p => $"{p.Device} {p.State} {p.Source}",
        Entry.Reply r => $"{r.Device} answers {r.CommandId} {r.Status}",
        Entry.CommandDelivered d => $"{d.Device} has {d.CommandId}",
        _ => entry.GetType().Name,
    };

    public void Dispose()
    {
        Gateway.Dispose();
        if (ownsStores)
            Stores.Dispose();
    }
}

/// <summary>A simulated device: remembers what was acknowledged and repeats the rest on its next connection.</summary>
internal sealed class TestDevice
{
    private readonly TestGateway at;
    private readonly List<(string Topic, string Payload)> unacknowledged = [];

    public TestDevice(TestGateway at, DeviceId id)
    {
        this.at = at;
        Id = id;
        Link = Connect();
    }

    public DeviceId Id { get; }

    public DirectLink Link { get; private set; }

    public int Acknowledged { get; private set; }

    public List<string> Received { get; } = [];

    public bool AcknowledgesCommands { get; set; } = true;

    public void Publish(string leaf, string payload)
    {
        unacknowledged.Add(($"devices/{Id}/{leaf}", payload));
        Send(unacknowledged[^1]);
    }

    /// <summary>Connects again and repeats, in order, what was not acknowledged.</summary>
    public void Reconnect(TestGateway? other = null)
    {
        Link = Connect(other);
        foreach (var message in unacknowledged.ToArray())
            Send(message);
    }

    private DirectLink Connect(TestGateway? other = null)
    {
        var link = (other ?? at).Gateway.Connect(Id);
        link.Receive = (topic, payload) =>
        {
            Received.Add($"{topic} {Encoding.UTF8.GetString(payload.Span)}");
            return AcknowledgesCommands;
        };
        return link;
    }

    private void Send((string Topic, string Payload) message) => Link.Publish(message.Topic, TestGateway.Bytes(message.Payload), acknowledged =>
    {
        if (!acknowledged)
            return;
        Acknowledged++;
        unacknowledged.Remove(message);
    });
}
