using B2D.Core.Cases;
using Xunit;

namespace B2D.Core.Tests.Cases;

public sealed class CaseMergeTests
{
    public static TheoryData<CasePhase, CasePhase, MergeReason> Phases()
    {
        var rows = new TheoryData<CasePhase, CasePhase, MergeReason>();
        foreach (var from in Enum.GetValues<CasePhase>())
        {
            foreach (var into in Enum.GetValues<CasePhase>())
                rows.Add(from, into, from == CasePhase.Closed ? MergeReason.ClosedIsFinal : into is CasePhase.Resolved or CasePhase.Closed ? MergeReason.OtherIsNotOpen : MergeReason.Done);
        }
        return rows;
    }

    [Theory]
    [MemberData(nameof(Phases))]
    public void Decide_ByPhases_OnlyAnOpenCaseTakesOneThatIsNotClosed(CasePhase from, CasePhase into, MergeReason expected) =>
        Assert.Equal(expected, CaseMerge.Decide(Facts(1) with { Phase = from }, Facts(2) with { Phase = into }));

    [Theory]
    [InlineData("d", "c", "d", "c", MergeReason.Done)]
    [InlineData("d", "c", "e", "c", MergeReason.Done)]
    [InlineData("d", "c", "d", "x", MergeReason.Done)]
    [InlineData("d", "c", "e", "x", MergeReason.NothingInCommon)]
    [InlineData("d", "", "e", "", MergeReason.NothingInCommon)]
    public void Decide_ByWhatTheyHaveInCommon_NeedsDeviceOrCustomer(string device, string customer, string otherDevice, string otherCustomer, MergeReason expected) =>
        Assert.Equal(expected, CaseMerge.Decide(Facts(1) with { Device = device, Customer = customer }, Facts(2) with { Device = otherDevice, Customer = otherCustomer }));

    [Fact]
    public void Decide_ItselfOrWithAnOpenComplaint_IsRefused()
    {
        Assert.Equal(MergeReason.Itself, CaseMerge.Decide(Facts(1), Facts(1)));
        Assert.Equal(MergeReason.ComplaintIsOpen, CaseMerge.Decide(Facts(1) with { Complaint = true }, Facts(2)));
        Assert.Equal(MergeReason.Done, CaseMerge.Decide(Facts(1), Facts(2) with { Complaint = true }));
    }

    [Theory]
    [InlineData("case:12", "case:12")]
    [InlineData(" C-12 ", "case:12")]
    [InlineData("#12", "case:12")]
    [InlineData("o-3", "outage:3")]
    [InlineData("Outage:3", "outage:3")]
    [InlineData("defect:1", "defect:1")]
    [InlineData("D-1", "defect:1")]
    [InlineData("case:0", null)]
    [InlineData("case:-1", null)]
    [InlineData("device:3", null)]
    [InlineData("12", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Read_OfWhatPeopleType_IsASubject(string? text, string? expected)
    {
        Assert.Equal(expected, CaseSubject.Read(text));
        if (expected is not null)
            Assert.True(CaseSubject.Number(expected, expected.Split(':')[0]) > 0);
        Assert.Equal(0, CaseSubject.Number(expected ?? "", "device"));
    }

    [Theory]
    [InlineData("", "v1", "v1", ObjectionOutcome.Open)]
    [InlineData("", "v1", "v2", ObjectionOutcome.RuleChanged)]
    [InlineData("", "v1", null, ObjectionOutcome.RuleRemoved)]
    [InlineData("it stays", "v1", "v1", ObjectionOutcome.Answered)]
    [InlineData("it stays", "v1", null, ObjectionOutcome.Answered)]
    public void Of_WhatWasDoneSince_IsWhatCameOfAnObjection(string answer, string then, string? now, ObjectionOutcome expected) => Assert.Equal(expected, Objections.Of(answer, then, now));

    private static MergeFacts Facts(long id) => new(id, CasePhase.New, "d", "c", false);
}
