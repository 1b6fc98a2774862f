using System.Text;
using System.Text.Json;
using B2D.FirmwareSim.Faults;
using B2D.FirmwareSim.Fleets;

namespace B2D.FirmwareSim.Tests;

/// <summary>A fleet run in virtual time, with everything it put out. Beats of a second, a report every 1.5 s unless told otherwise.</summary>
internal sealed class FleetRun
{
    public static readonly DateTimeOffset Start = new(2026, 3, 4, 9, 0, 0, TimeSpan.Zero);

    public FleetRun(int seed = 7, int devices = 60, FleetOptions? options = null, Func<Town, InjectionPlan>? plan = null, DateTimeOffset? start = null)
    {
        Town = Town.Create(seed, devices, start ?? Start);
        Options = options ?? FleetOptions.Demo;
        Fleet = new Fleet(Town, Options, plan?.Invoke(Town));
        Now = Town.Start;
    }

    public Town Town { get; }

    public FleetOptions Options { get; }

    public Fleet Fleet { get; }

    public DateTimeOffset Now { get; private set; }

    public List<FleetOutput> Outputs { get; } = [];

    public static FleetRun With(InjectionKind kind, DeviceKind on, double at, double? until = null, FleetOptions? options = null) => new(
        options: options,
        plan: town => new InjectionPlan([new Injection(kind, Seconds(at), until is { } end ? Seconds(end) : null, First(town, on).Id)]));

    public static Device First(Town town, DeviceKind kind) =>
        town.Devices.First(d => d.Kind == kind && d.Parent is null && !town.Devices.Any(other => other.Parent == d.Id));

    public static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    /// <summary>Runs to that many seconds after the start.</summary>
    public FleetRun To(double seconds)
    {
        Now = Town.Start + Seconds(seconds);
        Outputs.AddRange(Fleet.Advance(Now));
        return this;
    }

    public IReadOnlyList<FleetOutput> Command(string device, string id, string payload)
    {
        var outputs = Fleet.OnCommand(device, id, Encoding.UTF8.GetBytes(payload), Now);
        Outputs.AddRange(outputs);
        return outputs;
    }

    public IEnumerable<FleetOutput.Publish> Published(string device, string last) =>
        Outputs.OfType<FleetOutput.Publish>().Where(p => p.Topic == $"devices/{device}/{last}");

    /// <summary>The samples of a metric as they were sent, by the second after the start.</summary>
    public List<(double Second, double Value)> Numbers(string device, string metric) => [.. Samples(device)
        .Where(s => s.Body.TryGetProperty(metric, out _))
        .Select(s => (s.Second, s.Body.GetProperty(metric).GetDouble()))];

    public List<(double Second, JsonElement Body)> Samples(string device) => [.. Published(device, "telemetry")
        .Where(p => !p.Copy)
        .SelectMany(p => Bodies(p).Select(body => (SecondOf(p.AtMs), body)))];

    public List<(double Second, string Code, string State)> Events(string device) => [.. Published(device, "events")
        .Where(p => !p.Copy)
        .Select(p => (SecondOf(p.AtMs), Bodies(p)[0].GetProperty("code").GetString()!, Bodies(p)[0].GetProperty("state").GetString()!))];

    public double SecondOf(long ms) => (ms - Town.Start.ToUnixTimeMilliseconds()) / 1000.0;

    public static IReadOnlyList<JsonElement> Bodies(FleetOutput.Publish publish)
    {
        var root = JsonDocument.Parse(publish.Payload).RootElement;
        return root.ValueKind == JsonValueKind.Array ? [.. root.EnumerateArray()] : [root];
    }

    public static string Show(FleetOutput output) => output switch
    {
        FleetOutput.Publish p => $"{p.AtMs} {p.Connection} {p.Topic} {Encoding.UTF8.GetString(p.Payload.Span)} {p.Retain} {p.Copy}",
        FleetOutput.Connect c => $"{c.AtMs} {c.Connection} connect {c.Session.Password} {string.Join(' ', c.Session.Subscriptions)}",
        FleetOutput.Disconnect d => $"{d.AtMs} {d.Connection} disconnect {d.Clean}",
        _ => throw new InvalidOperationException(),
    };
}
