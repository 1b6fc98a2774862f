using B2D.Core.Devices;
using B2D.Storage.Access;
using B2D.Storage.Devices;
using B2D.Storage.Tests.Places;
using Xunit;

namespace B2D.Storage.Tests.Devices;

public abstract class EnrolmentStoreCompliance<TPlace> : Compliance<TPlace>
    where TPlace : Place, new()
{
    private readonly SecretSeal seal = SecretSeal.InMemory();

    private static DeviceId Device(int n) => DeviceId.Parse($"d{n}");

    private long IdOf(string device) => Read(db => EnrolmentStore.Find(db, device))!.Id;

    private EnrolmentGroupRow Group(bool byPolicy)
    {
        Assert.NotNull(EnrolmentGate.CreateGroup(State, seal, "pumps", "HP-2", Segment.Parse("north"), byPolicy, "ana", 1));
        return Assert.Single(Read(EnrolmentStore.Groups));
    }

    [Fact]
    public void Rows_Written_ComeBackWhole()
    {
        var group = Filled<EnrolmentGroupRow>();
        var row = Filled<EnrolmentRow>();
        Assert.True(Write(db => EnrolmentStore.AddGroup(db, group)));
        Write(db => EnrolmentStore.Add(db, row));

        AssertSame(group, Assert.Single(Read(EnrolmentStore.Groups)));
        var id = IdOf(row.Device);
        AssertSame(row with { Id = id }, Read(db => EnrolmentStore.Find(db, id)));
        AssertSame(row with { Id = id }, Read(db => EnrolmentStore.Find(db, row.Device)));
    }

    [Fact]
    public void CreateGroup_SameNameAgain_IsRefused()
    {
        Group(false);

        Assert.Null(EnrolmentGate.CreateGroup(State, seal, "pumps", "X", default, true, "ana", 2));
        Assert.Equal("HP-2", Assert.Single(Read(EnrolmentStore.Groups)).Model);
    }

    [Fact]
    public void Ask_NeedsApproval_WaitsAndIsRegisteredWithTheGroupsWords()
    {
        var group = Group(false);

        Assert.Null(EnrolmentGate.Ask(State, Device(1), group, "192.0.2.1", 10, 5, out var full));
        Assert.False(full);
        Assert.Null(EnrolmentGate.Issue(State, Device(1), 6));
        var device = EnrolmentGate.Decide(State, IdOf("d1"), true, "ana", 7, out var problem);

        Assert.Equal(("d1", "HP-2", "north", ""), (device!.Id.Value, device.Model, device.Segment.Path, problem));
        Assert.NotNull(Read(db => DeviceStore.Find(db, "d1")));
        var password = EnrolmentGate.Issue(State, Device(1), 8);
        Assert.True(DeviceSecrets.Verify(Read(db => DeviceStore.FindSecret(db, "d1"))!, System.Text.Encoding.UTF8.GetBytes(password!)));
        Assert.True(Write(db => EnrolmentStore.Issued(db, "d1", 9)));
        Assert.False(Write(db => EnrolmentStore.Issued(db, "d1", 10)));
        Assert.Null(EnrolmentGate.Issue(State, Device(1), 11));
        Assert.Equal((EnrolmentState.Issued, 9L, "ana", 7L), Read(db => EnrolmentStore.Find(db, "d1")) is { } row ? (row.State, row.IssuedAt, row.DecidedBy, row.DecidedAt) : default);
        Assert.Null(Read(AuditStore.Verify));
    }

    [Fact]
    public void Ask_AsManyWaitAsMay_IsFull()
    {
        var group = Group(false);
        for (var i = 0; i < 3; i++)
            EnrolmentGate.Ask(State, Device(i), group, "", 3, 5, out _);

        EnrolmentGate.Ask(State, Device(9), group, "", 3, 5, out var full);

        Assert.True(full);
        Assert.Equal(3, Read(db => EnrolmentStore.Count(db, EnrolmentState.Waiting)));
        var first = IdOf("d0");
        Assert.Equal(["d1", "d2"], Read(db => EnrolmentStore.List(db, EnrolmentState.Waiting, 2, first)).Select(r => r.Device));
    }

    [Fact]
    public void Decide_RegisteredMeanwhile_TakesNoDeviceOver()
    {
        EnrolmentGate.Ask(State, Device(1), Group(false), "", 10, 5, out _);
        Write(db => DeviceStore.Put(db, new Device(Device(1)) { Model = "own" }, 6));

        Assert.Null(EnrolmentGate.Decide(State, IdOf("d1"), true, "ana", 7, out var problem));

        Assert.Contains("registered otherwise", problem, StringComparison.Ordinal);
        Assert.Equal("own", Read(db => DeviceStore.Find(db, "d1"))!.Model);
    }

    [Fact]
    public void Ask_ByPolicyTwiceAtOnce_IsRegisteredOnce()
    {
        var group = Group(true);

        Assert.NotNull(EnrolmentGate.Ask(State, Device(1), group, "", 10, 5, out _));
        Assert.Null(EnrolmentGate.Ask(State, Device(1), group, "", 10, 5, out _));
    }
}

public sealed class EnrolmentStoreOnSqliteFiles : EnrolmentStoreCompliance<SqliteFiles>;

public sealed class EnrolmentStoreInSqliteMemory : EnrolmentStoreCompliance<SqliteMemory>;

public sealed class EnrolmentStoreOnPostgres : EnrolmentStoreCompliance<PostgresSchemas>;
