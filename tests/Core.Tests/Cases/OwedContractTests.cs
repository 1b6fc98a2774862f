using B2D.Core.Cases;
using B2D.Core.Devices;
using Xunit;

namespace B2D.Core.Tests.Cases;

public sealed class OwedContractTests
{
    [Theory]
    [InlineData("", "", "", "", "", "", ContractSource.None)]
    [InlineData("", "", "", "silver", "", "silver", ContractSource.Customer)]
    [InlineData("gold", "", "", "silver", "", "gold", ContractSource.Device)]
    [InlineData("gold", "2026-11-02", "2026-11-02", "silver", "", "gold", ContractSource.Device)]
    [InlineData("gold", "2026-11-03", "", "silver", "", "silver", ContractSource.Customer)]
    [InlineData("gold", "", "2026-11-01", "silver", "2026-11-02", "silver", ContractSource.Customer)]
    [InlineData("gold", "", "2026-11-01", "silver", "2026-11-01", "silver", ContractSource.None)]
    [InlineData("gold", "", "2026-11-01", "", "", "gold", ContractSource.None)]
    [InlineData("gold", "2026-11-03", "", "", "", "", ContractSource.None)]
    public void Of_TheDevicesOwnGoesFirstWhileItStands(string device, string from, string until, string customer, string customerUntil, string name, ContractSource source)
    {
        var owed = OwedContract.Of(new DeviceContract(device, from, until), customer, customerUntil, new DateOnly(2026, 11, 2));
        Assert.Equal((name, source), (owed.Name, owed.Source));
        Assert.Equal(source == ContractSource.None, EntitlementDecision.At("", owed.Name, owed.Until, new DateOnly(2026, 11, 2)) != Entitlement.Contract);
    }

    [Theory]
    [InlineData("", "", "", "")]
    [InlineData("gold", "2026-01-01", "2026-12-31", "")]
    [InlineData("", "2026-01-01", "", "a contract has a name")]
    [InlineData("Gold!", "", "", "a contract is called by")]
    [InlineData("gold", "soon", "", "'soon' is no day")]
    [InlineData("gold", "2026-12-31", "2026-01-01", "it ends before it begins")]
    public void Problem_OfWhatIsNoContract(string name, string from, string until, string begins) =>
        Assert.StartsWith(begins, DeviceContract.Problem(name, from, until), StringComparison.Ordinal);

    [Theory]
    [InlineData("HP-1", "reported", "It hums", "service", 3, "")]
    [InlineData("", "reported", "It hums", "service", 3, "a device id is missing")]
    [InlineData("HP-1", "Not one", "It hums", "service", 3, "a kind of problem is called by")]
    [InlineData("HP-1", "reported", " ", "service", 3, "say what is wrong")]
    [InlineData("HP-1", "reported", "It hums", "My Queue", 3, "a queue is called by")]
    [InlineData("HP-1", "reported", "It hums", "service", 5, "the priority is 1 to 4")]
    public void HandCase_ThatIsNone_SaysWhy(string device, string family, string title, string queue, int priority, string begins) =>
        Assert.StartsWith(begins, new HandCase(device, family, title, "", queue, priority).Problem(), StringComparison.Ordinal);
}
