using B2D.Core.Customers;
using B2D.Core.Rules;
using B2D.Storage.Cases;
using B2D.Storage.Customers;
using B2D.Storage.Tests.Places;
using Xunit;

namespace B2D.Storage.Tests.Cases;

public abstract class CaseStoreCompliance<TPlace> : Compliance<TPlace>
    where TPlace : Place, new()
{
    private long Open(CaseRow row) => Write(db => CaseStore.TryOpen(db, row))!.Value;

    private CaseRow Find(long id) => Read(db => CaseStore.Find(db, id))!;

    private IEnumerable<long> Ids(CaseFilter filter) => Read(db => CaseStore.List(db, filter)).Select(c => c.Id);

    [Fact]
    public void TryOpen_EveryColumn_ComesBack()
    {
        var row = Filled<CaseRow>() with { State = "Working" };

        var id = Open(row);

        AssertSame(row with { Id = id }, Find(id));
    }

    [Theory]
    [InlineData("New")]
    [InlineData("Working")]
    [InlineData("Waiting")]
    public void TryOpen_WhileOneIsOpen_IsRefused(string state)
    {
        var id = Open(new CaseRow { Device = "d", Family = "f", State = state });

        Assert.Null(Write(db => CaseStore.TryOpen(db, new CaseRow { Device = "d", Family = "f" })));

        Assert.Equal(id, Read(db => CaseStore.FindOpen(db, "d", "f"))!.Id);
    }

    [Theory]
    [InlineData("Resolved")]
    [InlineData("Closed")]
    public void TryOpen_AfterTheLastOneEnded_Opens(string state)
    {
        var first = Open(new CaseRow { Device = "d", Family = "f", State = state });
        Assert.Null(Read(db => CaseStore.FindOpen(db, "d", "f")));

        var second = Open(new CaseRow { Device = "d", Family = "f" });

        Assert.NotEqual(first, second);
        Assert.Equal(second, Read(db => CaseStore.FindOpenOrLatest(db, "d", "f"))!.Id);
    }

    [Fact]
    public void TryOpen_OtherDeviceOrFamily_Opens()
    {
        Open(new CaseRow { Device = "d", Family = "f" });
        Open(new CaseRow { Device = "e", Family = "f" });
        Open(new CaseRow { Device = "d", Family = "g" });

        Assert.Equal(3, Read(db => CaseStore.Count(db, new CaseFilter())));
    }

    [Fact]
    public async Task TryOpen_ManyAtOnce_OneOpens()
    {
        var opened = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            Task.Run(() => Write(db => CaseStore.TryOpen(db, new CaseRow { Device = "d", Family = "f" })))));

        Assert.Single(opened, id => id is not null);
    }

    [Fact]
    public void Update_SameVersion_WritesAllAndRaisesTheVersion()
    {
        var id = Open(new CaseRow { Device = "d", Family = "f" });
        var changed = Filled<CaseRow>(7) with { Id = id, Version = 1, State = "Resolved" };

        Assert.True(Write(db => CaseStore.Update(db, changed)));

        AssertSame(changed with { Version = 2 }, Find(id));
    }

    [Fact]
    public void Update_SomebodyWasFirst_ChangesNothing()
    {
        var id = Open(new CaseRow { Device = "d", Family = "f" });
        var read = Find(id);
        Write(db => CaseStore.Update(db, read with { Assignee = "ana" }));

        Assert.False(Write(db => CaseStore.Update(db, read with { Assignee = "rui" })));

        Assert.Equal("ana", Find(id).Assignee);
    }

    [Fact]
    public void Update_ReopenBesideAnOpenOne_FailsAndChangesNothing()
    {
        var old = Open(new CaseRow { Device = "d", Family = "f", State = "Resolved" });
        Open(new CaseRow { Device = "d", Family = "f" });

        Assert.ThrowsAny<System.Data.Common.DbException>(() => Write(db => CaseStore.Update(db, CaseStore.Find(db, old)! with { State = "New" })));

        Assert.Equal("Resolved", Find(old).State);
    }

    [Fact]
    public void List_ByEachFilter_FindsOnlyThose()
    {
        var a = Open(new CaseRow { Device = "a", Family = "f", Queue = "heating", Customer = "c1", Title = "Pump 100% blocked", Rule = "r1",
            Segment = "north/n1", Assignee = "ana", OutageId = 3 });
        var b = Open(new CaseRow { Device = "b", Family = "f", Queue = "network", Customer = "c2", Title = "Silent_router", Rule = "r2",
            Segment = "north/n10", State = "Waiting" });
        var c = Open(new CaseRow { Device = "c", Family = "g", Queue = "network", Customer = "c1", Title = "Silent router!", Rule = "r2", Segment = "south",
            State = "Closed" });

        Assert.Equal([c, b, a], Ids(new CaseFilter()));
        Assert.Equal([b, a], Ids(new CaseFilter { States = CaseStore.OpenStates }));
        Assert.Equal([c], Ids(new CaseFilter { States = ["Closed"] }));
        Assert.Equal([c, b], Ids(new CaseFilter { Queue = "network" }));
        Assert.Equal([a], Ids(new CaseFilter { Device = "a" }));
        Assert.Equal([c, a], Ids(new CaseFilter { Customer = "c1" }));
        Assert.Equal([c], Ids(new CaseFilter { Family = "g" }));
        Assert.Equal([a], Ids(new CaseFilter { Assignee = "ana" }));
        Assert.Equal([c, b], Ids(new CaseFilter { Rule = "r2" }));
        Assert.Equal([a], Ids(new CaseFilter { OutageId = 3 }));
        Assert.Equal([a], Ids(new CaseFilter { Segment = "north/n1" }));
        Assert.Equal([b, a], Ids(new CaseFilter { Segment = "north" }));
        Assert.Equal([c, b], Ids(new CaseFilter { Text = "silent" }));
        Assert.Equal([b], Ids(new CaseFilter { Text = "T_R" }));
        Assert.Equal([a], Ids(new CaseFilter { Text = "100%" }));
        Assert.Equal([c], Ids(new CaseFilter { Text = "r!" }));
        Assert.Equal([c], Ids(new CaseFilter { Queue = "network", Customer = "c1" }));
        Assert.Empty(Ids(new CaseFilter { Text = "' OR 1=1 --" }));
    }

    [Fact]
    public void List_PageByPage_MissesNothing()
    {
        var all = Enumerable.Range(0, 5).Select(i => Open(new CaseRow { Device = "d" + i, Family = "f" })).Reverse().ToArray();

        var first = Ids(new CaseFilter { Limit = 2 }).ToArray();
        var second = Ids(new CaseFilter { Limit = 2, Before = first[^1] }).ToArray();
        var third = Ids(new CaseFilter { Limit = 2, Before = second[^1] }).ToArray();

        Assert.Equal(all, first.Concat(second).Concat(third));
        Assert.Equal(5, Read(db => CaseStore.Count(db, new CaseFilter { Limit = 2 })));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public void List_LimitOutOfRange_IsRefused(int limit) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Ids(new CaseFilter { Limit = limit }));

    [Fact]
    public void CountByState_AllStates()
    {
        Open(new CaseRow { Device = "a", Family = "f" });
        Open(new CaseRow { Device = "b", Family = "f" });
        Open(new CaseRow { Device = "c", Family = "f", State = "Closed" });

        Assert.Equal(new Dictionary<string, long> { ["New"] = 2, ["Closed"] = 1 }, Read(CaseStore.CountByState));
    }

    [Theory]
    [InlineData("New", 100, 50, 0, 150, true)]
    [InlineData("New", 100, 50, 0, 149, false)]
    [InlineData("New", 0, 50, 0, 999, false)]
    [InlineData("Waiting", 0, 0, 200, 200, true)]
    [InlineData("Waiting", 0, 0, 200, 199, false)]
    [InlineData("Working", 0, 0, 200, 300, false)]
    [InlineData("Closed", 100, 50, 200, 999, false)]
    public void NextDue_ByTime_FindsThoseWhoseTimeHasCome(string state, long clearSince, long resolveAfter, long waitingUntil, long now, bool due)
    {
        Open(new CaseRow { Device = "a", Family = "f", State = state, ClearSinceAt = clearSince, ResolveAfterMs = resolveAfter, WaitingUntil = waitingUntil });

        Assert.Equal(due ? 1 : 0, Read(db => CaseStore.NextDue(db, now, 10)).Count);
    }

    [Theory]
    [InlineData("New", 100, 0, true)]
    [InlineData("Waiting", 100, 0, true)]
    [InlineData("New", 101, 0, false)]
    [InlineData("New", 0, 0, false)]
    [InlineData("New", 0, 7, false)] // its faults stayed clear, and somebody is asking
    public void NextDue_ClockOrAsked_FindsThoseToBeLookedAt(string state, long clock, long asked, bool due)
    {
        Open(new CaseRow { Device = "a", Family = "f", State = state, ClockAt = clock, AskedAt = asked, ClearSinceAt = asked > 0 ? 1 : 0, ResolveAfterMs = 1 });

        Assert.Equal(due ? 1 : 0, Read(db => CaseStore.NextDue(db, 100, 10)).Count);
        Assert.Equal(due, Read(CaseStore.NextDueAt) <= 100);
    }

    [Fact]
    public void SetClocks_ChangesNothingThatPeopleDo()
    {
        var id = Open(new CaseRow { Device = "a", Family = "f" });
        var before = Find(id);

        Write(db => CaseStore.SetClocks(db, Filled<CaseRow>() with { Id = id, Priority = 1 }));

        var filled = Filled<CaseRow>();
        AssertSame(before with
        {
            Contract = filled.Contract, RespondMs = filled.RespondMs, RepairMs = filled.RepairMs, Hours = filled.Hours, FromOpening = true, Late = true, Priority = 1,
            ResponseDueAt = filled.ResponseDueAt, RepairDueAt = filled.RepairDueAt, NextDueAt = filled.NextDueAt, ClockAt = filled.ClockAt,
            ResponseSaid = filled.ResponseSaid, RepairSaid = filled.RepairSaid, EscalatedAt = filled.EscalatedAt,
        }, Find(id));
    }

    [Fact]
    public void OpenWithPromises_OfRulesAndOfThemselves()
    {
        var ruled = Open(new CaseRow { Device = "a", Family = "f", Rule = "r1" });
        var own = Open(new CaseRow { Device = "b", Family = "f", Rule = "gone", RepairMs = 5 });
        Open(new CaseRow { Device = "c", Family = "f", Rule = "r2" });
        Open(new CaseRow { Device = "d", Family = "f", Rule = "r1", State = "Closed" });

        Assert.Equal([ruled, own], Read(db => CaseStore.OpenWithPromises(db, ["r1", "r3"])));
        Assert.Equal([own], Read(db => CaseStore.OpenWithPromises(db, [])));
    }

    [Fact]
    public void ContractChanged_TheCustomersOpenCasesAreLookedAt()
    {
        var open = Open(new CaseRow { Device = "a", Family = "f", Customer = "c1" });
        Open(new CaseRow { Device = "b", Family = "f", Customer = "c2" });
        Open(new CaseRow { Device = "c", Family = "f", Customer = "c1", State = "Closed" });

        Write(db => CustomerStore.Upsert(db, CustomerImport.Read("id,name\nc1,Ana\n").Rows, 1));
        Assert.Empty(Read(db => CaseStore.NextDue(db, 100, 10)));
        Write(db => CustomerStore.Upsert(db, CustomerImport.Read("id,contract\nc1,gold\n").Rows, 1));

        Assert.Equal([open], Read(db => CaseStore.NextDue(db, 100, 10)).Select(c => c.Id));
    }

    [Fact]
    public void Severity_AndClass_ComeBackAsTheyWere()
    {
        var id = Open(new CaseRow { Device = "a", Family = "f", Severity = Severity.Critical, Class = FaultClass.Safety });

        Assert.Equal((Severity.Critical, FaultClass.Safety), (Find(id).Severity, Find(id).Class));
    }
}

