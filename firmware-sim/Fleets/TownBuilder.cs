using System.Globalization;
using System.Text;

namespace B2D.FirmwareSim.Fleets;

/// <summary>Lays out cabinets, households, businesses and their devices, in that order, from one stream of dice.</summary>
internal sealed class TownBuilder(int seed, int deviceCount, DateTimeOffset start)
{
    private readonly Dice _dice = new(seed, "town");
    private readonly Dice _secrets = new(seed, "passwords");
    private readonly List<Customer> _customers = [];
    private readonly List<Device> _devices = [];
    private readonly Dictionary<DeviceKind, int> _numbers = [];

    public Town Build()
    {
        var routers = Math.Max(1, (int)Math.Round(deviceCount * 0.65));
        var others = deviceCount - routers;
        var heatPumps = (int)Math.Ceiling(others * 0.38);
        var coffeeMachines = (int)Math.Ceiling((others - heatPumps) * 0.5);
        AddRouters(routers);
        AddHeatPumps(heatPumps);
        AddCoffeeMachines(coffeeMachines);
        AddChargers(others - heatPumps - coffeeMachines);
        return new Town(seed, start, _customers, _devices);
    }

    /// <summary>Houses of twenty routers: the one at the entrance has the line and publishes for the other nineteen, each of which is another household's.</summary>
    public Town BuildHouses()
    {
        var houses = Math.Max(1, deviceCount / Town.RoutersOfAHouse);
        // As many nodes in a region as cabinets at a node, and about as many houses at a cabinet.
        var fan = Math.Max(2, (int)Math.Cbrt(houses / (double)Town.Regions));
        for (var house = 0; house < houses; house++)
        {
            var region = (int)((long)house * Town.Regions / houses);
            var first = ((region * houses) + Town.Regions - 1) / Town.Regions;
            var next = (((region + 1) * houses) + Town.Regions - 1) / Town.Regions;
            var cabinet = (house - first) * fan * fan / (next - first);
            var segment = string.Create(CultureInfo.InvariantCulture, $"r{region + 1}/n{(cabinet / fan) + 1}/c{(cabinet % fan) + 1}");
            var place = TownWords.Places[((region * fan) + (cabinet / fan)) % TownWords.Places.Count];
            var entrance = Add(DeviceKind.Router, segment, AddPerson(place), null);
            for (var flat = 1; flat < Town.RoutersOfAHouse; flat++)
                Add(DeviceKind.Router, segment, _dice.Chance(0.025) ? null : AddPerson(place), entrance.Id);
        }

        return new Town(seed, start, _customers, _devices);
    }

    private void AddRouters(int count)
    {
        var sizes = CabinetSizes(count);
        var node = 0;
        var leftInNode = 0;
        var north = (sizes.Count + 1) / 2;
        for (var cabinet = 0; cabinet < sizes.Count; cabinet++)
        {
            if (cabinet == north) leftInNode = 0;
            if (leftInNode == 0)
            {
                node++;
                leftInNode = _dice.Whole(2, 4);
            }

            leftInNode--;
            var isNorth = cabinet < north;
            var segment = string.Create(CultureInfo.InvariantCulture, $"{(isNorth ? "north/n" : "south/s")}{10 + node}/cab-{cabinet + 1}");
            var place = TownWords.Places[(node - 1) % TownWords.Places.Count];
            for (var i = 0; i < sizes[cabinet]; i++)
            {
                // One in forty is registered to nobody, as in every real install base.
                var owner = _dice.Chance(0.025) ? null : AddPerson(place);
                Add(DeviceKind.Router, segment, owner, null);
            }
        }
    }

    /// <summary>8 to 24 routers each, at most 14 % of the fleet; what is left over goes to the last one or makes a small one.</summary>
    private List<int> CabinetSizes(int routers)
    {
        var most = Math.Clamp((int)(deviceCount * 0.14), 1, 24);
        var least = Math.Min(8, most);
        List<int> sizes = [];
        while (routers > 0)
        {
            var size = Math.Min(routers, _dice.Whole(least, most));
            if (size < least && sizes.Count > 0 && sizes[^1] + size <= Math.Min(24, deviceCount * 0.16)) sizes[^1] += size;
            else sizes.Add(size);
            routers -= size;
        }

        return sizes;
    }

