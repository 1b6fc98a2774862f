using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Telemetry;
using B2D.Storage;
using B2D.Storage.Access;
using B2D.Storage.Customers;
using B2D.Storage.Devices;
using Xunit;

namespace B2D.Host.Tests;

/// <summary>Imports while no gateway runs, as the command line does them.</summary>
public sealed class ImportsTests : IDisposable
{
    private readonly Stores stores = Stores.InMemory();
    private readonly Imports imports;

    public ImportsTests() => imports = new Imports(stores.State, TimeProvider.System, SecretSeal.InMemory())
    {
        Changed = _ => DeviceRegistry.Announce(stores, ServerTime.From(TimeProvider.System.GetUtcNow())),
    };

    public void Dispose() => stores.Dispose();

    [Fact]
    public void Devices_Good_InTheRegistryTheLogAndTheAudit()
    {
        var result = imports.Devices("id,model,parent,password\nhub,H1,,long secret\nmeter,M1,hub,\n", "ana");

        Assert.Equal((2, 0), (result.Applied, result.Problems.Count));
        var hub = stores.State.Read(db => DeviceStore.Find(db, "hub"))!;
        Assert.Equal("H1", hub.Model);
        Assert.Equal("hub", stores.State.Read(db => DeviceStore.Find(db, "meter"))!.Parent);
        Assert.Equal(["hub", "meter"], Registered().Order());
        var act = Assert.Single(stores.State.Read(db => AuditStore.List(db)));
        Assert.Equal(("ana", "devices.import", "devices"), (act.Who, act.Action, act.Subject));
        Assert.DoesNotContain("secret", act.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Devices_Again_ChangedOnesAreToldAgain()
    {
        imports.Devices("id,model\na,M1\nb,M1\n", "ana");

        Assert.Equal(1, imports.Devices("id,model\na,M2\n", "ana").Applied);

        Assert.Equal(["a", "a", "b"], Registered().Order());
        Assert.Equal(["M2", "M1"], new[] { "a", "b" }.Select(id => stores.State.Read(db => DeviceStore.Find(db, id))!.Model));
    }

    [Fact]
    public void Devices_LongFile_WrittenInPartsWithParentsFirstAndOneAudit()
    {
        var told = new List<IReadOnlyList<string>>();
        var inParts = new Imports(stores.State, TimeProvider.System, SecretSeal.InMemory()) { Changed = d => told.Add([.. d.Select(x => x.Id.Value)]) };

        var result = inParts.Devices("id,parent\n" + string.Concat(Enumerable.Range(0, 999).Select(i => $"d{i},hub\n")) + "hub,\n", "ana");

        Assert.Equal(1000, result.Applied);
        Assert.True(told.Count > 1, $"told {told.Count} times");
        Assert.Equal("hub", told[0][0]);
        Assert.Equal(1000, told.Sum(t => t.Count));
        Assert.Equal(1000, stores.State.Read(db => DeviceStore.Count(db)));
        Assert.Single(stores.State.Read(db => AuditStore.List(db)));
    }

    [Fact]
    public void Devices_OneBadRow_NothingIsApplied()
    {
        var result = imports.Devices("id,installed\na,\nb,yesterday\nc,\n", "ana");

        Assert.Equal(0, result.Applied);
        Assert.Equal((3, "installed"), (Assert.Single(result.Problems).Line, result.Problems[0].Column));
        AssertUntouched();
    }

    [Fact]
    public void Devices_UnknownParents_EachWithItsLine()
    {
        imports.Devices("id\nhub\n", "ana");
        var before = Registered().Count;

        var result = imports.Devices("id,parent\na,hub\nb,hbu\nc,nobody\nd,a\n", "ana");

        Assert.Equal([3, 4], result.Problems.Select(p => p.Line));
        Assert.Contains("did you mean hub?", result.Problems[0].Hint, StringComparison.Ordinal);
        Assert.Equal(before, Registered().Count);
    }

    [Fact]
    public void Customers_GoodAndBad_AllOrNothing()
    {
        Assert.Equal(2, imports.Customers("id,name\nana,Ana\nrui,\"Rui, junior\"\n", "ana").Applied);
        var result = imports.Customers("id,email,language\neva,eva@example.org,pt\nrui,no address,\n,x@example.org,\n", "ana");

        Assert.Equal(0, result.Applied);
        Assert.Equal([3, 4], result.Problems.Select(p => p.Line).Distinct());
        Assert.Null(stores.State.Read(db => CustomerStore.Find(db, "eva")));
        Assert.Equal("Rui, junior", stores.State.Read(db => CustomerStore.Find(db, "rui"))!.Name);
        Assert.Single(stores.State.Read(db => AuditStore.List(db)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("model,firmware\nM1,1\n")]
    [InlineData("id,colour\na,red\n")]
    [InlineData("id\na\na\n")]
    [InlineData("id,model\na\n")]
    public void Devices_FileOfAnotherShape_SaysWhereAndAppliesNothing(string csv)
    {
        var result = imports.Devices(csv, "ana");

        Assert.NotEmpty(result.Problems);
        Assert.All(result.Problems, p => Assert.True(p.Line >= 1 && p.Message.Length > 0 && p.Hint.Length > 0));
        AssertUntouched();
    }

    private void AssertUntouched()
    {
        Assert.Empty(stores.State.Read(db => DeviceStore.List(db, new DeviceFilter { Limit = 10 })));
        Assert.Empty(Registered());
        Assert.Empty(stores.State.Read(db => AuditStore.List(db)));
    }

    private List<string> Registered() => [.. stores.Log.Read(0, 1000).Select(e => e.Body).OfType<Entry.Registered>().Select(r => r.Device.Id.Value)];
}
