using System.Globalization;
using B2D.Core;
using B2D.Core.Customers;
using B2D.Core.Devices;
using B2D.Core.Maintenance;
using B2D.Core.Outages;
using B2D.ProactiveWorker.Maintenance;
using B2D.ProactiveWorker.Notices;
using B2D.ProactiveWorker.Rules;
using B2D.Storage;
using B2D.Storage.Customers;
using B2D.Storage.Devices;
using B2D.Storage.Faults;
using B2D.Storage.Maintenance;
using B2D.Storage.Notices;
using NodaTime;
using Xunit;

namespace B2D.ProactiveWorker.Tests.Maintenance;

/// <summary>Goal: telling more customers than one transaction takes is asked about as one, leaves nobody out, and ends for each of them once.</summary>
public sealed class PlannedLoopTests : IDisposable
{
    private const int Many = 600;
    private static readonly ServerTime Noon = ServerTime.From(new DateTimeOffset(2026, 11, 2, 12, 0, 0, TimeSpan.Zero));

    private readonly Stores stores = Stores.InMemory();
    private readonly PlannedLoop loop;
    private ServerTime now = Noon;

    public PlannedLoopTests()
    {
        var notices = new NoticeOptions { QuietHours = "none", Webhook = new WebhookOptions { Url = "http://127.0.0.1:9/", Secret = "x" } };
        var ledger = new Ledger(notices);
        loop = new PlannedLoop(stores.State, new PlannedWords(ledger, new NoticePlanner(ledger, new RuleBook(stores.State), new WorkerOptions())),
            new PlannedCadence(TimeSpan.FromDays(5), TimeSpan.Zero, TimeSpan.FromMinutes(15), new UpdateCadence(TimeSpan.FromHours(1), DateTimeZone.Utc)));
        stores.State.Write(db =>
        {
            for (var i = 0; i < Many; i++)
            {
                var number = i.ToString("000", CultureInfo.InvariantCulture);
                CustomerStore.Put(db, new Customer("c" + number) { Phone = "+35191" + number }, 1);
                DeviceStore.Put(db, new Device(DeviceId.Parse("d" + number)) { Model = i < 5 ? "few" : "", Segment = Segment.Parse("n/1"), Customer = "c" + number }, 1);
            }
        });
    }

    [Fact]
    public void FewOfTheSameNightFirst_TheManyAreAskedAboutAllTheSame()
    {
        Plan(33, 34, "Model", "few");
        Plan(34, 35);
        PumpAll();
        Assert.Equal((5, Many - 5), (Notices("planned", "Due"), Notices("planned", "Held")));
        Assert.Equal(Many - 5, Offered(2));
    }

    [Theory]
    [InlineData(33, 34)]
    [InlineData(34, 33)]
    public void TwoThatTouchTheSame_AreAskedAboutOnceWithAllOfThem_HoweverLongItTakes(int first, int second)
    {
        Plan(first, first + 1);
        Plan(second, second + 1);
        PumpAll(TimeSpan.FromMinutes(2));
        Assert.Equal(Many, Notices("planned", "Held"));
        Assert.Equal(Many, Offered(first < second ? 1 : 2));
        Assert.Null(stores.State.Read(db => ApprovalStore.Find(db, first < second ? "maintenance:2" : "maintenance:1", "planned")));
    }

    [Fact]
    public void CameToItWhileItWaits_AreCountedToo()
    {
        Plan(33, 34);
        PumpAll();
        stores.State.Write(db =>
        {
            CustomerStore.Put(db, new Customer("new") { Phone = "+35192000" }, 1);
            DeviceStore.Put(db, new Device(DeviceId.Parse("d-new")) { Segment = Segment.Parse("n/1"), Customer = "new" }, 1);
        });
        now += TimeSpan.FromMinutes(2);
        PumpAll();
        Assert.Equal((Many + 1, Many + 1), (Notices("planned", "Held"), Offered(1)));
    }

    [Fact]
    public void ManyComeAfterTheFirstWord_AreAskedAbout()
    {
        stores.State.Write(db => db.Execute("UPDATE devices SET segment = 'n/2' WHERE model = ''"));
        Plan(33, 34);
        PumpAll();
        Assert.Equal(5, Notices("planned", "Due"));
        stores.State.Write(db => db.Execute("UPDATE devices SET segment = 'n/1'"));
        now += TimeSpan.FromMinutes(2);
        PumpAll();
        Assert.Equal((5, Many - 5), (Notices("planned", "Due"), Notices("planned", "Held")));
    }

