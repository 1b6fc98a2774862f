using B2D.FirmwareSim.Fleets;
using Xunit;

namespace B2D.FirmwareSim.Tests;

public class TownTests
{
    [Fact]
    public void Create_SameSeed_SameTown()
    {
        var one = Town.Create(11, 300, FleetRun.Start);
        var other = Town.Create(11, 300, FleetRun.Start);

        Assert.Equal(one.Devices, other.Devices);
        Assert.Equal(one.Customers, other.Customers);
        Assert.NotEqual(one.Devices[0].Password, Town.Create(12, 300, FleetRun.Start).Devices[0].Password);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(100)]
    [InlineData(1000)]
    public void Create_AnySize_RoutersOnCabinetsOfRightSize(int count)
    {
        for (var seed = 1; seed <= 30; seed++)
        {
            var town = Town.Create(seed, count, FleetRun.Start);
            Assert.Equal(count, town.Devices.Count);
            Assert.InRange(town.Devices.Count(d => d.Kind == DeviceKind.Router) / (double)count, 0.6, 0.7);
            Assert.All(town.Cabinets, cabinet =>
            {
                Assert.Equal(3, cabinet.Split('/').Length);
                Assert.InRange(town.RoutersOf(cabinet).Count, 1, Math.Min(24, count * 0.16));
            });
            Assert.True(town.Cabinets.Count(c => town.RoutersOf(c).Count >= 8) >= 3, $"seed {seed}");
        }
    }

    [Fact]
    public void Create_Large_IdsLegalUniqueAndOwnersKnown()
    {
        var town = Town.Create(3, 2000, FleetRun.Start);
        var customers = town.Customers.Select(c => c.Id).ToHashSet();

        Assert.Equal(town.Devices.Count, town.Devices.Select(d => d.Id).Distinct().Count());
        Assert.Equal(town.Customers.Count, town.Customers.Select(c => c.Email).Distinct().Count());
        Assert.DoesNotContain(town.Devices, d => d.Id.AsSpan().IndexOfAny("/+# ") >= 0);
        Assert.All(town.Devices, d => Assert.True(d.CustomerId is null || customers.Contains(d.CustomerId)));
        Assert.All(town.Devices, d => Assert.Equal(32, d.Password.Length));
        Assert.All(town.Devices, d => Assert.Equal(d.Kind == DeviceKind.Router, d.Segment is not null));
        Assert.Contains(town.Devices, d => d.CustomerId is null);
        var seen = new HashSet<string>();
        foreach (var device in town.Devices)
        {
            Assert.True(device.Parent is null || seen.Contains(device.Parent), $"{device.Id} stands before its gateway");
            seen.Add(device.Id);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_000_001)]
    public void Create_CountOutOfRange_Throws(int count) => Assert.Throws<ArgumentOutOfRangeException>(() => Town.Create(1, count, FleetRun.Start));

    [Fact]
    public void ImportFiles_Town_HaveTheImportColumnsAndQuotes()
    {
        var town = Town.Create(1, 40, FleetRun.Start);
        var customers = ImportFiles.Customers(town).Split('\n');
        var devices = ImportFiles.Devices(town).Split('\n');

        Assert.Equal("id,name,email,phone,language,time_zone,preferred_channel,address,place", customers[0]);
        Assert.Equal("id,model,firmware,serial,parent,segment,customer,installed,warranty_until,password", devices[0]);
        Assert.EndsWith($"\"{town.Customers[0].Place}\"", customers[1]);
        Assert.Equal(town.Devices.Count + 2, devices.Length);
        Assert.StartsWith("RT-0001,RT-", devices[1]);
    }
}
