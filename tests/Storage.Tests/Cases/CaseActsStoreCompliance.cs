using B2D.Core.Cases;
using B2D.Core.Customers;
using B2D.Core.Devices;
using B2D.Storage.Cases;
using B2D.Storage.Customers;
using B2D.Storage.Devices;
using B2D.Storage.Faults;
using B2D.Storage.Tests.Places;
using Xunit;

namespace B2D.Storage.Tests.Cases;

/// <summary>What people's acts on cases leave behind.</summary>
public abstract class CaseActsStoreCompliance<TPlace> : Compliance<TPlace>
    where TPlace : Place, new()
{
    [Fact]
    public void EveryColumn_ComesBack()
    {
        var handOff = Filled<HandOffRow>() with { CaseId = 1, ReadAt = 0 };
        var step = Filled<StandardStepRow>();
        var grant = Filled<GrantRow>() with { CaseId = 1 };
        var complaint = Filled<ComplaintRow>() with { CaseId = 1 };
        var objection = Filled<ObjectionRow>() with { CaseId = 1 };
        var link = Filled<LinkRow>() with { CaseId = 1 };
        Write(db =>
        {
            handOff = handOff with { Id = HandOffStore.Add(db, handOff) };
            step = step with { Id = StandardStepStore.Add(db, step) };
            grant = grant with { Id = GrantStore.Add(db, grant) };
            complaint = complaint with { Id = ComplaintStore.Add(db, complaint) };
            ObjectionStore.Put(db, objection);
            Assert.True(LinkStore.Add(db, link));
            Assert.False(LinkStore.Add(db, link));
        });
        AssertSame(handOff, Read(db => HandOffStore.Last(db, 1)));
        AssertSame(step, Read(db => StandardStepStore.Find(db, step.Id)));
        AssertSame(grant, Assert.Single(Read(db => GrantStore.OfCase(db, 1))));
        AssertSame(complaint, Read(db => ComplaintStore.Last(db, 1)));
        var (said, linked) = (Assert.Single(Read(db => ObjectionStore.OfCase(db, 1))), Assert.Single(Read(db => LinkStore.Of(db, 1))));
        AssertSame(objection with { Id = said.Id }, said);
        AssertSame(link with { Id = linked.Id }, linked);
        Assert.Single(Read(db => LinkStore.To(db, link.Subject)));
        Assert.True(Write(db => LinkStore.Remove(db, 1, link.Subject)));
        Assert.False(Write(db => LinkStore.Remove(db, 1, link.Subject)));
        Write(db => HandOffStore.SetRead(db, 1, "ana", 77));
        Assert.Equal(("ana", 77L), Read(db => HandOffStore.Last(db, 1)) is { } read ? (read.ReadBy, read.ReadAt) : default);
    }

    [Fact]
    public void Objection_SaidAgain_TakesThePlaceOfTheOneBefore_AndAnAnswerIsSeenAnew()
    {
        Write(db =>
        {
            ObjectionStore.Put(db, new ObjectionRow { CaseId = 1, Who = "ana", Rule = "r", Reason = "other" });
            ObjectionStore.Put(db, new ObjectionRow { CaseId = 1, Who = "ana", Rule = "r", Reason = "too-early" });
            ObjectionStore.Put(db, new ObjectionRow { CaseId = 1, Who = "rui", Rule = "r", Reason = "other" });
        });
        var mine = Assert.Single(Read(db => ObjectionStore.Unseen(db, "ana")));
        Assert.Equal("too-early", mine.Reason);
        Assert.Equal(2, Read(db => ObjectionStore.OfRule(db, "r")).Count);
        Write(db => ObjectionStore.SetSeen(db, mine.Id, 5));
        Assert.Empty(Read(db => ObjectionStore.Unseen(db, "ana")));
        Write(db => ObjectionStore.Answer(db, mine.Id, "it stays", "lea", 9));
        Assert.Equal(("it stays", "lea", 9L), Assert.Single(Read(db => ObjectionStore.Unseen(db, "ana"))) is var o ? (o.Outcome, o.AnsweredBy, o.AnsweredAt) : default);
    }

    [Fact]
    public void Complaint_OnlyOneOfACaseIsOpen()
    {
        Write(db => ComplaintStore.Add(db, new ComplaintRow { CaseId = 1, AnsweredAt = 5 }));
        Write(db => ComplaintStore.Add(db, new ComplaintRow { CaseId = 1 }));
        Assert.ThrowsAny<System.Data.Common.DbException>(() => Write(db => ComplaintStore.Add(db, new ComplaintRow { CaseId = 1 })));
    }

    [Fact]
    public void Outcomes_CountTheLastStepThatWasDone_OfCasesOfTheRuleAndModel()
    {
        Device("a", "HP-2");
        Device("b", "HP-2");
        Device("c", "HP-3");
        var first = Case("a", "f1");
        var reopened = Case("b", "f2");
        var open = Case("a", "f3", state: "Working");
        var wrong = Case("a", "f4", disposition: "false-rule");
        var old = Case("a", "f5", resolvedAt: 10);
        var other = Case("c", "f6");
        foreach (var one in new[] { first, reopened, open, wrong, old, other })
        {
            Step(one, "Restart it", 200);
            Step(one, "Replace it", 300);
            Step(one, "Call them", 400, "Skipped");
        }
        Write(db => WaitStore.Add(db, new WaitRow { CaseId = reopened, Kind = "resolved", FromAt = 350, UntilAt = 500 }));
        var outcomes = Read(db => StandardStepStore.Outcomes(db, "r", "HP-2", since: 100, exceptCase: 0));
        Assert.Equal(
            [(first, "Replace it", true), (first, "Restart it", false), (reopened, "Replace it", false), (reopened, "Restart it", false)],
            outcomes.Select(o => (o.CaseId, o.Text, o.Ended)).OrderBy(o => o.CaseId).ThenBy(o => o.Text, StringComparer.Ordinal));
        Assert.DoesNotContain(Read(db => StandardStepStore.Outcomes(db, "r", "HP-2", 100, first)), o => o.CaseId == first);
    }

    [Fact]
    public void StandardSteps_AcceptedOfARuleOrItsFormerId_AreFound()
    {
        Write(db =>
        {
            StandardStepStore.Add(db, new StandardStepRow { Rule = "r", Model = "m", Text = "a", State = "Accepted" });
            StandardStepStore.Add(db, new StandardStepRow { Rule = "was", Model = "m", Text = "b", State = "Accepted" });
            StandardStepStore.Add(db, new StandardStepRow { Rule = "r", Model = "m", Text = "c", State = "Proposed" });
            StandardStepStore.Add(db, new StandardStepRow { Rule = "r", Model = "n", Text = "d", State = "Accepted" });
        });
        Assert.Equal(["a", "b"], Read(db => StandardStepStore.Accepted(db, "r", "was", "m")).Select(s => s.Text));
        Assert.Equal(["a"], Read(db => StandardStepStore.Accepted(db, "r", "", "m")).Select(s => s.Text));
        Assert.Equal(["c"], Read(db => StandardStepStore.List(db, "r", ["Proposed"])).Select(s => s.Text));
    }

    [Fact]
    public void WordsAndComplaintsThatAreDue_AreFoundByTime()
    {
        long Open(string family, CaseRow row) => Write(db => CaseStore.TryOpen(db, row with { Device = "d", Family = family }))!.Value;
        var late = Open("a", new CaseRow { WordAt = 200 });
        var first = Open("b", new CaseRow { WordAt = 100 });
        Open("c", new CaseRow { WordAt = 300 });
        Open("d", new CaseRow { WordAt = 100, State = "Resolved" });
        Open("e", new CaseRow());
        Assert.Equal([first, late], Read(db => CaseStore.WordsDue(db, 200, 10)).Select(c => c.Id));
        var owed = Open("f", new CaseRow { ComplaintDueAt = 100 });
        Open("g", new CaseRow { ComplaintDueAt = 100, ComplaintLate = true });
        Open("h", new CaseRow { ComplaintDueAt = 300 });
        Assert.Equal([owed], Read(db => CaseStore.ComplaintsLate(db, 200, 10)).Select(c => c.Id));
    }

    [Fact]
    public void Merged_FaultsAndEarlierMergesMove()
    {
        var (a, b, c) = (Case("d", "a"), Case("d", "b"), Case("d", "c"));
        Write(db =>
        {
            CaseStore.Update(db, CaseStore.Find(db, a)! with { MergedInto = b });
            FaultStore.Raise(db, new FaultRow { Device = "d", Rule = "r", Episode = "1", CaseId = b });
            CaseStore.Remerge(db, b, c);
            FaultStore.MoveCase(db, b, c);
        });
        Assert.Equal([a], Read(db => CaseStore.MergedHere(db, c)));
        Assert.Empty(Read(db => CaseStore.MergedHere(db, b)));
        Assert.Equal(c, Read(db => FaultStore.Find(db, "d", "r", "1"))!.CaseId);
    }

    [Fact]
    public void Care_IsOnAllCases_UntilItsLastDayIsOver()
    {
        Write(db =>
        {
            CustomerStore.Put(db, new Customer("ana"), 1);
            CaseStore.TryOpen(db, new CaseRow { Device = "d", Family = "f", Customer = "ana" });
        });
        Assert.True(Write(db => CustomerStore.SetCare(db, "ana", "telecare", "2027-01-31", "rui")));
        Assert.False(Write(db => CustomerStore.SetCare(db, "nobody", "telecare", "2027-01-31", "rui")));
        Write(db => CustomerStore.Put(db, new Customer("ana") { Name = "Ana" }, 2));
        Assert.Equal(("telecare", "2027-01-31", "rui", "Ana"), Read(db => CustomerStore.Find(db, "ana"))! is var row ? (row.Care, row.CareUntil, row.CareBy, row.Name) : default);
        Assert.Equal(0, Write(db => CustomerStore.EndCare(db, "2027-01-31")));
        Assert.True(Read(db => CaseStore.FindOpen(db, "d", "f"))!.Care);
        Assert.Equal(1, Write(db => CustomerStore.EndCare(db, "2027-02-01")));
        Assert.Equal(("", false), (Read(db => CustomerStore.Find(db, "ana"))!.Care, Read(db => CaseStore.FindOpen(db, "d", "f"))!.Care));
    }

    private void Device(string id, string model) => Write(db => DeviceStore.Put(db, new Device(DeviceId.Parse(id)) { Model = model }, 1));

    private long Case(string device, string family, string state = "Closed", string disposition = "true-fault", long resolvedAt = 600) =>
        Write(db => CaseStore.TryOpen(db, new CaseRow { Device = device, Family = family, Rule = "r", State = state, Disposition = disposition, ResolvedAt = resolvedAt }))!.Value;

    private void Step(long caseId, string text, long doneAt, string state = "Done") => Write(db => StepStore.Add(db, new StepRow { CaseId = caseId, Text = text, State = state, DoneAt = doneAt }));
}

public sealed class CaseActsStoreOnSqliteFiles : CaseActsStoreCompliance<SqliteFiles>;

public sealed class CaseActsStoreInSqliteMemory : CaseActsStoreCompliance<SqliteMemory>;

public sealed class CaseActsStoreOnPostgres : CaseActsStoreCompliance<PostgresSchemas>;