    [Fact]
    public void PlannedWhenItHasBegun_AllAreTold()
    {
        Plan(-1, 5);
        PumpAll();
        Assert.Equal(Many, Notices("planned", "Held"));
        Assert.True(Find(1).ToldAt > 0);
    }

    [Fact]
    public void TakesLonger_EachHearsItOnce_AFewInEachTransaction()
    {
        Told();
        Break(Many);
        now = Noon + TimeSpan.FromHours(2) - TimeSpan.FromMinutes(1);
        loop.Pump(now);
        Assert.Equal(PlannedLoop.AtOnce, Notices("late", "Due"));
        PumpAll();
        Assert.Equal(Many, Notices("late", "Due"));
        Assert.True(Find(1).OverrunAt > 0);
    }

    [Fact]
    public void Over_EachHearsItOnce_AFewInEachTransaction_AndThoseWhoWaitAreWrittenNothing()
    {
        Told();
        Break(10);
        now = Noon + TimeSpan.FromHours(2) - TimeSpan.FromMinutes(1);
        PumpAll();
        now = Noon + TimeSpan.FromHours(2.5);
        loop.Pump(now);
        Assert.InRange(Notices("all-clear", "Due") + Notices("late", "Due") - 10, 1, PlannedLoop.AtOnce);
        PumpAll();
        Assert.Equal((Many - 10, 20), (Notices("all-clear", "Due"), Notices("late", "Due") + Notices("late", "Suppressed")));
        now += TimeSpan.FromMinutes(20);
        var writes = stores.State.Writes;
        PumpAll();
        // When it is looked at again.
        Assert.Equal(1, stores.State.Writes - writes);
        stores.State.Write(db => db.Execute("UPDATE faults SET cleared_at = 5"));
        now += TimeSpan.FromHours(1);
        PumpAll();
        Assert.Equal((Many, 0L), (Notices("all-clear", "Due"), Find(1).LookAt));
    }

    [Fact]
    public void OverBeforeAnybodyDecided_NobodyIsAskedAnyMore()
    {
        Plan(1, 2);
        PumpAll();
        Assert.Equal(Many, Offered(1));
        now = Noon + TimeSpan.FromHours(2.5);
        PumpAll();
        Assert.Equal(("Over", Many), (stores.State.Read(db => ApprovalStore.Find(db, "maintenance:1", "planned"))!.Phase, Notices("planned", "Suppressed")));
    }

    public void Dispose() => stores.Dispose();

    /// <summary>Work of an hour in an hour, and all have heard of it.</summary>
    private void Told()
    {
        Plan(1, 2);
        PumpAll();
        stores.State.Write(db => db.Execute("UPDATE notices SET state = 'Sent', sent_at = 1"));
    }

    private void Break(int devices) => stores.State.Write(db =>
    {
        for (var i = 0; i < devices; i++)
            FaultStore.Raise(db, new FaultRow { Device = "d" + i.ToString("000", CultureInfo.InvariantCulture), Rule = "r", Episode = "1-1", RaisedAt = (Noon + TimeSpan.FromHours(1.5)).EpochMs });
    });

    private void Plan(double fromHours, double untilHours, string scope = "Segment", string target = "n/1") => stores.State.Write(db => MaintenanceStore.TryAdd(db, new MaintenanceRow
    {
        Title = "t", Scope = scope, Target = target, FromAt = (Noon + TimeSpan.FromHours(fromHours)).EpochMs, UntilAt = (Noon + TimeSpan.FromHours(untilHours)).EpochMs, Felt = true, Words = "w", LookAt = 1,
    }));

    private void PumpAll(TimeSpan between = default)
    {
        for (var turns = 0; loop.Pump(now) && turns < 20; turns++)
            now += between;
    }

    private MaintenanceRow Find(long id) => stores.State.Read(db => MaintenanceStore.Find(db, id))!;

    private int Notices(string status, string state) => (int)stores.State.Read(db => NoticeStore.Count(db, new NoticeFilter { Status = status, States = [state] }));

    private int Offered(long lead) => stores.State.Read(db => ApprovalStore.Find(db, string.Create(CultureInfo.InvariantCulture, $"maintenance:{lead}"), "planned")) is { Phase: "Offered" } offered ? (int)offered.Recipients : 0;
}
