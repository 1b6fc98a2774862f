using B2D.Core;
using B2D.Core.Devices;
using B2D.Core.Rules;
using B2D.ProactiveWorker.Defects;
using B2D.ProactiveWorker.Rules;
using B2D.Storage;
using B2D.Storage.Cases;
using B2D.Storage.Defects;
using B2D.Storage.Devices;
using B2D.Storage.Faults;
using B2D.Storage.Rules;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace B2D.ProactiveWorker.Tests.Defects;

/// <summary>The loop over a real SQLite, in virtual time.</summary>
public sealed class DefectLoopTests : IDisposable
{
    private const string Yaml =
        """
        - fault: pump-error
          applies_to: device.model.startsWith("HP-")
          codes: [ E42 ]
          case: { family: pump }
        - fault: reboot-loop
          codes: [ E9 ]
          applies_to: device.model.startsWith("HP-")
          case: {}
        - defect: regression
          title: Fails after an update
          of: [ pump-error, reboot-loop ]
          over: [ model, firmware ]
          when: { devices: 10, rate_ratio: 3, within: 10d }
        """;

    private readonly Stores stores = Stores.InMemory();
    private readonly RuleBook book;
    private ServerTime now = new(1_700_000_000_000);
    private DefectLoop loop;
    private int episode;

    public DefectLoopTests()
    {
        book = new RuleBook(stores.State);
        loop = NewLoop();
        Activate(Yaml);
        Register("HP-2", "1.0", 1200);
        Register("HP-2", "2.0", 800);
        Register("RT-1", "1.0", 900);
    }

    public void Dispose() => stores.Dispose();

