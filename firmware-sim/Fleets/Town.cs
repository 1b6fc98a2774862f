namespace B2D.FirmwareSim.Fleets;

/// <summary>
/// Customers and devices of one simulated town, all from one seed. About 65 % of the devices are routers on street cabinets
/// (segments of three levels, e.g. <c>north/n12/cab-7</c>), 8 to 24 to a cabinet and never more than 16 % of the fleet on one.
/// </summary>
public sealed class Town
{
    /// <summary>Fewest devices a town can have (unit: devices).</summary>
    public const int FewestDevices = 1;

    /// <summary>Most devices a town can have (unit: devices).</summary>
    public const int MostDevices = 1_000_000;

    /// <summary>Routers of a house of <see cref="Houses"/>, the one that has the line included (unit: devices).</summary>
    public const int RoutersOfAHouse = 20;

    /// <summary>Regions of <see cref="Houses"/>, of the same size (unit: segments).</summary>
    public const int Regions = 8;

    private readonly Dictionary<string, Device> _byId;
    private readonly ILookup<string, Device> _bySegment;

    internal Town(int seed, DateTimeOffset start, IReadOnlyList<Customer> customers, IReadOnlyList<Device> devices)
    {
        Seed = seed;
        Start = start;
        Customers = customers;
        Devices = devices;
        _byId = devices.ToDictionary(d => d.Id, StringComparer.Ordinal);
        _bySegment = devices.Where(d => d.Segment is not null).ToLookup(d => d.Segment!, StringComparer.Ordinal);
        Cabinets = [.. _bySegment.Select(g => g.Key).Order(StringComparer.Ordinal)];
    }

    /// <summary>The seed the town was made from.</summary>
    public int Seed { get; }

    /// <summary>The moment the town's days (installation, warranty) are counted back from.</summary>
    public DateTimeOffset Start { get; }

    /// <summary>All customers, by id.</summary>
    public IReadOnlyList<Customer> Customers { get; }

    /// <summary>All devices, by id within a kind; a gateway stands before its children.</summary>
    public IReadOnlyList<Device> Devices { get; }

    /// <summary>All cabinet segments, in order of their path.</summary>
    public IReadOnlyList<string> Cabinets { get; }

    /// <summary>Makes a town.</summary>
    /// <param name="seed">Any number; the same one gives the same town.</param>
    /// <param name="deviceCount">Devices, 1 to 1,000,000. Below 40 the cabinets are too small for an outage of five devices.</param>
    /// <param name="start">Now, or the virtual start of the run.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is out of range.</exception>
    public static Town Create(int seed, int deviceCount, DateTimeOffset start)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(deviceCount, FewestDevices);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(deviceCount, MostDevices);
        return new TownBuilder(seed, deviceCount, start).Build();
    }

    /// <summary>Makes a town of nothing but houses: one router in twenty has the line and publishes for the others. Segments of three levels, <c>r3/n2/c5</c>.</summary>
    /// <param name="seed">Any number; the same one gives the same town.</param>
    /// <param name="deviceCount">Devices, 1,000 to 1,000,000, rounded down to whole houses.</param>
    /// <param name="start">Now, or the virtual start of the run.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is out of range.</exception>
    public static Town Houses(int seed, int deviceCount, DateTimeOffset start)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(deviceCount, 1000);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(deviceCount, MostDevices);
        return new TownBuilder(seed, deviceCount, start).BuildHouses();
    }

    /// <summary>The same town with other passwords.</summary>
    public Town WithPasswords(Func<Device, string> passwordOf) => new(Seed, Start, Customers, [.. Devices.Select(d => d with { Password = passwordOf(d) })]);

    /// <summary>The device of that id.</summary>
    /// <exception cref="KeyNotFoundException">The town has no such device.</exception>
    public Device Find(string id) => _byId[id];

    /// <summary>The device of that id, or null.</summary>
    public Device? TryFind(string id) => _byId.GetValueOrDefault(id);

    /// <summary>The routers of one cabinet.</summary>
    public IReadOnlyList<Device> RoutersOf(string segment) => [.. _bySegment[segment]];

    /// <summary>The routers of a segment of any level, those of the segments below it included.</summary>
    public IReadOnlyList<Device> RoutersUnder(string segment) => [.. Cabinets.Where(c => IsUnder(c, segment)).SelectMany(c => _bySegment[c])];

    /// <summary>True for a segment itself and for all below it.</summary>
    internal static bool IsUnder(string segment, string above) =>
        segment.StartsWith(above, StringComparison.Ordinal) && (segment.Length == above.Length || segment[above.Length] == '/');

    /// <summary>Owners of the devices, each once.</summary>
    public static IReadOnlyList<string> OwnersOf(IEnumerable<Device> devices) =>
        [.. devices.Select(d => d.CustomerId).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
