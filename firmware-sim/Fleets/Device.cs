namespace B2D.FirmwareSim.Fleets;

/// <summary>The four products a simulated town is made of.</summary>
public enum DeviceKind
{
    /// <summary>Broadband router, models <c>RT-*</c>, hung on street cabinets.</summary>
    Router,

    /// <summary>Heat pump, models <c>HP-*</c>.</summary>
    HeatPump,

    /// <summary>Coffee machine, models <c>CM-*</c>.</summary>
    CoffeeMachine,

    /// <summary>EV charger, models <c>EV-*</c>; in car parks one charger is the gateway of its neighbours.</summary>
    Charger,
}

/// <summary>One connected product as the import file describes it.</summary>
/// <param name="Id">Device id, also its MQTT user name, e.g. <c>HP-0211</c>; no <c>/ + #</c>.</param>
/// <param name="Kind">Which of the four products.</param>
/// <param name="Model">Model name; starts with <c>RT- HP- CM-</c> or <c>EV-</c>.</param>
/// <param name="Firmware">Firmware version.</param>
/// <param name="Serial">Serial number.</param>
/// <param name="Parent">Gateway device that publishes for this one, or null if it has its own connection.</param>
/// <param name="Segment">Path in the access network, e.g. <c>north/n12/cab-7</c>; null for everything but routers.</param>
/// <param name="CustomerId">Owner, or null where nobody registered it.</param>
/// <param name="Installed">Day of installation.</param>
/// <param name="WarrantyUntil">Last day of the warranty.</param>
/// <param name="Password">MQTT password, 128 random bits from the town's seed.</param>
public sealed record Device(string Id, DeviceKind Kind, string Model, string Firmware, string Serial, string? Parent, string? Segment,
    string? CustomerId, DateOnly Installed, DateOnly WarrantyUntil, string Password);

/// <summary>One customer as the import file describes them. All are invented; addresses of e-mail are under example.org.</summary>
/// <param name="Id">Customer id, e.g. <c>C-0042</c>.</param>
/// <param name="Name">Person or business.</param>
/// <param name="Email">E-mail address, unique in the town.</param>
/// <param name="Phone">Phone number in international form.</param>
/// <param name="Language">Two-letter language.</param>
/// <param name="TimeZone">IANA time zone.</param>
/// <param name="PreferredChannel"><c>email</c> or <c>sms</c>.</param>
/// <param name="Address">Street and number.</param>
/// <param name="Place">District and town, the words people use.</param>
public sealed record Customer(string Id, string Name, string Email, string Phone, string Language, string TimeZone, string PreferredChannel,
    string Address, string Place);