    [Fact]
    public void Pump_FirmwareFails_OpensOneDefectWithItsCountsAndALine()
    {
        Fail("HP-2/1.0", 3);
        Fail("HP-2/2.0", 40);

        loop.Pump(now);

        var row = Assert.Single(All());
        Assert.Equal(("regression", "Fails after an update", "Firmware", "HP-2", "2.0", "Suspected"), (row.Rule, row.Title, row.Dimension, row.Model, row.Part, row.State));
        // Routers, to which no fault of the rule applies, are no others.
        Assert.Equal((40, 800, 3, 1200), (row.Faulty, row.Devices, row.OtherFaulty, row.OtherDevices));
        Assert.Equal((now.EpochMs, now.EpochMs, "pump-error reboot-loop"), (row.OpenedAt, row.CountedAt, row.Faults));
        Assert.Equal("""[{"name":"2.0","devices":800,"faulty":40},{"name":"1.0","devices":1200,"faulty":3}]""", row.Beside);
        var line = Assert.Single(stores.State.Read(db => TimelineStore.List(db, $"defect:{row.Id}")));
        Assert.Equal($"40 of 800 devices of HP-2 with firmware 2.0, 3 of 1,200 others: 20 times as often, at least {row.AtLeast.ToString("0.#", System.Globalization.CultureInfo.InvariantCulture)} times", line.Text);
        Assert.Equal(5.4866, row.AtLeast, 4);
        Assert.Empty(stores.State.Read(db => CaseStore.List(db, new CaseFilter())));
        Assert.Equal(0, stores.State.Read(db => db.Scalar<long>("SELECT count(*) FROM outbox")));
    }

    [Fact]
    public void Pump_OnlyOneModelHasFaultsThatApply_IsNoDefectOfIt()
    {
        Fail("HP-2/1.0", 60);
        Fail("HP-2/2.0", 40);

        loop.Pump(now);

        Assert.Empty(All());
    }

    [Fact]
    public void Pump_BetweenTwoLooks_DoesNothing()
    {
        loop.Pump(now);
        Fail("HP-2/2.0", 40);
        loop.Pump(now + TimeSpan.FromMinutes(14.9));
        Assert.Empty(All());

        loop.Pump(now + TimeSpan.FromMinutes(15));
        Assert.Single(All());
    }

    [Fact]
    public void Pump_ClockSetBack_GoesOn()
    {
        loop.Pump(now + TimeSpan.FromDays(40));
        Fail("HP-2/2.0", 40);

        loop.Pump(now);

        Assert.Single(All());
    }

    [Fact]
    public void Pump_AfterARestart_KeepsTheDefectThatIsOpen()
    {
        Fail("HP-2/2.0", 40);
        loop.Pump(now);
        Fail("HP-2/2.0", 10, from: 40);

        loop = NewLoop();
        loop.Pump(now + TimeSpan.FromMinutes(1));

        Assert.Equal((50, 2), (Assert.Single(All()).Faulty, All()[0].Version));
    }

    [Fact]
    public void Pump_FaultsAreMended_IsOverADayAfterItNoLongerStandsOut()
    {
        Fail("HP-2/2.0", 40);
        loop.Pump(now);
        stores.State.Write(db => db.Execute("UPDATE faults SET cleared_at = @at", new { at = (now + TimeSpan.FromDays(1)).EpochMs }));

        Assert.Equal(("Suspected", 0), Look(TimeSpan.FromDays(11)));
        Assert.Equal(("Suspected", Day(11.1)), Look(TimeSpan.FromDays(11.1)));
        Assert.Equal(("Suspected", Day(11.1)), Look(TimeSpan.FromDays(12)));
        Assert.Equal(("Over", Day(11.1)), Look(TimeSpan.FromDays(12.1)));

        var row = Assert.Single(All());
        Assert.Equal(("Subsided", Day(12.1), 0), (row.Reason, row.OverAt, row.Faulty));
        Assert.Equal(["over", "opened"], stores.State.Read(db => TimelineStore.List(db, $"defect:{row.Id}")).Select(t => t.Kind));

        // Again, later: another one.
        now += TimeSpan.FromDays(13);
        Fail("HP-2/2.0", 40);
        loop.Pump(now);
        Assert.Equal(["Over", "Suspected"], All().Select(r => r.State));
    }

    [Fact]
    public void Pump_DevicesGetTheFirmwareThatMendsIt_AreNotHeldAgainstIt()
    {
        Fail("HP-2/2.0", 40);
        loop.Pump(now);

        stores.State.Write(db =>
        {
            for (var i = 0; i < 800; i++)
                Put(db, "HP-2/2.0", "HP-2", "2.1", i, now + TimeSpan.FromHours(1));
        });
        loop.Pump(now + TimeSpan.FromHours(2));

        var row = Assert.Single(All());
        Assert.Equal(("2.0", 0, 0, now.EpochMs + 7_200_000), (row.Part, row.Faulty, row.Devices, row.BelowSinceAt));
    }

    [Fact]
    public void Pump_FaultOfAnOutageOrOnTrial_DoesNotCount()
    {
        Fail("HP-2/2.0", 40, change: f => f with { OutageId = 3 });
        Fail("HP-2/2.0", 40, from: 40, change: f => f with { Shadow = true });

        loop.Pump(now);

        Assert.Empty(All());
    }

    [Fact]
    public void Pump_RuleRemovedOrRenamed_EndsOrGoesOn()
    {
        Fail("HP-2/2.0", 40);
        loop.Pump(now);

        Activate(Yaml.Replace("- defect: regression", "- defect: update-fails\n  was: regression", StringComparison.Ordinal));
        loop.Pump(now + TimeSpan.FromSeconds(1)); // at once: the rules are others
        Assert.Equal(("update-fails", "Suspected"), (Assert.Single(All()).Rule, All()[0].State));

        Activate(Yaml[..Yaml.IndexOf("- defect", StringComparison.Ordinal)]);
        loop.Pump(now + TimeSpan.FromSeconds(2));
        Assert.Equal(("Over", "RuleRemoved"), (All()[0].State, All()[0].Reason));
    }

    [Fact]
    public void Pump_KilledInItsTransaction_DoesItAgain()
    {
        Fail("HP-2/2.0", 40);
        // A line with this effect stands in the way of nothing; a trigger that fails is what a kill looks like to the database.
        stores.State.Write(db => db.Execute("CREATE TRIGGER killed BEFORE INSERT ON timeline BEGIN SELECT RAISE(ABORT, 'killed'); END"));
        Assert.ThrowsAny<Exception>(() => loop.Pump(now));
        Assert.Empty(All());

        stores.State.Write(db => db.Execute("DROP TRIGGER killed"));
        loop.Pump(now);

        Assert.Single(All());
    }

    private long Day(double days) => (now + TimeSpan.FromDays(days)).EpochMs;

    private (string State, long Below) Look(TimeSpan after)
    {
        loop.Pump(now + after);
        var row = Assert.Single(All());
        return (row.State, row.BelowSinceAt);
    }

    private DefectLoop NewLoop() => new(stores.State, book, new WorkerOptions(), NullLogger<DefectLoop>.Instance);

    private IReadOnlyList<DefectRow> All() => stores.State.Read(db => db.Query<DefectRow>("SELECT * FROM defects ORDER BY id"));

    private void Activate(string yaml)
    {
        RuleFile[] files = [new("rules.yaml", yaml)];
        var check = RuleSetReader.Read(files);
        Assert.True(check.Set is not null, RuleReport.Text(check));
        now += TimeSpan.FromMilliseconds(1);
        stores.State.Write(db => RuleSetStore.Put(db, check.Set.Hash, files, now.EpochMs, "test"));
        book.Refresh();
    }

    private void Register(string model, string firmware, int count) => stores.State.Write(db =>
    {
        for (var i = 0; i < count; i++)
            Put(db, $"{model}/{firmware}", model, firmware, i, now);
    });

    private static void Put(Db db, string name, string model, string firmware, int i, ServerTime at) =>
        DeviceStore.Put(db, new Device(DeviceId.Parse($"{name.Replace('/', ':')}:{i}")) { Model = model, Firmware = firmware }, at.EpochMs);

    private void Fail(string name, int count, int from = 0, Func<FaultRow, FaultRow>? change = null) => stores.State.Write(db =>
    {
        for (var i = from; i < from + count; i++)
        {
            var row = new FaultRow { Device = $"{name.Replace('/', ':')}:{i}", Rule = i % 2 == 0 ? "pump-error" : "reboot-loop", Episode = $"{++episode}", RaisedAt = now.EpochMs };
            FaultStore.Raise(db, change?.Invoke(row) ?? row);
        }
    });
}