public abstract class StepAndTimelineCompliance<TPlace> : Compliance<TPlace>
    where TPlace : Place, new()
{
    [Fact]
    public void Steps_EveryColumn_ComesBack()
    {
        var row = Filled<StepRow>();

        var id = Write(db => StepStore.Add(db, row));

        AssertSame(row with { Id = id }, Read(db => StepStore.Find(db, id)));
    }

    [Fact]
    public void Steps_AddedMarkedAndReordered()
    {
        var ids = Enumerable.Range(0, 3).Select(i => Write(db => StepStore.Add(db, new StepRow { CaseId = 4, Position = i, Text = "step " + i }))).ToArray();
        var other = Write(db => StepStore.Add(db, new StepRow { CaseId = 5, Position = 9 }));

        Assert.True(Write(db => StepStore.SetState(db, ids[1], "Done", "ana", 77)));
        Assert.False(Write(db => StepStore.SetState(db, 12345, "Done", "ana", 77)));
        Write(db => StepStore.Reorder(db, 4, [ids[2], ids[0], other, ids[1]]));

        Assert.Equal([ids[2], ids[0], ids[1]], Read(db => StepStore.List(db, 4)).Select(s => s.Id));
        Assert.Equal(("Done", "ana", 77L), Read(db => StepStore.Find(db, ids[1])) is { } s ? (s.State, s.DoneBy, s.DoneAt) : default);
        Assert.Equal(9, Read(db => StepStore.Find(db, other))!.Position);
        Assert.True(Write(db => StepStore.Update(db, new StepRow { Id = ids[0], CaseId = 4, Text = "other", State = "Skipped" })));
        Assert.Equal("other", Read(db => StepStore.Find(db, ids[0]))!.Text);
    }

    [Fact]
    public void Waits_EveryColumn_ComesBack_AndTheOpenOneEnds()
    {
        var row = Filled<WaitRow>() with { CaseId = 4 };
        var first = Write(db => WaitStore.Add(db, row));
        var second = Write(db => WaitStore.Add(db, row with { UntilAt = 0, Kind = "parts" }));
        Write(db => WaitStore.Add(db, row with { CaseId = 5, UntilAt = 0 }));

        Assert.True(Write(db => WaitStore.End(db, 4, 77)));
        Assert.False(Write(db => WaitStore.End(db, 4, 78)));

        Assert.Equal([row with { Id = first }, row with { Id = second, UntilAt = 77, Kind = "parts" }], Read(db => WaitStore.List(db, 4)));
        Assert.Equal(0, Assert.Single(Read(db => WaitStore.List(db, 5))).UntilAt);
    }

    [Fact]
    public void Timeline_SameEffectTwice_IsOneLine()
    {
        var row = Filled<TimelineRow>() with { Subject = "case:1", EffectId = "effect" };

        var id = Write(db => TimelineStore.Add(db, row));

        Assert.NotNull(id);
        Assert.Null(Write(db => TimelineStore.Add(db, row)));
        AssertSame(row with { Id = id.Value }, Assert.Single(Read(db => TimelineStore.List(db, "case:1"))));
    }

    [Fact]
    public void Timeline_WithoutEffect_EveryLineIsKeptNewestFirst()
    {
        for (var i = 0; i < 3; i++)
            Write(db => TimelineStore.Add(db, new TimelineRow { Subject = "case:1", Text = "t" + i }));
        Write(db => TimelineStore.Add(db, new TimelineRow { Subject = "case:2", Text = "other" }));

        var lines = Read(db => TimelineStore.List(db, "case:1"));

        Assert.Equal(["t2", "t1", "t0"], lines.Select(l => l.Text));
        Assert.All(lines, l => Assert.Null(l.EffectId));
        Assert.Equal(["t0"], Read(db => TimelineStore.List(db, "case:1", 5, lines[1].Id)).Select(l => l.Text));
    }
}

public sealed class CaseStoreOnSqliteFiles : CaseStoreCompliance<SqliteFiles>;

public sealed class CaseStoreInSqliteMemory : CaseStoreCompliance<SqliteMemory>;

public sealed class CaseStoreOnPostgres : CaseStoreCompliance<PostgresSchemas>;

public sealed class StepAndTimelineOnSqliteFiles : StepAndTimelineCompliance<SqliteFiles>;

public sealed class StepAndTimelineInSqliteMemory : StepAndTimelineCompliance<SqliteMemory>;

public sealed class StepAndTimelineOnPostgres : StepAndTimelineCompliance<PostgresSchemas>;