    private void AddHeatPumps(int count)
    {
        var households = new Queue<Customer>(_dice.Shuffled(_customers));
        for (var i = 0; i < count; i++)
        {
            var owner = _dice.Chance(0.7) && households.TryDequeue(out var household) ? household.Id : AddPerson(_dice.Pick(TownWords.Places));
            Add(DeviceKind.HeatPump, null, owner, null);
        }
    }

    private void AddCoffeeMachines(int count)
    {
        for (var i = 0; i < count; i++) Add(DeviceKind.CoffeeMachine, null, AddBusiness(_dice.Pick(TownWords.Cafes)), null);
    }

    private void AddChargers(int count)
    {
        var homes = _dice.Shuffled(_customers);
        for (var i = 0; i < count;)
        {
            if (!_dice.Chance(0.25) || count - i < 3)
            {
                Add(DeviceKind.Charger, null, homes[i % homes.Count].Id, null);
                i++;
                continue;
            }

            // A car park: the first charger is the gateway, it publishes for the others.
            var owner = AddBusiness(_dice.Pick(TownWords.CarParks));
            var children = Math.Min(count - i - 1, _dice.Whole(2, 3));
            var gateway = Add(DeviceKind.Charger, null, owner, null);
            for (var child = 0; child < children; child++) Add(DeviceKind.Charger, null, owner, gateway.Id);
            i += 1 + children;
        }
    }

    private Device Add(DeviceKind kind, string? segment, string? owner, string? parent)
    {
        var number = _numbers[kind] = _numbers.GetValueOrDefault(kind) + 1;
        var (prefix, models, firmware) = kind switch
        {
            DeviceKind.Router => ("RT", TownWords.Routers, TownWords.RouterFirmware),
            DeviceKind.HeatPump => ("HP", TownWords.HeatPumps, TownWords.HeatPumpFirmware),
            DeviceKind.CoffeeMachine => ("CM", TownWords.CoffeeMachines, TownWords.CoffeeMachineFirmware),
            _ => ("EV", TownWords.Chargers, TownWords.ChargerFirmware),
        };
        var installed = DateOnly.FromDateTime(start.UtcDateTime).AddDays(-_dice.Whole(20, 1500));
        var device = new Device(
            string.Create(CultureInfo.InvariantCulture, $"{prefix}-{number:0000}"),
            kind,
            _dice.Pick(models),
            _dice.Pick(firmware),
            string.Create(CultureInfo.InvariantCulture, $"{prefix}{installed.Year % 100:00}{_dice.Whole(100000, 999999)}{number % 1000:000}"),
            parent,
            segment,
            owner,
            installed,
            installed.AddYears(2),
            Password());
        _devices.Add(device);
        return device;
    }

    private string Password()
    {
        var bits = new byte[16];
        BitConverter.TryWriteBytes(bits, _secrets.Next());
        BitConverter.TryWriteBytes(bits.AsSpan(8), _secrets.Next());
        return Convert.ToHexStringLower(bits);
    }

    private string AddPerson(string place)
    {
        var first = _dice.Pick(TownWords.FirstNames);
        var last = _dice.Pick(TownWords.LastNames);
        return AddCustomer(first + " " + last, Plain(first) + "." + Plain(last), place, _dice.Pick(TownWords.Languages));
    }

    private string AddBusiness(string name) => AddCustomer(name + " " + _dice.Pick(TownWords.LastNames), Plain(name), _dice.Pick(TownWords.Places), "pt");

    private string AddCustomer(string name, string mailbox, string place, string language)
    {
        var number = _customers.Count + 1;
        var customer = new Customer(
            string.Create(CultureInfo.InvariantCulture, $"C-{number:0000}"),
            name,
            string.Create(CultureInfo.InvariantCulture, $"{mailbox}.{number}@example.org"),
            string.Create(CultureInfo.InvariantCulture, $"+351900{number:000000}"),
            language,
            "Europe/Lisbon",
            _dice.Chance(0.7) ? "email" : "sms",
            string.Create(CultureInfo.InvariantCulture, $"{_dice.Pick(TownWords.Streets)} {_dice.Whole(1, 240)}"),
            place);
        _customers.Add(customer);
        return customer.Id;
    }

    /// <summary>Letters without accents, lower case: the part of an address before the @.</summary>
    private static string Plain(string name)
    {
        var plain = new StringBuilder();
        foreach (var letter in name.Normalize(NormalizationForm.FormD))
        {
            if (char.IsAsciiLetter(letter)) plain.Append(char.ToLowerInvariant(letter));
        }

        return plain.ToString();
    }
}
