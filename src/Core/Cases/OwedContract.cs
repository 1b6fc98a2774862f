using B2D.Core.Devices;

namespace B2D.Core.Cases;

/// <summary>Whose contract counts for a case.</summary>
public enum ContractSource : byte
{
    /// <summary>None stood.</summary>
    None = 0,

    /// <summary>The device's own.</summary>
    Device = 1,

    /// <summary>Its owner's.</summary>
    Customer = 2,
}

/// <summary>The contract that counts for a case, judged by the day on which its fault began.</summary>
/// <param name="Until">Its last day, <c>yyyy-MM-dd</c>; empty: without end.</param>
public readonly record struct OwedContract(string Name, string Until, ContractSource Source)
{
    /// <summary>A device's own contract goes before its owner's while it stands; before and after it, the owner's counts.</summary>
    /// <param name="customer">The owner's contract; empty: none.</param>
    /// <param name="customerUntil">Its last day; empty: without end.</param>
    /// <param name="onset">The day on which the fault began.</param>
    public static OwedContract Of(DeviceContract device, string customer, string customerUntil, DateOnly onset) =>
        device.Stands(onset) ? new(device.Name, device.Until, ContractSource.Device)
        : new DeviceContract(customer, "", customerUntil).Stands(onset) ? new(customer, customerUntil, ContractSource.Customer)
        // One that ended before is known all the same: a repair takes a quote then. One that begins later says nothing yet.
        : customer.Length > 0 ? new(customer, customerUntil, ContractSource.None)
        : device.Until.Length > 0 && new DeviceContract(device.Name, "", device.Until).Stands(onset) ? new("", "", ContractSource.None)
        : device.Until.Length > 0 ? new(device.Name, device.Until, ContractSource.None) : new("", "", ContractSource.None);
}
